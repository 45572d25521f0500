"""Tables of spending: budgets, deliverables, deliveries, expenses, vouchers and payouts."""

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
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class Budget(Base):
    """What the money is for; frozen when a fund is opened for it."""

    __tablename__ = "budget"

    id: Mapped[Id]
    #: The organisation that will do the work and submit the expenses.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Where the work is done; the acceptors of this place may accept it.
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), unique=True)

    lines: Mapped[list[BudgetLine]] = relationship(
        back_populates="budget", order_by="BudgetLine.number", cascade="all, delete-orphan"
    )
    deliverables: Mapped[list[Deliverable]] = relationship(
        back_populates="budget", order_by="Deliverable.number", cascade="all, delete-orphan"
    )


class CostKind(enum.StrEnum):
    """Which cost account a budget line is charged to (ACC-08)."""

    PROGRAMME = "programme"
    MANAGEMENT = "management"
    FUNDRAISING = "fundraising"


class BudgetLine(Base):
    """One line of the budget."""

    __tablename__ = "budget_line"
    __table_args__ = (
        UniqueConstraint("budget_id", "number"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[Id]
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    kind: Mapped[CostKind] = mapped_column(default=CostKind.PROGRAMME)
    amount: Mapped[Money]

    budget: Mapped[Budget] = relationship(back_populates="lines")


class Deliverable(Base):
    """What will be there at the end, by the unit: 适老化改造, 3000 元/户, 20 户."""

    __tablename__ = "deliverable"
    __table_args__ = (
        UniqueConstraint("budget_id", "number"),
        CheckConstraint("unit_cost >= 0", name="unit_cost_not_negative"),
        CheckConstraint("target > 0", name="target_positive"),
    )

    id: Mapped[Id]
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(String(20))
    unit_cost: Mapped[Money]
    target: Mapped[int]

    budget: Mapped[Budget] = relationship(back_populates="deliverables")
    deliveries: Mapped[list[Delivery]] = relationship(
        back_populates="deliverable", order_by="Delivery.id"
    )


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
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]

    expense: Mapped[Expense] = relationship(back_populates="vouchers")


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
    #: The entry of the charity's book that records it.
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)

    expense: Mapped[Expense] = relationship(
        back_populates="payout", foreign_keys=[expense_id], overlaps="duties"
    )


class DeliveryState(enum.StrEnum):
    """Work is claimed by who did it and accepted by another; only acceptance is progress."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    RETURNED = "returned"


DELIVERY_TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.CLAIMED: frozenset({DeliveryState.ACCEPTED, DeliveryState.RETURNED}),
    DeliveryState.ACCEPTED: frozenset(),
    DeliveryState.RETURNED: frozenset(),
}


class Delivery(Base):
    """So many units of a deliverable, said to be done, and accepted or sent back."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("units > 0", name="units_positive"),
        CheckConstraint(
            "decided_by_person_id IS NULL OR decided_by_person_id <> claimed_by_person_id",
            name="accepted_by_another",
        ),
        CheckConstraint(
            "(state = 'claimed') = (decided_by_person_id IS NULL)"
            " AND (decided_by_person_id IS NULL) = (decided_by_user_id IS NULL)"
            " AND (decided_by_person_id IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
    )

    id: Mapped[Id]
    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverable.id"), index=True)
    units: Mapped[int]
    note: Mapped[LongText] = mapped_column(default="")
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.CLAIMED)
    claimed_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    claimed_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    claimed_at: Mapped[datetime]
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    decided_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[LongText] = mapped_column(default="")

    deliverable: Mapped[Deliverable] = relationship(back_populates="deliveries")

    def move_to(self, state: DeliveryState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in DELIVERY_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state
