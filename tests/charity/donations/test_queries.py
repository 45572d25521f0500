"""What is shown of gifts, to whom, and what is not."""

from datetime import timedelta

import pytest

from charity.donations import queries
from charity.donations.models import EventOutcome, GiverKind
from charity.errors import NotFound
from charity.money import Money
from tests.charity.donations.giving import Giving
from tests.conftest import SetClock


def pay(giving: Giving, amount: Money, **form: object) -> None:
    donation = giving.begin(amount, **form)
    remote_id = giving.check_out(donation.payments[0])
    giving.apply(giving.gateway.pay(remote_id))


def test_the_private_page_is_opened_by_its_secret_alone(giving: Giving) -> None:
    donation = giving.begin()
    giving.begin()
    assert queries.donation_by_token(giving.session, donation.trail_token) is donation
    assert queries.donation(giving.session, donation.id) is donation
    for wrong in ("", "x", donation.trail_token[:-1], donation.trail_token + "\0", "张三", "%"):
        with pytest.raises(NotFound):
            queries.donation_by_token(giving.session, wrong)
    with pytest.raises(NotFound):
        queries.donation(giving.session, donation.id + 99)


def test_public_gifts_name_those_who_agreed(giving: Giving, clock: SetClock) -> None:
    pay(giving, Money.yuan(1), giver_name="张三", name_is_public=True, contact="13800000000")
    clock.advance(minutes=1)
    pay(giving, Money.yuan(2), giver_name="李四", name_is_public=False)
    clock.advance(minutes=1)
    pay(giving, Money.yuan(3), giver_name="", giver_kind=GiverKind.ENTERPRISE)
    giving.begin(Money.yuan(4))
    gifts = queries.recent_public_gifts(giving.session, giving.campaign.id)
    assert [(each.amount.fen, each.name, each.giver_kind) for each in gifts] == [
        (300, None, GiverKind.ENTERPRISE),
        (200, None, GiverKind.INDIVIDUAL),
        (100, "张三", GiverKind.INDIVIDUAL),
    ]
    assert gifts[0].settled_at == clock.now
    assert "13800000000" not in repr(gifts)
    assert "李四" not in repr(gifts)
    assert len(queries.recent_public_gifts(giving.session, giving.campaign.id, limit=2)) == 2


def test_payments_are_found_by_the_gateways_id(giving: Giving) -> None:
    payment = giving.opened()
    remote_id = payment.remote_id or ""
    assert queries.payment_by_remote(giving.session, "fake", remote_id) is payment
    assert queries.payment(giving.session, payment.id) is payment
    assert queries.open_payment_of(payment.donation) is payment
    for gateway, wrong in (("stripe", remote_id), ("fake", "cs_0"), ("fake", "\0"), ("fake", "张")):
        with pytest.raises(NotFound):
            queries.payment_by_remote(giving.session, gateway, wrong)
    with pytest.raises(NotFound):
        queries.payment(giving.session, payment.id + 99)
    giving.apply(giving.gateway.pay(remote_id))
    assert queries.open_payment_of(payment.donation) is None


def test_messages_wait_and_stand_aside_in_order(giving: Giving, clock: SetClock) -> None:
    remote_ids = [giving.opened().remote_id or "" for _ in range(3)]
    events = [giving.hear(giving.gateway.pay(remote_ids[0]))]
    clock.advance(seconds=1)
    events.append(giving.hear(giving.gateway.pay(remote_ids[1], amount_total=1)))
    assert queries.waiting_events(giving.session) == events
    assert queries.waiting_events(giving.session, limit=1) == events[:1]
    outcomes = [giving.apply(message) for message in giving.gateway.messages]
    assert outcomes == [EventOutcome.APPLIED, EventOutcome.QUARANTINED]
    assert queries.waiting_events(giving.session) == []
    assert queries.quarantined_events(giving.session) == events[1:]
    before = clock.now + timedelta(seconds=1)
    stuck = queries.stuck_payments(giving.session, before=before, limit=1)
    assert [each.remote_id for each in stuck] == [remote_ids[1]]
