"""Disputes and what gateways tell of refunds: any order, any repeats, one state (P1, P13)."""

from __future__ import annotations

import os
import random
from itertools import combinations, permutations

import pytest
from sqlalchemy import func, select

from charity.donations import checks, services
from charity.donations.gateway import NoticeKind
from charity.donations.models import (
    Dispute,
    DisputeState,
    DonationState,
    EventOutcome,
    GatewayEvent,
    Payment,
    PaymentState,
    Refund,
    RefundCause,
    RefundKind,
    RefundState,
)
from charity.donations.queries import events
from charity.donations.queries import refunds as queries
from charity.donations.reasons import DonationsReason, RefundsReason
from charity.errors import Insufficient, InvalidState
from charity.ledger.models import Entry, EntryKind, Transfer
from charity.money import ZERO, Money
from tests.charity.donations.giving import SYSTEM
from tests.charity.donations.giving_back import GivingBack
from tests.conftest import SetClock
from tests.fakes import FakeGateway, Message

YUAN = Money.yuan


def remote(payment: Payment) -> str:
    """What the gateway calls the checkout."""
    assert payment.remote_id is not None
    return payment.remote_id


def dispute_of(back: GivingBack) -> Dispute:
    """The only dispute there is."""
    return back.session.scalars(select(Dispute)).one()


# ── what somebody did in the gateway's own office ────────────────────────────────────────────────


def test_a_refund_made_over_there_is_a_compelled_refund_here(back: GivingBack) -> None:
    payment = back.paid()
    message = back.giving.gateway.refunded(remote(payment), YUAN(50))
    assert back.giving.apply(message) is EventOutcome.APPLIED
    assert back.giving.apply(message) is EventOutcome.APPLIED
    (refund,) = queries.refunds_of(back.session, payment.donation_id)
    assert (refund.kind, refund.cause) == (RefundKind.COMPELLED, RefundCause.AT_THE_GATEWAY)
    assert (refund.state, refund.requested_by_user_id) == (RefundState.SUCCEEDED, None)
    assert payment.donation.refunded == YUAN(50)
    back.judge()


def test_it_takes_the_hosts_own_where_the_gift_is_spent(back: GivingBack) -> None:
    host = back.host(YUAN(500))
    payment = back.paid(YUAN(200))
    back.spend(YUAN(200))
    back.giving.apply(back.giving.gateway.refunded(remote(payment)))
    assert back.in_hand(host.id) == YUAN(300)
    back.judge()


