"""Write a budget, change it while it is a draft, and bind it to the fund it is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from charity import texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.ledger import queries as ledger
from charity.ledger import services as ledger_services
from charity.money import MAXIMUM_FEN, Money
from charity.registry.models import Region
from charity.spending import intake, policy, queries
from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.models import Budget, BudgetLine, Deliverable
from charity.spending.reasons import SpendingReason
from charity.spending.services.locking import lock_budget


def draft_budget(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    region_code: str,
    lines: Sequence[LineDraft],
    deliverables: Sequence[DeliverableDraft],
) -> Budget:
    """Write the budget of work an organisation will do in a place.

    Raises `Invalid` on fields `lines`, `deliverables` or `region_code`. That the lines add up to
    a target is for who sets the target.
    """
    require(policy.may_draft_budget(actor, organisation_id))
    budget = Budget(organisation_id=organisation_id, region_code=_place(session, region_code))
    _fill(budget, lines, deliverables)
    session.add(budget)
    session.flush()
    return budget


def redraft_budget(
    session: Session,
    actor: Actor,
    *,
    budget_id: int,
    region_code: str,
    lines: Sequence[LineDraft],
    deliverables: Sequence[DeliverableDraft],
) -> Budget:
    """Write the budget anew; raises `InvalidState` once a fund was opened for it."""
    budget = lock_budget(session, actor, budget_id=budget_id)
    require(policy.may_draft_budget(actor, budget.organisation_id))
    if budget.fund_id is not None:
        raise InvalidState(SpendingReason.BUDGET_OPENED)
    budget.region_code = _place(session, region_code)
    budget.lines.clear()
    budget.deliverables.clear()
    # the old numbers must be gone before the new lines take them
    session.flush()
    _fill(budget, lines, deliverables)
    session.flush()
    return budget


def open_for_fund(session: Session, actor: Actor, *, budget_id: int, fund_id: int) -> Budget:
    """Bind the budget to the fund whose money it plans; from now on it is frozen.

    Raises `InvalidState` when it has a fund, `Conflict` when the fund has a budget.
    """
    budget = lock_budget(session, actor, budget_id=budget_id)
    require(policy.may_open_budget(actor, budget))
    if budget.fund_id is not None:
        raise InvalidState(SpendingReason.BUDGET_OPENED)
    fund = ledger.fund(session, fund_id)
    if queries.budget_of_fund(session, fund.id) is not None:
        raise Conflict(SpendingReason.FUND_HAS_BUDGET)
    budget.fund_id = fund.id
    session.flush()
    for deliverable in budget.deliverables:
        if deliverable.earmark:
            ledger_services.open_earmark(
                session, Actor.system("budget"), fund_id=fund.id, earmark=deliverable.earmark
            )
    return budget


def _place(session: Session, region_code: str) -> str:
    if session.get(Region, region_code) is None:
        raise Invalid(CommonReason.NOT_FOUND, field="region_code")
    return region_code


def _fill(
    budget: Budget, lines: Sequence[LineDraft], deliverables: Sequence[DeliverableDraft]
) -> None:
    if not lines:
        raise Invalid(SpendingReason.NO_LINES, field="lines")
    for field, drafts in (("lines", lines), ("deliverables", deliverables)):
        if len(drafts) > intake.MAX_LINES:
            raise Invalid(CommonReason.TOO_LONG, field=field, limit=intake.MAX_LINES)
    budget.lines = [
        BudgetLine(
            number=number,
            name=texts.line(draft.name, field="lines"),
            kind=draft.kind,
            amount=intake.positive(draft.amount, field="lines"),
            **_units(draft),
        )
        for number, draft in enumerate(lines, 1)
    ]
    budget.deliverables = [
        _deliverable(number, draft) for number, draft in enumerate(deliverables, 1)
    ]


def _units(draft: LineDraft) -> dict[str, Any]:
    """Unit cost and quantity multiply to the amount, or are left out."""
    if draft.unit_cost is None and draft.quantity is None:
        return {}
    quantity = intake.units(draft.quantity or 0, field="lines")
    cost = draft.unit_cost or Money(0)
    if cost.fen * quantity != draft.amount.fen:
        product = Money(min(cost.fen * quantity, MAXIMUM_FEN))
        raise Invalid(SpendingReason.UNIT_COST_TIMES, field="lines", amount=product)
    unit = texts.line(draft.unit, field="lines", limit=20)
    return {"unit_cost": cost, "quantity": quantity, "unit": unit}


def _deliverable(number: int, draft: DeliverableDraft) -> Deliverable:
    if not 0 <= draft.unit_cost.fen <= MAXIMUM_FEN:
        raise Invalid(CommonReason.NOT_POSITIVE, field="deliverables")
    return Deliverable(
        number=number,
        name=texts.line(draft.name, field="deliverables"),
        unit=texts.line(draft.unit, field="deliverables", limit=20),
        unit_cost=draft.unit_cost,
        target=intake.units(draft.target, field="deliverables"),
        earmark=texts.line(draft.earmark, field="deliverables", limit=60, required=False),
    )
