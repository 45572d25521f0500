"""What a message does: settles once, compares every figure, sets aside what does not fit."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from charity import clock as house_clock
from charity.actor import Actor
from charity.donations import checks, queries, services
from charity.donations.gateway import GatewayUnavailable, NoticeKind, RemoteStatus
from charity.donations.models import (
    DonationState,
    EventOutcome,
    GatewayEvent,
    GiverKind,
    Payment,
    PaymentState,
)
from charity.donations.reasons import DonationsReason
from charity.errors import Denied, NotFound
from charity.ledger import services as ledger
from charity.ledger.models import Entry, Inflow, InflowGiver
from charity.ledger.queries import fund_position
from charity.money import Money
from charity.outbox import waiting
from tests.charity.donations.giving import AMOUNT, GUEST, SYSTEM, Giving
from tests.conftest import SetClock
from tests.fakes import FakeGateway, Fault, Message


def remote(payment: Payment) -> str:
    assert payment.remote_id is not None
    return payment.remote_id


def untouched(giving: Giving, payment: Payment) -> None:
    """Nothing of the message has become true."""
    assert payment.state is PaymentState.OPEN
    assert payment.donation.state is DonationState.PENDING
    assert giving.entries() == giving.told() == 0


def set_aside(giving: Giving) -> list[str]:
    return [event.outcome_note for event in queries.quarantined_events(giving.session)]


# ── settled ──────────────────────────────────────────────────────────────────────────────────────


def test_money_that_arrives_settles_the_gift_and_stands_in_the_book(
    giving: Giving, clock: SetClock
) -> None:
    payment = giving.opened()
    assert giving.apply(giving.gateway.pay(remote(payment))) is EventOutcome.APPLIED
    donation = payment.donation
    assert payment.state is PaymentState.SUCCEEDED
    assert donation.state is DonationState.SETTLED
    assert donation.settled_at == payment.finished_at == clock.now
    entry = giving.session.get_one(Entry, donation.entry_id)
    assert entry.source == f"payment:{payment.id}:succeeded"
    assert entry.occurred_on == date(2026, 3, 16)
    inflow = giving.session.scalars(select(Inflow).where(Inflow.entry_id == entry.id)).one()
    assert inflow.amount == AMOUNT
    giver = giving.session.get_one(InflowGiver, inflow.id)
    assert (giver.giver_key, giver.giver_kind) == (f"donation:{donation.id}", "individual")
    assert fund_position(giving.session, giving.campaign.fund_id).raised == AMOUNT
    assert checks.verify(giving.session) == []


def test_the_day_of_the_entry_is_the_day_in_china_we_heard_of_it(
    giving: Giving, clock: SetClock
) -> None:
    payment = giving.opened()
    clock.set(house_clock.now().replace(hour=16, minute=0))
    event = giving.hear(giving.gateway.pay(remote(payment)))
    clock.advance(days=3)
    services.apply_event(giving.session, SYSTEM, event_id=event.id)
    entry = giving.session.get_one(Entry, payment.donation.entry_id)
    assert entry.occurred_on == date(2026, 3, 17)


def test_the_world_hears_of_it_once(giving: Giving) -> None:
    payment = giving.opened()
    giving.apply(giving.gateway.pay(remote(payment)))
    row = next(row for row in waiting(giving.session) if row.event == "donation.settled")
    entry = giving.session.get_one(Entry, payment.donation.entry_id)
    assert row.subject == f"donation:{payment.donation_id}"
    assert row.data == {"campaign_id": giving.campaign.id, "entry_id": entry.id}


def test_the_gateways_fee_leaves_with_the_gift(giving: Giving) -> None:
    payment = giving.opened()
    event = giving.hear(giving.gateway.pay(remote(payment)))
    event.fee = Money.yuan(2)
    services.apply_event(giving.session, SYSTEM, event_id=event.id)
    assert payment.fee == Money.yuan(2)
    position = fund_position(giving.session, giving.campaign.fund_id)
    assert (position.raised, position.fees) == (AMOUNT, Money.yuan(2))
    assert checks.verify(giving.session) == []


def test_a_wallet_that_pays_later_settles_later(giving: Giving) -> None:
    payment = giving.opened()
    assert giving.apply(giving.gateway.complete(remote(payment))) is EventOutcome.IGNORED
    untouched(giving, payment)
    assert giving.apply(giving.gateway.pay_late(remote(payment))) is EventOutcome.APPLIED
    assert payment.donation.state is DonationState.SETTLED


# ── twice, late, in vain ─────────────────────────────────────────────────────────────────────────


def test_a_message_delivered_twice_is_stored_and_applied_once(giving: Giving) -> None:
    payment = giving.opened()
    message = giving.gateway.pay(remote(payment))
    assert giving.hear(message) is giving.hear(message)
    for _ in range(3):
        assert giving.apply(message) is EventOutcome.APPLIED
    stored = giving.session.scalar(select(func.count()).select_from(GatewayEvent))
    assert (stored, giving.entries(), giving.told()) == (1, 1, 1)


def test_a_source_that_is_posted_already_is_its_entry(giving: Giving) -> None:
    payment = giving.opened()
    entry = ledger.post_gift(
        giving.session,
        SYSTEM,
        fund_id=giving.campaign.fund_id,
        amount=payment.amount,
        source=payment.source,
        occurred_on=house_clock.today(),
        giver=ledger.Giver(f"donation:{payment.donation_id}", GiverKind.INDIVIDUAL.value),
    )
    assert giving.apply(giving.gateway.pay(remote(payment))) is EventOutcome.APPLIED
    assert payment.donation.entry_id == entry.id
    assert (giving.entries(), giving.told()) == (1, 0)
    assert checks.verify(giving.session) == []


@pytest.mark.parametrize("late", ["pay_late", "fail", "expire", "complete", "created"])
def test_what_comes_after_the_money_changes_nothing(giving: Giving, late: str) -> None:
    payment = giving.opened()
    giving.apply(giving.gateway.pay(remote(payment)))
    message: Message = getattr(giving.gateway, late)(remote(payment))
    assert giving.apply(message) is EventOutcome.IGNORED
    assert payment.state is PaymentState.SUCCEEDED
    assert payment.donation.state is DonationState.SETTLED
    assert (giving.entries(), giving.told()) == (1, 1)


@pytest.mark.parametrize("first", ["fail", "expire"])
def test_money_after_a_failure_still_counts(giving: Giving, first: str) -> None:
    payment = giving.opened()
    assert giving.apply(getattr(giving.gateway, first)(remote(payment))) is EventOutcome.APPLIED
    assert payment.donation.state is DonationState.PENDING
    assert giving.apply(giving.gateway.pay(remote(payment))) is EventOutcome.APPLIED
    assert payment.donation.state is DonationState.SETTLED


# ── set aside ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"amount_total": 19_999}, DonationsReason.AMOUNT_DIFFERS),
        ({"amount_total": 20_001}, DonationsReason.AMOUNT_DIFFERS),
        ({"amount_total": 0}, DonationsReason.AMOUNT_DIFFERS),
        ({"amount_total": None}, DonationsReason.AMOUNT_DIFFERS),
        ({"currency": "usd"}, DonationsReason.CURRENCY_DIFFERS),
        ({"currency": None}, DonationsReason.CURRENCY_DIFFERS),
        ({"livemode": True}, DonationsReason.MODE_DIFFERS),
    ],
)
def test_money_that_is_not_what_we_asked_is_set_aside(
    giving: Giving, changed: dict[str, object], note: DonationsReason
) -> None:
    payment = giving.opened()
    message = giving.gateway.pay(remote(payment), **changed)
    assert giving.apply(message) is EventOutcome.QUARANTINED
    assert set_aside(giving) == [note.value]
    untouched(giving, payment)
    assert checks.verify(giving.session) == []


def test_a_test_message_for_real_money_is_set_aside(giving: Giving) -> None:
    live = Giving(giving.session, FakeGateway(livemode=True), giving.campaign)
    payment = live.opened()
    assert payment.livemode
    message = live.gateway.pay(remote(payment), livemode=False)
    assert live.apply(message) is EventOutcome.QUARANTINED
    untouched(live, payment)


@pytest.mark.parametrize("fee", [AMOUNT, AMOUNT + Money(1)])
def test_a_fee_that_eats_the_gift_is_set_aside(giving: Giving, fee: Money) -> None:
    payment = giving.opened()
    event = giving.hear(giving.gateway.pay(remote(payment)))
    event.fee = fee
    outcome = services.apply_event(giving.session, SYSTEM, event_id=event.id)
    assert outcome is EventOutcome.QUARANTINED
    assert set_aside(giving) == [DonationsReason.FEE_TOO_LARGE.value]
    untouched(giving, payment)


def test_a_second_payment_for_a_settled_gift_is_not_lost(giving: Giving) -> None:
    first = giving.opened()
    giving.apply(giving.gateway.expire(remote(first)))
    second = services.open_payment(
        giving.session, GUEST, donation_id=first.donation_id, gateway=giving.gateway
    )
    giving.check_out(second)
    assert giving.apply(giving.gateway.pay(remote(first))) is EventOutcome.APPLIED
    assert giving.apply(giving.gateway.pay(remote(second))) is EventOutcome.QUARANTINED
    assert set_aside(giving) == [DonationsReason.SECOND_PAYMENT.value]
    (event,) = queries.quarantined_events(giving.session)
    assert event.payment_id == second.id
    assert second.state is PaymentState.OPEN
    assert (giving.entries(), giving.told()) == (1, 1)
    assert checks.verify(giving.session) == []


def test_money_for_no_payment_of_ours_is_set_aside(giving: Giving) -> None:
    stranger = FakeGateway()
    order_of = Giving(giving.session, stranger, giving.campaign).opened()
    message = stranger.pay(remote(order_of))
    order_of.remote_id = "cs_of_another_house"
    assert giving.apply(message) is EventOutcome.QUARANTINED
    assert set_aside(giving) == [DonationsReason.UNKNOWN_PAYMENT.value]


@pytest.mark.parametrize("kind", ["fail", "expire", "created"])
def test_other_words_about_no_payment_of_ours_are_passed_over(giving: Giving, kind: str) -> None:
    payment = giving.opened()
    message: Message = getattr(giving.gateway, kind)(remote(payment))
    payment.remote_id = "cs_of_another_house"
    assert giving.apply(message) is EventOutcome.IGNORED
    untouched(giving, payment)


# ── lost answers ─────────────────────────────────────────────────────────────────────────────────


def test_money_for_an_order_whose_answer_was_lost_finds_its_payment(giving: Giving) -> None:
    (payment,) = giving.begin().payments
    giving.gateway.plan_faults([Fault.LOST])
    with pytest.raises(GatewayUnavailable):
        giving.check_out(payment)
    assert payment.remote_id is None
    (remote_id,) = giving.gateway.sessions
    assert giving.apply(giving.gateway.pay(remote_id)) is EventOutcome.APPLIED
    assert payment.remote_id == remote_id
    assert payment.donation.state is DonationState.SETTLED


@pytest.mark.parametrize(
    "key", ["payment:x", "payment:", "42", "payment:9" * 20, "order:1", "payment:²"]
)
def test_a_key_that_is_not_ours_finds_nothing(giving: Giving, key: str) -> None:
    payment = giving.opened()
    event = giving.hear(giving.gateway.pay(remote(payment)))
    event.remote_id, event.order_key = "cs_unknown", key
    assert queries.payment_of_event(giving.session, event) is None


def test_a_key_does_not_stand_against_the_checkout_we_know(giving: Giving) -> None:
    first, second = giving.opened(), giving.opened()
    event = giving.hear(giving.gateway.pay(remote(first)))
    event.order_key = second.key
    assert queries.payment_of_event(giving.session, event) is first


def test_a_stuck_payment_is_healed_by_asking(giving: Giving) -> None:
    payment = giving.opened()
    status = giving.gateway.fetch(remote(payment))
    outcome = services.reconcile(giving.session, SYSTEM, payment_id=payment.id, status=status)
    assert outcome is EventOutcome.IGNORED
    untouched(giving, payment)
    message = giving.gateway.pay(remote(payment))
    for _ in range(2):
        status = giving.gateway.fetch(remote(payment))
        outcome = services.reconcile(giving.session, SYSTEM, payment_id=payment.id, status=status)
        assert outcome is EventOutcome.APPLIED
    assert giving.apply(message) is EventOutcome.IGNORED
    assert (giving.entries(), giving.told()) == (1, 1)


def test_an_answer_that_does_not_fit_is_set_aside_as_well(giving: Giving) -> None:
    payment = giving.opened()
    giving.gateway.pay(remote(payment))
    status = replace(giving.gateway.fetch(remote(payment)), amount=Money.yuan(1))
    for _ in range(2):
        outcome = services.reconcile(giving.session, SYSTEM, payment_id=payment.id, status=status)
        assert outcome is EventOutcome.QUARANTINED
    assert set_aside(giving) == [DonationsReason.AMOUNT_DIFFERS.value]
    untouched(giving, payment)


# ── who may ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [GUEST, Actor.guest()])
def test_nobody_but_the_installation_settles(giving: Giving, actor: Actor) -> None:
    payment = giving.opened()
    message = giving.gateway.pay(remote(payment))
    event = giving.hear(message)
    status = RemoteStatus(remote(payment), NoticeKind.SUCCEEDED, AMOUNT, "CNY", False)
    with pytest.raises(Denied):
        services.apply_event(giving.session, actor, event_id=event.id)
    with pytest.raises(Denied):
        services.reconcile(giving.session, actor, payment_id=payment.id, status=status)
    with pytest.raises(Denied):
        services.receive_event(
            giving.session,
            actor,
            gateway=giving.gateway,
            notice=giving.gateway.read_notice(
                message.body,
                giving.gateway.sign(message.body, house_clock.now()),
                house_clock.now(),
            ),
            body=message.body,
        )
    untouched(giving, payment)


def test_what_was_never_told_is_not_found(giving: Giving) -> None:
    with pytest.raises(NotFound):
        services.apply_event(giving.session, SYSTEM, event_id=1)
    status = RemoteStatus("cs", NoticeKind.SUCCEEDED, AMOUNT, "CNY", False)
    with pytest.raises(NotFound):
        services.reconcile(giving.session, SYSTEM, payment_id=1, status=status)
