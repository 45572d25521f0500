"""Whether goods may be taken: usable, safe, dated where they perish, and worth what is said.

The same question is asked when they are offered, when they are accepted, and when they are handed
over (CHA-141): what was good a month ago may have expired since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from charity.donations.models import PERISHABLE, GoodsCategory, GoodsCondition, InKindKind
from charity.donations.reasons import InKindReason
from charity.errors import CommonReason, Invalid
from charity.ledger.models import ValuationBasis
from charity.ledger.services.goods import NOMINAL_VALUE
from charity.money import Money

#: Goods with a last day of use must still have so many days when they are taken.
LEAST_DAYS_LEFT = 7
#: Kinds of goods in one offer, and units (or minutes) of one kind.
MOST_ITEMS = 20
MOST_UNITS = 1_000_000
#: How a service is counted.
MINUTES = "min"

NAME_LENGTH, UNIT_LENGTH, EVIDENCE_LENGTH = 60, 20, 120


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One kind of goods as it is offered, or one service in minutes; texts are clean lines."""

    name: str
    quantity: int
    unit: str = MINUTES
    category: GoodsCategory = GoodsCategory.OTHER
    condition: GoodsCondition | None = None
    #: The last day in China on which it may be used.
    expires_on: date | None = None
    #: What all of it is worth; None where nobody says.
    value: Money | None = None
    basis: ValuationBasis | None = None
    evidence: str = ""

    @property
    def worth(self) -> Money | None:
        """The value the row keeps: one yuan where none can be told (ACC-05)."""
        return NOMINAL_VALUE if self.basis is ValuationBasis.NOMINAL else self.value


def unfit_on(day: date, expires_on: date | None) -> InKindReason | None:
    """Why goods with this last day of use are not taken on a day in China; None where they are."""
    if expires_on is None:
        return None
    if expires_on < day:
        return InKindReason.EXPIRED
    if expires_on < day + timedelta(days=LEAST_DAYS_LEFT):
        return InKindReason.EXPIRES_SOON
    return None


def unfit(
    number: int, category: GoodsCategory, expires_on: date | None, day: date
) -> Invalid | None:
    """The refusal of item `number` (from 0) on a day, beside its date; None where it is fit."""
    reason = unfit_on(day, expires_on)
    if expires_on is None and category in PERISHABLE:
        reason = InKindReason.NO_DATE
    if reason is None:
        return None
    return Invalid(
        reason,
        field=field_of(number, "expires_on"),
        number=number + 1,
        day=expires_on,
        least=LEAST_DAYS_LEFT,
    )


def problems(kind: InKindKind, items: Sequence[ItemDraft], day: date) -> list[Invalid]:
    """Everything that is wrong with an offer on a day in China, each refusal beside its item."""
    if not items:
        return [Invalid(InKindReason.NOTHING_OFFERED)]
    if len(items) > MOST_ITEMS:
        return [Invalid(InKindReason.TOO_MANY_ITEMS, most=MOST_ITEMS)]
    found: list[Invalid] = []
    for number, item in enumerate(items):
        found += _of_both(number, item)
        if kind is InKindKind.GOODS:
            found += _of_goods(number, item, day)
    return found


def field_of(number: int, name: str) -> str:
    """How a part of item `number` (from 0) is called in a refusal: `items-0-value`."""
    return f"items-{number}-{name}"


def _of_both(number: int, item: ItemDraft) -> list[Invalid]:
    found = [
        Invalid(CommonReason.REQUIRED, field=field_of(number, name), number=number + 1)
        for name, text in (("name", item.name), ("unit", item.unit))
        if not text
    ]
    if not 1 <= item.quantity <= MOST_UNITS:
        found.append(_wrong(number, "quantity", InKindReason.QUANTITY_RANGE, most=MOST_UNITS))
    return found


def _of_goods(number: int, item: ItemDraft, day: date) -> list[Invalid]:
    found = []
    if item.condition is None:
        found.append(_wrong(number, "condition", InKindReason.NO_CONDITION))
    spoiled = unfit(number, item.category, item.expires_on, day)
    if spoiled is not None:
        found.append(spoiled)
    if item.worth is not None and item.worth.fen <= 0:
        found.append(_wrong(number, "value", InKindReason.NO_VALUE))
    if item.value is not None and item.basis is None:
        found.append(_wrong(number, "basis", InKindReason.NO_BASIS))
    if item.basis not in (None, ValuationBasis.NOMINAL):
        if item.value is None:
            found.append(_wrong(number, "value", InKindReason.NO_VALUE))
        if not item.evidence:
            found.append(_wrong(number, "evidence", InKindReason.NO_EVIDENCE))
    return found


def _wrong(number: int, name: str, reason: InKindReason, **params: object) -> Invalid:
    return Invalid(reason, field=field_of(number, name), number=number + 1, **params)
