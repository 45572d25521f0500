"""A dispatch plan: for a whole district at once, who should serve whom."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models import Region
from projects.listings.models.needs import Need
from projects.listings.models.resources import Resource


class DispatchPlanState(enum.StrEnum):
    """A plan is looked at and changed, then sent as offers, or thrown away."""

    DRAFT = "draft"
    SENT = "sent"
    DISCARDED = "discarded"


DISPATCH_PLAN_TRANSITIONS: dict[DispatchPlanState, frozenset[DispatchPlanState]] = {
    DispatchPlanState.DRAFT: frozenset({DispatchPlanState.SENT, DispatchPlanState.DISCARDED}),
    DispatchPlanState.SENT: frozenset(),
    DispatchPlanState.DISCARDED: frozenset(),
}


class DispatchMethod(enum.StrEnum):
    """How a row came about: the optimum, best pair first beside it, or a dispatcher's hand."""

    OPTIMAL = "optimal"
    GREEDY = "greedy"
    MANUAL = "manual"


class DispatchPlan(Base):
    """The plan of one district at one moment, with what the greedy one would have reached."""

    __tablename__ = "dispatch_plan"
    __table_args__ = (
        CheckConstraint("optimal_score >= greedy_score", name="never_below_greedy"),
        CheckConstraint("greedy_score >= 0", name="score_not_negative"),
    )

    id: Mapped[Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    made_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime]
    needs_seen: Mapped[int]
    resources_seen: Mapped[int]
    #: Sums of score × pieces, in whole points.
    optimal_score: Mapped[int]
    greedy_score: Mapped[int]
    state: Mapped[DispatchPlanState] = mapped_column(default=DispatchPlanState.DRAFT)
    sent_at: Mapped[datetime | None]

    region: Mapped[Region] = relationship()
    rows: Mapped[list[DispatchRow]] = relationship(back_populates="plan", order_by="DispatchRow.id")

    def move_to(self, state: DispatchPlanState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in DISPATCH_PLAN_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class DispatchRow(Base):
    """So much of a resource to a need; the greedy plan's rows stand beside for comparison."""

    __tablename__ = "dispatch_row"
    __table_args__ = (
        UniqueConstraint("plan_id", "method", "need_id", "resource_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("score >= 0", name="score_not_negative"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("dispatch_plan.id"), index=True)
    method: Mapped[DispatchMethod]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    quantity: Mapped[int]
    #: Of one piece, 0 to 10,000.
    score: Mapped[int]
    #: Parts of the score as the matcher gave them, as JSON.
    reasons: Mapped[LongText] = mapped_column(default="[]")
    #: The dispatcher took it out before sending.
    is_removed: Mapped[bool] = mapped_column(default=False)

    plan: Mapped[DispatchPlan] = relationship(back_populates="rows")
    need: Mapped[Need] = relationship()
    resource: Mapped[Resource] = relationship()
