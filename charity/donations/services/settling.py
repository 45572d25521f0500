"""Take a gateway's word: store the message, then let it change payment, gift and book, once.

Messages come twice, late and in any order. An attempt only rises (`PAYMENT_TRANSITIONS`), the
figures are compared with what was asked, and the source of the entry is unique, so every order of
the same messages ends in the same state and in one entry. What does not fit is set aside.
"""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy, queries
from charity.donations.gateway import GatewayNotice, NoticeKind, PaymentGateway, RemoteStatus
from charity.donations.models import (
    PAYMENT_TRANSITIONS,
    Donation,
    DonationState,
    EventOutcome,
    GatewayEvent,
    Payment,
    PaymentState,
)
from charity.donations.reasons import DonationsReason
from charity.donations.services.consequences import gift_settled
from charity.donations.services.locking import lock_gift
from charity.ledger import services as ledger
from charity.outbox import Event
from charity.registry.queries import fund_of_campaign
from charity.rows import insert_new, present

_RESULTS = {
    NoticeKind.SUCCEEDED: PaymentState.SUCCEEDED,
    NoticeKind.FAILED: PaymentState.FAILED,
    NoticeKind.EXPIRED: PaymentState.EXPIRED,
}


def receive_event(
    session: Session, actor: Actor, *, gateway: PaymentGateway, notice: GatewayNotice, body: bytes
) -> GatewayEvent:
    """Store a message whose signature is good; delivered again, the one that is there is answered.

    To be committed before the gateway hears that we have it; `apply_event` may follow later.
    Raises `Denied` for anyone but the installation itself.
    """
    require(policy.may_settle(actor))
    text = body.decode("utf-8", errors="replace")
    return _store(session, gateway.name, notice, text)


def apply_event(session: Session, actor: Actor, *, event_id: int) -> EventOutcome:
    """Let a stored message act, once, whoever else applies it at the same moment.

    `event_id` is our row's. SUCCEEDED settles the gift and posts it into the book; a message that
    comes late or twice is IGNORED; one that does not fit what we asked, or a second payment for a
    gift already settled, is QUARANTINED and changes nothing. Raises `Denied` for anyone but the
    installation itself, `NotFound`.
    """
    require(policy.may_settle(actor))
    event = present(session.get(GatewayEvent, event_id))
    if event.is_closed:
        return event.outcome
    payment = queries.payment_of_event(session, event)
    if payment is None:
        return _close(session, event, *_without_payment(event))
    donation = lock_gift(session, payment.donation_id)
    # Whoever held the lock before may have applied this very message.
    event = _reread(session, event)
    if event.is_closed:
        return event.outcome
    outcome, note = _act(session, actor, event, payment, donation)
    event.payment_id = payment.id
    return _close(session, event, outcome, note)


def reconcile(
    session: Session, actor: Actor, *, payment_id: int, status: RemoteStatus
) -> EventOutcome:
    """Take the answer to a question of ours as if the gateway had sent it, by the same rules.

    For payments whose message never came. An attempt without a result changes nothing. Raises
    `Denied` for anyone but the installation itself, `NotFound`.
    """
    require(policy.may_settle(actor))
    payment = queries.payment(session, payment_id)
    if status.kind is NoticeKind.OTHER:
        return EventOutcome.IGNORED
    notice = GatewayNotice(
        event_id=f"query:{payment.id}:{status.kind}",
        kind=status.kind,
        remote_id=status.remote_id,
        amount=status.amount,
        currency=status.currency,
        livemode=status.livemode,
        fee=status.fee,
        key=payment.key,
    )
    said = {
        "remote_id": status.remote_id,
        "kind": status.kind.value,
        "amount": status.amount.fen if status.amount is not None else None,
        "currency": status.currency,
        "livemode": status.livemode,
    }
    event = _store(session, payment.gateway, notice, json.dumps(said))
    return apply_event(session, actor, event_id=event.id)


