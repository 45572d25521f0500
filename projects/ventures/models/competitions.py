"""A competition: its calendar, its terms, its tracks, its rubric, and who pays for it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.registry.models import Organisation, Region
from projects.listings.models import Need
from projects.ventures.steps import COMPETITION_TRANSITIONS, CompetitionState
from projects.ventures.terms import CompetitionTerms


class CompetitionLevel(enum.StrEnum):
    """At which level it is held; a winner may be entered at the next one."""

    STREET = "street"
    DISTRICT = "district"
    CITY = "city"
    PROVINCE = "province"
    NATIONAL = "national"


class Competition(Base):
    """One competition, from its draft to its end."""

    __tablename__ = "competition"
    __table_args__ = (
        CheckConstraint("call_from <= call_until", name="call_period"),
        CheckConstraint(
            "vote_from IS NULL OR vote_until IS NULL OR vote_from <= vote_until",
            name="vote_period",
        ),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="another_above"),
        CheckConstraint("(rules_sha256 IS NULL) = (opened_at IS NULL)", name="frozen_at_opening"),
        CheckConstraint(
            "state IN ('draft', 'cancelled') OR rules_sha256 IS NOT NULL", name="opened_is_frozen"
        ),
        Index("ix_competition_state_call_until", "state", "call_until"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: 承办方: runs it, applies not and judges not (VEN-01).
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str]
    summary: Mapped[LongText] = mapped_column(default="")
    level: Mapped[CompetitionLevel]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: The prize pool (`FundKind.PRIZE_POOL`) in the book of the charity that pays.
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), index=True)
    #: The competition of the level above, into which winners may be entered.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("competition.id"), index=True)
    state: Mapped[CompetitionState] = mapped_column(default=CompetitionState.DRAFT)
    #: First and last day on which applications are taken, in China.
    call_from: Mapped[date]
    call_until: Mapped[date]
    review_until: Mapped[date | None]
    defence_on: Mapped[date | None]
    vote_from: Mapped[date | None]
    vote_until: Mapped[date | None]
    #: The last day on which the work of an award may be done.
    work_until: Mapped[date | None]
    #: `CompetitionTerms` as JSON; a trigger refuses every change once it is opened.
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: SHA-256 (hex) of terms, rubric, tracks and calendar together (`queries.frozen_content`).
    rules_sha256: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: Why it was cancelled.
    state_note: Mapped[LongText] = mapped_column(default="")
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]

    organiser: Mapped[Organisation] = relationship()
    region: Mapped[Region] = relationship()
    tracks: Mapped[list[CompetitionTrack]] = relationship(
        order_by="CompetitionTrack.number", cascade="all, delete-orphan"
    )
    criteria: Mapped[list[Criterion]] = relationship(
        order_by="Criterion.number", cascade="all, delete-orphan"
    )
    funders: Mapped[list[CompetitionFunder]] = relationship(order_by="CompetitionFunder.id")
    needs: Mapped[list[CallNeed]] = relationship(order_by="CallNeed.need_id")

    @property
    def subject(self) -> str:
        """Its name for the outbox and for notices: `competition:42`."""
        return f"competition:{self.id}"

    @property
    def terms(self) -> CompetitionTerms:
        """How it is judged, capped and paid."""
        return CompetitionTerms.from_json(self.rules)

    def move_to(self, state: CompetitionState) -> None:
        """Take the next step; raises `InvalidState` where the table of steps has no such one."""
        if state not in COMPETITION_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class CompetitionTrack(Base):
    """A track (赛道) of a competition, such as help for the old or for children."""

    __tablename__ = "competition_track"
    __table_args__ = (UniqueConstraint("competition_id", "number"),)

    id: Mapped[Id]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]


class Criterion(Base):
    """One line of the rubric; the weights of a competition add up to 100 (VEN-06)."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),
    )

    id: Mapped[Id]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    number: Mapped[int]
    title: Mapped[str]
    #: The most points this line gives.
    weight: Mapped[int]
    #: What few and many points mean, for judges and for everybody.
    anchors: Mapped[LongText] = mapped_column(default="")


class FunderTier(enum.StrEnum):
    """市区街三级联动: at which level a funder stands, or that it is no authority."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    SOCIAL = "social"


class CompetitionFunder(Base):
    """An organisation that puts money into the prize pool: promised, then arrived in the book."""

    __tablename__ = "competition_funder"
    __table_args__ = (
        UniqueConstraint("competition_id", "organisation_id"),
        CheckConstraint("pledged > 0", name="pledged_positive"),
        CheckConstraint("received IS NULL OR received > 0", name="received_positive"),
        CheckConstraint(
            "(received IS NULL) = (entry_id IS NULL)"
            " AND (received IS NULL) = (received_on IS NULL)",
            name="received_by_entry",
        ),
    )

    id: Mapped[Id]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    tier: Mapped[FunderTier]
    pledged: Mapped[Money]
    received: Mapped[Money | None]
    received_on: Mapped[date | None]
    #: The entry of the pool's book by which it arrived: where its trail begins.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)

    organisation: Mapped[Organisation] = relationship()


class CallNeed(Base):
    """A need from the lists that the call asks for (需求征集)."""

    __tablename__ = "call_need"

    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"), primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, index=True)

    need: Mapped[Need] = relationship()
