"""Asking a pool, and asking it to take back: one row, no lock, so that givers never wait.

The pool's one allotter (`allotting`) takes these rows in order and decides them. Asking never looks
at what is left of a pool.
"""

from __future__ import annotations

from sqlalchemy import Date, bindparam, func, insert, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from charity import clock
from charity.actor import Actor
from charity.base import FenType, UtcDateTime
from charity.donations.models import (
    Donation,
    Match,
    MatchingPool,
    MatchReturn,
    MatchState,
    PoolCampaign,
    PoolState,
    Refund,
    RefundState,
)
from charity.registry.models import Campaign
from charity.rows import present

#: Under this name a session remembers which pools were asked in it, for whoever commits.
ASKED = "donations.pools_asked"
#: A pool that is frozen decides nothing, and its gifts keep their place.
_ASKED = (PoolState.OPEN, PoolState.FROZEN)
#: What can come back: what is refused gave nothing, what is cancelled came back wholly.
_STANDING = (MatchState.ASKED, MatchState.RESERVED, MatchState.CONFIRMED)


def ask(session: Session, actor: Actor, donation: Donation) -> None:
    """A gift has arrived: ask every pool of its campaign to match it, in one statement.

    A pool is asked once per gift, for gifts that arrive (`settled_at`) within its period. Nothing
    is decided here (MAT-01: `allot` does).
    """
    at = present(donation.settled_at)
    gift = {
        "of_gift": donation.id,
        "of_campaign": donation.campaign_id,
        "kept": donation.kept,
        "day": clock.day_of(at),
        "arrived": at,
        "now": clock.now(),
    }
    session.flush()
    for pool_id in session.connection().execute(_ASKING, gift).scalars():
        session.info.setdefault(ASKED, set()).add(pool_id)


def _asking() -> ReturningInsert[int]:
    """One row per pool that may match a gift; built once for all gifts."""
    gift, arrived = bindparam("of_gift", type_=Donation.id.type), bindparam("arrived", type_=_TIME)
    asked_before = select(Match.id).where(
        Match.pool_id == MatchingPool.id, Match.donation_id == gift
    )
    rows = (
        select(
            PoolCampaign.pool_id,
            gift,
            Campaign.id,
            # Who does the work: the partner, else the charity itself.
            func.coalesce(Campaign.partner_id, Campaign.charity_id),
            bindparam("kept", type_=FenType()),
            bindparam("day", type_=Date()),
            bindparam("now", type_=_TIME),
        )
        .join(MatchingPool, MatchingPool.id == PoolCampaign.pool_id)
        .join(Campaign, Campaign.id == PoolCampaign.campaign_id)
        .where(
            PoolCampaign.campaign_id == bindparam("of_campaign"),
            MatchingPool.state.in_(_ASKED),
            MatchingPool.starts_at <= arrived,
            MatchingPool.ends_at > arrived,
            ~asked_before.exists(),
        )
    )
    names = ["pool_id", "donation_id", "campaign_id", "organisation_id", "gift", "given_on"]
    return insert(Match).from_select([*names, "asked_at"], rows).returning(Match.pool_id)


_TIME = UtcDateTime()
_ASKING = _asking()


def give_back(session: Session, actor: Actor, donation: Donation, refund: Refund) -> None:
    """A gift goes back, wholly or in part: ask its pools to take back that part of the match.

    A refund that fails in the end gives nothing again: by then the money may be another gift's
    match, and the order of deciding is not undone.
    """
    if refund.state is RefundState.FAILED:
        return
    rows = select(
        Match.pool_id,
        Match.id,
        literal(refund.id, Refund.id.type),
        literal(clock.now(), UtcDateTime()),
    ).where(Match.donation_id == donation.id, Match.state.in_(_STANDING))
    names = ["pool_id", "match_id", "refund_id", "asked_at"]
    session.execute(insert(MatchReturn).from_select(names, rows))
