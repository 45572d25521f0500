"""Messages nobody could believe, or that failed: set aside, seen, dealt with; the others go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from charity.actor import Actor, Grant, Role
from charity.donations import queries, services
from charity.donations.models import (
    EVENT_TRIES,
    DonationState,
    EventOutcome,
    GatewayEvent,
)
from charity.donations.queries import events
from charity.donations.reasons import DonationsReason
from charity.errors import Denied, Invalid, InvalidState, NotFound
from charity.money import Money
from tests.charity.donations.giving import SYSTEM
from tests.charity.donations.giving_back import GivingBack
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation


def quarantined(back: GivingBack) -> GatewayEvent:
    """A payment of another sum than was asked."""
    payment = back.giving.opened()
    message = back.giving.gateway.pay(payment.remote_id or "", amount_total=1)
    event = back.giving.hear(message)
    assert services.apply_event(back.session, SYSTEM, event_id=event.id) is EventOutcome.QUARANTINED
    return event


def poisoned(back: GivingBack) -> GatewayEvent:
    """A message that failed as often as is allowed."""
    payment = back.giving.opened()
    event = back.giving.hear(back.giving.gateway.pay(payment.remote_id or ""))
    for number in range(EVENT_TRIES):
        outcome = services.note_failure(
            back.session, SYSTEM, event_id=event.id, error=f"RuntimeError: {number}"
        )
        last = number == EVENT_TRIES - 1
        assert outcome is (EventOutcome.SET_ASIDE if last else EventOutcome.WAITING)
    return event


def test_a_poisoned_message_is_set_aside_and_may_be_tried_again(back: GivingBack) -> None:
    event = poisoned(back)
    assert (event.attempts, event.last_error) == (EVENT_TRIES, f"RuntimeError: {EVENT_TRIES - 1}")
    assert queries.waiting_events(back.session) == []
    assert events.alarms(back.session).set_aside == 1
    services.retry_event(back.session, back.treasurer, event_id=event.id)
    assert (event.outcome, event.attempts) == (EventOutcome.WAITING, 0)
    back.sweep()
    assert event.outcome is EventOutcome.APPLIED
    back.judge()


def test_a_closed_message_counts_no_failures(back: GivingBack) -> None:
    back.paid()
    event = next(iter(events.events_page(
        back.session, charity_ids=None, outcomes=[EventOutcome.APPLIED]
    )))  # fmt: skip
    outcome = services.note_failure(back.session, SYSTEM, event_id=event.id, error="late")
    assert (outcome, event.attempts) == (EventOutcome.APPLIED, 0)


def test_the_others_go_on(back: GivingBack) -> None:
    """Pages of messages that only wait do not stand in the way of those behind them."""
    early = back.giving.opened()
    back.giving.gateway.pay(early.remote_id or "")
    refunds = [back.giving.hear(back.giving.gateway.refunded(early.remote_id or "", Money(1)))]
    refunds += [
        back.giving.hear(back.giving.gateway.refunded(early.remote_id or "", Money(1)))
        for _ in range(4)
    ]
    late = back.giving.opened()
    paid = back.giving.hear(back.giving.gateway.pay(late.remote_id or ""))
    first = queries.waiting_events(back.session, limit=5)
    assert [event.id for event in first] == [event.id for event in refunds]
    second = queries.waiting_events(back.session, after=first[-1].id, limit=5)
    assert [event.id for event in second] == [paid.id]


def test_a_person_resolves_it_with_a_note(back: GivingBack) -> None:
    event = quarantined(back)
    with pytest.raises(Invalid):
        services.resolve_event(back.session, back.treasurer, event_id=event.id, note=" ")
    services.resolve_event(back.session, back.treasurer, event_id=event.id, note="平台已更正")
    assert (event.outcome, event.resolution) == (EventOutcome.RESOLVED, "平台已更正")
    assert event.resolved_by_user_id == back.treasurer.user_id
    assert events.alarms(back.session).count == 0
    with pytest.raises(InvalidState):
        services.resolve_event(back.session, back.treasurer, event_id=event.id, note="再来")


def test_whose_business_it_is(back: GivingBack) -> None:
    event = quarantined(back)
    assert event.outcome_note == DonationsReason.AMOUNT_DIFFERS.value
    other = make_organisation(back.session, name="别的慈善会")
    stranger = make_actor(back.session, Grant(Role.TREASURER, organisation_id=other.id))
    for actor, error in (
        (stranger, NotFound),
        (back.approvers[0], NotFound),
        (Actor.guest(), Denied),
        (SYSTEM, Denied),
    ):
        with pytest.raises(error):
            services.resolve_event(back.session, actor, event_id=event.id, note="x")
    mine = events.events_page(back.session, charity_ids=[back.giving.campaign.charity_id])
    assert mine == [event]
    assert events.events_page(back.session, charity_ids=[other.id]) == []


def test_only_what_was_set_aside_is_tried_again(back: GivingBack) -> None:
    event = quarantined(back)
    with pytest.raises(InvalidState):
        services.retry_event(back.session, back.treasurer, event_id=event.id)


def test_only_a_second_payment_is_a_further_gift(back: GivingBack) -> None:
    for event in (quarantined(back), poisoned(back)):
        with pytest.raises(InvalidState):
            services.take_as_gift(back.session, back.treasurer, event_id=event.id, note="x")


def test_stuck_payments_are_listed_then_alarm(back: GivingBack, clock: SetClock) -> None:
    payment = back.giving.opened()
    back.giving.begin()
    charities = [back.giving.campaign.charity_id]

    def listed() -> list[int]:
        before = clock.now - events.LISTED_AFTER
        stuck = events.stuck_of(back.session, charity_ids=charities, before=before)
        return [each.id for each in stuck]

    assert listed() == []
    clock.advance(hours=1, minutes=1)
    assert listed() == [payment.id]
    assert events.alarms(back.session).stuck == 0
    clock.advance(hours=23)
    assert events.alarms(back.session).stuck == 1
    payment.gateway = "transfer"
    back.session.flush()
    assert events.alarms(back.session).stuck == 0
    assert queries.stuck_payments(back.session, before=clock.now - timedelta(minutes=1)) != [
        payment
    ]


def test_a_stuck_payment_is_healed_by_asking(back: GivingBack) -> None:
    payment = back.giving.opened()
    back.giving.gateway.pay(payment.remote_id or "")
    status = back.giving.gateway.fetch(payment.remote_id or "")
    outcome = services.reconcile(back.session, SYSTEM, payment_id=payment.id, status=status)
    assert outcome is EventOutcome.APPLIED
    assert payment.donation.state is DonationState.SETTLED
    assert payment.intent_id == status.intent_id
    back.judge()
