"""资源: what units and people offer, and the calendar of what is lent out (共享)."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models import Organisation, Region, VolunteerTeam
from projects.listings.models.needs import BeneficiaryGroup, ListingCategory, ResourceKind


class ResourceState(enum.StrEnum):
    """An offer stands until it is used up, taken back or over."""

    OPEN = "open"
    PAUSED = "paused"
    USED_UP = "used_up"
    WITHDRAWN = "withdrawn"


RESOURCE_TRANSITIONS: dict[ResourceState, frozenset[ResourceState]] = {
    ResourceState.OPEN: frozenset(
        {ResourceState.PAUSED, ResourceState.USED_UP, ResourceState.WITHDRAWN}
    ),
    ResourceState.PAUSED: frozenset({ResourceState.OPEN, ResourceState.WITHDRAWN}),
    # A claim on it fell through, or more was added.
    ResourceState.USED_UP: frozenset({ResourceState.OPEN, ResourceState.WITHDRAWN}),
    ResourceState.WITHDRAWN: frozenset(),
}


class Resource(Base):
    """One offer of an organisation or of one of its volunteer teams."""

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        CheckConstraint("promised >= 0", name="promised_not_negative"),
        CheckConstraint("quantity IS NULL OR promised <= quantity", name="never_over_promised"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="period"),
        Index("ix_resource_state_region_code", "state", "region_code"),
        Index("ix_resource_posted_at", "posted_at", "id"),
        Index("ix_resource_state_posted_at", "state", "posted_at", "id"),
        Index("ix_resource_state_category", "state", "category", "id"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    title: Mapped[str]
    description: Mapped[LongText] = mapped_column(default="")
    kind: Mapped[ResourceKind]
    category: Mapped[ListingCategory]
    #: Whom it is meant for; None: for anybody.
    beneficiary_group: Mapped[BeneficiaryGroup | None]
    #: Where it lies.
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: The place within which it can be had; its own place and all below.
    serves_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    item: Mapped[str] = mapped_column(default="", index=True)
    #: In the measure of its kind, as needs count; None: no end is known.
    quantity: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(20), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    conditions: Mapped[LongText] = mapped_column(default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The volunteer team that gives it, where it is one (its organisation answers for it).
    team_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer_team.id"), index=True)
    posted_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[ResourceState] = mapped_column(default=ResourceState.OPEN)
    posted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    promised: Mapped[int] = mapped_column(default=0)
    change_number: Mapped[int] = mapped_column(default=0, index=True)
    source: Mapped[str | None] = mapped_column(String(120), unique=True)

    region: Mapped[Region] = relationship(foreign_keys=region_code)
    serves: Mapped[Region] = relationship(foreign_keys=serves_code)
    organisation: Mapped[Organisation] = relationship()
    team: Mapped[VolunteerTeam | None] = relationship()

    @property
    def rest(self) -> int | None:
        """What is not promised yet; None where no end is known."""
        return None if self.quantity is None else self.quantity - self.promised

    def move_to(self, state: ResourceState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in RESOURCE_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class BookingState(enum.StrEnum):
    """A loan or a room's hour: asked for, agreed, given back."""

    ASKED = "asked"
    AGREED = "agreed"
    RETURNED = "returned"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


BOOKING_TRANSITIONS: dict[BookingState, frozenset[BookingState]] = {
    BookingState.ASKED: frozenset(
        {BookingState.AGREED, BookingState.DECLINED, BookingState.WITHDRAWN}
    ),
    BookingState.AGREED: frozenset({BookingState.RETURNED, BookingState.WITHDRAWN}),
    BookingState.RETURNED: frozenset(),
    BookingState.DECLINED: frozenset(),
    BookingState.WITHDRAWN: frozenset(),
}


class Booking(Base):
    """Somebody has a shared object or room from one hour to another; agreed ones never overlap."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="period"),
        Index("ix_booking_resource_id_starts_at", "resource_id", "starts_at"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(default="")
    #: Who has it: for the lender, never on the page.
    contact_name: Mapped[str]
    contact_phone: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: The secret of a guest's own page; who is signed in needs none.
    token: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    state: Mapped[BookingState] = mapped_column(default=BookingState.ASKED)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    note: Mapped[LongText] = mapped_column(default="")

    resource: Mapped[Resource] = relationship()

    def move_to(self, state: BookingState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in BOOKING_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state
