"""Fundraising modes: who may see a campaign, who may give, and what each mode is asked."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import Denied, Invalid, InvalidState, NotFound
from charity.registry import policy, queries, services
from charity.registry.eligibility import blocking, giving_eligibility
from charity.registry.models import (
    MEMBERS_MODES,
    PUBLIC_MODES,
    Campaign,
    Capacity,
    FundraisingMode,
    Organisation,
)
from charity.registry.reasons import RegistryReason
from charity.registry.services.members import CAPACITIES
from tests.factories import make_actor
from tests.projects.listings.village import Village, make_village

MODES = list(FundraisingMode)


@pytest.fixture
def village(session: Session) -> Village:
    """An operator, a partner, a published project to begin with."""
    return make_village(session)


def without_certificate(charity: Organisation) -> None:
    """Take the certificate of public fundraising away."""
    charity.certificate_number = charity.certificate_from = charity.certificate_until = None


def campaign_of(village: Village, mode: FundraisingMode) -> Campaign:
    """A running campaign of this mode."""
    project = village.published(mode=mode)
    assert project.campaign is not None
    assert project.campaign.mode is mode
    return project.campaign


@pytest.mark.parametrize("mode", MODES)
def test_who_sees_a_campaign(session: Session, village: Village, mode: FundraisingMode) -> None:
    campaign = campaign_of(village, mode)
    stranger = make_actor(session)
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=campaign.charity_id))
    owner = make_actor(session, Grant(Role.OWNER, organisation_id=campaign.partner_id))
    for actor in (Actor.guest(), stranger):
        seen = policy.may_see_campaign(actor, campaign, is_member=False)
        assert bool(seen) is (mode in PUBLIC_MODES)
        assert seen or seen.hidden
    for actor in (treasurer, owner):
        assert policy.may_see_campaign(actor, campaign, is_member=False)
    assert policy.may_see_campaign(stranger, campaign, is_member=True)


@pytest.mark.parametrize("mode", MODES)
def test_who_gives_to_a_campaign(session: Session, village: Village, mode: FundraisingMode) -> None:
    campaign = campaign_of(village, mode)
    as_stranger = policy.may_give_to(make_actor(session), campaign, is_member=False)
    as_member = policy.may_give_to(make_actor(session), campaign, is_member=True)
    if mode is FundraisingMode.GRANT:
        assert as_stranger.reason is as_member.reason is RegistryReason.GRANTS_ONLY
    else:
        assert as_member
        assert bool(as_stranger) is (mode not in MEMBERS_MODES)


def test_who_runs_a_members_campaign_is_told_to_become_a_member(
    session: Session, village: Village
) -> None:
    campaign = campaign_of(village, FundraisingMode.TARGETED)
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=campaign.charity_id))
    verdict = policy.may_give_to(treasurer, campaign, is_member=False)
    assert verdict.reason is RegistryReason.MEMBERS_ONLY


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("capacity", Capacity)
def test_members_and_their_capacities(
    session: Session, village: Village, mode: FundraisingMode, capacity: Capacity
) -> None:
    campaign = campaign_of(village, mode)
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=campaign.charity_id))
    person = make_actor(session)
    assert person.person_id is not None

    def add() -> None:
        services.add_member(
            session,
            treasurer,
            campaign_id=campaign.id,
            person_id=person.person_id or 0,
            capacity=capacity,
        )

    if mode not in MEMBERS_MODES:
        with pytest.raises(InvalidState) as refused:
            add()
        assert refused.value.reason is RegistryReason.NOT_A_MEMBERS_CAMPAIGN
    elif capacity not in CAPACITIES[mode]:
        with pytest.raises(Invalid) as wrong:
            add()
        assert wrong.value.field == "capacity"
    else:
        add()
        add()
        assert queries.is_member(session, person, campaign)
        assert [member.capacity for member, _ in queries.members_of(session, campaign.id)] == [
            capacity
        ]
        assert queries.campaigns_for(session, person) == [campaign]
        services.remove_member(
            session, treasurer, campaign_id=campaign.id, person_id=person.person_id
        )
        assert not queries.is_member(session, person, campaign)


def test_strangers_name_nobody(session: Session, village: Village) -> None:
    campaign = campaign_of(village, FundraisingMode.MUTUAL_AID)
    person = make_actor(session)
    with pytest.raises(NotFound):
        services.add_member(
            session,
            person,
            campaign_id=campaign.id,
            person_id=person.person_id or 0,
            capacity=Capacity.RESIDENT,
        )


@pytest.mark.parametrize("mode", MODES)
def test_what_a_mode_is_asked_at_giving(village: Village, mode: FundraisingMode) -> None:
    """The certificate is asked of public fundraising alone; a grant collects nothing."""
    campaign = campaign_of(village, mode)
    without_certificate(campaign.charity)
    reasons = {f.reason for f in blocking(giving_eligibility(campaign, campaign.starts_on))}
    expected = {
        FundraisingMode.PUBLIC_ONLINE: {RegistryReason.CERTIFICATE_NOT_IN_FORCE},
        FundraisingMode.PUBLIC_OFFLINE: {RegistryReason.CERTIFICATE_NOT_IN_FORCE},
        FundraisingMode.GRANT: {RegistryReason.GRANTS_ONLY},
    }
    assert reasons == expected.get(mode, set())


def test_a_targeted_campaign_needs_a_charity(village: Village) -> None:
    without_certificate(village.operator)
    village.operator.is_charity = False
    with pytest.raises(Denied) as refused:
        village.published(mode=FundraisingMode.TARGETED)
    assert refused.value.reason is RegistryReason.NOT_A_CHARITY


def test_a_listing_operator_shows_what_a_platform_carries(village: Village) -> None:
    """Without the platform's page nothing is published; with it no certificate is asked."""
    with pytest.raises(Denied) as refused:
        village.publish(village.submitted(), mode="listing")
    assert refused.value.reason is RegistryReason.OPERATOR_COLLECTS_NOTHING
    without_certificate(village.operator)
    carried = village.submitted(
        plan_number="51420704MJH000019JA26027",
        platform_name="腾讯公益",
        platform_url="https://gongyi.example.org/projects/7",
    )
    published = village.publish(carried, mode="listing")
    assert published.campaign is not None
    assert published.campaign.platform_url == "https://gongyi.example.org/projects/7"
