"""A whole campaign goes back: agreed to once, made in portions, stopped and resumed at any gift."""

from __future__ import annotations

import pytest

from charity.actor import Actor
from charity.donations import services
from charity.donations.models import (
    DonationState,
    RefundBatch,
    RefundBatchState,
    RefundPath,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import RefundsReason
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.ledger.models import EntryKind
from charity.money import ZERO, Money
from charity.registry.models import CampaignState
from tests.charity.donations.giving import SYSTEM
from tests.charity.donations.giving_back import GivingBack
from tests.conftest import SetClock

YUAN = Money.yuan


def ended(back: GivingBack, gifts: int = 5) -> None:
    """A campaign with some gifts that will come to nothing."""
    for number in range(gifts):
        back.paid(YUAN(100 + number))
    back.giving.campaign.state = CampaignState.ENDED
    back.session.flush()


def asked(back: GivingBack) -> RefundBatch:
    """The treasurer asks for the whole."""
    return services.request_batch(
        back.session,
        back.treasurer,
        campaign_id=back.giving.campaign.id,
        reason="项目办不下去了",
    )


def agreed(back: GivingBack) -> RefundBatch:
    """Enough approvers agree."""
    batch = asked(back)
    for approver in back.approvers:
        if batch.state is RefundBatchState.REQUESTED:
            services.decide_batch(back.session, approver, batch_id=batch.id, agreed=True)
    return batch


def portion(back: GivingBack, batch: RefundBatch, size: int = 50) -> int:
    """What the worker does in one unit."""
    return services.make_portion(
        back.session,
        SYSTEM,
        batch_id=batch.id,
        can_refund=lambda _name: back.giving.gateway.can_refund,
        portion=size,
    )


def send_all(back: GivingBack) -> None:
    """The worker sends what is agreed to."""
    for refund in queries.to_send(back.session):
        back.send(refund)


def test_every_gift_goes_back(back: GivingBack) -> None:
    ended(back)
    batch = agreed(back)
    assert (batch.gifts, batch.total) == (5, YUAN(510))
    while portion(back, batch, 2):
        send_all(back)
    assert batch.state is RefundBatchState.FINISHED
    progress = queries.progress(back.session, batch)
    assert progress.number(RefundState.SUCCEEDED) == progress.looked_at == 5
    assert progress.amount(RefundState.SUCCEEDED) == YUAN(510)
    assert back.in_hand() == ZERO
    assert all(
        refund.donation.state is DonationState.REFUNDED
        for refund in queries.refunds_page(back.session, charity_ids=None, batch_id=batch.id)
    )
    back.judge()


def test_stopped_and_resumed_no_gift_goes_back_twice(back: GivingBack) -> None:
    ended(back)
    batch = agreed(back)
    assert portion(back, batch, 2) == 2
    services.steer_batch(
        back.session, back.treasurer, batch_id=batch.id, state=RefundBatchState.STOPPED
    )
    assert portion(back, batch, 2) == 0
    send_all(back)
    services.steer_batch(
        back.session, back.treasurer, batch_id=batch.id, state=RefundBatchState.RUNNING
    )
    while portion(back, batch, 2):
        pass
    send_all(back)
    assert back.entries(EntryKind.REFUND) == 5
    back.judge()


def test_only_what_is_unspent_and_not_asked_for_goes_back(back: GivingBack) -> None:
    first = back.paid(YUAN(200))
    back.ask(first, YUAN(30))
    back.spend(YUAN(50))
    ended(back, 1)
    batch = agreed(back)
    portion(back, batch)
    amounts = [
        refund.amount
        for refund in queries.refunds_page(back.session, charity_ids=None, batch_id=batch.id)
    ]
    assert sorted(amounts) == [YUAN(100), YUAN(120)]
    send_all(back)
    back.judge()


def test_gifts_that_came_later_were_not_agreed_to(back: GivingBack) -> None:
    ended(back, 2)
    batch = asked(back)
    back.giving.campaign.state = CampaignState.OPEN
    late = back.paid()
    for approver in back.approvers:
        if batch.state is RefundBatchState.REQUESTED:
            services.decide_batch(back.session, approver, batch_id=batch.id, agreed=True)
    portion(back, batch)
    send_all(back)
    assert late.donation.state is DonationState.SETTLED


def test_a_disputed_gift_waits_for_its_bank(back: GivingBack) -> None:
    payment = back.paid()
    back.giving.apply(back.giving.gateway.dispute(payment.remote_id or ""))
    ended(back, 1)
    batch = agreed(back)
    portion(back, batch)
    assert queries.refunds_of(back.session, payment.donation_id) == []


def test_where_the_gateway_cannot_each_goes_by_hand(back: GivingBack, clock: SetClock) -> None:
    ended(back, 1)
    back.giving.gateway.can_refund = False
    batch = agreed(back)
    portion(back, batch)
    (refund,) = queries.waiting_for_transfer(back.session, charity_ids=None)
    assert refund.path is RefundPath.TRANSFER
    today = clock.now.date()
    with pytest.raises(Invalid):
        services.pay_by_transfer(
            back.session, back.payer, refund_id=refund.id, reference="B1", paid_on=today
        )
    with pytest.raises(Denied):
        services.pay_by_transfer(
            back.session, back.treasurer, refund_id=refund.id, reference="B1", paid_on=today,
            payee="甲",
        )  # fmt: skip
    services.pay_by_transfer(
        back.session, back.payer, refund_id=refund.id, reference="B1", paid_on=today, payee="甲"
    )
    assert refund.state is RefundState.SUCCEEDED
    back.judge()


def test_what_cannot_be_asked_for(back: GivingBack) -> None:
    with pytest.raises(InvalidState) as refused:
        asked(back)
    assert refused.value.reason is RefundsReason.CAMPAIGN_OPEN
    back.giving.campaign.state = CampaignState.ENDED
    with pytest.raises(InvalidState) as refused:
        asked(back)
    assert refused.value.reason is RefundsReason.NOTHING_TO_GIVE_BACK
    ended_back = back.giving.campaign
    ended_back.state = CampaignState.OPEN
    ended(back, 1)
    batch = asked(back)
    with pytest.raises(Conflict):
        asked(back)
    with pytest.raises(Denied):
        services.decide_batch(back.session, back.treasurer, batch_id=batch.id, agreed=True)
    services.decide_batch(
        back.session, back.approvers[0], batch_id=batch.id, agreed=False, reason="先查清"
    )
    assert batch.state is RefundBatchState.CANCELLED
    assert asked(back).state is RefundBatchState.REQUESTED


def test_large_sums_need_two_and_nobody_starts_it_alone(back: GivingBack) -> None:
    back.paid(YUAN(5000))
    ended(back, 1)
    batch = asked(back)
    services.decide_batch(back.session, back.approvers[0], batch_id=batch.id, agreed=True)
    assert batch.state is RefundBatchState.REQUESTED
    with pytest.raises(Denied) as refused:
        services.decide_batch(back.session, back.approvers[0], batch_id=batch.id, agreed=True)
    assert refused.value.reason is CommonReason.SAME_PERSON
    with pytest.raises(InvalidState):
        services.steer_batch(
            back.session, back.treasurer, batch_id=batch.id, state=RefundBatchState.RUNNING
        )
    assert portion(back, batch) == 0
    services.steer_batch(
        back.session, back.treasurer, batch_id=batch.id, state=RefundBatchState.CANCELLED
    )
    with pytest.raises(InvalidState):
        services.decide_batch(back.session, back.approvers[1], batch_id=batch.id, agreed=True)


def test_only_the_installation_makes_portions(back: GivingBack) -> None:
    ended(back, 1)
    batch = agreed(back)
    with pytest.raises(Denied):
        services.make_portion(
            back.session, Actor.guest(), batch_id=batch.id, can_refund=lambda _name: True
        )
