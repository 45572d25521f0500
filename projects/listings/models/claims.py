"""双向认领, 双向服务, 双向评价: a claim ties a unit to a need, from either side.

A unit claims a need, the community asks for a resource, or a dispatcher offers a need to a unit;
whoever did not begin it answers. Deliveries count once both sides have said so; then both sides
evaluate each other, and everybody may read it.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.registry.models import Organisation, VolunteerTeam
from projects.listings.models.needs import Need
from projects.listings.models.resources import Resource


class ClaimOrigin(enum.StrEnum):
    """Who began it."""

    #: A unit found the need.
    UNIT = "unit"
    #: The community of the need asked for a resource.
    COMMUNITY = "community"
    #: A dispatcher sent it (派单), by hand or from a plan.
    DISPATCH = "dispatch"


class ClaimState(enum.StrEnum):
    """Proposed, answered, served, confirmed by both sides."""

    #: Waits for the side that did not begin it.
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    #: The unit says it is done.
    SERVED = "served"
    #: The side of the need says so too.
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    #: Nobody answered in time.
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


CLAIM_TRANSITIONS: dict[ClaimState, frozenset[ClaimState]] = {
    ClaimState.PROPOSED: frozenset(
        {ClaimState.ACCEPTED, ClaimState.DECLINED, ClaimState.LAPSED, ClaimState.WITHDRAWN}
    ),
    ClaimState.ACCEPTED: frozenset({ClaimState.SERVED, ClaimState.WITHDRAWN}),
    # Not so, says the side of the need: the unit comes again.
    ClaimState.SERVED: frozenset({ClaimState.CONFIRMED, ClaimState.ACCEPTED}),
    ClaimState.CONFIRMED: frozenset(),
    ClaimState.DECLINED: frozenset(),
    ClaimState.LAPSED: frozenset(),
    ClaimState.WITHDRAWN: frozenset(),
}

#: A claim that holds its part of the need and of the resource.
HOLDING_CLAIMS = frozenset({ClaimState.ACCEPTED, ClaimState.SERVED, ClaimState.CONFIRMED})


class Claim(Base):
    """A unit takes a need, or a part of it; its unit is one organisation, team or volunteer."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        CheckConstraint("organisation_id IS NOT NULL OR user_id IS NOT NULL", name="has_a_unit"),
        CheckConstraint("team_id IS NULL OR organisation_id IS NOT NULL", name="team_of_one"),
        # a resource stands beside a need once at a time
        Index(
            "uq_claim_standing_of_resource",
            "need_id",
            "resource_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'accepted') AND resource_id IS NOT NULL"),
            postgresql_where=text("state IN ('proposed', 'accepted') AND resource_id IS NOT NULL"),
        ),
        Index("ix_claim_state_answer_due_at", "state", "answer_due_at"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer_team.id"), index=True)
    #: A volunteer who comes alone; of a unit, the person who claimed.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    origin: Mapped[ClaimOrigin]
    #: How much, in the need's measure; None where the need's quantity is unknown.
    quantity: Mapped[int | None]
    message: Mapped[LongText] = mapped_column(default="")
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.PROPOSED)
    proposed_at: Mapped[datetime]
    answer_due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    served_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    #: Why it was declined, withdrawn, or found not to be done.
    note: Mapped[LongText] = mapped_column(default="")
    #: The promise in `donations` by which money or goods come (认捐).
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    plan_row_id: Mapped[int | None] = mapped_column(ForeignKey("dispatch_row.id"), index=True)

    need: Mapped[Need] = relationship()
    resource: Mapped[Resource | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    team: Mapped[VolunteerTeam | None] = relationship()
    records: Mapped[list[ServiceRecord]] = relationship(
        back_populates="claim", order_by="ServiceRecord.id"
    )
    evaluations: Mapped[list[Evaluation]] = relationship(
        back_populates="claim", order_by="Evaluation.id"
    )

    def move_to(self, state: ClaimState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in CLAIM_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class ServiceRecord(Base):
    """Help that came, on one day: it counts once both sides have confirmed it."""

    __tablename__ = "service_record"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("people >= 0 AND times >= people", name="people_and_times"),
        CheckConstraint("value IS NULL OR value >= 0", name="value_not_negative"),
        Index("ix_service_record_delivered_on", "delivered_on"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(80), unique=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    delivered_on: Mapped[date]
    #: In the need's measure.
    quantity: Mapped[int] = mapped_column(default=0)
    #: Time given by volunteers or workers.
    minutes: Mapped[int] = mapped_column(default=0)
    #: 人 helped, and how often (人次); the two are never added.
    people: Mapped[int] = mapped_column(default=0)
    times: Mapped[int] = mapped_column(default=0)
    #: What it is worth by the giver's word, for linked resources (链接资源); None: unknown.
    value: Mapped[Money | None]
    note: Mapped[LongText] = mapped_column(default="")
    reported_at: Mapped[datetime]
    unit_confirmed_at: Mapped[datetime | None]
    unit_confirmed_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    need_confirmed_at: Mapped[datetime | None]
    need_confirmed_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    #: One side says it was not so: it never counts.
    refused_at: Mapped[datetime | None]
    #: Made by a simulation, never by people; pages that count it say so.
    is_simulated: Mapped[bool] = mapped_column(default=False)

    claim: Mapped[Claim] = relationship(back_populates="records")

    @property
    def counts(self) -> bool:
        """Whether both sides confirmed it."""
        return (
            self.unit_confirmed_at is not None
            and self.need_confirmed_at is not None
            and self.refused_at is None
        )


class EvaluationSide(enum.StrEnum):
    """Who speaks: the unit about the order, or the side of the need about the unit."""

    UNIT = "unit"
    NEED = "need"


class Evaluation(Base):
    """What one side says of the other, for everybody to read (双向评价)."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("claim_id", "side"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="one_to_five"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_because = '')", name="hidden"),
    )

    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    side: Mapped[EvaluationSide]
    stars: Mapped[int]
    words: Mapped[LongText] = mapped_column(default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime]
    #: Words that name a person or insult are hidden, with the reason; the stars stay.
    hidden_at: Mapped[datetime | None]
    hidden_because: Mapped[LongText] = mapped_column(default="")
    hidden_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)

    claim: Mapped[Claim] = relationship(back_populates="evaluations")
