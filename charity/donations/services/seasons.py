"""Giving seasons: a period with organisers that groups campaigns, and their standing in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.models import GivingSeason, SeasonCampaign, SeasonOrganiser
from charity.donations.reasons import TogetherReason
from charity.errors import Conflict, Invalid, InvalidState
from charity.registry.models import Campaign, Organisation
from charity.rows import locked, unique_or

LENGTHS = {"name": 60, "introduction": 2000, "emergency": 100}


def plan_season(
    session: Session,
    actor: Actor,
    *,
    operator_id: int,
    name: str,
    introduction: str = "",
    starts_on: date,
    ends_on: date,
    organiser_ids: Sequence[int],
    has_leaderboards: bool = True,
    emergency: str = "",
) -> GivingSeason:
    """Plan a season of the site, days in China; nobody sees it before it is published.

    `emergency` names the event (重大突发事件) it answers, empty for an ordinary one. Raises
    `Denied` for anyone but the operator's giving staff, `Invalid` beside the field, `Conflict` for
    a name that is taken.
    """
    require(policy.may_hold_season(actor, operator_id))
    season = GivingSeason(created_by_user_id=actor.user_id or 0, created_at=clock.now())
    _write(season, name, introduction, starts_on, ends_on, emergency)
    season.has_leaderboards = has_leaderboards
    with unique_or(session, Conflict(TogetherReason.SEASON_TAKEN, field="name")):
        session.add(season)
    _name_organisers(session, season, organiser_ids)
    return season


def edit_season(
    session: Session,
    actor: Actor,
    *,
    operator_id: int,
    season_id: int,
    name: str,
    introduction: str = "",
    starts_on: date,
    ends_on: date,
    organiser_ids: Sequence[int],
    has_leaderboards: bool = True,
    emergency: str = "",
) -> GivingSeason:
    """Other words, days or organisers; the leaderboards can be switched off at any time."""
    require(policy.may_hold_season(actor, operator_id))
    season = locked(session, select(GivingSeason).where(GivingSeason.id == season_id))
    with unique_or(session, Conflict(TogetherReason.SEASON_TAKEN, field="name")):
        _write(season, name, introduction, starts_on, ends_on, emergency)
        season.has_leaderboards = has_leaderboards
    _name_organisers(session, season, organiser_ids)
    return season


def publish_season(
    session: Session, actor: Actor, *, operator_id: int, season_id: int
) -> GivingSeason:
    """Show it to everybody; published twice is published once.

    Raises `InvalidState` (NO_CAMPAIGN) while no campaign takes part.
    """
    require(policy.may_hold_season(actor, operator_id))
    season = locked(session, select(GivingSeason).where(GivingSeason.id == season_id))
    if season.published_at is None:
        if not season.campaigns:
            raise InvalidState(TogetherReason.NO_CAMPAIGN)
        season.published_at = clock.now()
        outbox.write(session, "season.published", f"season:{season.id}")
        session.flush()
    return season


def join_season(
    session: Session, actor: Actor, *, operator_id: int, season_id: int, campaign_id: int
) -> None:
    """Let a campaign take part; its gifts of the season's days count, those before it joined too.

    Raises `Invalid` on `campaign` for one outside the season's days or not for the public.
    """
    require(policy.may_hold_season(actor, operator_id))
    season = locked(session, select(GivingSeason).where(GivingSeason.id == season_id))
    found = session.get(Campaign, campaign_id)
    if found is None or not policy.may_stand_in_season(found):
        raise Invalid(TogetherReason.NO_CAMPAIGN, field="campaign")
    if found.ends_on < season.starts_on or season.ends_on < found.starts_on:
        raise Invalid(TogetherReason.SEASON_PERIOD, field="campaign")
    if session.get(SeasonCampaign, (season_id, campaign_id)) is None:
        session.add(
            SeasonCampaign(season_id=season_id, campaign_id=campaign_id, joined_at=clock.now())
        )
        session.flush()
        session.expire(season, ["campaigns"])


def leave_season(
    session: Session, actor: Actor, *, operator_id: int, season_id: int, campaign_id: int
) -> None:
    """Take a campaign out again."""
    require(policy.may_hold_season(actor, operator_id))
    season = locked(session, select(GivingSeason).where(GivingSeason.id == season_id))
    session.execute(
        delete(SeasonCampaign).where(
            SeasonCampaign.season_id == season_id, SeasonCampaign.campaign_id == campaign_id
        )
    )
    session.expire(season, ["campaigns"])


def _write(
    season: GivingSeason,
    name: str,
    introduction: str,
    starts_on: date,
    ends_on: date,
    emergency: str,
) -> None:
    if ends_on < starts_on:
        raise Invalid(TogetherReason.SEASON_PERIOD, field="ends_on")
    season.name = texts.line(name, field="name", limit=LENGTHS["name"])
    season.introduction = texts.prose(
        introduction, field="introduction", limit=LENGTHS["introduction"]
    )
    season.emergency = texts.line(
        emergency, field="emergency", limit=LENGTHS["emergency"], required=False
    )
    season.starts_on, season.ends_on = starts_on, ends_on


def _name_organisers(session: Session, season: GivingSeason, organiser_ids: Sequence[int]) -> None:
    """The organisers in the order given; raises `Invalid` on `organisers` for nobody at all."""
    ids = list(dict.fromkeys(organiser_ids))
    known = set(session.scalars(select(Organisation.id).where(Organisation.id.in_(ids))))
    if not ids or known != set(ids):
        raise Invalid(TogetherReason.NO_ORGANISER, field="organisers")
    session.execute(delete(SeasonOrganiser).where(SeasonOrganiser.season_id == season.id))
    session.add_all(
        SeasonOrganiser(season_id=season.id, organisation_id=organisation_id, number=number)
        for number, organisation_id in enumerate(ids, 1)
    )
    session.flush()
    session.expire(season, ["organisers"])
