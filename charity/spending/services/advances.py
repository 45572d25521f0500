"""An advance is accounted for with vouchers, after it was paid (PAY-02).

The doing organisation brings the vouchers, somebody of the charity who did not pay looks at them
and says that the advance is settled (`village.meet_requirement`).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.approvals.models import RequirementKind, RequirementState
from charity.approvals.queries import requirements
from charity.errors import Conflict, Insufficient, Invalid, InvalidState
from charity.evidence import Evidence
from charity.files import FileStore
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import Entry
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from charity.rows import insert_or, present
from charity.spending import intake, policy, queries
from charity.spending.models import AdvanceVoucher, Expense, ExpenseState, PaymentKind
from charity.spending.paying_reasons import PayingReason
from charity.spending.reasons import SpendingReason
from charity.spending.services.drawing import drawn
from charity.spending.services.locking import lock_expense, person_of

#: Vouchers one advance may have.
MAX_VOUCHERS = 100


def add_advance_voucher(
    session: Session,
    actor: Actor,
    *,
    expense_id: int,
    title: str,
    amount: Money,
    seller_name: str,
    voucher_number: str,
    spent_on: date,
    paper: bytes | Evidence,
    files: FileStore,
) -> AdvanceVoucher:
    """One invoice or receipt the advance was spent on, with its paper.

    Raises `InvalidState` for what is no paid advance, or one settled already; `Conflict` on
    `voucher_number` for a voucher that is counted, `Invalid` beside the other fields. A settlement
    that was refused is open again.
    """
    expense = lock_expense(session, actor, expense_id=expense_id)
    case = queries.case_of_expense(session, expense)
    require(policy.may_see_expense(actor, case))
    require(policy.may_submit_expense(actor, case.budget))
    _require_unsettled(session, expense)
    if len(queries.settlement(session, expense).vouchers) >= MAX_VOUCHERS:
        raise InvalidState(PayingReason.TOO_MANY_VOUCHERS, limit=MAX_VOUCHERS)
    if spent_on > clock.today():
        raise Invalid(SpendingReason.IN_FUTURE, field="spent_on")
    user_id, person_id = person_of(session, actor)
    kept = drawn(paper, field="paper")
    made = AdvanceVoucher(
        expense_id=expense.id,
        title=texts.line(title, field="title"),
        amount=intake.positive(amount, field="amount"),
        seller_name=texts.line(seller_name, field="seller_name"),
        voucher_number=texts.line(voucher_number, field="voucher_number"),
        spent_on=spent_on,
        file_hash=files.put(kept.content),
        media_type=kept.media_type,
        added_by_user_id=user_id,
        adder_person_id=person_id,
        added_at=clock.now(),
    )
    insert_or(session, made, Conflict(PayingReason.VOUCHER_COUNTED, field="voucher_number"))
    approvals.ask_again(
        session,
        actor,
        subject=expense.subject,
        kinds=frozenset({RequirementKind.ADVANCE_SETTLED}),
    )
    outbox.write(session, "advance.voucher_added", expense.subject, voucher_id=made.id)
    return made


def return_rest(
    session: Session,
    actor: Actor,
    *,
    expense_id: int,
    amount: Money,
    returned_on: date,
    bank_reference: str,
) -> Entry:
    """What of an advance was not needed is back in the bank: the same givers' fen, at the end.

    Not more than its vouchers leave open, so that nothing is both spent and back; the bank's number
    makes a second sending the first one's entry. Raises `Denied`, `InvalidState` for what is no
    paid advance or is settled, `Insufficient` (MORE_THAN_LEFT) on `amount`, `Invalid` on
    `returned_on` for a day before the payment or to come.
    """
    expense = lock_expense(session, actor, expense_id=expense_id)
    case = queries.case_of_expense(session, expense)
    require(policy.may_see_expense(actor, case))
    require(policy.may_take_back(actor, case))
    _require_unsettled(session, expense)
    paid = present(expense.payout)
    reference = texts.line(bank_reference, field="bank_reference", limit=80)
    if not paid.paid_on <= returned_on <= clock.today():
        raise Invalid(SpendingReason.IN_FUTURE, field="returned_on")
    source = f"{expense.subject}:returned:{reference}"
    open_ = queries.settlement(session, expense).missing
    if amount > open_ and not ledger_queries.is_booked(session, source):
        raise Insufficient(LedgerReason.MORE_THAN_LEFT, field="amount", available=open_)
    made = ledger.return_payment(
        session, actor, entry_id=paid.entry_id, amount=intake.positive(amount, field="amount"),
        source=source, occurred_on=returned_on, note=expense.title,
    )  # fmt: skip
    outbox.write(session, "advance.returned", expense.subject, entry_id=made.id)
    return made


def _require_unsettled(session: Session, expense: Expense) -> None:
    """It is an advance, paid, and nobody said yet that it is settled."""
    paid = expense.state is ExpenseState.PAID
    if expense.payment_kind is not PaymentKind.ADVANCE or not paid:
        raise InvalidState(PayingReason.NOT_AN_ADVANCE)
    for each in requirements(session, expense.subject):
        settled = each.kind is RequirementKind.ADVANCE_SETTLED
        if settled and each.state is RequirementState.MET:
            raise InvalidState(PayingReason.NOT_AN_ADVANCE)
