"""Agree to an expense, send it back, pay it: each by another person than the one before."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.accounts import services as accounts
from charity.actor import Actor, Permission, require
from charity.approvals import services as approvals
from charity.approvals.freezing import frozen_hash
from charity.approvals.models import ApprovalState
from charity.approvals.queries import touches_related
from charity.approvals.reasons import ApprovalsReason
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.evidence import Evidence
from charity.files import FileStore
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.spending import policy, queries
from charity.spending.freezing import content_of
from charity.spending.models import CostKind, Duty, Expense, ExpenseState, Payout
from charity.spending.paying_reasons import PayingReason
from charity.spending.policy import ExpenseCase
from charity.spending.reasons import SpendingReason
from charity.spending.services import needing, payees
from charity.spending.services.drawing import drawn
from charity.spending.services.locking import lock_expense, person_of, take_duty

#: Which cost account a budget line is charged to (ACC-08).
COST_ACCOUNTS = {
    CostKind.PROGRAMME: AccountCode.PROGRAMME_COST,
    CostKind.MANAGEMENT: AccountCode.MANAGEMENT_COST,
    CostKind.FUNDRAISING: AccountCode.FUNDRAISING_COST,
}


def approve_expense(session: Session, actor: Actor, *, expense_id: int) -> Expense:
    """Agree to exactly what was asked; the second agreement sets the money aside.

    Raises `Denied` (SAME_PERSON) for the submitter and for a second voice of one person,
    `InvalidState` when it is not asked any more or was changed, `Insufficient` on `amount` when
    the fund has too little left.
    """
    expense, case = _case(session, actor, expense_id, ExpenseState.SUBMITTED)
    require(policy.may_approve(actor, case))
    payees.refuse_own(session, actor, expense=expense)
    if touches_related(session, expense.subject):
        approvals.refuse_related(session, actor, organisation_ids=needing.concerned(case.budget))
    take_duty(session, actor, expense=expense, duty=Duty.APPROVE)
    state = approvals.decide(
        session, actor, subject=expense.subject, agreed=True, reason="",
        content=content_of(expense), permission=Permission.EXPENSE_APPROVE,
        organisation_id=case.budget.charity_id,
    )  # fmt: skip
    if state is ApprovalState.GRANTED:
        ledger.hold(
            session,
            actor,
            fund_id=_fund(expense),
            source=expense.subject,
            amount=expense.amount,
            earmark=_earmark(expense),
        )
        expense.move_to(ExpenseState.APPROVED)
        _tell(session, "expense.approved", expense)
        session.flush()
    return expense


def return_expense(session: Session, actor: Actor, *, expense_id: int, reason: str) -> Expense:
    """Send it back with a reason: a refusal while it is asked, a recall once it is agreed to.

    A recall voids what was agreed and sets the money free. Raises `Invalid` on `reason`, and
    like `approve_expense`.
    """
    expense, case = _case(session, actor, expense_id, ExpenseState.SUBMITTED, ExpenseState.APPROVED)
    require(policy.may_return(actor, case))
    if queries.standing_item(session, expense.id) is not None:
        raise InvalidState(PayingReason.IN_BANK_FILE)
    said = texts.prose(reason, field="reason", required=True)
    if expense.state is ExpenseState.APPROVED:
        approvals.void(session, actor, subject=expense.subject)
        # a treasurer may not hold money but may recall: giving it back is the installation's act
        ledger.release_hold(session, Actor.system("recall"), source=expense.subject)
    else:
        take_duty(session, actor, expense=expense, duty=Duty.APPROVE)
        approvals.decide(
            session, actor, subject=expense.subject, agreed=False, reason=said,
            content=content_of(expense), permission=Permission.EXPENSE_APPROVE,
            organisation_id=case.budget.charity_id,
        )  # fmt: skip
    expense.move_to(ExpenseState.RETURNED)
    expense.return_reason = said
    _tell(session, "expense.returned", expense)
    session.flush()
    return expense


def pay_expense(
    session: Session,
    actor: Actor,
    *,
    expense_id: int,
    paid_on: date,
    bank_reference: str,
    proof: bytes | Evidence | None = None,
    files: FileStore | None = None,
) -> Payout:
    """Record that the treasurer paid it from the charity's account, and post it to the book.

    `paid_on` is a day in China, not in the future and not before two persons agreed; the bank's
    reference is used once. The payer is neither the submitter nor an approver nor the payee.
    `proof` is the bank's own paper, kept in `files`. What the expense needs must be there
    (`needing.require_ready`). Raises `Denied`, `InvalidState`, `Invalid` or `Conflict` beside
    their fields.
    """
    expense, case = _case(session, actor, expense_id, ExpenseState.APPROVED)
    require(policy.may_pay(actor, case))
    payees.refuse_own(session, actor, expense=expense)
    if case.budget.charity_id is not None:
        accounts.keep_role(
            session, actor, permission=Permission.EXPENSE_PAY,
            organisation_id=case.budget.charity_id,
        )  # fmt: skip
    reference = texts.line(bank_reference, field="bank_reference")
    _check_day(require_agreed(case), paid_on)
    needing.require_ready(session, actor, case=case)
    if session.scalar(select(Payout.expense_id).where(Payout.bank_reference == reference)):
        raise Conflict(SpendingReason.REFERENCE_USED, field="bank_reference")
    take_duty(session, actor, expense=expense, duty=Duty.PAY)
    payout = _posted(session, actor, expense, paid_on, reference)
    if proof is not None and files is not None:
        paper = drawn(proof, field="proof")
        payout.proof_hash, payout.proof_media_type = files.put(paper.content), paper.media_type
    expense.payout = payout
    expense.move_to(ExpenseState.PAID)
    _tell(session, "expense.paid", expense)
    try:
        session.flush()
    except IntegrityError as taken:
        # another payment took the reference since it was looked for
        raise Conflict(SpendingReason.REFERENCE_USED, field="bank_reference") from taken
    needing.ask_for_afterwards(session, actor, expense=expense, case=case.budget, paid_on=paid_on)
    return payout


def _posted(
    session: Session, actor: Actor, expense: Expense, paid_on: date, reference: str
) -> Payout:
    """The entry of the charity's book, and the payout that names it."""
    user_id, person_id = person_of(session, actor)
    entry = ledger.pay(
        session,
        actor,
        fund_id=_fund(expense),
        amount=expense.amount,
        source=queries.PAID_SOURCE.format(id=expense.id),
        occurred_on=paid_on,
        cost=COST_ACCOUNTS[expense.budget_line.kind],
        earmark=_earmark(expense),
        release=expense.subject,
        note=expense.title,
    )
    return Payout(
        expense_id=expense.id,
        paid_on=paid_on,
        bank_reference=reference,
        paid_by_user_id=user_id,
        payer_person_id=person_id,
        duty=Duty.PAY,
        paid_at=clock.now(),
        entry_id=entry.id,
    )


