"""Those a campaign is for: the people of 定向募捐 and of mutual aid, named one by one."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.errors import Invalid, InvalidState
from charity.registry import policy, queries
from charity.registry.models import (
    MEMBERS_MODES,
    Campaign,
    CampaignMember,
    Capacity,
    FundraisingMode,
    Person,
)
from charity.registry.reasons import RegistryReason

#: As what people belong to each mode: 特定对象 of the law, or one's own neighbours and colleagues.
CAPACITIES: dict[FundraisingMode, frozenset[Capacity]] = {
    FundraisingMode.TARGETED: frozenset({Capacity.INITIATOR, Capacity.COUNCIL, Capacity.MEMBER}),
    FundraisingMode.MUTUAL_AID: frozenset({Capacity.RESIDENT, Capacity.STAFF}),
}


def add_member(
    session: Session, actor: Actor, *, campaign_id: int, person_id: int, capacity: Capacity
) -> CampaignMember:
    """Say that a campaign is for this person, verified by who says it; again changes the capacity.

    Raises `InvalidState` for a campaign that is for everybody, `Invalid` on `capacity` where the
    mode knows no such member and on `person` where nobody is behind the id.
    """
    campaign = _members_campaign(session, actor, campaign_id)
    if capacity not in CAPACITIES[campaign.mode]:
        raise Invalid(RegistryReason.CAPACITY_OF_MODE, field="capacity")
    if session.get(Person, person_id) is None:
        raise Invalid(RegistryReason.MEMBER_UNKNOWN, field="person")
    member = session.get(CampaignMember, (campaign_id, person_id))
    if member is None:
        member = CampaignMember(campaign_id=campaign_id, person_id=person_id)
        session.add(member)
    member.capacity = capacity
    member.verified_by_user_id = actor.user_id or 0
    member.verified_at = clock.now()
    session.flush()
    return member


def remove_member(session: Session, actor: Actor, *, campaign_id: int, person_id: int) -> None:
    """The campaign is no longer for this person; what was given stays."""
    _members_campaign(session, actor, campaign_id)
    session.execute(
        delete(CampaignMember).where(
            CampaignMember.campaign_id == campaign_id, CampaignMember.person_id == person_id
        )
    )


def place_on_platform(
    session: Session, actor: Actor, *, campaign_id: int, name: str, url: str
) -> Campaign:
    """Say on which designated platform the campaign also runs, and where; empty takes it away."""
    campaign = queries.campaign(session, campaign_id)
    require(policy.may_name_members(actor, campaign))
    campaign.platform_name = name or None
    campaign.platform_url = url or None
    session.flush()
    return campaign


def _members_campaign(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    campaign = queries.campaign(session, campaign_id)
    require(policy.may_name_members(actor, campaign))
    if campaign.mode not in MEMBERS_MODES:
        raise InvalidState(RegistryReason.NOT_A_MEMBERS_CAMPAIGN)
    return campaign
