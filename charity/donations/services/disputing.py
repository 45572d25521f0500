"""A payer's bank takes a payment back: opened, won or lost, with a fee, in whatever order it comes.

Nothing is booked while it is open. Lost, the sum is a compelled refund (the host's own money fills
what is spent) and the fee a fee of the payment. A later word never undoes an earlier decision.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.donations.gateway import NoticeKind
from charity.donations.models import (
    GONE,
    Dispute,
    DisputeState,
    EventOutcome,
    GatewayEvent,
    Payment,
    RefundCause,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import DonationsReason, RefundsReason
from charity.donations.services import refund_events
from charity.donations.services.refund_booking import BOOKKEEPER, host_fund_of
from charity.donations.services.refund_events import Ending
from charity.ledger import services as ledger
from charity.money import Money
from charity.rows import present

KINDS = frozenset({NoticeKind.DISPUTE_OPENED, NoticeKind.DISPUTE_WON, NoticeKind.DISPUTE_LOST})
_DECIDED = {
    NoticeKind.DISPUTE_WON: DisputeState.WON,
    NoticeKind.DISPUTE_LOST: DisputeState.LOST,
}
_IGNORED: Ending = (EventOutcome.IGNORED, DonationsReason.NOTHING_TO_DO)


def act(session: Session, event: GatewayEvent, payment: Payment) -> Ending:
    """What a message about a dispute does, and why it did no more; the gift is locked."""
    if event.subject_id is None or not event.amount:
        return EventOutcome.QUARANTINED, RefundsReason.NO_SUBJECT
    dispute = queries.dispute_of_event(session, event)
    if dispute is not None and dispute.payment_id != payment.id:
        return EventOutcome.QUARANTINED, RefundsReason.NO_SUBJECT
    state = _DECIDED.get(event.kind)
    if dispute is not None and dispute.state is not DisputeState.OPEN:
        return _after_the_decision(session, event, payment, dispute, state)
    if state is DisputeState.LOST and event.amount > queries.left_of(session, payment, states=GONE):
        return EventOutcome.QUARANTINED, RefundsReason.MORE_THAN_PAID
    if dispute is None:
        dispute = _opened(session, event, payment, event.amount)
    if state is None:
        dispute.fee = max(dispute.fee, event.fee)
        session.flush()
        return EventOutcome.APPLIED, None
    dispute.move_to(state)
    dispute.closed_at = event.received_at
    dispute.amount = event.amount
    # Won, the bank may hand its fee back: what it says at the end is what it kept.
    dispute.fee = event.fee if state is DisputeState.WON else max(dispute.fee, event.fee)
    if state is DisputeState.LOST:
        refund = refund_events.compelled(
            session, event, payment, event.amount, RefundCause.DISPUTE_LOST
        )
        dispute.refund_id = refund.id if refund is not None else None
    _charge(session, payment, dispute)
    session.flush()
    return EventOutcome.APPLIED, None


def _after_the_decision(
    session: Session,
    event: GatewayEvent,
    payment: Payment,
    dispute: Dispute,
    state: DisputeState | None,
) -> Ending:
    """A late word: the beginning may still name the fee of a lost one, the rest is known."""
    if state not in (None, dispute.state):
        return EventOutcome.QUARANTINED, RefundsReason.ALREADY_DECIDED
    late_fee = dispute.state is DisputeState.LOST and event.fee > dispute.fee
    if not late_fee or dispute.fee_entry_id is not None:
        return _IGNORED
    dispute.fee = event.fee
    _charge(session, payment, dispute)
    return EventOutcome.APPLIED, None


def _opened(session: Session, event: GatewayEvent, payment: Payment, amount: Money) -> Dispute:
    dispute = Dispute(
        payment_id=payment.id,
        gateway=payment.gateway,
        remote_id=event.subject_id or "",
        amount=amount,
        fee=event.fee,
        state=DisputeState.OPEN,
        opened_at=event.received_at,
    )
    session.add(dispute)
    session.flush()
    outbox.write(
        session,
        "donation.disputed",
        f"donation:{payment.donation_id}",
        campaign_id=payment.donation.campaign_id,
        dispute_id=dispute.id,
    )
    return dispute


def _charge(session: Session, payment: Payment, dispute: Dispute) -> None:
    """Book the fee of a decided dispute, once."""
    if not dispute.fee or dispute.fee_entry_id is not None:
        return
    gift = payment.donation
    dispute.fee_entry_id = ledger.charge_fee(
        session,
        BOOKKEEPER,
        gift_entry_id=present(gift.entry_id),
        fee=dispute.fee,
        host_fund_id=host_fund_of(session, gift),
        source=f"dispute:{dispute.id}:fee",
        occurred_on=clock.today(),
    ).id
    session.flush()
