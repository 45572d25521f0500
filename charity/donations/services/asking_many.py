"""The same consequences for the many gifts of a statement, with few questions for all of them.

What follows a gift is decided gift by gift in `consequences`; here is only which of many gifts
anything follows for at all, and the asking of pools in one statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations.models import (
    Donation,
    Match,
    MatchingPool,
    MonthlyTurn,
    PoolCampaign,
    PoolState,
)
from charity.donations.services.asking import ASKED
from charity.donations.services.monthly_turns import turn_paid
from charity.registry.models import Campaign
from charity.rows import present, table_of


def turns_paid(session: Session, actor: Actor, donations: Sequence[Donation]) -> None:
    """Of these gifts those that are a month's turn are told to it."""
    ids = {donation.id: donation for donation in donations}
    query = select(MonthlyTurn.donation_id).where(MonthlyTurn.donation_id.in_(ids))
    for donation_id in session.scalars(query).all():
        turn_paid(session, actor, ids[present(donation_id)])


def ask_for_all(session: Session, actor: Actor, donations: Sequence[Donation]) -> None:
    """Ask every pool of their campaigns to match these gifts, in the order of the gifts.

    They arrived just now, so that no pool was asked for one of them before.
    """
    campaigns = {donation.campaign_id for donation in donations}
    query = (
        select(
            PoolCampaign.campaign_id,
            MatchingPool.id,
            func.coalesce(Campaign.partner_id, Campaign.charity_id),
            MatchingPool.starts_at,
            MatchingPool.ends_at,
        )
        .join(MatchingPool, MatchingPool.id == PoolCampaign.pool_id)
        .join(Campaign, Campaign.id == PoolCampaign.campaign_id)
        .where(
            PoolCampaign.campaign_id.in_(campaigns),
            MatchingPool.state.in_((PoolState.OPEN, PoolState.FROZEN)),
        )
    )
    pools = session.execute(query).all()
    now = clock.now()
    asked = [
        {
            "pool_id": pool_id,
            "donation_id": donation.id,
            "campaign_id": campaign_id,
            "organisation_id": organisation_id,
            "gift": donation.kept,
            "given_on": clock.day_of(present(donation.settled_at)),
            "asked_at": now,
        }
        for donation in donations
        for campaign_id, pool_id, organisation_id, starts_at, ends_at in pools
        if campaign_id == donation.campaign_id
        and starts_at <= present(donation.settled_at) < ends_at
    ]
    if asked:
        session.execute(insert(table_of(Match)), asked)
        session.info[ASKED] = True
