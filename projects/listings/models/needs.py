"""需求: what somebody in a community needs, ordered by a resident or posted by an organisation.

A resident orders (点单), the community confirms and dispatches (派单), units accept (接单). A
quantity is counted in fen for money, in minutes for hours, else in the need's own unit; one that
nobody knows stays unknown and is said to be. What was promised is kept beside it, so that no two
units are ever promised the same piece.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models import Campaign, Organisation, Region


class ResourceKind(enum.StrEnum):
    """In what form help comes."""

    MONEY = "money"
    GOODS = "goods"
    SKILLS = "skills"
    HOURS = "hours"
    SPACE = "space"
    EQUIPMENT = "equipment"
    #: 共享: an object or room lent out and given back.
    LENDING = "lending"


class ListingCategory(enum.StrEnum):
    """What a need or a resource is about."""

    ELDERLY_CARE = "elderly_care"
    HOME_ADAPTATION = "home_adaptation"
    MEALS = "meals"
    CHILD_CARE = "child_care"
    STUDY = "study"
    COUNSELLING = "counselling"
    HEALTH = "health"
    MEDICAL_SUPPLIES = "medical_supplies"
    DISABILITY = "disability"
    HOUSEHOLD_GOODS = "household_goods"
    CLOTHING = "clothing"
    FOOD = "food"
    REPAIR = "repair"
    CLEANING = "cleaning"
    GREENING = "greening"
    SAFETY = "safety"
    LEGAL = "legal"
    CULTURE = "culture"
    TRAINING = "training"
    JOBS = "jobs"
    FARMING = "farming"
    TRANSPORT = "transport"
    VENUE = "venue"
    FUNDING = "funding"


class BeneficiaryGroup(enum.StrEnum):
    """Whom it is for; no person is ever named."""

    ELDERLY = "elderly"
    LEFT_BEHIND_CHILDREN = "left_behind_children"
    CHILDREN = "children"
    WOMEN = "women"
    DISABLED = "disabled"
    PATIENTS = "patients"
    LOW_INCOME = "low_income"
    VETERANS = "veterans"
    FRONTLINE = "frontline"
    RESIDENTS = "residents"


class Urgency(enum.StrEnum):
    """How soon somebody should come: 48 hours, or five working days."""

    URGENT = "urgent"
    NORMAL = "normal"


class NeedState(enum.StrEnum):
    """From the order to its end; how much is promised and delivered is counted beside it."""

    #: 点单: waits for the community.
    ORDERED = "ordered"
    #: Confirmed by the community: public, may be claimed and dispatched.
    OPEN = "open"
    #: All of it came.
    FULFILLED = "fulfilled"
    #: Ended with what had come, for a reason.
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    #: A plea for one named person: not for this site, told where help is (AID-01).
    REFERRED = "referred"


NEED_TRANSITIONS: dict[NeedState, frozenset[NeedState]] = {
    NeedState.ORDERED: frozenset(
        {NeedState.OPEN, NeedState.DECLINED, NeedState.WITHDRAWN, NeedState.REFERRED}
    ),
    NeedState.OPEN: frozenset({NeedState.FULFILLED, NeedState.CLOSED, NeedState.WITHDRAWN}),
    # What came is found not to have come: the need stands again.
    NeedState.FULFILLED: frozenset({NeedState.OPEN}),
    NeedState.CLOSED: frozenset(),
    NeedState.DECLINED: frozenset(),
    NeedState.WITHDRAWN: frozenset(),
    NeedState.REFERRED: frozenset(),
}


class Need(Base):
    """One need of a place; a standing post (岗位) people may adopt is a need of hours."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        CheckConstraint("promised >= 0 AND delivered >= 0", name="counts_not_negative"),
        CheckConstraint("quantity IS NULL OR promised <= quantity", name="never_over_matched"),
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="period"),
        CheckConstraint("NOT is_post OR kind = 'hours'", name="post_of_hours"),
        CheckConstraint("people IS NULL OR people > 0", name="people_positive"),
        Index("ix_need_state_region_code", "state", "region_code"),
        Index("ix_need_posted_at", "posted_at", "id"),
        Index("ix_need_is_post_posted_at", "is_post", "posted_at", "id"),
        Index("ix_need_state_posted_at", "state", "posted_at", "id"),
        Index("ix_need_state_category", "state", "category", "id"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: The secret of the page of who ordered it.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str]
    description: Mapped[LongText] = mapped_column(default="")
    kind: Mapped[ResourceKind]
    category: Mapped[ListingCategory]
    beneficiary_group: Mapped[BeneficiaryGroup]
    #: How many people it is for, where that is known.
    people: Mapped[int | None]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: The thing itself, as both lists name it: "N95 口罩", "轮椅"; empty where it is no thing.
    item: Mapped[str] = mapped_column(default="", index=True)
    #: None: nobody knows how much.
    quantity: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(20), default="")
    #: The smallest part a unit may claim.
    least_part: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    urgency: Mapped[Urgency]
    conditions: Mapped[LongText] = mapped_column(default="")
    is_post: Mapped[bool] = mapped_column(default=False)
    #: The campaign whose fund receives what comes as money or goods (chosen by the community).
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: The project it belongs to, where there is one.
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    #: The organisation that posts it; None for a resident's order.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    posted_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: Whom to call: for who dispatches and who accepted, never on the page; erased after the end.
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[NeedState] = mapped_column(default=NeedState.ORDERED)
    posted_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    #: By when a unit should have delivered, by the service level of its urgency.
    due_at: Mapped[datetime | None]
    first_claimed_at: Mapped[datetime | None]
    first_delivered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: Why it was declined, referred or closed.
    closing_note: Mapped[LongText] = mapped_column(default="")
    #: The place whose dispatchers were called last (吹哨); None while the community itself acts.
    escalated_to_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    #: Promised by accepted claims, and delivered and confirmed by both sides.
    promised: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    #: Grows with each change of any need, so that a reader finds what is new.
    change_number: Mapped[int] = mapped_column(default=0, index=True)
    #: Where an imported row came from: `wuhan2020:hospital_needs:17`.
    source: Mapped[str | None] = mapped_column(String(120), unique=True)

    region: Mapped[Region] = relationship(foreign_keys=region_code)
    organisation: Mapped[Organisation | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()

    @property
    def rest(self) -> int | None:
        """What nobody has promised yet; None where the quantity is unknown."""
        return None if self.quantity is None else self.quantity - self.promised

    def move_to(self, state: NeedState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in NEED_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class NeedEscalation(Base):
    """吹哨: nobody came in time, so the next place up was called."""

    __tablename__ = "need_escalation"

    id: Mapped[Id]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    at: Mapped[datetime]
    note: Mapped[LongText] = mapped_column(default="")

    region: Mapped[Region] = relationship()


class PriorityArea(Base):
    """乡村振兴重点帮扶: a place help flows to first, from one day to another, with its source."""

    __tablename__ = "priority_area"
    __table_args__ = (CheckConstraint("until IS NULL OR since <= until", name="period"),)

    id: Mapped[Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    source_url: Mapped[LongText]
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    region: Mapped[Region] = relationship()


class ListingCounter(Base):
    """How often a list was changed: who keeps it in memory reads the rows of a higher number."""

    __tablename__ = "listing_counter"

    #: `need` or `resource`.
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
