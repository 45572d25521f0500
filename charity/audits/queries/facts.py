"""Gathering what red flags look at: an organisation's payments, and what stands beside them.

Expenses of its book and of the budgets it carries out, the rows of a list it handed in, large cash
entries of the book. Whatever came back is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.approvals.tiers import ANSWERABLE, PERSONS
from charity.audits.flags import Absence, Approval, Facts, Payment, Tally, Usual, figures_on
from charity.audits.models import Inspection, VoucherList, VoucherListRow
from charity.audits.names import folded
from charity.audits.queries import beside
from charity.audits.queries.samples import expenses_of, joined_expenses, subject_of_expense
from charity.audits.queries.touched import (
    Touched,
    person_key,
    persons_of,
    touched_since,
)
from charity.ledger.models import Account, Book, Entry, EntryKind, Transfer
from charity.registry import queries as registry
from charity.rules import parameter
from charity.spending.models import Budget, Expense, ExpenseState, PaymentKind, Payout
from charity.spending.queries import LAID_OUT

#: Keyed hash of a bank account, as the registry keeps those of related parties.
HashAccount = Callable[[str], bytes | None]

#: Accounts of cash in hand (1001 and below).
_CASH = "1001%"
_CHINA = 8 * 3600
_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Payee:
    """What is known of who was paid, beside the name."""

    account: str
    identity_hash: bytes | None
    organisation_id: int | None
    charity_id: int | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier look reached, and what it says to one that goes on from there."""

    reached: Mapping[str, int]
    usual: Usual
    tallies: Mapping[int, Tally]


@dataclass(frozen=True)
class Gathered:
    """The payments of an organisation, and their payees by the key they have in them."""

    payments: list[Payment]
    payees: dict[str, Payee]


def facts_of(
    session: Session,
    organisation_id: int,
    *,
    today: date,
    hash_account: HashAccount | None = None,
    earlier: Earlier | None = None,
) -> Facts:
    """What is looked through of an organisation: all of it, or what is new since `earlier`.

    Without `hash_account` accounts are not compared.
    """
    figures, touched = figures_on(today), None
    if earlier is not None:
        touched = touched_since(session, organisation_id, earlier.reached, figures)
    if touched is None:
        earlier = None
    reached = earlier.reached if earlier is not None else {}
    gathered = _expenses(session, organisation_id, touched)
    payments = gathered.payments
    payments += _listed(session, organisation_id) if touched is None else ()
    above = figures["RF-06", "single_fen"]
    payments += _cash_entries(session, organisation_id, above, reached.get("entry", 0))
    payees = gathered.payees
    if touched is not None:
        payees = {name: payee for name, payee in payees.items() if name in touched.scope.payees}
    givers = beside.givers_of_payees(session, payees)
    new = None if touched is None else touched.ids
    return Facts(
        payments=payments,
        approvals=list(_approvals(session, organisation_id, reached.get("decision", 0))),
        payee_marks=beside.payee_marks(session, payees, hash_account),
        party_marks=beside.party_marks(session, organisation_id, today),
        pictures=beside.pictures(session, organisation_id, new),
        gifts=beside.gifts(session, organisation_id, givers, figures["RF-12", "smallest_fen"]),
        limits=limits_on(today),
        payee_since=beside.payees_since(session, organisation_id),
        givers_of_payee=givers,
        absences=_absences(session, organisation_id),
        gift_sums=beside.gift_sums(session, organisation_id, reached.get("entry", 0)),
        scope=touched.scope if touched is not None else None,
        usual=earlier.usual if earlier is not None else None,
        tallies=earlier.tallies if earlier is not None else {},
    )


def _absences(session: Session, organisation_id: int) -> dict[str, list[Absence]]:
    """When the persons it helped were gone, by what their communities noted."""
    return {
        person_key(identity): [
            Absence(each.since.toordinal(), each.until.toordinal() if each.until else 0)
            for each in gone
        ]
        for identity, gone in registry.absences_of(session, persons_of(organisation_id)).items()
    }


def limits_on(day: date) -> tuple[int, ...]:
    """Sums (fen) from which more must agree (APR-01, APR-04)."""
    steps = {least for least, _ in parameter(PERSONS, day).steps if least > 0}
    return tuple(sorted(steps | {parameter(ANSWERABLE, day).number}))


def _agreed(session: Session, organisation_id: int, ids: Collection[int] | None) -> dict[str, int]:
    """The day on which enough had agreed, by expense; of some expenses, or of all."""
    query = (
        joined_expenses(ApprovalRequest.subject, func.min(ApprovalRequest.closed_at))
        .join(ApprovalRequest, ApprovalRequest.subject == subject_of_expense())
        .where(expenses_of(organisation_id), ApprovalRequest.state == ApprovalState.GRANTED)
        .group_by(ApprovalRequest.subject)
    )
    if ids is not None:
        query = query.where(Expense.id.in_(ids))
    return {subject: day_and_minute(at)[0] for subject, at in session.execute(query) if at}


