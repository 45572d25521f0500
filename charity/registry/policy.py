"""Who may do what in the registry.

The operator's staff verify organisations, never their own; an organisation's owner speaks for it;
whoever publishes projects files the plan and opens the campaign that go with them.
"""

from __future__ import annotations

from charity.actor import ROLE_PERMISSIONS, Actor, Permission, Verdict
from charity.errors import CommonReason
from charity.registry.models import (
    MEMBERS_MODES,
    Campaign,
    FundraisingMode,
    Organisation,
    OrganisationKind,
    OrganisationState,
)
from charity.registry.reasons import RegistryReason

#: Who may carry a filed group: whoever has an account of its own and may receive a grant (ORG-01).
HOSTS = frozenset(
    {
        OrganisationKind.ASSOCIATION,
        OrganisationKind.SOCIAL_SERVICE_ORG,
        OrganisationKind.FOUNDATION,
        OrganisationKind.GRASSROOTS_COMMITTEE,
        OrganisationKind.VILLAGE_COLLECTIVE,
    }
)


def may_load_regions(actor: Actor) -> Verdict:
    """The installation and its administrators keep the table of places."""
    return _system_or(actor, actor.holds(Permission.ACCOUNTS_MANAGE))


def may_register(actor: Actor) -> Verdict:
    """Any signed-in person may bring an organisation."""
    if actor.is_signed_in or actor.is_system:
        return Verdict.yes()
    return Verdict.no(CommonReason.SIGN_IN_FIRST)


def may_see(actor: Actor, organisation: Organisation) -> Verdict:
    """Verified organisations are public; the others are known to their members and verifiers."""
    if organisation.state is OrganisationState.VERIFIED or actor.is_system:
        return Verdict.yes()
    if organisation.id in actor.organisation_ids:
        return Verdict.yes()
    if actor.holds_anywhere(Permission.ORGANISATION_VERIFY):
        return Verdict.yes()
    return Verdict.absent()


def may_edit(actor: Actor, organisation: Organisation) -> Verdict:
    """Who speaks for the organisation; others need not learn that an unverified one exists."""
    if actor.is_system:
        return Verdict.yes()
    if actor.holds(Permission.ORGANISATION_EDIT, organisation_id=organisation.id):
        return Verdict.yes()
    return Verdict.no() if may_see(actor, organisation) else Verdict.absent()


def may_verify(actor: Actor, organisation: Organisation, charity_id: int) -> Verdict:
    """The staff of the operator (`charity_id`), never for an organisation they belong to.

    The operator itself is vouched for by the installation.
    """
    if actor.is_system:
        return Verdict.yes()
    if not actor.holds(
        Permission.ORGANISATION_VERIFY,
        organisation_id=charity_id,
        region_code=organisation.region_code,
    ):
        return Verdict.no() if may_see(actor, organisation) else Verdict.absent()
    if organisation.id in actor.organisation_ids or organisation.id == charity_id:
        return Verdict.no(RegistryReason.OWN_ORGANISATION)
    return Verdict.yes()


def may_judge(actor: Actor, organisation: Organisation) -> Verdict:
    """Return a registration, record a certificate: any verifier, never for their own."""
    if actor.is_system:
        return Verdict.yes()
    if not actor.holds_anywhere(Permission.ORGANISATION_VERIFY):
        return Verdict.no() if may_see(actor, organisation) else Verdict.absent()
    if organisation.id in actor.organisation_ids:
        return Verdict.no(RegistryReason.OWN_ORGANISATION)
    return Verdict.yes()


def may_record_standing(actor: Actor, organisation: Organisation) -> Verdict:
    """Keep what authorities said of it, and who looked at its papers; never for one's own."""
    if actor.is_system:
        return Verdict.yes()
    if not actor.holds_anywhere(Permission.STANDING_RECORD):
        return Verdict.no() if may_see(actor, organisation) else Verdict.absent()
    if organisation.id in actor.organisation_ids:
        return Verdict.no(RegistryReason.OWN_ORGANISATION)
    return Verdict.yes()


def may_record_related(actor: Actor, organisation: Organisation) -> Verdict:
    """Say who is related to it: its own owners, and verifiers of another organisation."""
    if actor.is_system or actor.holds(Permission.RELATED_RECORD, organisation_id=organisation.id):
        return Verdict.yes()
    if actor.holds_anywhere(Permission.STANDING_RECORD):
        return Verdict.yes()
    return Verdict.no() if may_see(actor, organisation) else Verdict.absent()


