"""Expenses: money asked for, with its evidence, its payee, and its payment."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.spending.models.budgets import BudgetLine, Deliverable


class ExpenseState(enum.StrEnum):
    """An expense is submitted with its voucher, agreed by two persons, paid by a third."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PAID = "paid"


EXPENSE_TRANSITIONS: dict[ExpenseState, frozenset[ExpenseState]] = {
    ExpenseState.SUBMITTED: frozenset({ExpenseState.APPROVED, ExpenseState.RETURNED}),
    ExpenseState.RETURNED: frozenset({ExpenseState.SUBMITTED}),
    # back before it is paid: the treasurer found a mistake, and what was agreed is void
    ExpenseState.APPROVED: frozenset({ExpenseState.PAID, ExpenseState.RETURNED}),
    ExpenseState.PAID: frozenset(),
}


class PaymentKind(enum.StrEnum):
    """When the money goes, and for what (FEATURES 21)."""

    #: To the seller, for an invoice.
    DIRECT = "direct"
    #: Back to who paid it already.
    REIMBURSEMENT = "reimbursement"
    #: Before the work; settled with vouchers afterwards.
    ADVANCE = "advance"
    #: 以奖代补: after the work was accepted.
    REWARD = "reward"


class Expense(Base):
    """Money asked for against a budget line, with its evidence."""

    __tablename__ = "expense"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(deliverable_id IS NULL) = (units IS NULL)", name="units_of_deliverable"),
        CheckConstraint("units IS NULL OR units > 0", name="units_positive"),
    )

    id: Mapped[Id]
    budget_line_id: Mapped[int] = mapped_column(ForeignKey("budget_line.id"), index=True)
    #: What this money makes, and how many units of it, where it makes something countable.
    deliverable_id: Mapped[int | None] = mapped_column(ForeignKey("deliverable.id"), index=True)
    units: Mapped[int | None]
    title: Mapped[str]
    amount: Mapped[Money]
    payee_name: Mapped[str]
    #: Shown masked but for the treasurer.
    payee_account: Mapped[str] = mapped_column(String(40))
    #: The number printed on the invoice or receipt.
    voucher_number: Mapped[str]
    spent_on: Mapped[date]
    payment_kind: Mapped[PaymentKind] = mapped_column(default=PaymentKind.DIRECT)
    is_cash: Mapped[bool] = mapped_column(default=False)
    #: Keyed hash of the payee's identity document, where a person is paid.
    payee_identity_hash: Mapped[bytes | None]
    #: The organisation that is paid, where it is one of the registry's.
    payee_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    state: Mapped[ExpenseState] = mapped_column(default=ExpenseState.SUBMITTED)
    submitted_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    submitter_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    submitted_at: Mapped[datetime]
    #: Why it came back.
    return_reason: Mapped[LongText] = mapped_column(default="")

    budget_line: Mapped[BudgetLine] = relationship()
    deliverable: Mapped[Deliverable | None] = relationship()
    vouchers: Mapped[list[Voucher]] = relationship(back_populates="expense", order_by="Voucher.id")
    payout: Mapped[Payout | None] = relationship(back_populates="expense")
    duties: Mapped[list[ExpenseDuty]] = relationship(back_populates="expense")

    @property
    def subject(self) -> str:
        """Its name for approvals, holds and the outbox: `expense:42`."""
        return f"expense:{self.id}"

    def move_to(self, state: ExpenseState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in EXPENSE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state


class Duty(enum.StrEnum):
    """What a person did for an expense."""

    SUBMIT = "submit"
    APPROVE = "approve"
    PAY = "pay"


class ExpenseDuty(Base):
    """One person, one duty on an expense: the key refuses a second one (RELIABILITY A1).

    Who once decided or submitted keeps that duty when the expense comes back and is sent again.
    """

    __tablename__ = "expense_duty"
    __table_args__ = (UniqueConstraint("expense_id", "person_id", "duty"),)

    expense_id: Mapped[int] = mapped_column(ForeignKey("expense.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    duty: Mapped[Duty]

    expense: Mapped[Expense] = relationship(back_populates="duties")


class Voucher(Base):
    """A picture of the evidence, re-encoded and stored under the hash of its bytes."""

    __tablename__ = "voucher"
    __table_args__ = (UniqueConstraint("expense_id", "file_hash"),)

    id: Mapped[Id]
    expense_id: Mapped[int] = mapped_column(ForeignKey("expense.id"), index=True)
    #: SHA-256 of the stored bytes, their address in the file store.
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    #: Pixels of the picture, or of the first page.
    width: Mapped[int]
    height: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]

    expense: Mapped[Expense] = relationship(back_populates="vouchers")


class AdvanceVoucher(Base):
    """What an advance was spent on afterwards: one invoice or receipt, with its paper."""

    __tablename__ = "advance_voucher"
    __table_args__ = (
        UniqueConstraint("expense_id", "seller_name", "voucher_number"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[Id]
    expense_id: Mapped[int] = mapped_column(ForeignKey("expense.id"), index=True)
    title: Mapped[str]
    amount: Mapped[Money]
    seller_name: Mapped[str]
    voucher_number: Mapped[str]
    spent_on: Mapped[date]
    #: SHA-256 of the stored paper.
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    media_type: Mapped[str] = mapped_column(String(40))
    added_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    adder_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    added_at: Mapped[datetime]


class Payout(Base):
    """The treasurer paid it from the charity's own account."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("duty = 'pay'", name="duty"),
        # who pays holds the duty of paying, so holds no other: not submitter, not approver
        ForeignKeyConstraint(
            ["expense_id", "payer_person_id", "duty"],
            ["expense_duty.expense_id", "expense_duty.person_id", "expense_duty.duty"],
            name="fk_payout_duty",
        ),
        Index("ix_payout_duty", "expense_id", "payer_person_id", "duty"),
    )

    expense_id: Mapped[int] = mapped_column(ForeignKey("expense.id"), primary_key=True)
    paid_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(unique=True)
    paid_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    payer_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    duty: Mapped[Duty] = mapped_column(default=Duty.PAY)
    paid_at: Mapped[datetime]
    #: The bank's own paper that it was paid, by the hash of its bytes.
    proof_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    proof_media_type: Mapped[str] = mapped_column(String(40), default="")
    #: The entry of the charity's book that records it.
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)

    expense: Mapped[Expense] = relationship(
        back_populates="payout", foreign_keys=[expense_id], overlaps="duties"
    )


class PayeeAccount(Base):
    """A bank account of a payee of one charity; another one than before rests 48 hours."""

    __tablename__ = "payee_account"
    __table_args__ = (
        UniqueConstraint("charity_id", "payee_name", "account"),
        CheckConstraint("first_used_at <= usable_from", name="rest"),
    )

    id: Mapped[Id]
    charity_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    payee_name: Mapped[str]
    account: Mapped[str] = mapped_column(String(40))
    first_used_at: Mapped[datetime]
    #: Before this instant no money goes to it.
    usable_from: Mapped[datetime]
    #: When the charity's treasurers were told of the change; None for a payee's first account.
    announced_at: Mapped[datetime | None]


class PaymentBatch(Base):
    """付款文件: expenses written into one file for the bank."""

    __tablename__ = "payment_batch"
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("count > 0", name="count_positive"),
    )

    id: Mapped[Id]
    charity_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    format: Mapped[str] = mapped_column(String(10))
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    total: Mapped[Money]
    count: Mapped[int]
    made_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    maker_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    #: Taken back before the bank had it: its expenses may go into another file.
    withdrawn_at: Mapped[datetime | None]

    items: Mapped[list[PaymentBatchItem]] = relationship(
        back_populates="batch", order_by="PaymentBatchItem.number"
    )


class PaymentBatchItem(Base):
    """One line of a bank file; an expense is in one standing file at most."""

    __tablename__ = "payment_batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index(
            "uq_payment_batch_item_standing",
            "expense_id",
            unique=True,
            sqlite_where=text("is_standing"),
            postgresql_where=text("is_standing"),
        ),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batch.id"), primary_key=True)
    expense_id: Mapped[int] = mapped_column(ForeignKey("expense.id"), primary_key=True, index=True)
    number: Mapped[int]
    is_standing: Mapped[bool] = mapped_column(default=True)

    batch: Mapped[PaymentBatch] = relationship(back_populates="items")
    expense: Mapped[Expense] = relationship()
