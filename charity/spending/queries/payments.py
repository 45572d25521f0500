"""What payments are judged by: payees, accounts, equal payments, accepted work, bank files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity import clock
from charity.accounts.models import Membership, User
from charity.actor import Role
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.ledger import queries as ledger
from charity.ledger.models import Book, CommitteeMember, Fund
from charity.money import ZERO, Money
from charity.registry.findings import Finding, figure, warn
from charity.registry.models import Organisation, Person
from charity.rows import present
from charity.spending.models import (
    AdvanceVoucher,
    Budget,
    BudgetLine,
    Delivery,
    DeliveryState,
    Expense,
    ExpenseState,
    PayeeAccount,
    PaymentBatch,
    PaymentBatchItem,
    PaymentKind,
)
from charity.spending.paying_reasons import PayingReason
from charity.spending.queries.shared import select_expenses

#: States in which an expense stands for money that goes or went.
_STANDING = (ExpenseState.SUBMITTED, ExpenseState.APPROVED, ExpenseState.PAID)


def payee_named(session: Session, *, name: str, folded: str) -> Organisation | None:
    """The organisation of exactly this name, as typed or without its blanks."""
    query = select(Organisation).where(Organisation.name.in_((name, folded)))
    return session.scalars(query.options(joinedload(Organisation.host)).limit(1)).first()


def payee_coded(session: Session, code: str) -> Organisation | None:
    """The organisation with this credit code, or the filed group with this filing number."""
    same = or_(Organisation.uscc == code, Organisation.filing_number == code)
    query = select(Organisation).where(same).options(joinedload(Organisation.host)).limit(1)
    return session.scalars(query).first()


def person_of_identity(session: Session, identity_hash: bytes | None) -> int | None:
    """The person known here under the keyed hash of an identity document."""
    if identity_hash is None:
        return None
    return session.scalar(select(Person.id).where(Person.identity_hash == identity_hash))


def payee_account(
    session: Session, *, charity_id: int, payee_name: str, account: str
) -> PayeeAccount | None:
    """What a charity knows of one bank account of one payee."""
    query = select(PayeeAccount).where(
        PayeeAccount.charity_id == charity_id,
        PayeeAccount.payee_name == payee_name,
        PayeeAccount.account == account,
    )
    return session.scalar(query)


def has_accounts(session: Session, *, charity_id: int, payee_name: str) -> bool:
    """Whether the charity knows any account of the payee."""
    query = select(PayeeAccount.id).where(
        PayeeAccount.charity_id == charity_id, PayeeAccount.payee_name == payee_name
    )
    return session.scalar(query.limit(1)) is not None


def resting_accounts(session: Session, charity_ids: Collection[int]) -> list[PayeeAccount]:
    """Changed accounts that rest now, the soonest usable first: the desk of the treasurers."""
    query = select(PayeeAccount).where(
        PayeeAccount.charity_id.in_(charity_ids), PayeeAccount.usable_from > clock.now()
    )
    return list(session.scalars(query.order_by(PayeeAccount.usable_from, PayeeAccount.id)))


def login_names_of_treasurers(session: Session, charity_id: int) -> list[tuple[int, str]]:
    """User and login name of those who pay for a charity today."""
    query = (
        select(User.id, User.login_name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == charity_id,
            Membership.role == Role.TREASURER,
            Membership.revoked_at.is_(None),
            User.closed_at.is_(None),
        )
        .order_by(User.id)
    )
    return [(user_id, name) for user_id, name in session.execute(query)]


def warnings(session: Session, expense: Expense, *, charity_id: int | None) -> list[Finding]:
    """What whoever decides is told beside the expense: cash (AUD-10), equal payments (RF-02)."""
    on = expense.spent_on
    found = []
    if expense.is_cash:
        limit = figure("AUD-10", on)
        if isinstance(limit, Finding):
            found.append(limit)
        elif expense.amount.fen > limit.number:
            reason = PayingReason.CASH_OVER
            found.append(warn("AUD-10", reason, limit, limit=Money(limit.number)))
    days = figure("RF-02", on)
    if isinstance(days, Finding):
        return [*found, days]
    twin = _equal_payment(session, expense, charity_id, days.number)
    if twin is not None:
        reason = PayingReason.SAME_PAYMENT
        found.append(warn("RF-02", reason, days, days=days.number, title=twin.title))
    return found


def _equal_payment(
    session: Session, expense: Expense, charity_id: int | None, days: int
) -> Expense | None:
    """Another expense of the charity to this payee, as large and within so many days."""
    funds = select(Fund.id).join(Book, Book.id == Fund.book_id)
    query = (
        select(Expense)
        .join(Expense.budget_line)
        .join(BudgetLine.budget)
        .where(
            Budget.fund_id.in_(funds.where(Book.organisation_id == charity_id)),
            Expense.payee_name == expense.payee_name,
            Expense.amount == expense.amount,
            Expense.state.in_(_STANDING),
            Expense.id != expense.id,
            Expense.spent_on >= expense.spent_on - timedelta(days=days),
            Expense.spent_on <= expense.spent_on + timedelta(days=days),
        )
        .order_by(Expense.id)
        .limit(1)
    )
    return session.scalars(query).first()


def units_for_reward(session: Session, expense: Expense) -> int:
    """Accepted units of its deliverable that no other reward has counted already."""
    accepted = select(func.coalesce(func.sum(Delivery.units), 0)).where(
        Delivery.deliverable_id == expense.deliverable_id,
        Delivery.state == DeliveryState.ACCEPTED,
    )
    counted = select(Requirement.subject).where(
        Requirement.kind == RequirementKind.ACCEPTED_WORK,
        Requirement.state == RequirementState.MET,
    )
    others = select(Expense).where(
        Expense.deliverable_id == expense.deliverable_id,
        Expense.payment_kind == PaymentKind.REWARD,
        Expense.state.in_(_STANDING),
        Expense.id != expense.id,
    )
    met = set(session.scalars(counted.where(Requirement.subject.like("expense:%"))))
    taken = sum(each.units or 0 for each in session.scalars(others) if each.subject in met)
    return int(session.scalar(accepted) or 0) - taken


def rewards_waiting(session: Session, deliverable_id: int) -> list[Expense]:
    """Rewards for a deliverable that are asked for or agreed to, the oldest first."""
    query = select(Expense).where(
        Expense.deliverable_id == deliverable_id,
        Expense.payment_kind == PaymentKind.REWARD,
        Expense.state.in_((ExpenseState.SUBMITTED, ExpenseState.APPROVED)),
    )
    return list(session.scalars(query.order_by(Expense.id)))


@dataclass(frozen=True, slots=True)
class Settlement:
    """How far an advance is accounted for."""

    vouchers: list[AdvanceVoucher]
    advance: Money
    #: What was not needed and is in the fund again.
    returned: Money = ZERO

    @property
    def shown(self) -> Money:
        """What the vouchers come to."""
        return sum((each.amount for each in self.vouchers), ZERO)

    @property
    def missing(self) -> Money:
        """What they do not show yet; never below zero."""
        return Money(max(0, self.advance.fen - self.returned.fen - self.shown.fen))


def settlement(session: Session, expense: Expense) -> Settlement:
    """The vouchers of an advance in the order in which they came."""
    query = select(AdvanceVoucher).where(AdvanceVoucher.expense_id == expense.id)
    vouchers = list(session.scalars(query.order_by(AdvanceVoucher.id)))
    paid = expense.payout
    returned = ledger.came_back(session, paid.entry_id) if paid is not None else ZERO
    return Settlement(vouchers, expense.amount, returned)


def advance_voucher(session: Session, voucher_id: int) -> AdvanceVoucher:
    """One voucher of an advance; raises `NotFound`."""
    return present(session.get(AdvanceVoucher, voucher_id))


# ── bank files ───────────────────────────────────────────────────────────────────────────────────


def batch(session: Session, batch_id: int) -> PaymentBatch:
    """A bank file with its lines and their expenses; raises `NotFound`."""
    lines = selectinload(PaymentBatch.items).joinedload(PaymentBatchItem.expense)
    query = select(PaymentBatch).where(PaymentBatch.id == batch_id)
    found = session.scalars(query.options(lines.joinedload(Expense.payout))).one_or_none()
    return present(found)


def batches_of(
    session: Session, charity_ids: Collection[int], limit: int = 100
) -> list[PaymentBatch]:
    """The bank files of these charities, the latest first."""
    query = select(PaymentBatch).where(PaymentBatch.charity_id.in_(charity_ids))
    return list(session.scalars(query.order_by(PaymentBatch.id.desc()).limit(limit)))


def standing_item(session: Session, expense_id: int) -> PaymentBatchItem | None:
    """The line of a standing bank file that pays the expense."""
    query = select(PaymentBatchItem).where(
        PaymentBatchItem.expense_id == expense_id, PaymentBatchItem.is_standing
    )
    return session.scalar(query)


def payable(session: Session, charity_ids: Collection[int], limit: int = 200) -> list[Expense]:
    """Expenses of these charities agreed to, in no standing file and not in cash, oldest first."""
    funds = select(Fund.id).join(Book, Book.id == Fund.book_id)
    standing = select(PaymentBatchItem.expense_id).where(PaymentBatchItem.is_standing)
    query = (
        select_expenses()
        .join(Expense.budget_line)
        .join(BudgetLine.budget)
        .where(
            Budget.fund_id.in_(funds.where(Book.organisation_id.in_(charity_ids))),
            Expense.state == ExpenseState.APPROVED,
            Expense.is_cash.is_(False),
            Expense.id.not_in(standing),
        )
    )
    return list(session.scalars(query.order_by(Expense.id).limit(limit)))


def committee_of_fund(session: Session, fund_id: int | None, on: date) -> list[str]:
    """The names of those who sit on a fund's committee on a day in China (FND-02)."""
    query = select(CommitteeMember.name).where(
        CommitteeMember.fund_id == fund_id,
        CommitteeMember.since <= on,
        or_(CommitteeMember.until.is_(None), CommitteeMember.until >= on),
    )
    return list(session.scalars(query))