def _case(
    session: Session, actor: Actor, expense_id: int, *states: ExpenseState
) -> tuple[Expense, ExpenseCase]:
    """The locked expense with its facts; hidden from outsiders, and in one of the states."""
    expense = lock_expense(session, actor, expense_id=expense_id)
    case = queries.case_of_expense(session, expense)
    require(policy.may_see_expense(actor, case))
    if expense.state not in states:
        raise InvalidState(CommonReason.WRONG_STATE)
    return expense, case


def require_agreed(case: ExpenseCase) -> datetime:
    """When exactly this content was agreed to; raises `InvalidState` where it was not."""
    request = case.request
    if request is None or request.state is not ApprovalState.GRANTED or request.closed_at is None:
        raise InvalidState(ApprovalsReason.NOT_OPEN)
    if frozen_hash(case.expense.subject, content_of(case.expense)) != request.content_hash:
        raise InvalidState(ApprovalsReason.CONTENT_CHANGED)
    return request.closed_at


def _check_day(agreed_at: datetime, paid_on: date) -> None:
    """Money leaves after it was agreed to, and not in the future."""
    if paid_on > clock.today():
        raise Invalid(SpendingReason.IN_FUTURE, field="paid_on")
    agreed_on = clock.day_of(agreed_at)
    if paid_on < agreed_on:
        raise Invalid(SpendingReason.PAID_BEFORE_AGREED, field="paid_on", agreed_on=agreed_on)


def _fund(expense: Expense) -> int:
    fund_id = expense.budget_line.budget.fund_id
    if fund_id is None:
        raise InvalidState(SpendingReason.BUDGET_NOT_OPENED)
    return fund_id


def _earmark(expense: Expense) -> str:
    """The line of its own that pays for what this makes first; empty for the general line."""
    return "" if expense.deliverable is None else expense.deliverable.earmark


def _tell(session: Session, event: str, expense: Expense) -> None:
    outbox.write(session, event, f"fund:{_fund(expense)}", expense_id=expense.id)
