"""What gateways tell of refunds: ours went through or failed, or somebody gave back over there.

A refund ordered in the gateway's own office is not ours to refuse: the money is gone, so it becomes
a compelled refund, and what people had asked for beyond the rest is dropped.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.donations.gateway import NoticeKind
from charity.donations.models import (
    GONE,
    EventOutcome,
    GatewayEvent,
    Payment,
    Refund,
    RefundCause,
    RefundKind,
    RefundPath,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import DonationsReason, RefundsReason
from charity.donations.services.refund_booking import finish, send_out, take_back
from charity.donations.services.refund_requests import drop
from charity.errors import ReasonCode
from charity.money import Money

Ending = tuple[EventOutcome, ReasonCode | None]

KINDS = frozenset({NoticeKind.REFUNDED, NoticeKind.REFUND_FAILED})
_APPLIED: Ending = (EventOutcome.APPLIED, None)
_IGNORED: Ending = (EventOutcome.IGNORED, DonationsReason.NOTHING_TO_DO)


def act(session: Session, event: GatewayEvent, payment: Payment) -> Ending:
    """What a message about a refund does, and why it did no more; the gift is locked."""
    if event.subject_id is None or not event.amount:
        return EventOutcome.QUARANTINED, RefundsReason.NO_SUBJECT
    refund = queries.refund_of_event(session, event)
    if refund is None:
        return _unknown(session, event, payment, event.amount)
    if refund.payment_id != payment.id or refund.amount != event.amount:
        return EventOutcome.QUARANTINED, DonationsReason.AMOUNT_DIFFERS
    if refund.state in (RefundState.FAILED, RefundState.CANCELLED):
        return _IGNORED
    refund.remote_id = refund.remote_id or event.subject_id
    if event.kind is NoticeKind.REFUND_FAILED:
        take_back(session, refund, RefundsReason.BANK_RETURNED.value)
        return _APPLIED
    if refund.state is not RefundState.SENT:
        return _IGNORED
    finish(session, refund)
    return _APPLIED


def compelled(
    session: Session, event: GatewayEvent, payment: Payment, amount: Money, cause: RefundCause
) -> Refund | None:
    """Book money that is gone already, and drop what was asked for beyond what is left.

    None where more would have gone than was paid. Raises `Insufficient` where gift and host
    together have too little.
    """
    left = queries.left_of(session, payment, states=GONE)
    if amount > left:
        return None
    refund = _row(event, payment, amount, cause)
    if cause is RefundCause.AT_THE_GATEWAY:
        refund.remote_id = event.subject_id
    session.add(refund)
    session.flush()
    refund.move_to(RefundState.APPROVED)
    send_out(session, refund)
    finish(session, refund)
    _make_room(session, payment, left - amount)
    return refund


def _unknown(session: Session, event: GatewayEvent, payment: Payment, amount: Money) -> Ending:
    if event.kind is NoticeKind.REFUND_FAILED:
        # Its failure came before itself: kept, so that it changes nothing when it comes.
        refund = _row(event, payment, amount, RefundCause.AT_THE_GATEWAY)
        refund.remote_id = event.subject_id
        refund.state = RefundState.FAILED
        refund.failure = RefundsReason.BANK_RETURNED.value
        refund.finished_at = event.received_at
        session.add(refund)
        session.flush()
        return _APPLIED
    if compelled(session, event, payment, amount, RefundCause.AT_THE_GATEWAY) is None:
        return EventOutcome.QUARANTINED, RefundsReason.MORE_THAN_PAID
    return _APPLIED


def _row(event: GatewayEvent, payment: Payment, amount: Money, cause: RefundCause) -> Refund:
    return Refund(
        donation=payment.donation,
        payment=payment,
        gateway=payment.gateway,
        amount=amount,
        kind=RefundKind.COMPELLED,
        cause=cause,
        path=RefundPath.GATEWAY,
        reason="",
        payee="",
        failure="",
        state=RefundState.REQUESTED,
        created_at=event.received_at,
    )


def _make_room(session: Session, payment: Payment, left: Money) -> None:
    """Drop what is asked for and does not fit any more, the oldest kept first."""
    asked = select(Refund).where(
        Refund.payment_id == payment.id,
        Refund.state.in_((RefundState.REQUESTED, RefundState.APPROVED)),
    )
    for refund in session.scalars(asked.order_by(Refund.id)).all():
        if refund.amount <= left:
            left -= refund.amount
        else:
            drop(session, refund, RefundsReason.MORE_THAN_PAID.value)
