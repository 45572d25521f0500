"""双向认领 and 派单: propose from either side or send, then accept, decline, withdraw, lapse.

What is accepted is promised: under the locks of need and resource (always in this order), so that
no piece is promised twice. Money and goods become a promise in `donations` for the need's
campaign, whose rules decide whether it takes them.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, Verdict, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.registry.models import Organisation, OrganisationState, VolunteerTeam
from charity.rows import insert_or, locking, present
from projects.listings import intake, levels, policy
from projects.listings.fitting import part_of, require_standing, require_unit
from projects.listings.models import (
    Claim,
    ClaimOrigin,
    ClaimState,
    Need,
    NeedState,
    Resource,
    ServiceRecord,
)
from projects.listings.reasons import ListingsReason, NeedsReason
from projects.listings.services import pledging
from projects.listings.services.counting import touch
from projects.listings.services.locking import give_back, lock_claim, take
from projects.listings.services.repeats import made_before
from projects.listings.services.soundness import require_unrestricted
from projects.listings.services.telling import tell_dispatchers, tell_orderer, tell_unit

#: Proposals one run of the job lets lapse.
BATCH = 500


def claim_need(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    need_id: int,
    organisation_id: int | None = None,
    team_id: int | None = None,
    resource_id: int | None = None,
    quantity: int | None = None,
    message: str = "",
) -> Claim:
    """A unit offers itself for an open need, or for a part of it; the community answers.

    The unit is the organisation (with its team), the one behind `resource_id`, or, without any of
    them, the volunteer who asks (hours and skills alone). Without `quantity` it takes what is left
    of a known need. Raises `Denied`, `Invalid` on `quantity` (ONLY_LEFT), `Conflict`.
    """
    known = _known(session, intake.client_id(client_id), need_id, actor.user_id)
    if known is not None:
        return known
    need, resource = _need(session, actor, need_id), _resource(session, resource_id)
    if resource is not None:
        organisation_id = organisation_id or resource.organisation_id
        team_id = team_id or resource.team_id
    if organisation_id is None and not actor.is_signed_in:
        require(Verdict.no(CommonReason.SIGN_IN_FIRST))
    if organisation_id is not None:
        organisation = present(session.get(Organisation, organisation_id))
        require(policy.may_post_listing(actor, organisation))
    elif actor.user_id == need.posted_by_user_id:
        raise Invalid(NeedsReason.OWN_NEED, field="organisation_id")
    claim = Claim(
        client_id=client_id, origin=ClaimOrigin.UNIT, organisation_id=organisation_id,
        team_id=team_id, user_id=actor.user_id, message=message,
    )  # fmt: skip
    stored = _propose(session, claim, need, resource, quantity)
    if stored is not claim:
        return stored
    if need.first_claimed_at is None:
        # without a number of its own: who reads what is new looks at states and quantities
        need.first_claimed_at = claim.proposed_at
    outbox.write(session, "need.claimed", f"claim:{claim.id}")
    tell_dispatchers(session, need, "claimed")
    session.flush()
    return claim


def invite_resource(
    session: Session,
    actor: Actor,
    *,
    need_id: int,
    resource_id: int,
    quantity: int | None = None,
    message: str = "",
    client_id: str | None = None,
) -> Claim:
    """The side of the need asks for an offer; its unit answers. Raises as `claim_need`."""
    known = _known(session, client_id, need_id, None)
    if known is not None:
        return known
    need, resource = _need(session, actor, need_id), _resource(session, resource_id)
    require(policy.may_speak_for_need(actor, need))
    return _asked(
        session, need, resource, quantity, message, client_id,
        origin=ClaimOrigin.COMMUNITY, organisation_id=None, team_id=None, plan_row_id=None,
    )  # fmt: skip


def dispatch_need(
    session: Session,
    actor: Actor,
    *,
    need_id: int,
    organisation_id: int | None = None,
    team_id: int | None = None,
    resource_id: int | None = None,
    quantity: int | None = None,
    plan_row_id: int | None = None,
    message: str = "",
    client_id: str | None = None,
) -> Claim:
    """派单: a dispatcher sends a need to a unit, which accepts or declines.

    Raises as `claim_need`, `Denied` for who is no dispatcher of its place.
    """
    known = _known(session, client_id, need_id, None)
    if known is not None:
        return known
    need, resource = _need(session, actor, need_id), _resource(session, resource_id)
    require(policy.may_dispatch(actor, need))
    return _asked(
        session, need, resource, quantity, message, client_id, origin=ClaimOrigin.DISPATCH,
        organisation_id=organisation_id, team_id=team_id, plan_row_id=plan_row_id,
    )  # fmt: skip


def accept_claim(
    session: Session, actor: Actor, *, claim_id: int, operator_mode: str = ""
) -> Claim:
    """The side that did not begin it says yes: from now on the part is promised.

    Of money and goods a promise is made in `donations` for the need's campaign (`operator_mode`:
    the installation's mode, HANDBOOK 0.1). Raises `Denied` (the campaign's reasons pass on),
    `Conflict` with ONLY_LEFT or RESOURCE_ONLY_LEFT (`left`), `InvalidState`.
    """
    claim = lock_claim(session, claim_id)
    require(policy.may_answer(actor, claim))
    if claim.state is not ClaimState.PROPOSED:
        raise InvalidState(CommonReason.WRONG_STATE, state=claim.state, wanted=ClaimState.ACCEPTED)
    _require_open(claim.need)
    _require_sound(session, claim)
    require_standing(claim.need, claim.resource)
    take(session, claim)
    claim.move_to(ClaimState.ACCEPTED)
    now = clock.now()
    claim.answered_at, claim.answered_by_user_id = now, actor.user_id
    if claim.need.first_claimed_at is None:
        claim.need.first_claimed_at = now
    if claim.need.kind in intake.GIFTS:
        pledging.make(session, actor, claim, operator_mode)
    touch(session, claim.need, *([claim.resource] if claim.resource else []))
    outbox.write(session, "need.accepted", f"claim:{claim.id}")
    if claim.origin is ClaimOrigin.UNIT:
        tell_unit(session, claim, "accepted")
    tell_orderer(session, claim.need, "taken", f"claim-{claim.id}")
    return claim


def decline_claim(session: Session, actor: Actor, *, claim_id: int, note: str = "") -> Claim:
    """The side that did not begin it says no."""
    claim = lock_claim(session, claim_id)
    require(policy.may_answer(actor, claim))
    claim.move_to(ClaimState.DECLINED)
    return _ended(session, actor, claim, note, "need.declined_claim")


def withdraw_claim(session: Session, actor: Actor, *, claim_id: int, note: str = "") -> Claim:
    """Either side takes it back; what was promised and has not come is free again.

    Raises `Invalid` on `note` without a reason once it was accepted, `InvalidState` while a report
    of service waits to be confirmed, or while its promise of money or goods is partly kept.
    """
    claim = lock_claim(session, claim_id)
    require(policy.may_withdraw_claim(actor, claim))
    if claim.state is ClaimState.ACCEPTED:
        _note(note, required=True)
        records = _records(session, claim.id)
        if any(not record.counts and record.refused_at is None for record in records):
            raise InvalidState(NeedsReason.RECORDS_WAITING)
        came = sum(record.quantity for record in records if record.counts)
        pledging.take_back(session, actor, claim)
        give_back(session, claim, (claim.quantity or 0) - came)
        touch(session, claim.need, *([claim.resource] if claim.resource else []))
    claim.move_to(ClaimState.WITHDRAWN)
    return _ended(session, actor, claim, note, "need.withdrawn_claim")


def lapse_claims(session: Session, actor: Actor) -> int:
    """Proposals nobody answered in time are over; answers how many (at most `BATCH`)."""
    query = select(Claim).where(
        Claim.state == ClaimState.PROPOSED, Claim.answer_due_at < clock.now()
    )
    lapsed = session.scalars(locking(query.order_by(Claim.id).limit(BATCH))).all()
    for claim in lapsed:
        claim.move_to(ClaimState.LAPSED)
        outbox.write(session, "need.lapsed", f"claim:{claim.id}")
    session.flush()
    return len(lapsed)


def _asked(
    session: Session,
    need: Need,
    resource: Resource | None,
    quantity: int | None,
    message: str,
    client_id: str | None,
    *,
    origin: ClaimOrigin,
    organisation_id: int | None,
    team_id: int | None,
    plan_row_id: int | None,
) -> Claim:
    """A proposal of the side of the need, for a unit to answer."""
    if resource is not None:
        organisation_id, team_id = resource.organisation_id, resource.team_id
    if organisation_id is None:
        raise InvalidState(NeedsReason.UNIT_MISSING, field="organisation_id")
    claim = Claim(
        client_id=intake.client_id(client_id) if client_id else str(uuid.uuid4()),
        origin=origin, organisation_id=organisation_id, team_id=team_id, message=message,
        plan_row_id=plan_row_id,
    )  # fmt: skip
    stored = _propose(session, claim, need, resource, quantity)
    if stored is not claim:
        return stored
    event = "need.dispatched" if origin is ClaimOrigin.DISPATCH else "need.invited"
    outbox.write(session, event, f"claim:{claim.id}")
    session.refresh(claim, ["organisation"])
    tell_unit(session, claim, "dispatched")
    session.flush()
    return claim


def _propose(
    session: Session, claim: Claim, need: Need, resource: Resource | None, quantity: int | None
) -> Claim:
    """Store a proposal that could be accepted as things stand; nothing is promised yet.

    Answers the one that is stored under its `client_id`: this one, or that of another click.
    """
    team = None if claim.team_id is None else session.get(VolunteerTeam, claim.team_id)
    require_unit(need, claim.organisation_id, claim.team_id, team)
    _require_sound(session, claim)
    require_standing(need, resource)
    claim.quantity = part_of(need, resource, quantity)
    claim.need_id, claim.resource_id = need.id, None if resource is None else resource.id
    claim.message = intake.public_prose(claim.message, field="message")
    claim.state = ClaimState.PROPOSED
    claim.proposed_at = clock.now()
    claim.answer_due_at = levels.answer_due_at(need.urgency, claim.proposed_at)
    try:
        insert_or(session, claim, Conflict(NeedsReason.ALREADY_CLAIMED))
    except Conflict:
        # another click of the same form may have been first
        known = _known(session, claim.client_id, need.id, claim.user_id)
        if known is None:
            raise
        return known
    return claim


def _ended(session: Session, actor: Actor, claim: Claim, note: str, event: str) -> Claim:
    claim.answered_at = claim.answered_at or clock.now()
    claim.answered_by_user_id = claim.answered_by_user_id or actor.user_id
    claim.note = _note(note)
    outbox.write(session, event, f"claim:{claim.id}")
    session.flush()
    return claim


def _need(session: Session, actor: Actor, need_id: int) -> Need:
    """An open need this actor may see."""
    need = present(session.get(Need, need_id))
    require(policy.may_see_need(actor, need))
    _require_open(need)
    return need


def _require_open(need: Need) -> None:
    if need.state is not NeedState.OPEN:
        raise InvalidState(NeedsReason.NOT_OPEN)


def _resource(session: Session, resource_id: int | None) -> Resource | None:
    return None if resource_id is None else present(session.get(Resource, resource_id))


def _known(
    session: Session, client_id: str | None, need_id: int, user_id: int | None
) -> Claim | None:
    """What this form made before; raises `Conflict` where it was another's, or for another need."""
    if client_id is None:
        return None
    found = session.scalar(select(Claim).where(Claim.client_id == client_id))
    return made_before(found, need_id=need_id, user_id=user_id)


def _require_sound(session: Session, claim: Claim) -> None:
    """The organisation that serves is verified, and nothing stops it from offering itself."""
    if claim.organisation_id is None:
        return
    unit = present(session.get(Organisation, claim.organisation_id))
    if unit.state is not OrganisationState.VERIFIED:
        require(Verdict.no(ListingsReason.ORGANISATION_NOT_VERIFIED))
    require_unrestricted(session, unit.id)


def _note(note: str, *, required: bool = False) -> str:
    return intake.public_prose(note, field="note", limit=500, required=required)


def _records(session: Session, claim_id: int) -> list[ServiceRecord]:
    query = select(ServiceRecord).where(ServiceRecord.claim_id == claim_id)
    return list(session.scalars(query.order_by(ServiceRecord.id)))
