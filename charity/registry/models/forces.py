"""What organisations do among the five forces: stations, teams, federations, incubation."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models.organisations import Organisation
from charity.registry.models.places import Region


class StationTier(enum.StrEnum):
    """三级社工体系: guidance centre of the district, station of the street, room of the village."""

    CENTRE = "centre"
    STATION = "station"
    ROOM = "room"


class SocialWorkStation(Base):
    """社工站 or 社工室: a place where social workers serve a community."""

    __tablename__ = "social_work_station"
    __table_args__ = (
        UniqueConstraint("region_code", "name"),
        CheckConstraint("(tier = 'centre') = (parent_id IS NULL)", name="below_another"),
        CheckConstraint("workers >= 0", name="workers_not_negative"),
        CheckConstraint("closed_on IS NULL OR opened_on <= closed_on", name="period"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    tier: Mapped[StationTier]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("social_work_station.id"), index=True)
    #: The social-work agency that runs it.
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    workers: Mapped[int]
    is_model: Mapped[bool] = mapped_column(default=False)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]

    region: Mapped[Region] = relationship()
    operator: Mapped[Organisation | None] = relationship()


class StationModule(enum.StrEnum):
    """The five modules a station is checked for, by the categories its services are counted in."""

    PARTY_BUILDING = "party_building"
    LIVELIHOOD = "livelihood"
    SOCIAL_SERVICE = "social_service"
    GOVERNANCE = "governance"
    CASE_AND_GROUP = "case_and_group"


class StationCheck(Base):
    """Whether a module of a station is in place, and who looked."""

    __tablename__ = "station_check"

    station_id: Mapped[int] = mapped_column(ForeignKey("social_work_station.id"), primary_key=True)
    module: Mapped[StationModule] = mapped_column(primary_key=True)
    is_ready: Mapped[bool]
    note: Mapped[LongText] = mapped_column(default="")
    checked_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    checked_on: Mapped[date]


class VolunteerTeam(Base):
    """志愿服务队: a main team (总队) or a branch of one (分队)."""

    __tablename__ = "volunteer_team"
    __table_args__ = (
        UniqueConstraint("region_code", "name"),
        CheckConstraint("disbanded_on IS NULL OR formed_on <= disbanded_on", name="period"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: The main team of a branch; None for a main team.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer_team.id"), index=True)
    #: The organisation that answers for it.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    leader_name: Mapped[str]
    formed_on: Mapped[date]
    disbanded_on: Mapped[date | None]

    region: Mapped[Region] = relationship()
    organisation: Mapped[Organisation] = relationship()


class FederationMember(Base):
    """An organisation in a federation (社会工作联合会, 慈善总会), from one day to another."""

    __tablename__ = "federation_member"
    __table_args__ = (
        UniqueConstraint("federation_id", "member_id", "joined_on"),
        CheckConstraint("federation_id <> member_id", name="two_parties"),
        CheckConstraint("left_on IS NULL OR joined_on <= left_on", name="period"),
    )

    id: Mapped[Id]
    federation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class IncubationTier(enum.StrEnum):
    """三级孵化体系: centre, base, room."""

    CENTRE = "centre"
    BASE = "base"
    ROOM = "room"


class IncubationState(enum.StrEnum):
    """From application to registration, or out again."""

    APPLIED = "applied"
    INCUBATING = "incubating"
    GRADUATED = "graduated"
    REGISTERED = "registered"
    LEFT = "left"


INCUBATION_TRANSITIONS: dict[IncubationState, frozenset[IncubationState]] = {
    IncubationState.APPLIED: frozenset({IncubationState.INCUBATING, IncubationState.LEFT}),
    IncubationState.INCUBATING: frozenset({IncubationState.GRADUATED, IncubationState.LEFT}),
    IncubationState.GRADUATED: frozenset({IncubationState.REGISTERED}),
    IncubationState.REGISTERED: frozenset(),
    IncubationState.LEFT: frozenset(),
}


class Incubation(Base):
    """An organisation that grows up at a site of the incubation system."""

    __tablename__ = "incubation"
    __table_args__ = (CheckConstraint("support_minutes >= 0", name="support_not_negative"),)

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    tier: Mapped[IncubationTier]
    site: Mapped[str]
    state: Mapped[IncubationState] = mapped_column(default=IncubationState.APPLIED)
    applied_on: Mapped[date]
    state_since: Mapped[date]
    #: Minutes of advice given so far; shown as hours.
    support_minutes: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship()

    def move_to(self, state: IncubationState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in INCUBATION_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class Honour(Base):
    """An honour an organisation was given, with where a stranger can read of it."""

    __tablename__ = "honour"
    __table_args__ = (UniqueConstraint("organisation_id", "title", "awarded_on"),)

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str]
    awarded_by: Mapped[str]
    awarded_on: Mapped[date]
    source_url: Mapped[LongText]
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]
