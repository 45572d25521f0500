"""Who speaks for a need, and who for a unit.

For the need's side: the dispatchers of its place, who manages the listings of the organisation that
posted it, and, where it is only about saying what came, whoever holds the order's secret link. For
the unit's side: who manages the listings of the organisation, or the volunteer who came alone.
"""

from __future__ import annotations

import hmac

from charity.actor import Actor, Permission, Verdict
from charity.errors import CommonReason
from charity.registry.models import Organisation, OrganisationState
from projects.listings.models import Booking, Claim, ClaimOrigin, Need, NeedState, Resource
from projects.listings.reasons import ListingsReason

#: Needs everybody may read.
PUBLIC_NEEDS = frozenset({NeedState.OPEN, NeedState.FULFILLED, NeedState.CLOSED})


def may_post_listing(actor: Actor, organisation: Organisation) -> Verdict:
    """Post needs, offer resources and claim for an organisation, once it is verified."""
    if not _manages(actor, organisation.id):
        return _refused(actor)
    if organisation.state is not OrganisationState.VERIFIED:
        return Verdict.no(ListingsReason.ORGANISATION_NOT_VERIFIED)
    return Verdict.yes()


def holds_token(need: Need, token: str | None) -> bool:
    """Whether this is the secret of the page of who ordered it."""
    return bool(token) and hmac.compare_digest(need.token.encode(), (token or "").encode())


def holds_booking(booking: Booking, token: str | None) -> bool:
    """Whether this is the secret of the page of the guest who asked for it."""
    kept = booking.token or ""
    return bool(kept) and hmac.compare_digest(kept.encode(), (token or "").encode())


def dispatches(actor: Actor, region_code: str) -> bool:
    """Whether the actor takes the orders of this place."""
    return actor.is_system or actor.holds(Permission.NEED_DISPATCH, region_code=region_code)


def stands_for_need(actor: Actor, need: Need, *, token: str | None = None) -> bool:
    """Whether the actor speaks for the side of the need; the secret link is enough if given."""
    return (
        dispatches(actor, need.region_code)
        or (need.organisation_id is not None and _manages(actor, need.organisation_id))
        or holds_token(need, token)
    )


def stands_for_unit(actor: Actor, claim: Claim) -> bool:
    """Whether the actor speaks for the unit of a claim."""
    if claim.organisation_id is not None:
        return _manages(actor, claim.organisation_id)
    return actor.is_signed_in and actor.user_id == claim.user_id


def may_see_need(actor: Actor, need: Need, *, token: str | None = None) -> Verdict:
    """Read a need: everybody once it is confirmed, before and otherwise only its own side."""
    if need.state in PUBLIC_NEEDS or stands_for_need(actor, need, token=token):
        return Verdict.yes()
    if actor.user_id is not None and actor.user_id == need.posted_by_user_id:
        return Verdict.yes()
    return Verdict.absent()


def may_dispatch(actor: Actor, need: Need) -> Verdict:
    """Confirm, decline, dispatch: the dispatchers of its place."""
    if dispatches(actor, need.region_code):
        return Verdict.yes()
    return may_see_need(actor, need) and _refused(actor)


def may_speak_for_need(actor: Actor, need: Need, *, token: str | None = None) -> Verdict:
    """Act for the side of the need."""
    if stands_for_need(actor, need, token=token):
        return Verdict.yes()
    return may_see_need(actor, need) and _refused(actor)


def may_withdraw_need(actor: Actor, need: Need, *, token: str | None = None) -> Verdict:
    """Take an order back: who ordered it, or the organisation that posted it."""
    theirs = actor.user_id is not None and actor.user_id == need.posted_by_user_id
    managed = need.organisation_id is not None and _manages(actor, need.organisation_id)
    if theirs or managed or holds_token(need, token):
        return Verdict.yes()
    return may_see_need(actor, need) and _refused(actor)


def may_manage_resource(actor: Actor, resource: Resource) -> Verdict:
    """Change an offer and answer those who ask for it."""
    return Verdict.yes() if _manages(actor, resource.organisation_id) else _refused(actor)


def may_see_claim(actor: Actor, claim: Claim, *, token: str | None = None) -> Verdict:
    """Read what is not public of a claim: either side."""
    if stands_for_unit(actor, claim) or stands_for_need(actor, claim.need, token=token):
        return Verdict.yes()
    return Verdict.absent()


def may_speak_for_unit(actor: Actor, claim: Claim) -> Verdict:
    """Act for the unit of a claim."""
    return Verdict.yes() if stands_for_unit(actor, claim) else _refused(actor)


def may_answer(actor: Actor, claim: Claim) -> Verdict:
    """Accept or decline a proposal: the side that did not begin it, by nobody of both sides."""
    if claim.origin is ClaimOrigin.UNIT:
        return may_judge_unit(actor, claim)
    both = stands_for_need(actor, claim.need) and not actor.is_system
    if both and stands_for_unit(actor, claim):
        return Verdict.no(CommonReason.SAME_PERSON)
    return may_speak_for_unit(actor, claim)


def may_judge_unit(actor: Actor, claim: Claim, *, token: str | None = None) -> Verdict:
    """Say of a unit, for the side of the need, that it may come, that it came, and how it was.

    Whoever speaks for the unit as well leaves that to somebody else.
    """
    verdict = may_speak_for_need(actor, claim.need, token=token)
    if verdict and stands_for_unit(actor, claim) and not actor.is_system:
        return Verdict.no(CommonReason.SAME_PERSON)
    return verdict


def may_withdraw_claim(actor: Actor, claim: Claim) -> Verdict:
    """Take a proposal or a promise back: either side."""
    if stands_for_unit(actor, claim):
        return Verdict.yes()
    return may_speak_for_need(actor, claim.need)


def may_read_contacts(actor: Actor, need: Need, *, token: str | None = None) -> bool:
    """Whether the side of the need asks; units that hold a claim are let in by the query."""
    return stands_for_need(actor, need, token=token)


def _manages(actor: Actor, organisation_id: int) -> bool:
    return actor.holds(Permission.LISTING_MANAGE, organisation_id=organisation_id)


def _refused(actor: Actor) -> Verdict:
    if not actor.is_signed_in:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    return Verdict.no(CommonReason.NOT_PERMITTED)
