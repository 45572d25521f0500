"""Order (点单), confirm, decline, refer, withdraw, close and open a need again."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Unpack

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, Verdict, require
from charity.errors import CommonReason, Invalid, InvalidState
from charity.registry import queries as registry
from charity.registry.eligibility import blocking, giving_eligibility
from charity.registry.models import Organisation, Region
from charity.rows import insert_new, locking, present
from projects.listings import intake, levels, policy
from projects.listings.intake import NeedFields, need_columns
from projects.listings.models import (
    Booking,
    Claim,
    ClaimState,
    Need,
    NeedState,
    Project,
    Urgency,
)
from projects.listings.reasons import NeedsReason
from projects.listings.services.counting import touch
from projects.listings.services.locking import lock_need
from projects.listings.services.repeats import made_before
from projects.listings.services.soundness import require_unrestricted
from projects.listings.services.telling import tell_dispatchers, tell_orderer

#: Days after the end of an order before name, telephone and address go (PII-05).
CONTACTS_KEPT_DAYS = 90
#: Rows one run of a job takes.
BATCH = 200

_ENDED = (
    NeedState.FULFILLED,
    NeedState.CLOSED,
    NeedState.DECLINED,
    NeedState.WITHDRAWN,
    NeedState.REFERRED,
)


def order_need(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    organisation_id: int | None = None,
    project_id: int | None = None,
    names_a_person: bool = False,
    source: str | None = None,
    **said: Unpack[NeedFields],
) -> Need:
    """Order a need; anybody may, a verified organisation for itself (`organisation_id`).

    Quantities are fen of money, minutes of hours, else units; None is unknown. It waits for the
    community. A plea for one named person becomes REFERRED, its `closing_note` the value of
    NeedsReason.REFERRED (AID-01, AID-02). The same `client_id` answers the need that is there.

    Raises `Conflict` for the `client_id` of somebody else's order, `Invalid` beside the field,
    `Denied` where the actor may not post for the organisation.
    """
    found = session.scalar(select(Need).where(Need.client_id == intake.client_id(client_id)))
    # only who filled the form in learns the secret of its page again
    known = made_before(found, posted_by_user_id=actor.user_id, source=source)
    if known is not None:
        return known
    _require_poster(session, actor, organisation_id, project_id)
    imported = source is not None
    intake.require_place(session.get(Region, said["region_code"]), "region_code", imported=imported)
    columns, plea = need_columns(
        said,
        names_a_person=names_a_person,
        imported=imported,
        contact_required=organisation_id is None,
    )
    now = clock.now()
    need = insert_new(
        session,
        Need,
        **columns,
        client_id=client_id,
        token=secrets.token_urlsafe(32),
        project_id=project_id,
        organisation_id=organisation_id,
        posted_by_user_id=actor.user_id,
        state=NeedState.REFERRED if plea else NeedState.ORDERED,
        closing_note=NeedsReason.REFERRED.value if plea else "",
        closed_at=now if plea else None,
        posted_at=now,
        source=source,
    )
    if need is None:
        # another click, or another run of the import, was first
        same = Need.client_id == client_id if source is None else Need.source == source
        return present(session.scalar(select(Need).where(same)))
    touch(session, need)
    outbox.write(session, "need.ordered", f"need:{need.id}")
    # a list is brought in by who dispatches: one letter a row would help nobody
    if not plea and not imported:
        tell_dispatchers(session, need, "ordered")
    return need


def confirm_need(
    session: Session,
    actor: Actor,
    *,
    need_id: int,
    campaign_id: int | None = None,
    urgency: Urgency | None = None,
    note: str = "",
) -> Need:
    """The community says it is so: public from now, its clock runs.

    Money and goods want the campaign whose fund receives them, and the campaign must take gifts
    today. Raises `Denied`, `Invalid` on `campaign_id`, `InvalidState` unless it was just ordered.
    """
    need = _led(session, actor, need_id)
    if need.state is not NeedState.ORDERED:
        raise InvalidState(CommonReason.WRONG_STATE, state=need.state, wanted=NeedState.OPEN)
    if need.kind in intake.GIFTS and campaign_id is None:
        raise Invalid(NeedsReason.CAMPAIGN_NEEDED, field="campaign_id")
    if campaign_id is not None:
        findings = blocking(
            giving_eligibility(registry.campaign(session, campaign_id), clock.today())
        )
        if findings:
            raise Invalid(findings[0].reason, field="campaign_id", **findings[0].params)
        need.campaign_id = campaign_id
    now = clock.now()
    need.move_to(NeedState.OPEN)
    need.urgency = urgency or need.urgency
    need.confirmed_at, need.confirmed_by_user_id = now, actor.user_id
    need.due_at = levels.due_at(need.urgency, now)
    touch(session, need)
    said = texts.prose(note, field="note", limit=500)
    outbox.write(session, "need.confirmed", f"need:{need.id}", note=said)
    tell_orderer(session, need, "confirmed")
    return need


def decline_need(session: Session, actor: Actor, *, need_id: int, note: str) -> Need:
    """The community does not confirm it and says why; raises `Denied`, `Invalid` on `note`."""
    need = _led(session, actor, need_id)
    return _end(session, need, NeedState.DECLINED, _note(note))


def refer_need(session: Session, actor: Actor, *, need_id: int) -> Need:
    """A dispatcher finds a plea for one person in an order: it goes elsewhere (AID-01, AID-02)."""
    need = _led(session, actor, need_id)
    return _end(session, need, NeedState.REFERRED, NeedsReason.REFERRED.value)


def withdraw_need(
    session: Session, actor: Actor, *, need_id: int, token: str | None = None, note: str = ""
) -> Need:
    """Who ordered it takes it back.

    Raises `InvalidState` while a unit holds a part of it, and once something came: what was given
    stays to be read, so such a need is closed.
    """
    need = lock_need(session, need_id)
    require(policy.may_withdraw_need(actor, need, token=token))
    said = _note(note, required=False)
    if need.state is NeedState.OPEN:
        _require_free(session, need)
    if need.first_delivered_at is not None:
        raise InvalidState(CommonReason.WRONG_STATE, state=need.state, wanted=NeedState.WITHDRAWN)
    return _end(session, need, NeedState.WITHDRAWN, said)


def close_need(session: Session, actor: Actor, *, need_id: int, note: str) -> Need:
    """End an open need with what has come, for a reason everybody reads.

    Raises `InvalidState` while a unit that accepted has not finished.
    """
    need = lock_need(session, need_id)
    require(policy.may_speak_for_need(actor, need))
    said = _note(note)
    if need.state is NeedState.OPEN:
        _require_free(session, need)
    return _end(session, need, NeedState.CLOSED, said)


def fulfil_need(session: Session, actor: Actor, *, need_id: int, note: str = "") -> Need:
    """Say that a need of unknown quantity has been met; a known one counts for itself.

    Raises `InvalidState` for a known quantity, before anything came, or unless it is open.
    """
    need = lock_need(session, need_id)
    require(policy.may_speak_for_need(actor, need))
    if need.quantity is not None:
        raise InvalidState(NeedsReason.QUANTITY_KNOWN)
    if need.first_delivered_at is None:
        raise InvalidState(NeedsReason.NOTHING_REPORTED)
    return _end(session, need, NeedState.FULFILLED, _note(note, required=False))


def reopen_need(session: Session, actor: Actor, *, need_id: int, note: str) -> Need:
    """What came is found not to have come: the need stands again, for a reason."""
    need = lock_need(session, need_id)
    require(policy.may_speak_for_need(actor, need))
    said = _note(note)
    need.move_to(NeedState.OPEN)
    need.closed_at, need.closing_note = None, said
    touch(session, need)
    outbox.write(session, "need.reopened", f"need:{need.id}")
    return need


def erase_contacts(session: Session, actor: Actor) -> int:
    """Delete names, telephones and addresses 90 days after the end (PII-05); answers how many.

    Of orders that ended, and of bookings that are over.
    """
    before = clock.now() - timedelta(days=CONTACTS_KEPT_DAYS)
    kept = or_(Need.contact_name != "", Need.contact_phone != "", Need.address != "")
    query = select(Need).where(Need.state.in_(_ENDED), Need.closed_at < before, kept)
    needs = session.scalars(locking(query.order_by(Need.id).limit(BATCH))).all()
    for need in needs:
        need.contact_name = need.contact_phone = need.address = ""
    left = or_(Booking.contact_name != "", Booking.contact_phone != "")
    over = select(Booking).where(Booking.ends_at < before, left)
    bookings = session.scalars(locking(over.order_by(Booking.id).limit(BATCH))).all()
    for booking in bookings:
        booking.contact_name = booking.contact_phone = ""
    session.flush()
    return len(needs) + len(bookings)


def _led(session: Session, actor: Actor, need_id: int) -> Need:
    """The need, locked, for a dispatcher of its place; raises `Denied`, `NotFound`."""
    need = lock_need(session, need_id)
    require(policy.may_dispatch(actor, need))
    return need


def _end(session: Session, need: Need, state: NeedState, note: str) -> Need:
    """Take an end; proposals nobody answered yet fall with it."""
    need.move_to(state)
    need.closed_at, need.closing_note = clock.now(), note
    waiting = select(Claim).where(Claim.need_id == need.id, Claim.state == ClaimState.PROPOSED)
    for claim in session.scalars(locking(waiting.order_by(Claim.id))):
        claim.move_to(ClaimState.WITHDRAWN)
        claim.answered_at = need.closed_at
    touch(session, need)
    outbox.write(session, f"need.{state.value}", f"need:{need.id}")
    if state in {NeedState.DECLINED, NeedState.REFERRED}:
        tell_orderer(session, need, state.value)
    return need


def _require_free(session: Session, need: Need) -> None:
    """Nobody is on the way."""
    query = select(Claim.id).where(
        Claim.need_id == need.id, Claim.state.in_((ClaimState.ACCEPTED, ClaimState.SERVED))
    )
    if session.scalar(query.limit(1)) is not None:
        raise InvalidState(NeedsReason.STILL_CLAIMED)


def _require_poster(
    session: Session, actor: Actor, organisation_id: int | None, project_id: int | None
) -> None:
    """An organisation posts for itself, and into its own projects."""
    if organisation_id is not None:
        organisation = present(session.get(Organisation, organisation_id))
        require(policy.may_post_listing(actor, organisation))
        require_unrestricted(session, organisation_id)
    if project_id is not None:
        project = present(session.get(Project, project_id))
        require(Verdict.yes() if project.organisation_id == organisation_id else Verdict.no())


def _note(note: str, *, required: bool = True) -> str:
    """Why, for everybody to read."""
    return intake.public_prose(note, field="note", limit=500, required=required)
