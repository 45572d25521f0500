"""Ask for money with its evidence, and correct what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.errors import CommonReason, Conflict, Insufficient, Invalid, InvalidState
from charity.evidence import Evidence
from charity.files import FileStore
from charity.ledger import queries as ledger
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from charity.rows import present
from charity.spending import freezing, intake, policy, queries
from charity.spending.distribution import refuse_distribution
from charity.spending.models import (
    Budget,
    BudgetLine,
    Deliverable,
    Duty,
    Expense,
    ExpenseState,
    PaymentKind,
    Voucher,
)
from charity.spending.paying_reasons import PayingReason
from charity.spending.policy import BudgetCase
from charity.spending.reasons import SpendingReason
from charity.spending.services import needing, payees
from charity.spending.services.drawing import drawn
from charity.spending.services.locking import lock_budget, lock_expense, person_of, take_duty

#: Pictures one expense may carry.
MAX_PICTURES = 10


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a person typed into the form of an expense, one field each."""

    budget_line_id: int
    deliverable_id: int | None
    units: int | None
    title: str
    amount: Money
    payee_name: str
    payee_account: str
    voucher_number: str
    spent_on: date
    payment_kind: PaymentKind
    is_cash: bool
    payee_code: str
    payee_identity_hash: bytes | None
    #: The person who is paid signed that the account may be used (PII-03).
    payee_consent: bool


def submit_expense(
    session: Session,
    actor: Actor,
    *,
    budget_line_id: int,
    deliverable_id: int | None,
    units: int | None,
    title: str,
    amount: Money,
    payee_name: str,
    payee_account: str,
    voucher_number: str,
    spent_on: date,
    pictures: Sequence[bytes | Evidence],
    files: FileStore,
    payment_kind: PaymentKind = PaymentKind.DIRECT,
    is_cash: bool = False,
    payee_code: str = "",
    payee_identity_hash: bytes | None = None,
    payee_account_hash: bytes | None = None,
    payee_consent: bool = False,
) -> Expense:
    """Ask for money of a budget line; two persons of the charity must agree, a third pays.

    `pictures` are files as they were sent, or evidence drawn anew already; the hashes are keyed
    (`registry.identity`). Raises `Invalid` beside its field for what cannot be kept (payees: see
    `payees.identified`; at least one picture, spent not in the future), `Denied` for money asked
    for oneself other than as reimbursement, `Conflict` on `voucher_number` for a voucher of this
    payee that is already asked for on the line, and `Insufficient` on `amount` beyond what is left
    on the line (LINE_EXCEEDED) or free in the fund.
    """
    line = _line(session, budget_line_id)
    budget = lock_budget(session, actor, budget_id=line.budget_id)
    case = queries.case_of_budget(session, budget)
    require(policy.may_submit_expense(actor, case))
    user_id, person_id = person_of(session, actor)
    asked = _Asked(
        budget_line_id, deliverable_id, units, title, amount, payee_name, payee_account,
        voucher_number, spent_on, payment_kind, is_cash, payee_code, payee_identity_hash,
        payee_consent,
    )  # fmt: skip
    expense = Expense(state=ExpenseState.SUBMITTED, return_reason="")
    _write(session, actor, expense, asked, case)
    _sign(expense, user_id, person_id)
    _refuse_own(session, actor, expense)
    _refuse_used(session, expense)
    _within_means(session, expense, budget)
    _attach(expense, pictures, files)
    session.add(expense)
    session.flush()
    _ask(session, actor, expense, budget)
    needing.ask_for(session, actor, expense=expense, case=case, account_hash=payee_account_hash)
    return expense


def resubmit_expense(
    session: Session,
    actor: Actor,
    *,
    expense_id: int,
    budget_line_id: int,
    deliverable_id: int | None,
    units: int | None,
    title: str,
    amount: Money,
    payee_name: str,
    payee_account: str,
    voucher_number: str,
    spent_on: date,
    pictures: Sequence[bytes | Evidence],
    files: FileStore,
    payment_kind: PaymentKind = PaymentKind.DIRECT,
    is_cash: bool = False,
    payee_code: str = "",
    payee_identity_hash: bytes | None = None,
    payee_account_hash: bytes | None = None,
    payee_consent: bool = False,
) -> Expense:
    """Correct an expense that came back, or that is still asked for; agreement given is void.

    New pictures are added; evidence once handed in is never taken away. Raises like
    `submit_expense`, and `InvalidState` once it is agreed to or paid.
    """
    expense = lock_expense(session, actor, expense_id=expense_id)
    case = queries.case_of_expense(session, expense)
    require(policy.may_see_expense(actor, case))
    if expense.state not in (ExpenseState.SUBMITTED, ExpenseState.RETURNED):
        raise InvalidState(CommonReason.WRONG_STATE)
    require(policy.may_resubmit(actor, case))
    user_id, person_id = person_of(session, actor)
    budget = expense.budget_line.budget
    if _line(session, budget_line_id).budget_id != budget.id:
        raise Invalid(SpendingReason.OTHER_BUDGET, field="budget_line_id")
    asked = _Asked(
        budget_line_id, deliverable_id, units, title, amount, payee_name, payee_account,
        voucher_number, spent_on, payment_kind, is_cash, payee_code, payee_identity_hash,
        payee_consent,
    )  # fmt: skip
    before = freezing.decided_of(expense)
    _write(session, actor, expense, asked, case.budget)
    _sign(expense, user_id, person_id)
    _refuse_own(session, actor, expense)
    _refuse_used(session, expense)
    _within_means(session, expense, budget)
    _attach(expense, pictures, files)
    if expense.state is ExpenseState.RETURNED:
        expense.move_to(ExpenseState.SUBMITTED)
    session.flush()
    _ask(session, actor, expense, budget)
    needing.ask_for(
        session, actor, expense=expense, case=case.budget, account_hash=payee_account_hash,
        changed=before != freezing.decided_of(expense),
    )  # fmt: skip
    return expense


