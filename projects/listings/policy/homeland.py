"""Who claims a village's fund and who agrees; who pairs up; who says where help flows first."""

from __future__ import annotations

from charity.actor import Actor, Permission, Verdict
from charity.registry import policy as registry_policy
from charity.registry.models import Organisation, OrganisationKind, OrganisationState
from projects.listings.models import Pairing, VillageFund
from projects.listings.reasons import HomelandReason, ListingsReason

#: Whose name a village's fund carries: 村委会 or 村集体经济组织.
VILLAGE_KINDS = frozenset(
    {OrganisationKind.GRASSROOTS_COMMITTEE, OrganisationKind.VILLAGE_COLLECTIVE}
)


def may_claim_fund(actor: Actor, committee: Organisation) -> Verdict:
    """A village claims its fund through the people of its verified committee or collective."""
    if not actor.holds(Permission.LISTING_MANAGE, organisation_id=committee.id):
        return Verdict.no()
    if committee.state is not OrganisationState.VERIFIED:
        return Verdict.no(ListingsReason.ORGANISATION_NOT_VERIFIED)
    if committee.kind not in VILLAGE_KINDS:
        return Verdict.no(HomelandReason.NOT_ITS_COMMITTEE)
    return Verdict.yes()


def may_judge_funds(actor: Actor, region_code: str) -> Verdict:
    """Staff who keep the register or review projects there."""
    if registry_policy.may_keep_register(actor, region_code):
        return Verdict.yes()
    if actor.holds(Permission.PROJECT_REVIEW, region_code=region_code):
        return Verdict.yes()
    return Verdict.no()


def may_decide_fund(actor: Actor, fund: VillageFund) -> Verdict:
    """The same, but nobody decides about an organisation of one's own."""
    if fund.committee_id in actor.organisation_ids or fund.asked_by_user_id == actor.user_id:
        return Verdict.no(ListingsReason.OWN_ORGANISATION)
    return may_judge_funds(actor, fund.region_code)


def may_describe_village(actor: Actor, fund: VillageFund) -> Verdict:
    """What the village says of itself is written by its committee's people."""
    return may_claim_fund(actor, fund.committee)


def may_pair(actor: Actor, organisation: Organisation) -> Verdict:
    """A unit is paired by its own people, once it is verified."""
    if not actor.holds(Permission.LISTING_MANAGE, organisation_id=organisation.id):
        return Verdict.no()
    if organisation.state is not OrganisationState.VERIFIED:
        return Verdict.no(ListingsReason.ORGANISATION_NOT_VERIFIED)
    return Verdict.yes()


def may_keep_pairing(actor: Actor, pairing: Pairing) -> Verdict:
    """Tasks, visits and the result are written down by the unit's people."""
    if actor.holds(Permission.LISTING_MANAGE, organisation_id=pairing.organisation_id):
        return Verdict.yes()
    return Verdict.no()


def may_mark_area(actor: Actor, region_code: str) -> Verdict:
    """Places help flows to first are entered by who keeps the register of that place."""
    return registry_policy.may_keep_register(actor, region_code)
