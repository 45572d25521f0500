"""Budgets: lines, deliverables with their households, changes, programmes over many sites."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money

if TYPE_CHECKING:
    from charity.spending.models.deliveries import Delivery, Household


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
        CheckConstraint(
            "(unit_cost IS NULL) = (quantity IS NULL) AND (quantity IS NULL OR quantity > 0)"
            " AND (unit_cost IS NULL OR unit_cost >= 0)",
            name="unit_cost_and_quantity",
        ),
    )

    id: Mapped[Id]
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    kind: Mapped[CostKind] = mapped_column(default=CostKind.PROGRAMME)
    amount: Mapped[Money]
    #: So much each, so many of them, where the line is made of units; the product is its amount.
    unit_cost: Mapped[Money | None]
    quantity: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(20), default="")

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
    #: The earmark whose line of fen pays for it first; empty for the fund's general line.
    earmark: Mapped[str] = mapped_column(default="")

    budget: Mapped[Budget] = relationship(back_populates="deliverables")
    deliveries: Mapped[list[Delivery]] = relationship(
        back_populates="deliverable", order_by="Delivery.id"
    )
    households: Mapped[list[Household]] = relationship(
        back_populates="deliverable", order_by="Household.number"
    )


class BudgetChangeState(enum.StrEnum):
    """A change beyond a tenth of a line waits for agreement; a smaller one is made at once."""

    ASKED = "asked"
    MADE = "made"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


BUDGET_CHANGE_TRANSITIONS: dict[BudgetChangeState, frozenset[BudgetChangeState]] = {
    BudgetChangeState.ASKED: frozenset(
        {BudgetChangeState.MADE, BudgetChangeState.REFUSED, BudgetChangeState.WITHDRAWN}
    ),
    BudgetChangeState.MADE: frozenset(),
    BudgetChangeState.REFUSED: frozenset(),
    BudgetChangeState.WITHDRAWN: frozenset(),
}


class BudgetChange(Base):
    """Money moved between the lines of an open budget; the sum stays (VEN-10)."""

    __tablename__ = "budget_change"
    __table_args__ = (
        Index(
            "uq_budget_change_asked",
            "budget_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        CheckConstraint("largest_permille >= 0", name="share_not_negative"),
    )

    id: Mapped[Id]
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"), index=True)
    reason: Mapped[LongText]
    state: Mapped[BudgetChangeState]
    #: The largest change of one line, in thousandths of the line, rounded up.
    largest_permille: Mapped[int]
    asked_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    asker_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    budget: Mapped[Budget] = relationship()
    parts: Mapped[list[BudgetChangePart]] = relationship(
        back_populates="change", order_by="BudgetChangePart.budget_line_id"
    )

    @property
    def subject(self) -> str:
        """Its name for approvals and the outbox: `budget_change:42`."""
        return f"budget_change:{self.id}"

    def move_to(self, state: BudgetChangeState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in BUDGET_CHANGE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state


class BudgetChangePart(Base):
    """What one line was, and what it becomes."""

    __tablename__ = "budget_change_part"
    __table_args__ = (CheckConstraint("was > 0 AND becomes > 0", name="amounts_positive"),)

    change_id: Mapped[int] = mapped_column(ForeignKey("budget_change.id"), primary_key=True)
    budget_line_id: Mapped[int] = mapped_column(
        ForeignKey("budget_line.id"), primary_key=True, index=True
    )
    was: Mapped[Money]
    becomes: Mapped[Money]

    change: Mapped[BudgetChange] = relationship(back_populates="parts")


class Programme(Base):
    """A funder's programme over many sites: 87 communities and 123 streets from one sum."""

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("starts_on <= ends_on", name="period"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    funder_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The fund whose money is allotted.
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), index=True)
    total: Mapped[Money]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]

    sites: Mapped[list[SiteAllocation]] = relationship(
        back_populates="programme", order_by="SiteAllocation.region_code"
    )


class SiteKind(enum.StrEnum):
    """Where a programme's money goes."""

    COMMUNITY = "community"
    STREET = "street"


class SiteAllocation(Base):
    """The share of one site, and the budget that spends it."""

    __tablename__ = "site_allocation"
    __table_args__ = (
        UniqueConstraint("programme_id", "region_code"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    kind: Mapped[SiteKind]
    amount: Mapped[Money]
    budget_id: Mapped[int | None] = mapped_column(ForeignKey("budget.id"), unique=True)

    programme: Mapped[Programme] = relationship(back_populates="sites")
