"""Take a gateway's word: store the message, then let it change payment, gift and book, once.

Messages come twice, late and in any order. An attempt only rises (`PAYMENT_TRANSITIONS`), the
figures are compared with what was asked, and the source of the entry is unique, so every order of
the same messages ends in the same state and in one entry. What does not fit is set aside.
"""

from __future__ import annotations

import json
from datetime import timedelta

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
from charity.donations.queries import refunds
from charity.donations.reasons import DonationsReason, RefundsReason
from charity.donations.services import disputing, refund_events
from charity.donations.services.consequences import gift_settled
from charity.donations.services.locking import lock_gift
from charity.donations.services.refund_events import Ending
from charity.errors import ReasonCode
from charity.ledger import services as ledger
from charity.outbox import Event
from charity.registry.queries import fund_of_campaign
from charity.rows import insert_new, present

#: A refund or dispute whose payment has not come by then is for people: gateways repeat their
#: messages for three days.
WAIT_FOR_PAYMENT = timedelta(days=3)

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
    payment = _payment_of(session, event)
    if payment is None:
        return _close(session, event, *_without_payment(event))
    donation = lock_gift(session, payment.donation_id)
    if not _is_new(event, payment, donation):
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
        intent_id=status.intent_id,
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
        subject_id=notice.subject_id,
        intent_id=notice.intent_id,
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


def _is_new(event: GatewayEvent, payment: Payment, donation: Donation) -> bool:
    """Whether a payment, read under its lock, is still to get the result a message brings.

    Then nobody has applied the message: the payment would have got it.
    """
    result = _RESULTS.get(event.kind)
    return (
        result is not None
        and donation.entry_id is None
        and result in PAYMENT_TRANSITIONS[payment.state]
        and _difference(event, payment) is None
    )


def _reread(session: Session, event: GatewayEvent) -> GatewayEvent:
    session.flush()
    session.refresh(event)
    return event


def _payment_of(session: Session, event: GatewayEvent) -> Payment | None:
    """The payment a message speaks of; a refund we know knows its payment."""
    payment = queries.payment_of_event(session, event)
    if payment is None and event.subject_id is not None:
        refund = refunds.refund_of_event(session, event)
        payment = refund.payment if refund is not None else None
    return payment


def _act(
    session: Session, actor: Actor, event: GatewayEvent, payment: Payment, donation: Donation
) -> Ending:
    """What a message does to its payment, and why it did no more."""
    if event.kind is NoticeKind.OTHER:
        return EventOutcome.IGNORED, DonationsReason.NOT_A_RESULT
    if event.kind not in _RESULTS:
        return _act_on_what_went_back(session, event, payment)
    difference = _difference(event, payment)
    if difference is not None:
        return EventOutcome.QUARANTINED, difference
    result = _RESULTS[event.kind]
    if result not in PAYMENT_TRANSITIONS[payment.state]:
        return EventOutcome.IGNORED, DonationsReason.NOTHING_TO_DO
    if result is PaymentState.SUCCEEDED and donation.entry_id is not None:
        # Real money beyond the gift: it may be meant, or must go back. People decide.
        return EventOutcome.QUARANTINED, DonationsReason.SECOND_PAYMENT
    if result is PaymentState.SUCCEEDED:
        settle_payment(session, actor, event, payment, donation)
    else:
        _finish(event, payment, result)
    return EventOutcome.APPLIED, None


def settle_payment(
    session: Session, actor: Actor, event: GatewayEvent, payment: Payment, donation: Donation
) -> None:
    """The money of a message that fits is there: the payment succeeded, the gift is settled.

    The gift is locked and has no payment that succeeded. Raises what the book raises.
    """
    _finish(event, payment, PaymentState.SUCCEEDED)
    _settle(session, actor, event, payment, donation)


def _finish(event: GatewayEvent, payment: Payment, result: PaymentState) -> None:
    payment.remote_id = payment.remote_id or event.remote_id
    payment.intent_id = payment.intent_id or event.intent_id
    payment.move_to(result)
    payment.finished_at = event.received_at


def _act_on_what_went_back(session: Session, event: GatewayEvent, payment: Payment) -> Ending:
    """A refund or a dispute: it waits until its payment is there."""
    if event.livemode != payment.livemode:
        return EventOutcome.QUARANTINED, DonationsReason.MODE_DIFFERS
    if event.currency != payment.currency:
        return EventOutcome.QUARANTINED, DonationsReason.CURRENCY_DIFFERS
    if payment.state is not PaymentState.SUCCEEDED:
        return _too_early(event)
    if event.kind in refund_events.KINDS:
        return refund_events.act(session, event, payment)
    return disputing.act(session, event, payment)


def _too_early(event: GatewayEvent) -> Ending:
    """Messages come in any order: this one waits for its payment, but not for ever."""
    if clock.now() - event.received_at < WAIT_FOR_PAYMENT:
        return EventOutcome.WAITING, RefundsReason.BEFORE_ITS_PAYMENT
    return EventOutcome.QUARANTINED, RefundsReason.BEFORE_ITS_PAYMENT


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


def _without_payment(event: GatewayEvent) -> Ending:
    """A message about no payment of ours: money is looked at, the rest is somebody else's."""
    if event.kind in refund_events.KINDS | disputing.KINDS:
        return _too_early(event)
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
    # Most gateways take their fee later and tell it when asked (`record_fee`).
    payment.fee_is_known = bool(event.fee)
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
        account=payment.account,
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
    session: Session, event: GatewayEvent, outcome: EventOutcome, note: ReasonCode | None
) -> EventOutcome:
    if outcome is EventOutcome.WAITING:
        event.outcome_note = note.value if note is not None else ""
        session.flush()
        return outcome
    event.move_to(outcome)
    event.outcome_note = note.value if note is not None else ""
    event.handled_at = clock.now()
    session.flush()
    return outcome
