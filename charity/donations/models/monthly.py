"""Monthly giving (月捐) on our own schedule: a plan, and one turn each month with a payment link.

Alipay and WeChat Pay cannot be charged again, so nothing is ever taken: each turn asks.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id
from charity.donations.models.giving import Donation
from charity.donations.models.people import GivenBy
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class PlanState(enum.StrEnum):
    """A plan runs, rests, or is over; its giver decides."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


PLAN_TRANSITIONS: dict[PlanState, frozenset[PlanState]] = {
    PlanState.ACTIVE: frozenset({PlanState.PAUSED, PlanState.STOPPED}),
    PlanState.PAUSED: frozenset({PlanState.ACTIVE, PlanState.STOPPED}),
    PlanState.STOPPED: frozenset(),
}


class MonthlyPlan(GivenBy, Base):
    """The same sum each month to one campaign, until the giver says stop."""

    __tablename__ = "monthly_plan"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("day_of_month BETWEEN 1 AND 28", name="day_of_each_month"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: The secret of the giver's page of this plan.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    amount: Mapped[Money]
    #: 1 to 28, so that every month has it.
    day_of_month: Mapped[int]
    state: Mapped[PlanState] = mapped_column(default=PlanState.ACTIVE)
    #: The day in China of the next turn; None once stopped.
    next_on: Mapped[date | None] = mapped_column(index=True)
    #: The last day of a pause; None while it runs or rests without end.
    paused_until: Mapped[date | None]
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]

    turns: Mapped[list[MonthlyTurn]] = relationship(
        back_populates="plan", order_by="MonthlyTurn.due_on"
    )

    def move_to(self, state: PlanState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in PLAN_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class TurnState(enum.StrEnum):
    """One month's turn."""

    DUE = "due"
    PAID = "paid"
    SKIPPED = "skipped"
    #: Nobody paid before the next turn came.
    MISSED = "missed"


TURN_TRANSITIONS: dict[TurnState, frozenset[TurnState]] = {
    TurnState.DUE: frozenset({TurnState.PAID, TurnState.SKIPPED, TurnState.MISSED}),
    # Money that comes late is still this month's gift.
    TurnState.MISSED: frozenset({TurnState.PAID}),
    TurnState.SKIPPED: frozenset({TurnState.PAID}),
    TurnState.PAID: frozenset(),
}


class MonthlyTurn(Base):
    """One month of a plan; its gift is begun with it, so that the reminder carries a link."""

    __tablename__ = "monthly_turn"
    __table_args__ = (
        UniqueConstraint("plan_id", "due_on"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("monthly_plan.id"), index=True)
    due_on: Mapped[date]
    amount: Mapped[Money]
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), unique=True)
    state: Mapped[TurnState] = mapped_column(default=TurnState.DUE)
    noticed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    plan: Mapped[MonthlyPlan] = relationship(back_populates="turns")
    donation: Mapped[Donation | None] = relationship()

    def move_to(self, state: TurnState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in TURN_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
