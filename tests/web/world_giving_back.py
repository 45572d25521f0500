"""A refund that waits, a batch, a message set aside and a difference, for the whole site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.gateway import NoticeKind
from charity.donations.models import (
    Donation,
    DriftKind,
    EventOutcome,
    GatewayDrift,
    GatewayEvent,
    RefundBatch,
    RefundCause,
)
from charity.donations.reasons import DonationsReason
from charity.money import Money
from tests.factories import make_actor
from tests.fakes import FakeGateway


def make_giving_back(
    session: Session, gift: Donation, charity_id: int, gateway: FakeGateway
) -> dict[str, int | str]:
    """The things by their names in the samples of the policy table."""
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=charity_id))
    payment = gift.payments[0]
    refund = services.request_refund(
        session,
        treasurer,
        payment_id=payment.id,
        amount=Money.yuan(10),
        cause=RefundCause.DONOR_ASKED,
        reason="捐赠人来电申请",
        gateway=gateway,
    )
    batch = _batch(session, gift, treasurer)
    event = GatewayEvent(
        gateway=payment.gateway,
        event_id="evt_second",
        kind=NoticeKind.SUCCEEDED,
        remote_id=payment.remote_id,
        amount=Money.yuan(1),
        currency="CNY",
        livemode=payment.livemode,
        body='{"id":"evt_second"}',
        payment_id=payment.id,
        received_at=clock.now(),
        outcome=EventOutcome.QUARANTINED,
        outcome_note=DonationsReason.AMOUNT_DIFFERS.value,
    )
    drift = GatewayDrift(
        gateway=payment.gateway,
        remote_id="cs_unknown",
        kind=DriftKind.UNKNOWN_HERE,
        day=clock.today(),
        theirs="20.00 CNY",
        found_at=clock.now(),
    )
    session.add_all([event, drift])
    session.flush()
    return {
        "paid_payment": payment.id,
        "refund": refund.id,
        "refund_batch": batch.id,
        "gateway_event": event.id,
        "drift": drift.id,
    }


def _batch(session: Session, gift: Donation, treasurer: Actor) -> RefundBatch:
    batch = RefundBatch(
        campaign_id=gift.campaign_id,
        reason="项目办不下去了",
        gifts=1,
        total=gift.amount,
        last_gift=gift.id,
        created_by_user_id=treasurer.user_id,
        created_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    return batch