def may_note_departure(actor: Actor, region_code: str) -> Verdict:
    """Say that somebody of a place died or moved away, and read it: who works for the community.

    To everybody else there is nothing (RF-11, PII-03): also who paid the person learns it nowhere.
    """
    if actor.is_system or actor.holds(Permission.NEED_DISPATCH, region_code=region_code):
        return Verdict.yes()
    return Verdict.absent()


def may_name_representative(actor: Actor, organisation: Organisation) -> Verdict:
    """Say who represents it (ORG-19): its owners, and who keeps the register of its place."""
    if may_keep_register(actor, organisation.region_code):
        return Verdict.yes()
    if actor.holds(Permission.ORGANISATION_EDIT, organisation_id=organisation.id):
        return Verdict.yes()
    return Verdict.no() if may_see(actor, organisation) else Verdict.absent()


def may_read_checks(actor: Actor, organisation: Organisation) -> Verdict:
    """Its own people, who records standing and who publishes projects read what was found."""
    if actor.is_system or organisation.id in actor.organisation_ids:
        return Verdict.yes()
    staff = (Permission.STANDING_RECORD, Permission.PROJECT_REVIEW, Permission.BOOK_READ)
    return Verdict.yes() if any(map(actor.holds_anywhere, staff)) else Verdict.no()


def may_raise_funds(actor: Actor, charity: Organisation) -> Verdict:
    """File plans and open or end campaigns: who publishes projects, or speaks for the charity."""
    return _system_or(
        actor,
        actor.holds_anywhere(Permission.PROJECT_REVIEW)
        or actor.holds(Permission.ORGANISATION_EDIT, organisation_id=charity.id),
    )


def _system_or(actor: Actor, allowed: bool) -> Verdict:
    return Verdict.yes() if actor.is_system or allowed else Verdict.no()


def may_see_campaign(actor: Actor, campaign: Campaign, *, is_member: bool) -> Verdict:
    """Anybody a public campaign; 定向募捐 and 互助 only those it is for, and who runs it."""
    if campaign.mode not in MEMBERS_MODES or is_member or actor.is_system:
        return Verdict.yes()
    return Verdict.yes() if _runs(actor, campaign) else Verdict.absent()


def may_give_to(actor: Actor, campaign: Campaign, *, is_member: bool) -> Verdict:
    """Give to a campaign, as far as its mode decides (HANDBOOK 0.1)."""
    if campaign.mode is FundraisingMode.GRANT:
        return Verdict.no(RegistryReason.GRANTS_ONLY)
    if campaign.mode in MEMBERS_MODES and not (is_member or actor.is_system):
        runs = _runs(actor, campaign)
        return Verdict.no(RegistryReason.MEMBERS_ONLY) if runs else Verdict.absent()
    return Verdict.yes()


def may_name_members(actor: Actor, campaign: Campaign) -> Verdict:
    """Say for whom a members' campaign is: who manages its giving, in charity or partner."""
    if not _runs(actor, campaign):
        return Verdict.absent() if campaign.mode in MEMBERS_MODES else Verdict.no()
    return Verdict.yes()


def _runs(actor: Actor, campaign: Campaign) -> bool:
    return any(
        actor.holds(Permission.GIVING_MANAGE, organisation_id=organisation_id)
        for organisation_id in (campaign.charity_id, campaign.partner_id)
        if organisation_id is not None
    )


def may_keep_register(actor: Actor, region_code: str | None = None) -> Verdict:
    """Keep stations, teams, trusts and lists: who keeps the register, a region's only its places.

    Without a place the question is whether the person keeps any part of it.
    """
    if actor.is_system:
        return Verdict.yes()
    for grant in actor.grants:
        if Permission.REGISTRY_KEEP not in ROLE_PERMISSIONS[grant.role]:
            continue
        if grant.region_code is None or region_code is None:
            return Verdict.yes()
        if region_code.startswith(grant.region_code):
            return Verdict.yes()
    return Verdict.no()


def may_keep_of(actor: Actor, organisation: Organisation) -> Verdict:
    """Say of an organisation what makes it look good: never of one's own."""
    verdict = may_keep_register(actor, organisation.region_code)
    if verdict and organisation.id in actor.organisation_ids:
        return Verdict.no(RegistryReason.OWN_ORGANISATION)
    return verdict


def may_record_honour(actor: Actor, organisation: Organisation) -> Verdict:
    """Enter an honour: who keeps the register, and who runs competitions; never of one's own."""
    if not actor.holds_anywhere(Permission.VENTURE_MANAGE):
        return may_keep_of(actor, organisation)
    if organisation.id in actor.organisation_ids:
        return Verdict.no(RegistryReason.OWN_ORGANISATION)
    return Verdict.yes()
