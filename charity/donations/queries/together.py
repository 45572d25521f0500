"""Teams and seasons as their pages ask for them: who gave together, and how it stands.

Everything is counted from gifts that arrived, less what went back; a season counts the gifts that
arrived on its days in China.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, selectinload

from charity import clock
from charity.donations.models import (
    Donation,
    DonationState,
    GiverKind,
    GivingSeason,
    GivingTeam,
    SeasonCampaign,
    TeamState,
)
from charity.donations.reasons import TogetherReason
from charity.errors import CommonReason, Invalid, InvalidState, NotFound
from charity.money import ZERO, Money
from charity.paging import Page, page_of
from charity.registry.models import PUBLIC_MODES, Campaign
from charity.rows import present

#: Places on a leaderboard.
PLACES = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """What came in, and from how many gifts."""

    raised: Money = ZERO
    gifts: int = 0


@dataclass(frozen=True, slots=True)
class TeamGift:
    """A gift through a team; `name` is None where the giver did not agree to be named."""

    name: str | None
    amount: Money
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a leaderboard."""

    id: int
    name: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class SeasonFigures:
    """A season in figures; the leaderboards are empty where it has none."""

    whole: Standing
    by_kind: dict[GiverKind, Standing]
    campaigns: list[Place]
    teams: list[Place]


def readable_token(token: str) -> str:
    """The secret of an address; raises `NotFound` for what no secret of ours can be."""
    if not (token.isascii() and token.isprintable()):
        raise NotFound(CommonReason.NOT_FOUND)
    return token


def team_by_code(session: Session, code: str) -> GivingTeam:
    """The team with this address; raises `NotFound`."""
    query = select(GivingTeam).where(GivingTeam.code == readable_token(code))
    return present(session.scalar(query))


def team_of_captain(session: Session, token: str) -> GivingTeam:
    """The team whose captain holds this secret; raises `NotFound`."""
    query = select(GivingTeam).where(GivingTeam.captain_token == readable_token(token))
    return present(session.scalar(query))


def require_open_team(session: Session, team_id: int, campaign_id: int) -> None:
    """A gift through a team goes to the team's own campaign, while the team is open.

    Raises `NotFound`, `Invalid` (TEAM_OF_ANOTHER), `InvalidState` (TEAM_CLOSED).
    """
    team = present(session.get(GivingTeam, team_id))
    if team.campaign_id != campaign_id:
        raise Invalid(TogetherReason.TEAM_OF_ANOTHER)
    if team.state is not TeamState.OPEN:
        raise InvalidState(TogetherReason.TEAM_CLOSED)


def team_standing(session: Session, team_id: int) -> Standing:
    """What was given through a team so far."""
    query = select(*_SUMS).where(_ARRIVED, Donation.team_id == team_id)
    return _standing(*session.execute(query).one())


def gifts_of_team(session: Session, team_id: int, *, limit: int = 50) -> list[TeamGift]:
    """The latest gifts through a team, as anybody may see them."""
    query = (
        select(Donation)
        .where(_ARRIVED, Donation.team_id == team_id)
        .order_by(Donation.settled_at.desc(), Donation.id.desc())
        .limit(limit)
    )
    return [
        TeamGift(gift.public_name, gift.kept, gift.settled_at or gift.created_at)
        for gift in session.scalars(query)
    ]


def open_teams(session: Session, *, page: int = 1) -> Page[GivingTeam]:
    """The teams that gather gifts for public campaigns, the newest first."""
    query = (
        select(GivingTeam)
        .join(Campaign, Campaign.id == GivingTeam.campaign_id)
        .where(GivingTeam.state == TeamState.OPEN, Campaign.mode.in_(PUBLIC_MODES))
        .order_by(GivingTeam.id.desc())
    )
    return page_of(session, query, page)


def standings_of_teams(session: Session, team_ids: Sequence[int]) -> dict[int, Standing]:
    """What was given through each of these teams, in one question."""
    query = (
        select(Donation.team_id, *_SUMS)
        .where(_ARRIVED, Donation.team_id.in_(team_ids))
        .group_by(Donation.team_id)
    )
    found = {team_id: _standing(raised, gifts) for team_id, raised, gifts in session.execute(query)}
    return {team_id: found.get(team_id, Standing()) for team_id in team_ids}


def teams_of_campaign(session: Session, campaign_id: int, *, limit: int = 20) -> list[GivingTeam]:
    """The teams of a campaign, the newest first."""
    query = select(GivingTeam).where(GivingTeam.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(GivingTeam.id.desc()).limit(limit)))


def season(session: Session, season_id: int) -> GivingSeason:
    """One season with organisers and campaigns; raises `NotFound`."""
    query = select(GivingSeason).where(GivingSeason.id == season_id)
    parts = selectinload(GivingSeason.organisers), selectinload(GivingSeason.campaigns)
    return present(session.scalar(query.options(*parts)))


def seasons(session: Session, *, published: bool = True) -> list[GivingSeason]:
    """The seasons that are published, or all of them; the latest first."""
    query = select(GivingSeason).order_by(GivingSeason.starts_on.desc(), GivingSeason.id.desc())
    if published:
        query = query.where(GivingSeason.published_at.is_not(None))
    return list(session.scalars(query))


def season_figures(session: Session, found: GivingSeason) -> SeasonFigures:
    """What came in on the days of a season for its campaigns; four questions at the most."""
    by_kind = {
        kind: _standing(raised, gifts)
        for kind, raised, gifts in session.execute(
            _of_season(found, select(Donation.giver_kind, *_SUMS)).group_by(Donation.giver_kind)
        )
    }
    whole = Standing(
        Money.total(each.raised for each in by_kind.values()),
        sum(each.gifts for each in by_kind.values()),
    )
    if not found.has_leaderboards:
        return SeasonFigures(whole, by_kind, [], [])
    campaigns = _of_season(found, select(Campaign.id, Campaign.title, *_SUMS)).group_by(
        Campaign.id, Campaign.title
    )
    teams = (
        _of_season(found, select(GivingTeam.id, GivingTeam.name, *_SUMS))
        .join(GivingTeam, GivingTeam.id == Donation.team_id)
        .group_by(GivingTeam.id, GivingTeam.name)
    )
    return SeasonFigures(whole, by_kind, _places(session, campaigns), _places(session, teams))


_ARRIVED: ColumnElement[bool] = Donation.state == DonationState.SETTLED
_SUMS = (func.sum(Donation.amount) - func.sum(Donation.refunded), func.count())


def _standing(raised: Money | int | None, gifts: int) -> Standing:
    return Standing(raised if isinstance(raised, Money) else Money(int(raised or 0)), gifts)


def _of_season(found: GivingSeason, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The gifts of a season's campaigns that arrived on its days in China."""
    return (
        query.select_from(Donation)
        .join(SeasonCampaign, SeasonCampaign.campaign_id == Donation.campaign_id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(
            _ARRIVED,
            SeasonCampaign.season_id == found.id,
            Donation.settled_at >= clock.start_of(found.starts_on),
            Donation.settled_at < clock.start_of(found.ends_on + timedelta(days=1)),
        )
    )


def _places(session: Session, query: Select[*tuple[Any, ...]]) -> list[Place]:
    """The first places; who has as much stands in order of name."""
    ordered = query.order_by(_SUMS[0].desc(), query.selected_columns[1]).limit(PLACES)
    return [
        Place(id_, name, _standing(raised, gifts))
        for id_, name, raised, gifts in session.execute(ordered)
    ]