def _store(session: Session, gateway: str, notice: GatewayNotice, body: str) -> GatewayEvent:
    """The message, stored now or found stored: it may come in by several doors at once."""
    event = insert_new(
        session,
        GatewayEvent,
        gateway=gateway,
        event_id=notice.event_id,
        kind=notice.kind,
        remote_id=notice.remote_id,
        order_key=notice.key,
        amount=notice.amount,
        currency=notice.currency,
        livemode=notice.livemode,
        fee=notice.fee,
        body=body,
        received_at=clock.now(),
        outcome=EventOutcome.WAITING,
        outcome_note="",
    )
    if event is not None:
        return event
    stored = select(GatewayEvent).where(
        GatewayEvent.gateway == gateway, GatewayEvent.event_id == notice.event_id
    )
    return present(session.scalar(stored))


def _reread(session: Session, event: GatewayEvent) -> GatewayEvent:
    session.refresh(event)
    return event


def _act(
    session: Session, actor: Actor, event: GatewayEvent, payment: Payment, donation: Donation
) -> tuple[EventOutcome, DonationsReason | None]:
    """What a message does to its payment, and why it did no more."""
    if event.kind is NoticeKind.OTHER:
        return EventOutcome.IGNORED, DonationsReason.NOT_A_RESULT
    difference = _difference(event, payment)
    if difference is not None:
        return EventOutcome.QUARANTINED, difference
    result = _RESULTS[event.kind]
    if result not in PAYMENT_TRANSITIONS[payment.state]:
        return EventOutcome.IGNORED, DonationsReason.NOTHING_TO_DO
    if result is PaymentState.SUCCEEDED and donation.state is DonationState.SETTLED:
        # Real money beyond the gift: it may be meant, or must go back. People decide.
        return EventOutcome.QUARANTINED, DonationsReason.SECOND_PAYMENT
    payment.remote_id = payment.remote_id or event.remote_id
    payment.move_to(result)
    payment.finished_at = event.received_at
    if result is PaymentState.SUCCEEDED:
        _settle(session, actor, event, payment, donation)
    return EventOutcome.APPLIED, None


def _difference(event: GatewayEvent, payment: Payment) -> DonationsReason | None:
    """The first thing in which a message differs from what we asked, None where it fits.

    A message of no success may leave the amount out; a success must name it.
    """
    if event.livemode != payment.livemode:
        return DonationsReason.MODE_DIFFERS
    money = event.kind is NoticeKind.SUCCEEDED
    if event.amount != payment.amount and (money or event.amount is not None):
        return DonationsReason.AMOUNT_DIFFERS
    if event.currency != payment.currency and (money or event.currency):
        return DonationsReason.CURRENCY_DIFFERS
    if money and event.fee >= payment.amount:
        return DonationsReason.FEE_TOO_LARGE
    return None


def _without_payment(event: GatewayEvent) -> tuple[EventOutcome, DonationsReason]:
    """A message about no payment of ours: money is looked at, the rest is somebody else's."""
    if event.kind is NoticeKind.SUCCEEDED:
        return EventOutcome.QUARANTINED, DonationsReason.UNKNOWN_PAYMENT
    reason = DonationsReason.NOT_A_RESULT
    return EventOutcome.IGNORED, (
        reason if event.kind is NoticeKind.OTHER else DonationsReason.UNKNOWN_PAYMENT
    )


def _settle(
    session: Session, actor: Actor, event: GatewayEvent, payment: Payment, donation: Donation
) -> None:
    """The money is there: the gift is settled and stands in the book."""
    payment.fee = event.fee
    entry = ledger.post_gift(
        session,
        actor,
        fund_id=fund_of_campaign(session, donation.campaign_id),
        amount=payment.amount,
        source=payment.source,
        occurred_on=clock.day_of(event.received_at),
        # Opaque to the book: who stands behind it is known here alone, and can be forgotten.
        giver=ledger.Giver(key=f"donation:{donation.id}", kind=donation.giver_kind.value),
        fee=payment.fee,
        event=Event(
            "donation.settled",
            f"donation:{donation.id}",
            {"campaign_id": donation.campaign_id},
        ),
    )
    donation.move_to(DonationState.SETTLED)
    donation.settled_at = event.received_at
    donation.entry_id = entry.id
    gift_settled(session, actor, donation)


def _close(
    session: Session, event: GatewayEvent, outcome: EventOutcome, note: DonationsReason | None
) -> EventOutcome:
    event.move_to(outcome)
    event.outcome_note = note.value if note is not None else ""
    event.handled_at = clock.now()
    session.flush()
    return outcome
