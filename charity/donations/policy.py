"""Who may touch gifts: anybody gives, the installation alone settles."""

from __future__ import annotations

from charity.actor import Actor, Permission, Verdict
from charity.donations.reasons import DonationsReason, PledgesReason
from charity.registry.models import PUBLIC_FUNDRAISING, Campaign

#: The one way of running an installation in which it takes money itself (HANDBOOK 0.1).
COLLECTING_MODE = "qualified_charity"
#: Where promises are taken, of money too: a promise moves none.
PROMISING_MODES = frozenset({COLLECTING_MODE, "listing"})


def may_give(actor: Actor, operator_mode: str) -> Verdict:
    """Anybody, with or without an account, where the operator may take money at all (CHA-105)."""
    if operator_mode != COLLECTING_MODE:
        return Verdict.no(DonationsReason.OPERATOR_MODE, mode=operator_mode)
    return Verdict.yes()


def may_settle(actor: Actor) -> Verdict:
    """Only the installation takes a gateway's word: the webhook, once the signature is checked."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_manage_pool(actor: Actor, charity_id: int) -> Verdict:
    """A pool is kept by the treasurer of the charity whose book holds its money."""
    if actor.is_system or actor.holds(Permission.POOL_MANAGE, organisation_id=charity_id):
        return Verdict.yes()
    return Verdict.no()


def may_record_receipts(actor: Actor, campaign: Campaign) -> Verdict:
    """Receipts are issued and recorded by the charity that takes the money (CHA-147)."""
    if actor.holds(Permission.GIVING_MANAGE, organisation_id=campaign.charity_id):
        return Verdict.yes()
    return Verdict.no()


def may_see_givers(actor: Actor, campaign: Campaign) -> Verdict:
    """Who gave is for those who manage giving where the money or the work is."""
    for organisation_id in (campaign.charity_id, campaign.partner_id):
        if organisation_id is not None and actor.holds(
            Permission.GIVING_MANAGE, organisation_id=organisation_id
        ):
            return Verdict.yes()
    return Verdict.absent()


def may_promise(actor: Actor, operator_mode: str) -> Verdict:
    """Anybody, with or without an account: a promise, or an offer of goods, moves no money."""
    if operator_mode not in PROMISING_MODES:
        return Verdict.no(PledgesReason.NOT_TAKEN_HERE, mode=operator_mode)
    return Verdict.yes()


def may_manage_giving(actor: Actor, campaign: Campaign) -> Verdict:
    """Promises, goods and receipts of a campaign: staff of its charity or of its partner."""
    theirs = (campaign.charity_id, campaign.partner_id)
    if any(
        actor.holds(Permission.GIVING_MANAGE, organisation_id=each)
        for each in theirs
        if each is not None
    ):
        return Verdict.yes()
    return Verdict.absent()


def may_read_giver(actor: Actor, campaign: Campaign, *, is_shown: bool) -> Verdict:
    """Name and contact of a giver: the charity's staff; the partner's where the giver agreed."""
    if actor.holds(Permission.GIVING_MANAGE, organisation_id=campaign.charity_id):
        return Verdict.yes()
    return may_manage_giving(actor, campaign) if is_shown else Verdict.no()


def may_import_statements(actor: Actor, organisation_id: int) -> Verdict:
    """Statements are read and applied by the treasurer of the organisation whose money it is."""
    if actor.is_system or actor.holds(Permission.STATEMENT_IMPORT, organisation_id=organisation_id):
        return Verdict.yes()
    return Verdict.absent()


def may_count_cash(actor: Actor, campaign: Campaign) -> Verdict:
    """Cash is counted by people of the charity that takes it or of the partner that raises it."""
    for organisation_id in (campaign.charity_id, campaign.partner_id):
        if organisation_id is not None and actor.holds(
            Permission.CASH_COUNT, organisation_id=organisation_id
        ):
            return Verdict.yes()
    return Verdict.absent()


def may_hold_season(actor: Actor, operator_id: int) -> Verdict:
    """Seasons of giving are held by the operator's giving staff."""
    if actor.is_system or actor.holds(Permission.GIVING_MANAGE, organisation_id=operator_id):
        return Verdict.yes()
    return Verdict.no()


def may_stand_in_season(campaign: Campaign) -> bool:
    """Whether a campaign is raised in public, as a season is (HANDBOOK 0.1)."""
    return campaign.mode in PUBLIC_FUNDRAISING