def test_it_drops_what_was_asked_for_and_does_not_fit_any_more(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    fits, does_not = back.ask(payment, YUAN(40)), back.agree(back.ask(payment, YUAN(120)))
    back.giving.apply(back.giving.gateway.refunded(remote(payment), YUAN(160)))
    assert (fits.state, does_not.state) == (RefundState.REQUESTED, RefundState.CANCELLED)
    assert does_not.failure == RefundsReason.MORE_THAN_PAID.value
    back.judge()


def test_more_than_was_paid_is_for_people(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    back.refund(payment, YUAN(150))
    subject = next(iter(back.giving.gateway.refunds))
    other = {"id": "re_other", "amount": 6000, "metadata": {}}
    message = back.giving.gateway.refunded(remote(payment), subject_id=subject, says=other)
    event = back.giving.hear(message)
    outcome = services.apply_event(back.session, SYSTEM, event_id=event.id)
    assert outcome is EventOutcome.QUARANTINED
    assert event.outcome_note == RefundsReason.MORE_THAN_PAID.value
    back.judge()


def test_a_lost_answer_is_known_by_the_key_in_the_message(back: GivingBack) -> None:
    payment = back.paid()
    refund = back.agree(back.ask(payment))
    order = services.begin_sending(back.session, SYSTEM, refund_id=refund.id)
    assert order is not None
    answer = back.giving.gateway.refund(order)
    message = back.giving.gateway.refunded(remote(payment), subject_id=answer.remote_id)
    assert back.giving.apply(message) is EventOutcome.APPLIED
    assert (refund.state, refund.remote_id) == (RefundState.SUCCEEDED, answer.remote_id)
    services.record_refund(back.session, SYSTEM, refund_id=refund.id, answer=answer)
    assert back.entries(EntryKind.REFUND) == 1
    back.judge()


def test_another_sum_than_we_ordered_is_for_people(back: GivingBack) -> None:
    payment = back.paid()
    refund = back.refund(payment, YUAN(50))
    message = back.giving.gateway.refunded(
        remote(payment), subject_id=refund.remote_id, says={"amount": 4999}
    )
    event = back.giving.hear(message)
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.QUARANTINED
    assert event.outcome_note == DonationsReason.AMOUNT_DIFFERS.value


@pytest.mark.parametrize("failure_first", [True, False])
def test_its_failure_may_come_before_itself(back: GivingBack, failure_first: bool) -> None:
    payment = back.paid()
    made = back.giving.gateway.refunded(remote(payment), YUAN(50))
    (subject,) = back.giving.gateway.refunds
    failed = back.giving.gateway.refund_failed(subject)
    back.hear(*((failed, made) if failure_first else (made, failed)))
    (refund,) = queries.refunds_of(back.session, payment.donation_id)
    assert refund.state is RefundState.FAILED
    assert (payment.donation.refunded, back.in_hand()) == (ZERO, payment.amount)
    back.judge()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"currency": "usd"}, DonationsReason.CURRENCY_DIFFERS),
        ({"livemode": True}, DonationsReason.MODE_DIFFERS),
        ({"amount": 0}, RefundsReason.NO_SUBJECT),
    ],
)
def test_what_does_not_fit_changes_nothing(
    back: GivingBack, changed: dict[str, object], reason: RefundsReason
) -> None:
    payment = back.paid()
    message = back.giving.gateway.refunded(remote(payment), YUAN(5), says=changed)
    event = back.giving.hear(message)
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.QUARANTINED
    assert event.outcome_note == reason.value
    assert back.session.scalars(select(Refund)).all() == []


# ── before their payment ─────────────────────────────────────────────────────────────────────────


def test_a_refund_waits_for_its_payment_and_then_acts(back: GivingBack) -> None:
    giving = back.giving
    payment = giving.opened()
    paid = giving.gateway.pay(remote(payment))
    refunded = giving.gateway.refunded(remote(payment))
    assert giving.apply(refunded) is EventOutcome.WAITING
    assert giving.apply(refunded) is EventOutcome.WAITING
    assert giving.apply(paid) is EventOutcome.APPLIED
    back.sweep()
    assert payment.donation.state is DonationState.REFUNDED
    back.judge()


def test_it_does_not_wait_for_ever(back: GivingBack, clock: SetClock) -> None:
    giving = back.giving
    payment = giving.opened()
    giving.gateway.pay(remote(payment))
    event = giving.hear(giving.gateway.refunded(remote(payment)))
    services.apply_event(back.session, SYSTEM, event_id=event.id)
    clock.advance(hours=71)
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.WAITING
    clock.advance(hours=1)
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.QUARANTINED
    assert event.outcome_note == RefundsReason.BEFORE_ITS_PAYMENT.value


# ── disputes ─────────────────────────────────────────────────────────────────────────────────────


def test_an_open_dispute_books_nothing_and_stops_refunds(back: GivingBack) -> None:
    payment = back.paid()
    asked = back.agree(back.ask(payment, YUAN(50)))
    entries = back.giving.entries()
    back.giving.apply(back.giving.gateway.dispute(remote(payment), fee=YUAN(15)))
    assert dispute_of(back).state is DisputeState.OPEN
    assert back.giving.entries() == entries
    with pytest.raises(InvalidState) as refused:
        back.ask(payment, YUAN(10))
    assert refused.value.reason is RefundsReason.DISPUTED
    assert back.send(asked).state is RefundState.CANCELLED
    assert asked.failure == RefundsReason.DISPUTED.value
    assert events.open_disputes(back.session, charity_ids=None) == [dispute_of(back)]


