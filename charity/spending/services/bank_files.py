"""Files for the bank: many agreed expenses at once, each in one standing file at most.

The file is written here once, kept under its hash, and the same bytes are handed out ever after.
Nothing is paid by writing it: who pays records each payment when the bank has done it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.evidence import Evidence
from charity.files import FileStore
from charity.money import ZERO, Money
from charity.rows import insert_or, locked
from charity.spending import policy, queries
from charity.spending.models import (
    Expense,
    ExpenseState,
    PaymentBatch,
    PaymentBatchItem,
    Payout,
)
from charity.spending.paying_reasons import PayingReason
from charity.spending.services import needing
from charity.spending.services.deciding import pay_expense, require_agreed
from charity.spending.services.drawing import drawn
from charity.spending.services.locking import lock_expense, person_of

#: Lines one file may have.
MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class BankLine:
    """One payment as the bank reads it."""

    number: int
    expense_id: int
    payee_name: str
    payee_account: str
    amount: Money
    purpose: str


Writer = Callable[[Sequence[BankLine]], bytes]


def make_bank_file(
    session: Session,
    actor: Actor,
    *,
    charity_id: int,
    expense_ids: Sequence[int],
    file_format: str,
    write: Writer,
    files: FileStore,
) -> PaymentBatch:
    """Write agreed expenses of one charity into a file; `write` makes its bytes of the lines.

    Each must be ready to be paid, by this very person. Raises `Denied`, `Invalid` on `expenses`
    (none, too many, cash, or not payable), `Conflict` for one that stands in another file, and
    what `needing.require_ready` raises.
    """
    require(policy.may_write_bank_file(actor, charity_id))
    ids = sorted(set(expense_ids))
    if not ids:
        raise Invalid(PayingReason.NOTHING_CHOSEN, field="expenses")
    if len(ids) > MAX_LINES:
        raise Invalid(PayingReason.TOO_MANY_CHOSEN, field="expenses", limit=MAX_LINES)
    user_id, person_id = person_of(session, actor)
    chosen = [_ready(session, actor, charity_id, expense_id) for expense_id in ids]
    content = write([_line(number, each) for number, each in enumerate(chosen, 1)])
    made = PaymentBatch(
        charity_id=charity_id,
        format=file_format,
        file_hash=files.put(content),
        total=sum((each.amount for each in chosen), ZERO),
        count=len(chosen),
        made_by_user_id=user_id,
        maker_person_id=person_id,
        made_at=clock.now(),
        withdrawn_at=None,
    )
    session.add(made)
    session.flush()
    for number, each in enumerate(chosen, 1):
        item = PaymentBatchItem(batch_id=made.id, expense_id=each.id, number=number)
        taken = Conflict(PayingReason.IN_BANK_FILE, field="expenses", title=each.title)
        insert_or(session, item, taken)
    outbox.write(session, "bank_file.made", f"organisation:{charity_id}", batch_id=made.id)
    return made


def _ready(session: Session, actor: Actor, charity_id: int, expense_id: int) -> Expense:
    """The expense, locked, if this person may pay it now and no standing file does."""
    expense = lock_expense(session, actor, expense_id=expense_id)
    case = queries.case_of_expense(session, expense)
    if case.budget.charity_id != charity_id or expense.state is not ExpenseState.APPROVED:
        raise Invalid(PayingReason.NOT_PAYABLE, field="expenses", title=expense.title)
    require(policy.may_pay(actor, case))
    if expense.is_cash:
        raise Invalid(PayingReason.CASH_IN_FILE, field="expenses", title=expense.title)
    if queries.standing_item(session, expense.id) is not None:
        raise Conflict(PayingReason.IN_BANK_FILE, field="expenses", title=expense.title)
    require_agreed(case)
    needing.require_ready(session, actor, case=case)
    return expense


def _line(number: int, expense: Expense) -> BankLine:
    return BankLine(
        number,
        expense.id,
        expense.payee_name,
        expense.payee_account,
        expense.amount,
        expense.title,
    )


def withdraw_bank_file(session: Session, actor: Actor, *, batch_id: int) -> PaymentBatch:
    """Take a file back before the bank had it; its expenses may go into another.

    Raises `InvalidState` when it is withdrawn, or when one of its expenses is paid already.
    """
    found = _locked(session, actor, batch_id)
    if any(item.expense.state is ExpenseState.PAID for item in found.items if item.is_standing):
        raise InvalidState(PayingReason.FILE_PARTLY_PAID)
    found.withdrawn_at = clock.now()
    for item in found.items:
        item.is_standing = False
    session.flush()
    outbox.write(
        session, "bank_file.withdrawn", f"organisation:{found.charity_id}", batch_id=found.id
    )
    return found


def take_out_of_bank_file(
    session: Session, actor: Actor, *, batch_id: int, expense_id: int
) -> PaymentBatch:
    """The bank refused this one line: it may be sent back, or go into another file."""
    found = _locked(session, actor, batch_id)
    for item in found.items:
        if item.expense_id == expense_id and item.is_standing:
            if item.expense.state is ExpenseState.PAID:
                raise InvalidState(PayingReason.FILE_PARTLY_PAID)
            item.is_standing = False
            session.flush()
            return found
    raise InvalidState(CommonReason.WRONG_STATE)


def pay_bank_file(
    session: Session,
    actor: Actor,
    *,
    batch_id: int,
    paid_on: date,
    references: Mapping[int, str],
    proof: bytes | Evidence | None = None,
    files: FileStore,
) -> list[Payout]:
    """The bank paid these lines (expense id to the bank's reference); lines not named wait on.

    One proof stands for all. Raises like `pay_expense`, the first refusal for the whole.
    """
    found = _locked(session, actor, batch_id)
    standing = {item.expense_id for item in found.items if item.is_standing}
    if not references or not set(references) <= standing:
        raise Invalid(PayingReason.NOTHING_CHOSEN, field="expenses")
    kept = drawn(proof, field="proof") if proof is not None else None
    return [
        pay_expense(
            session,
            actor,
            expense_id=expense_id,
            paid_on=paid_on,
            bank_reference=references[expense_id],
            proof=kept,
            files=files,
        )
        for expense_id in sorted(references)
    ]


def _locked(session: Session, actor: Actor, batch_id: int) -> PaymentBatch:
    """The file and its expenses, in the order of all locks; not for those of other charities."""
    found = queries.batch(session, batch_id)
    require(policy.may_see_bank_file(actor, found.charity_id))
    require(policy.may_write_bank_file(actor, found.charity_id))
    for item in sorted(found.items, key=lambda each: each.expense_id):
        lock_expense(session, actor, expense_id=item.expense_id)
    found = locked(session, select(PaymentBatch).where(PaymentBatch.id == batch_id))
    session.refresh(found, ["items"])
    for item in found.items:
        session.refresh(item)
    if found.withdrawn_at is not None:
        raise InvalidState(PayingReason.FILE_WITHDRAWN)
    return found