def _line(session: Session, budget_line_id: int) -> BudgetLine:
    return present(session.get(BudgetLine, budget_line_id))


def _write(
    session: Session, actor: Actor, expense: Expense, asked: _Asked, case: BudgetCase
) -> None:
    """Check every field and put it into the row."""
    payee = payees.identified(
        session,
        name=asked.payee_name,
        code=asked.payee_code,
        account=asked.payee_account,
        identity_hash=asked.payee_identity_hash,
        kind=asked.payment_kind,
        is_village=case.is_village,
    )
    payees.require_consent(session, actor, payee, signed=asked.payee_consent)
    payees.refuse_committee(session, case.budget.fund_id, payee, asked.payment_kind)
    if asked.spent_on > clock.today():
        raise Invalid(SpendingReason.IN_FUTURE, field="spent_on")
    title = texts.line(asked.title, field="title")
    refuse_distribution(title, on=clock.today(), field="title")
    number = texts.line(asked.voucher_number, field="voucher_number")
    amount = intake.positive(asked.amount, field="amount")
    units = _units(session, asked, case.budget)
    if asked.payment_kind is PaymentKind.REWARD and units is None:
        raise Invalid(PayingReason.REWARD_NEEDS_DELIVERABLE, field="deliverable_id")
    expense.budget_line_id = asked.budget_line_id
    expense.deliverable_id = asked.deliverable_id
    expense.units = units
    expense.title = title
    expense.amount = amount
    expense.payee_name = payee.name
    expense.payee_account = payee.account
    expense.payee_organisation_id = payee.organisation_id
    expense.payee_identity_hash = payee.identity_hash
    expense.payment_kind = asked.payment_kind
    expense.is_cash = asked.is_cash
    expense.voucher_number = number
    expense.spent_on = asked.spent_on


def _units(session: Session, asked: _Asked, budget: Budget) -> int | None:
    """Units are named exactly when a deliverable of this budget is."""
    if asked.deliverable_id is None:
        if asked.units is not None:
            raise Invalid(SpendingReason.UNITS_WITHOUT_DELIVERABLE, field="units")
        return None
    made = session.get(Deliverable, asked.deliverable_id)
    if made is None or made.budget_id != budget.id:
        raise Invalid(SpendingReason.OTHER_BUDGET, field="deliverable_id")
    if asked.units is None:
        raise Invalid(SpendingReason.UNITS_REQUIRED, field="units")
    return intake.units(asked.units)


def _sign(expense: Expense, user_id: int, person_id: int) -> None:
    expense.submitted_by_user_id = user_id
    expense.submitter_person_id = person_id
    expense.submitted_at = clock.now()


def _refuse_own(session: Session, actor: Actor, expense: Expense) -> None:
    """Who asks is paid only what they laid out themselves (A1)."""
    if expense.payment_kind is not PaymentKind.REIMBURSEMENT:
        payees.refuse_own(session, actor, expense=expense)


def _refuse_used(session: Session, expense: Expense) -> None:
    """One voucher is paid once (AUD-06, RF-02): a double click or a second try is refused."""
    with session.no_autoflush:
        used = queries.uses_of_voucher(session, expense)
    if used:
        raise Conflict(SpendingReason.VOUCHER_USED, field="voucher_number")


def _within_means(session: Session, expense: Expense, budget: Budget) -> None:
    """Refuse what the line or the fund has not left; the budget is locked meanwhile."""
    remaining = queries.remaining_on_line(session, expense.budget_line_id, besides=expense.id)
    if expense.amount > remaining:
        raise Insufficient(SpendingReason.LINE_EXCEEDED, field="amount", remaining=remaining)
    if budget.fund_id is None:
        raise InvalidState(SpendingReason.BUDGET_NOT_OPENED)
    available = ledger.fund_position(session, budget.fund_id).available
    if expense.amount > available:
        raise Insufficient(LedgerReason.INSUFFICIENT, field="amount", available=available)


def _attach(expense: Expense, contents: Sequence[bytes | Evidence], files: FileStore) -> None:
    """Draw the pictures anew, keep them, and name them as evidence; the same one counts once."""
    if not contents and not expense.vouchers:
        raise Invalid(SpendingReason.PICTURE_REQUIRED, field="pictures")
    if len(contents) + len(expense.vouchers) > MAX_PICTURES:
        raise Invalid(SpendingReason.PICTURE_COUNT, field="pictures", limit=MAX_PICTURES)
    known = {voucher.file_hash for voucher in expense.vouchers}
    for picture in [drawn(content) for content in contents]:
        digest = files.put(picture.content)
        if digest not in known:
            known.add(digest)
            expense.vouchers.append(
                Voucher(
                    file_hash=digest,
                    media_type=picture.media_type,
                    width=picture.width,
                    height=picture.height,
                    pages=picture.pages,
                    added_at=clock.now(),
                )
            )


def _ask(session: Session, actor: Actor, expense: Expense, budget: Budget) -> None:
    """Open the request for agreement to exactly this, and tell the world that it waits."""
    take_duty(session, actor, expense=expense, duty=Duty.SUBMIT)
    approvals.open_request(
        session,
        actor,
        subject=expense.subject,
        content=freezing.content_of(expense),
        amount=expense.amount,
        submitter_person_id=expense.submitter_person_id,
    )
    outbox.write(session, "expense.submitted", f"fund:{budget.fund_id}", expense_id=expense.id)