def test_a_lost_dispute_is_a_compelled_refund_and_a_fee(back: GivingBack) -> None:
    host = back.host(YUAN(500))
    payment = back.paid(YUAN(200))
    back.spend(YUAN(120))
    gateway = back.giving.gateway
    back.hear(
        gateway.dispute(remote(payment), fee=YUAN(15)),
        gateway.dispute(remote(payment), "lost", fee=YUAN(15)),
    )
    dispute = dispute_of(back)
    assert dispute.state is DisputeState.LOST
    refund = back.session.get_one(Refund, dispute.refund_id)
    assert (refund.cause, refund.amount) == (RefundCause.DISPUTE_LOST, YUAN(200))
    assert payment.donation.state is DonationState.REFUNDED
    assert back.in_hand(host.id) == YUAN(500 - 120 - 15)
    assert back.entries(EntryKind.FEE) == 1
    back.judge()


def test_a_won_dispute_takes_the_fee_the_bank_kept_and_no_more(back: GivingBack) -> None:
    gateway = back.giving.gateway
    for kept in (ZERO, YUAN(15)):
        payment = back.paid()
        back.hear(
            gateway.dispute(remote(payment), fee=YUAN(15)),
            gateway.dispute(remote(payment), "won", fee=kept),
        )
        (dispute,) = queries.disputes_of(back.session, payment.id)
        assert (dispute.state, dispute.fee) == (DisputeState.WON, kept)
        assert (dispute.fee_entry_id is None) == (not kept)
        assert payment.donation.refunded == ZERO
    back.judge()


def test_a_late_beginning_still_names_the_fee(back: GivingBack) -> None:
    payment = back.paid()
    back.host(YUAN(100))
    gateway = back.giving.gateway
    lost = gateway.dispute(remote(payment), "lost")
    opened = gateway.dispute(remote(payment), fee=YUAN(15))
    back.hear(lost, opened, opened, lost)
    assert dispute_of(back).fee == YUAN(15)
    assert back.entries(EntryKind.FEE) == 1
    back.judge()


def test_two_decisions_that_differ_are_for_people(back: GivingBack) -> None:
    payment = back.paid()
    gateway = back.giving.gateway
    back.giving.apply(gateway.dispute(remote(payment), "won"))
    event = back.giving.hear(gateway.dispute(remote(payment), "lost"))
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.QUARANTINED
    assert event.outcome_note == RefundsReason.ALREADY_DECIDED.value


def test_a_dispute_about_more_than_is_left_is_for_people(back: GivingBack) -> None:
    payment = back.paid()
    back.refund(payment, YUAN(1))
    event = back.giving.hear(back.giving.gateway.dispute(remote(payment), "lost"))
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.QUARANTINED
    assert back.session.scalars(select(Dispute)).all() == []
    back.judge()