def _expenses(session: Session, organisation_id: int, touched: Touched | None) -> Gathered:
    ids = None if touched is None else touched.beside
    agreed = _agreed(session, organisation_id, ids)
    query = (
        joined_expenses(
            Expense.id, type_coerce(Expense.amount, BigInteger), Expense.spent_on,
            Expense.payee_name, Budget.fund_id, Expense.voucher_number, Payout.bank_reference,
            Expense.is_cash, Expense.payment_kind, Expense.submitter_person_id, Budget.region_code,
            Expense.payee_identity_hash, Payout.paid_on, Expense.payee_account,
            Expense.payee_organisation_id, Book.organisation_id,
        )
        .outerjoin(Payout, Payout.expense_id == Expense.id)
        .where(expenses_of(organisation_id), Expense.state != ExpenseState.RETURNED)
        .order_by(Expense.id)
        .execution_options(yield_per=5_000)
    )  # fmt: skip
    if ids is not None:
        query = query.where(Expense.id.in_(ids))
    payments: list[Payment] = []
    payees: dict[str, Payee] = {}
    names: dict[str, str] = {}
    for row in session.execute(query):
        (
            id_, fen, spent_on, payee, fund, voucher, reference, is_cash, kind, maker, place,
            identity, paid_on, account, payee_organisation, charity,
        ) = row  # fmt: skip
        name = names.get(payee) or names.setdefault(payee, folded(payee))
        is_laid_out = kind in LAID_OUT
        is_person = identity is not None and not is_laid_out
        subject = f"expense:{id_}"
        payments.append(
            Payment(
                subject, int(fen), spent_on.toordinal(), name, fund or 0, voucher or "",
                reference or "", is_cash, kind is PaymentKind.REWARD or is_person, maker, place,
                person_key(identity) if is_person else "",
                paid_on.toordinal() if paid_on else 0, agreed.get(subject, 0),
            )
        )  # fmt: skip
        if not is_laid_out and name not in payees:
            payees[name] = Payee(account, identity, payee_organisation, charity)
    return Gathered(payments, payees)


def day_and_minute(at: datetime) -> tuple[int, int]:
    """The ordinal day in China of an instant, and the minute of that day."""
    seconds = int(at.timestamp()) + _CHINA
    return seconds // _DAY + _EPOCH, seconds % _DAY // 60


def _approvals(session: Session, organisation_id: int, after: int) -> Iterator[Approval]:
    query = (
        joined_expenses(
            ApprovalRequest.subject, ApprovalDecision.person_id, ApprovalDecision.decided_at
        )
        .join(ApprovalRequest, ApprovalRequest.subject == subject_of_expense())
        .join(ApprovalDecision, ApprovalDecision.request_id == ApprovalRequest.id)
        .where(expenses_of(organisation_id), ApprovalDecision.agreed, ApprovalDecision.id > after)
        .order_by(ApprovalDecision.id)
        .execution_options(yield_per=5_000)
    )
    for subject, person_id, at in session.execute(query):
        yield Approval(subject, person_id, *day_and_minute(at))


def _listed(session: Session, organisation_id: int) -> Iterator[Payment]:
    """The rows of the newest list of each inspection."""
    newest = (
        select(func.max(VoucherList.id))
        .join(Inspection, Inspection.id == VoucherList.inspection_id)
        .where(Inspection.organisation_id == organisation_id)
        .group_by(VoucherList.inspection_id)
    )
    query = (
        select(VoucherListRow)
        .where(VoucherListRow.voucher_list_id.in_(newest))
        .order_by(VoucherListRow.id)
        .execution_options(yield_per=5_000)
    )
    for row in session.scalars(query):
        yield Payment(
            subject=f"voucher_list_row:{row.id}",
            amount=row.amount.fen,
            day=row.booked_on.toordinal(),
            payee=folded(row.payee),
            project=-row.voucher_list_id,
            voucher=row.voucher_number,
            is_cash=row.is_cash,
        )


def _cash_entries(
    session: Session, organisation_id: int, above: int, after: int
) -> Iterator[Payment]:
    """What accountants booked out of cash by hand, where it is large (AUD-10)."""
    amount = type_coerce(Transfer.amount, BigInteger)
    query = (
        select(Entry.id, amount, Entry.occurred_on, Transfer.credit_fund_id)
        .join(Transfer, Transfer.entry_id == Entry.id)
        .join(Account, Account.id == Transfer.credit_account_id)
        .join(Book, Book.id == Entry.book_id)
        .where(
            Book.organisation_id == organisation_id,
            Account.book_id == Book.id,
            Account.code.like(_CASH),
            Entry.kind == EntryKind.JOURNAL,
            Entry.id > after,
            amount > above,
        )
        .order_by(Entry.id, Transfer.number)
    )
    for id_, fen, day, fund in session.execute(query):
        yield Payment(
            subject=f"entry:{id_}",
            amount=int(fen),
            day=day.toordinal(),
            payee="",
            project=fund or 0,
            is_cash=True,
            # what is moved between accounts has no price that could look odd
            is_fixed=True,
        )
