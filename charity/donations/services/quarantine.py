"""Messages that did not fit, or failed when they were applied: set aside, looked at, dealt with.

A message that fails is tried a few times and then set aside, so that it never holds up others.
Nobody changes what a gateway said; people note what they found, or take the money as a gift.
"""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.donations import policy, queries, refund_policy
from charity.donations.models import (
    EVENT_TRIES,
    Donation,
    DonationState,
    EventOutcome,
    GatewayEvent,
    Payment,
)
from charity.donations.queries.events import charity_of_event
from charity.donations.reasons import DonationsReason, RefundsReason
from charity.donations.services.locking import lock_gift
from charity.donations.services.settling import settle_payment
from charity.errors import InvalidState
from charity.rows import locked, present

#: Characters of an error that are kept.
ERROR_LENGTH = 500
#: Gifts made of second payments have ids of this family, so that one payment makes one gift.
_FURTHER_GIFTS = uuid.UUID("7d3c4c0e-7b0f-4e53-9a53-3a0a5d8f6a11")


def note_failure(session: Session, actor: Actor, *, event_id: int, error: str) -> EventOutcome:
    """Count a failed try; after `EVENT_TRIES` of them the message is set aside for people.

    One that was closed meanwhile is left as it is. Raises `Denied`, `NotFound`.
    """
    require(policy.may_settle(actor))
    event = _lock(session, event_id)
    if event.is_closed:
        return event.outcome
    event.attempts += 1
    event.last_error = error[:ERROR_LENGTH]
    if event.attempts >= EVENT_TRIES:
        event.move_to(EventOutcome.SET_ASIDE)
        event.handled_at = clock.now()
    session.flush()
    return event.outcome


def retry_event(session: Session, actor: Actor, *, event_id: int) -> GatewayEvent:
    """Let a message that was set aside be tried again: what stood in its way is mended.

    Raises `Denied`, `InvalidState` where it was not set aside, `NotFound`.
    """
    event = _lock(session, event_id)
    _require_handler(session, actor, event)
    if event.outcome is not EventOutcome.SET_ASIDE:
        raise InvalidState(DonationsReason.NOTHING_TO_DO)
    event.move_to(EventOutcome.WAITING)
    event.attempts = 0
    event.handled_at = None
    session.flush()
    return event


def resolve_event(session: Session, actor: Actor, *, event_id: int, note: str) -> GatewayEvent:
    """Close a quarantined message, or one set aside, with a note of what was found and done.

    Raises `Denied`, `Invalid` on `note`, `InvalidState` where it is closed, `NotFound`.
    """
    event = _lock(session, event_id)
    _require_handler(session, actor, event)
    _resolve(actor, event, texts.prose(note, field="note", required=True))
    session.flush()
    return event


def take_as_gift(session: Session, actor: Actor, *, event_id: int, note: str) -> Donation:
    """Make a gift of its own of a second payment for one gift: the money is in hand.

    The payment leaves the first gift, which keeps its own, and settles the new one of the same
    giver for the same campaign; sent back afterwards, it is a refund like any other. Raises
    `Denied`, `InvalidState` (NOT_A_FURTHER_GIFT) for any other message, `NotFound`.
    """
    event = _lock(session, event_id)
    _require_handler(session, actor, event)
    second = event.outcome_note == DonationsReason.SECOND_PAYMENT.value
    if event.outcome is not EventOutcome.QUARANTINED or not second or event.payment_id is None:
        raise InvalidState(RefundsReason.NOT_A_FURTHER_GIFT)
    payment = queries.payment(session, event.payment_id)
    first = lock_gift(session, payment.donation_id)
    session.refresh(payment)
    gift = _further_gift(session, payment, first)
    _resolve(actor, event, texts.prose(note, field="note", required=True))
    payment.donation = gift
    session.flush()
    settle_payment(session, Actor.system("quarantine"), event, payment, lock_gift(session, gift.id))
    session.flush()
    return gift


def _further_gift(session: Session, payment: Payment, first: Donation) -> Donation:
    gift = Donation(
        client_id=str(uuid.uuid5(_FURTHER_GIFTS, payment.key)),
        trail_token=secrets.token_urlsafe(32),
        campaign_id=first.campaign_id,
        amount=payment.amount,
        giver_kind=first.giver_kind,
        giver_name=first.giver_name,
        name_is_public=first.name_is_public,
        is_shown_to_organisation=first.is_shown_to_organisation,
        contact=first.contact,
        giver_key=first.giver_key,
        person_id=first.person_id,
        message="",
        state=DonationState.PENDING,
        created_at=clock.now(),
    )
    session.add(gift)
    session.flush()
    return gift


def _resolve(actor: Actor, event: GatewayEvent, note: str) -> None:
    event.move_to(EventOutcome.RESOLVED)
    event.resolved_by_user_id = actor.user_id
    event.resolution = note
    event.handled_at = clock.now()


def _require_handler(session: Session, actor: Actor, event: GatewayEvent) -> None:
    require(refund_policy.may_handle(actor, charity_of_event(session, event)))


def _lock(session: Session, event_id: int) -> GatewayEvent:
    present(session.get(GatewayEvent, event_id))
    return locked(session, select(GatewayEvent).where(GatewayEvent.id == event_id))
