"""Promises as their pages ask for them: the giver's own, the staff's list by age, the released."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from charity.donations.models import (
    STANDING_PLEDGES,
    Pledge,
    PledgeHours,
    PledgeKind,
    PledgeState,
)
from charity.donations.reasons import PledgesReason
from charity.errors import CommonReason, Invalid, NotFound
from charity.registry.models import Campaign
from charity.rows import present


class AgeBand(enum.Enum):
    """How long the day of a promise is past, in days."""

    NOT_DUE = "not_due"
    TO_30 = "0-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "over-90"


@dataclass(frozen=True, slots=True)
class AgedPledge:
    """A promise that stands, with the campaign it is for and its age on a day."""

    pledge: Pledge
    campaign: Campaign
    days: int

    @property
    def band(self) -> AgeBand:
        """Where in the aging list it belongs."""
        return band_of(self.days)


def band_of(days: int) -> AgeBand:
    """The band of a promise so many days after its day; below zero it is not due."""
    if days < 0:
        return AgeBand.NOT_DUE
    bands = ((30, AgeBand.TO_30), (60, AgeBand.TO_60), (90, AgeBand.TO_90))
    return next((band for most, band in bands if days <= most), AgeBand.OVER_90)


def pledge(session: Session, pledge_id: int) -> Pledge:
    """One promise with what kept it; raises `NotFound`."""
    return present(session.scalar(_whole().where(Pledge.id == pledge_id)))


def pledge_by_token(session: Session, token: str) -> Pledge:
    """The promise whose private page this secret opens; raises `NotFound`."""
    if not (token.isascii() and token.isprintable()):
        raise NotFound(CommonReason.NOT_FOUND)
    return present(session.scalar(_whole().where(Pledge.token == token)))


def pledge_for_gift(session: Session, token: str, campaign_id: int) -> Pledge:
    """The promise of money a gift to this campaign is to keep, by the secret of its page.

    Raises `NotFound`, and `Invalid` for a promise to another campaign or of something else.
    """
    found = pledge_by_token(session, token)
    if found.campaign_id != campaign_id:
        raise Invalid(PledgesReason.ANOTHER_CAMPAIGN)
    if found.kind is not PledgeKind.MONEY:
        raise Invalid(PledgesReason.NOT_OF_MONEY)
    return found


def standing_pledges(
    session: Session, organisation_ids: Collection[int] | None, today: date
) -> list[AgedPledge]:
    """The promises that stand, of the campaigns of these organisations (None: of all).

    Those longest past their day come first.
    """
    query = (
        _of_organisations(_whole().add_columns(Campaign), organisation_ids)
        .where(Pledge.state.in_(STANDING_PLEDGES))
        .order_by(Pledge.promised_by, Pledge.id)
    )
    rows = session.execute(query)
    return [AgedPledge(found, of, (today - found.promised_by).days) for found, of in rows]


def closed_pledges(
    session: Session, organisation_ids: Collection[int] | None, *, limit: int = 50
) -> list[AgedPledge]:
    """The latest promises kept, withdrawn, released or closed."""
    query = (
        _of_organisations(_whole().add_columns(Campaign), organisation_ids)
        .where(Pledge.state.not_in(STANDING_PLEDGES))
        .order_by(Pledge.closed_at.desc(), Pledge.id.desc())
        .limit(limit)
    )
    return [AgedPledge(found, of, 0) for found, of in session.execute(query)]


def release_requests(session: Session, organisation_ids: Collection[int] | None) -> list[Pledge]:
    """Givers who ask to be released, the longest waiting first."""
    query = _of_organisations(select(Pledge), organisation_ids).where(
        Pledge.state.in_(STANDING_PLEDGES), Pledge.release_asked_at.is_not(None)
    )
    return list(session.scalars(query.order_by(Pledge.release_asked_at)))


def hours_to_confirm(
    session: Session, organisation_ids: Collection[int] | None
) -> list[PledgeHours]:
    """Hours a giver reported that nobody on the staff has confirmed, the oldest first."""
    query = (
        _of_organisations(select(PledgeHours).join(PledgeHours.pledge), organisation_ids)
        .where(PledgeHours.staff_confirmed_at.is_(None), PledgeHours.refused_at.is_(None))
        .order_by(PledgeHours.id)
    )
    return list(session.scalars(query))


def hours_of(session: Session, pledge_id: int | None, hours_id: int) -> PledgeHours:
    """One report of time, of this promise where one is named; raises `NotFound`."""
    found = present(session.get(PledgeHours, hours_id))
    if pledge_id not in (None, found.pledge_id):
        raise NotFound(CommonReason.NOT_FOUND)
    return found


def released_pledges(session: Session, campaign_id: int) -> list[Pledge]:
    """Promises whose givers were released for hardship, as they are published (CHA-151)."""
    query = select(Pledge).where(
        Pledge.campaign_id == campaign_id, Pledge.state == PledgeState.HARDSHIP_RELEASED
    )
    rows = query.options(selectinload(Pledge.fulfilments)).order_by(Pledge.closed_at, Pledge.id)
    return list(session.scalars(rows))


def by_band(rows: Iterable[AgedPledge]) -> dict[AgeBand, list[AgedPledge]]:
    """The rows of each band, every band named."""
    found: dict[AgeBand, list[AgedPledge]] = {band: [] for band in AgeBand}
    for row in rows:
        found[row.band].append(row)
    return found


def _whole() -> Select[Pledge]:
    return select(Pledge).options(selectinload(Pledge.fulfilments), selectinload(Pledge.hours))


def _of_organisations(query: Select[Any], organisation_ids: Collection[int] | None) -> Select[Any]:
    joined = query.join(Campaign, Campaign.id == Pledge.campaign_id)
    if organisation_ids is None:
        return joined
    ours = or_(Campaign.charity_id.in_(organisation_ids), Campaign.partner_id.in_(organisation_ids))
    return joined.where(ours)