def test_a_host_without_money_leaves_the_message_to_be_tried_again(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    back.spend(YUAN(200))
    event = back.giving.hear(back.giving.gateway.dispute(remote(payment), "lost"))
    with pytest.raises(Insufficient), back.session.begin_nested():
        services.apply_event(back.session, SYSTEM, event_id=event.id)
    assert event.outcome is EventOutcome.WAITING
    back.host(YUAN(200))
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.APPLIED
    back.judge()


# ── every order (P1) ─────────────────────────────────────────────────────────────────────────────

NAMES = ("created", "processing", "succeeded", "refunded", "dispute")


def told(back: GivingBack, payment: Payment, lost: bool) -> dict[str, list[Message]]:
    """The five messages of one payment, made in the order of the truth; the dispute has two."""
    gateway, remote_id = back.giving.gateway, remote(payment)
    created, processing = gateway.created(remote_id), gateway.complete(remote_id)
    succeeded = gateway.pay_late(remote_id)
    refunded = gateway.refunded(remote_id, YUAN(50))
    dispute = [gateway.dispute(remote_id, amount=YUAN(120), fee=YUAN(15))]
    if lost:
        dispute.append(gateway.dispute(remote_id, "lost", amount=YUAN(120), fee=YUAN(15)))
    return dict(
        zip(NAMES, ([created], [processing], [succeeded], [refunded], dispute), strict=True)
    )


def state_of(back: GivingBack, payment: Payment) -> tuple[object, ...]:
    """Everything that must not depend on the order."""
    session = back.session
    session.flush()
    money = session.execute(
        select(Entry.kind, func.count(), func.sum(Transfer.amount))
        .join(Transfer, Transfer.entry_id == Entry.id)
        .where(Entry.kind != EntryKind.DEED)
        .group_by(Entry.kind)
        .order_by(Entry.kind)
    ).all()
    refunds = sorted(
        (refund.cause.value, refund.amount, refund.state.value)
        for refund in queries.refunds_of(session, payment.donation_id)
    )
    disputes = [
        (dispute.state, dispute.amount, dispute.fee, dispute.fee_entry_id is None)
        for dispute in queries.disputes_of(session, payment.id)
    ]
    gift = payment.donation
    return (
        payment.state,
        gift.state,
        gift.refunded,
        refunds,
        disputes,
        [tuple(row) for row in money],
        back.giving.told(),
    )


def patterns_of(turn: int) -> tuple[str, ...]:
    """How the messages of one order are repeated: in turn, or in every way in `make soak`."""
    every = ("doubled", "again", "shuffled")
    return every if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else (every[turn % 3],)


@pytest.mark.long
@pytest.mark.parametrize("lost", [False, True], ids=["opened", "lost"])
@pytest.mark.parametrize("first", NAMES)
def test_all_orders_of_the_five_with_repeats_end_in_one_state(
    back: GivingBack, first: str, lost: bool
) -> None:
    """120 orders for each way it ends, each delivered twice over in one of three patterns."""
    back.host(YUAN(100))
    back.session.flush()
    chance = random.Random(f"{first}-{lost}")
    ends = set()
    for turn, rest in enumerate(permutations([name for name in NAMES if name != first])):
        for pattern in patterns_of(turn):
            with back.session.begin_nested() as savepoint:
                back.giving.gateway = FakeGateway()
                payment = back.giving.opened()
                messages = told(back, payment, lost)
                order = [each for name in (first, *rest) for each in messages[name]]
                if pattern == "doubled":
                    order = [each for each in order for _ in range(2)]
                elif pattern == "again":
                    order = [*order, *order]
                else:
                    order = [*order, *chance.sample(order, 3)]
                back.hear(*order)
                ends.add(repr(state_of(back, payment)))
                assert events_left(back) == 0
                assert checks.verify(back.session) == []
                if turn % 8 == 5:
                    # The whole book is gone through for some of them: it takes long.
                    back.judge()
                savepoint.rollback()
            back.session.expire_all()
    assert len(ends) == 1


def test_parts_of_the_five_end_as_the_truth_says(back: GivingBack) -> None:
    """Whatever never came, what came is applied, waits for its payment, or is nothing."""
    back.host(YUAN(100))
    for size in range(1, len(NAMES) + 1):
        for names in combinations(NAMES, size):
            with back.session.begin_nested() as savepoint:
                back.giving.gateway = FakeGateway()
                payment = back.giving.opened()
                messages = told(back, payment, lost=True)
                back.hear(*(each for name in names for each in messages[name]))
                paid = "succeeded" in names
                assert (payment.state is PaymentState.SUCCEEDED) == paid
                back_again = 50 * ("refunded" in names) + 120 * ("dispute" in names)
                assert payment.donation.refunded == YUAN(back_again if paid else 0)
                waiting = 0 if paid else ("refunded" in names) + 2 * ("dispute" in names)
                assert events_left(back) == waiting
                assert checks.verify(back.session) == []
                savepoint.rollback()
            back.session.expire_all()


def events_left(back: GivingBack) -> int:
    """How many messages have had no effect yet."""
    query = select(func.count(GatewayEvent.id)).where(
        GatewayEvent.outcome == EventOutcome.WAITING, GatewayEvent.kind != NoticeKind.OTHER
    )
    return back.session.scalar(query) or 0
