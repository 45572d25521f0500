"""一户一策: what each household of a deliverable needs, without saying who lives there (PII-04).

A household is a number, a masked name and a place; its list says what will be done. Who they are
is known to the people who knock at the door, and to no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from charity import texts
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid
from charity.money import MAXIMUM_FEN, Money
from charity.registry import queries as registry
from charity.rows import insert_or
from charity.spending import intake, policy, queries
from charity.spending.models import (
    Delivery,
    Household,
    HouseholdDelivery,
    HouseholdItem,
)
from charity.spending.reasons import SpendingReason
from charity.spending.services.locking import lock_budget

#: What stands for the characters of a name that are not told: stars, circles, "a certain".
_MASKS = frozenset("*") | {chr(code) for code in (0xFF0A, 0x25CB, 0x3007, 0x67D0)}
MAX_ITEMS = 30


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a household's list, with what one costs."""

    name: str
    quantity: int
    unit_cost: Money


def list_household(
    session: Session,
    actor: Actor,
    *,
    deliverable_id: int,
    masked_name: str,
    region_code: str,
    plan: str,
    items: Sequence[Item],
) -> Household:
    """Add a household to a deliverable; it gets the next number.

    Raises `Invalid` on `masked_name` for more than a family name (NAME_NOT_MASKED), on
    `region_code` for a place outside the budget's, on `items` for figures that cannot be.
    """
    deliverable = queries.deliverable(session, deliverable_id)
    budget = lock_budget(session, actor, budget_id=deliverable.budget_id)
    require(policy.may_report_delivery(actor, queries.case_of_budget(session, budget)))
    name = texts.line(masked_name, field="masked_name", limit=20)
    if not _is_masked(name):
        raise Invalid(SpendingReason.NAME_NOT_MASKED, field="masked_name")
    place = registry.region(session, region_code)
    if not place.code.startswith(budget.region_code):
        raise Invalid(SpendingReason.OTHER_PLACE, field="region_code")
    last = select(func.max(Household.number)).where(Household.deliverable_id == deliverable_id)
    household = Household(
        deliverable_id=deliverable_id,
        number=(session.scalar(last) or 0) + 1,
        masked_name=name,
        region_code=place.code,
        plan=texts.prose(plan, field="plan", limit=1000),
        items=_items(items),
    )
    session.add(household)
    session.flush()
    return household


def deliver_at(
    session: Session, actor: Actor, *, delivery: Delivery, household_ids: Sequence[int]
) -> None:
    """Name the households of a delivery: as many as its units, each once.

    Raises `Invalid` on `household_ids` for one of another deliverable or a number that differs
    from the units, `Conflict` for one that is reported already.
    """
    if not household_ids:
        return
    chosen = set(household_ids)
    known = {h.id for h in queries.households_of(session, delivery.deliverable_id)}
    if not chosen <= known:
        raise Invalid(SpendingReason.OTHER_BUDGET, field="household_ids")
    if len(chosen) != delivery.units:
        raise Invalid(SpendingReason.HOUSEHOLDS_AND_UNITS, field="household_ids")
    taken = Conflict(SpendingReason.HOUSEHOLD_REPORTED, field="household_ids")
    for household_id in sorted(chosen):
        row = HouseholdDelivery(
            delivery_id=delivery.id, household_id=household_id, is_standing=True
        )
        insert_or(session, row, taken)


def release_households(session: Session, actor: Actor, *, delivery_id: int) -> None:
    """A delivery came back: its households may be reported anew."""
    session.execute(
        update(HouseholdDelivery)
        .where(HouseholdDelivery.delivery_id == delivery_id)
        .values(is_standing=False)
    )


def _is_masked(name: str) -> bool:
    """Whether at most the family name is told."""
    return 2 <= len(name) <= 4 and name[0] not in _MASKS and set(name[1:]) <= _MASKS


def _items(items: Sequence[Item]) -> list[HouseholdItem]:
    if len(items) > MAX_ITEMS:
        raise Invalid(SpendingReason.ITEM_COUNT, field="items", limit=MAX_ITEMS)
    made = []
    for number, item in enumerate(items, 1):
        if not 0 <= item.unit_cost.fen <= MAXIMUM_FEN:
            raise Invalid(SpendingReason.ITEM_COUNT, field="items", limit=MAX_ITEMS)
        made.append(
            HouseholdItem(
                number=number,
                name=texts.line(item.name, field="items", limit=60),
                quantity=intake.units(item.quantity, field="items"),
                unit_cost=item.unit_cost,
            )
        )
    return made
