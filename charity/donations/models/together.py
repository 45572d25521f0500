"""Giving together: teams (一起捐) whose captain never touches money, and seasons of giving."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class TeamKind(enum.StrEnum):
    """Who gives together."""

    #: 在外乡亲: a village's people away from home.
    VILLAGERS_AWAY = "villagers_away"
    UNIT = "unit"
    CLASS = "class"
    FAMILY = "family"
    OTHER = "other"


class TeamState(enum.StrEnum):
    """A team gathers gifts until its captain or the host closes it."""

    OPEN = "open"
    CLOSED = "closed"


TEAM_TRANSITIONS: dict[TeamState, frozenset[TeamState]] = {
    TeamState.OPEN: frozenset({TeamState.CLOSED}),
    TeamState.CLOSED: frozenset(),
}


class GivingTeam(Base):
    """A team page for one campaign; every gift goes straight to the campaign's account."""

    __tablename__ = "giving_team"
    __table_args__ = (CheckConstraint("target > 0", name="target_positive"),)

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: The short public name in the team's address.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    #: The captain's secret, for changing words and closing; never for money.
    captain_token: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[TeamKind]
    name: Mapped[str]
    captain_name: Mapped[str]
    captain_contact: Mapped[str] = mapped_column(default="")
    captain_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    message: Mapped[str] = mapped_column(default="")
    target: Mapped[Money | None]
    state: Mapped[TeamState] = mapped_column(default=TeamState.OPEN)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    def move_to(self, state: TeamState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in TEAM_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class GivingSeason(Base):
    """A period with organisers that groups campaigns (a province's digital giving festival)."""

    __tablename__ = "giving_season"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="period"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    introduction: Mapped[LongText] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    #: Rankings are shown only where the organisers want them.
    has_leaderboards: Mapped[bool] = mapped_column(default=True)
    #: 重大突发事件: the event for which filing may follow and receipts are published every five
    #: days (CHA-113, CHA-114); empty for an ordinary season.
    emergency: Mapped[str] = mapped_column(default="")
    created_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    organisers: Mapped[list[SeasonOrganiser]] = relationship(order_by="SeasonOrganiser.number")
    campaigns: Mapped[list[SeasonCampaign]] = relationship(order_by="SeasonCampaign.campaign_id")


class SeasonOrganiser(Base):
    """Who holds a season, in the order they are named."""

    __tablename__ = "season_organiser"

    season_id: Mapped[int] = mapped_column(ForeignKey("giving_season.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    number: Mapped[int] = mapped_column(default=1)


class SeasonCampaign(Base):
    """A campaign that takes part in a season."""

    __tablename__ = "season_campaign"

    season_id: Mapped[int] = mapped_column(ForeignKey("giving_season.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id"), primary_key=True, index=True
    )
    joined_at: Mapped[datetime]
