"""共享: ask for a shared object or room, answer, give it back; agreed bookings never overlap."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, InvalidState
from charity.rows import insert_new, locked, present
from projects.listings import intake, policy
from projects.listings.models import Booking, BookingState, Resource, ResourceState
from projects.listings.reasons import NeedsReason
from projects.listings.services.locking import lock_resource
from projects.listings.services.repeats import made_before
from projects.listings.services.telling import tell_borrower

#: The longest somebody has it at once, and how far ahead it is asked for.
LONGEST_DAYS = 31
AHEAD_DAYS = 366


def ask_booking(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    resource_id: int,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str = "",
    contact_name: str,
    contact_phone: str,
) -> Booking:
    """Ask for it from one instant to another; anybody may, with a contact for the lender.

    Raises `Invalid` on `starts_at`/`ends_at` or a contact, `InvalidState` where it is not lent now,
    `Conflict` where it is booked already (parameter `until`).
    """
    query = select(Booking).where(Booking.client_id == intake.client_id(client_id))
    known = made_before(session.scalar(query), resource_id=resource_id, user_id=actor.user_id)
    if known is not None:
        return known
    resource = lock_resource(session, resource_id)
    _require_lent(resource)
    _require_hours(resource, starts_at, ends_at)
    _require_unbooked(session, resource_id, starts_at, ends_at)
    booking = insert_new(
        session,
        Booking,
        client_id=client_id,
        resource_id=resource_id,
        starts_at=starts_at,
        ends_at=ends_at,
        purpose=texts.line(purpose, field="purpose", required=False),
        contact_name=texts.line(contact_name, field="contact_name", limit=60),
        contact_phone=texts.line(contact_phone, field="contact_phone", limit=40),
        user_id=actor.user_id,
        token=None if actor.is_signed_in else secrets.token_urlsafe(32),
        asked_at=clock.now(),
    )
    if booking is None:
        return present(session.scalar(query))
    outbox.write(session, "booking.asked", f"booking:{booking.id}")
    return booking


def answer_booking(
    session: Session, actor: Actor, *, booking_id: int, agrees: bool, note: str = ""
) -> Booking:
    """The lender says yes or no; a yes never overlaps another.

    Raises `Denied`, `Conflict` where it is booked already, `InvalidState` for one not waiting.
    """
    booking = _locked(session, booking_id)
    require(policy.may_manage_resource(actor, booking.resource))
    if agrees and booking.state is BookingState.ASKED:
        _require_lent(booking.resource)
        _require_unbooked(session, booking.resource_id, booking.starts_at, booking.ends_at)
    booking.move_to(BookingState.AGREED if agrees else BookingState.DECLINED)
    return _answered(session, booking, note)


def return_booking(session: Session, actor: Actor, *, booking_id: int, note: str = "") -> Booking:
    """The lender has it back; before its end the calendar is free from now on."""
    booking = _locked(session, booking_id)
    require(policy.may_manage_resource(actor, booking.resource))
    booking.move_to(BookingState.RETURNED)
    return _answered(session, booking, note)


def withdraw_booking(
    session: Session, actor: Actor, *, booking_id: int, note: str = "", token: str | None = None
) -> Booking:
    """Who asked, or the lender, calls it off; a guest by the secret of the page."""
    booking = _locked(session, booking_id)
    own = actor.user_id is not None and actor.user_id == booking.user_id
    if not own and not policy.holds_booking(booking, token):
        require(policy.may_manage_resource(actor, booking.resource))
    booking.move_to(BookingState.WITHDRAWN)
    return _answered(session, booking, note)


def _locked(session: Session, booking_id: int) -> Booking:
    """A booking behind the lock of its resource."""
    found = present(session.get(Booking, booking_id))
    lock_resource(session, found.resource_id)
    return locked(session, select(Booking).where(Booking.id == booking_id))


def _answered(session: Session, booking: Booking, note: str) -> Booking:
    booking.answered_at = clock.now()
    booking.note = texts.prose(note, field="note", limit=500) or booking.note
    outbox.write(session, f"booking.{booking.state.value}", f"booking:{booking.id}")
    if booking.state in (BookingState.AGREED, BookingState.DECLINED):
        tell_borrower(session, booking)
    session.flush()
    return booking


def _require_lent(resource: Resource) -> None:
    if resource.kind not in intake.LENT:
        raise InvalidState(NeedsReason.NOT_LENT)
    if resource.state is not ResourceState.OPEN:
        raise InvalidState(NeedsReason.RESOURCE_NOT_OPEN)


def _require_hours(resource: Resource, starts_at: datetime, ends_at: datetime) -> None:
    """Ahead, the right way round, not too long, and while it is offered."""
    now = clock.now()
    reason = NeedsReason.BOOKING_TIME
    if not now <= starts_at <= now + timedelta(days=AHEAD_DAYS):
        raise Invalid(reason, field="starts_at", days=LONGEST_DAYS)
    if not starts_at < ends_at <= starts_at + timedelta(days=LONGEST_DAYS):
        raise Invalid(reason, field="ends_at", days=LONGEST_DAYS)
    if clock.day_of(starts_at) < resource.starts_on:
        raise Invalid(reason, field="starts_at", days=LONGEST_DAYS)
    if resource.ends_on is not None and clock.day_of(ends_at) > resource.ends_on:
        raise Invalid(reason, field="ends_at", days=LONGEST_DAYS)


def _require_unbooked(
    session: Session, resource_id: int, starts_at: datetime, ends_at: datetime
) -> None:
    """No agreed booking overlaps, asked under the lock of the resource; touching ends do not."""
    query = select(Booking.ends_at).where(
        Booking.resource_id == resource_id,
        Booking.state == BookingState.AGREED,
        Booking.starts_at < ends_at,
        Booking.ends_at > starts_at,
    )
    until = session.scalar(query.order_by(Booking.starts_at).limit(1))
    if until is not None:
        raise Conflict(NeedsReason.BOOKED_ALREADY, field="starts_at", until=until)
