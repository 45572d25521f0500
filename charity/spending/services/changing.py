"""Moving money between the lines of a running budget (VEN-10).

The sum stays. A change of up to a tenth of every line it touches is made at once; beyond that
two persons of the charity agree first. A line is measured against what it was at the opening, or
when two persons last agreed, so that many small steps do not add up to a large one unseen.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from charity import clock, outbox, texts
from charity.actor import Actor, Permission, require
from charity.approvals import services as approvals
from charity.approvals.models import ApprovalState
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.money import Money
from charity.rows import insert_or, locked
from charity.rules import parameter
from charity.spending import intake, policy, queries
from charity.spending.freezing import QUORUM
from charity.spending.models import (
    Budget,
    BudgetChange,
    BudgetChangePart,
    BudgetChangeState,
    BudgetLine,
)
from charity.spending.reasons import SpendingReason
from charity.spending.services.locking import lock_budget, person_of


def change_budget(
    session: Session, actor: Actor, *, budget_id: int, becomes: Mapping[int, Money], reason: str
) -> BudgetChange:
    """Say what each line becomes (fen by line id); lines left out stay.

    Made at once, or ASKED where a line changes by more than the rule allows. Raises `Invalid` on
    `lines` where nothing changes, the sum would (SUM_CHANGES, `difference`) or a line would hold
    less than is asked for on it (BELOW_ASKED, `line`, `least`); on `reason` without one;
    `Conflict` while another change waits; `InvalidState` for a budget that is not open.
    """
    budget = lock_budget(session, actor, budget_id=budget_id)
    require(policy.may_change_budget(actor, queries.case_of_budget(session, budget)))
    user_id, person_id = person_of(session, actor)
    parts = _parts(session, budget, becomes)
    largest = _largest(session, budget, parts)
    limit = parameter("VEN-10", clock.today()).number
    change = BudgetChange(
        budget_id=budget.id,
        reason=texts.prose(reason, field="reason", required=True),
        state=BudgetChangeState.ASKED,
        largest_permille=largest,
        asked_by_user_id=user_id,
        asker_person_id=person_id,
        asked_at=clock.now(),
        parts=parts,
    )
    insert_or(session, change, Conflict(SpendingReason.CHANGE_WAITS))
    if largest <= limit:
        _make(session, change, budget)
    else:
        _ask(session, actor, change)
    return change


def decide_budget_change(
    session: Session, actor: Actor, *, change_id: int, agreed: bool, reason: str
) -> BudgetChange:
    """Agree to exactly this change, or refuse it; with the second agreement it is made.

    By approvers of the charity who did not ask for it. Raises `Denied`, `InvalidState`, and like
    `change_budget` where money was asked for on a line meanwhile.
    """
    change, budget = _locked(session, actor, change_id)
    case = queries.case_of_budget(session, budget)
    require(policy.may_decide_change(actor, case, change))
    state = approvals.decide(
        session, actor, subject=change.subject, agreed=agreed, reason=reason,
        content=content_of(change), permission=Permission.EXPENSE_APPROVE,
        organisation_id=case.charity_id,
    )  # fmt: skip
    if state is ApprovalState.GRANTED:
        for part in change.parts:
            _enough(session, part.budget_line_id, part.becomes)
        _make(session, change, budget)
    elif state is ApprovalState.REFUSED:
        change.move_to(BudgetChangeState.REFUSED)
        change.closed_at = clock.now()
        session.flush()
    return change


def withdraw_budget_change(session: Session, actor: Actor, *, change_id: int) -> BudgetChange:
    """Take it back while it waits; what was agreed about it is void."""
    change, budget = _locked(session, actor, change_id)
    require(policy.may_change_budget(actor, queries.case_of_budget(session, budget)))
    change.move_to(BudgetChangeState.WITHDRAWN)
    change.closed_at = clock.now()
    approvals.void(session, actor, subject=change.subject)
    session.flush()
    return change


def content_of(change: BudgetChange) -> dict[str, str | int]:
    """What people agree to: every line, what it was and what it becomes, in fen."""
    moved = (f"{p.budget_line_id}:{p.was.fen}:{p.becomes.fen}" for p in change.parts)
    return {"budget": change.budget_id, "lines": " ".join(moved), "reason": change.reason}


def _locked(session: Session, actor: Actor, change_id: int) -> tuple[BudgetChange, Budget]:
    """The change behind its budget, both locked, while it waits."""
    query = select(BudgetChange).where(BudgetChange.id == change_id)
    found = queries.budget_change(session, change_id)
    budget = lock_budget(session, actor, budget_id=found.budget_id)
    change = locked(session, query.options(selectinload(BudgetChange.parts)))
    if change.state is not BudgetChangeState.ASKED:
        raise InvalidState(CommonReason.WRONG_STATE)
    return change, budget


def _parts(
    session: Session, budget: Budget, becomes: Mapping[int, Money]
) -> list[BudgetChangePart]:
    lines = {line.id: line for line in budget.lines}
    if set(becomes) - set(lines):
        raise Invalid(SpendingReason.OTHER_BUDGET, field="lines")
    parts = []
    for line_id, line in lines.items():
        amount = becomes.get(line_id, line.amount)
        if amount == line.amount:
            continue
        intake.positive(amount, field="lines")
        _enough(session, line_id, amount)
        parts.append(BudgetChangePart(budget_line_id=line_id, was=line.amount, becomes=amount))
    if not parts:
        raise Invalid(SpendingReason.NOTHING_CHANGES, field="lines")
    difference = Money.total(p.becomes for p in parts) - Money.total(p.was for p in parts)
    if difference.fen:
        raise Invalid(SpendingReason.SUM_CHANGES, field="lines", difference=difference)
    return parts


def _enough(session: Session, line_id: int, amount: Money) -> None:
    """Refuse a line below what is asked for on it already."""
    line = session.get_one(BudgetLine, line_id)
    least = line.amount - queries.remaining_on_line(session, line_id)
    if amount < least:
        raise Invalid(SpendingReason.BELOW_ASKED, field="lines", line=line.name, least=least)


def _largest(session: Session, budget: Budget, parts: list[BudgetChangePart]) -> int:
    """The largest share a line moves from its measure, in thousandths, rounded up."""
    measures = queries.measures_of_lines(session, budget.id)
    shares = []
    for part in parts:
        measure = measures.get(part.budget_line_id, part.was).fen
        moved = abs(part.becomes.fen - measure)
        shares.append(-(-moved * 1000 // measure))
    return max(shares)


def _ask(session: Session, actor: Actor, change: BudgetChange) -> None:
    approvals.open_request(
        session,
        actor,
        subject=change.subject,
        content=content_of(change),
        quorum=QUORUM,
        submitter_person_id=change.asker_person_id,
    )
    outbox.write(session, "budget.change_asked", change.subject, budget_id=change.budget_id)


def _make(session: Session, change: BudgetChange, budget: Budget) -> None:
    lines = {line.id: line for line in budget.lines}
    for part in change.parts:
        line = lines[part.budget_line_id]
        line.amount = part.becomes
        # the price of a unit no longer multiplies to the sum; the change says what became of it
        line.unit_cost = line.quantity = None
    change.move_to(BudgetChangeState.MADE)
    change.closed_at = clock.now()
    session.flush()
    outbox.write(session, "budget.changed", change.subject, budget_id=change.budget_id)
