"""A gateway's own list of a day against ours: every drift is found, nothing else is (P11)."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from charity import clock as house_clock
from charity.actor import Actor
from charity.donations import services
from charity.donations.gateway import NoticeKind, RemoteStatus
from charity.donations.models import (
    DriftKind,
    GatewayDrift,
    Payment,
    PaymentState,
    RefundCause,
)
from charity.donations.queries import events
from charity.errors import Denied, Insufficient, Invalid, InvalidState
from charity.ledger.models import EntryKind
from charity.money import ZERO, Money
from tests.charity.donations.giving import SYSTEM
from tests.charity.donations.giving_back import GivingBack
from tests.conftest import SetClock

YUAN = Money.yuan
DRIFTS = 50


class Night:
    """The comparison of one day, as the job does it, against a list we may bend."""

    def __init__(self, back: GivingBack, day: date) -> None:
        self.back, self.day = back, day
        self.listed = list(back.giving.gateway.settled_on(day))
        #: What the gateway says when it is asked about one that is not on the list.
        self.known: dict[str, RemoteStatus] = {each.remote_id: each for each in self.listed}

    def compare(self) -> list[GatewayDrift]:
        """The new differences."""
        session, name = self.back.session, self.back.giving.gateway.name
        found: list[GatewayDrift] = []
        for status in self.listed:
            found += services.compare_listed(
                session, SYSTEM, gateway=name, day=self.day, status=status
            )
        listed = {each.remote_id for each in self.listed}
        for payment in services.missing_in(
            session, SYSTEM, gateway=name, day=self.day, listed=listed
        ):
            found += services.compare_missing(
                session,
                SYSTEM,
                payment_id=payment.id,
                day=self.day,
                status=self.known.get(payment.remote_id or ""),
            )
        return found

    def bend(self, number: int, kind: DriftKind) -> str:
        """Let one line of the list drift; answers which checkout."""
        status = self.listed[number]
        if kind is DriftKind.UNKNOWN_HERE:
            status = replace(status, remote_id=f"cs_else_{number}", key=None)
            self.listed.append(status)
            return status.remote_id
        if kind is DriftKind.UNKNOWN_THERE:
            self.known.pop(status.remote_id)
            self.listed[number] = replace(self.listed[number], remote_id="")
            return status.remote_id
        if kind is DriftKind.STATE:
            self.known[status.remote_id] = replace(status, kind=NoticeKind.EXPIRED)
            self.listed[number] = replace(self.listed[number], remote_id="")
            return status.remote_id
        changed = {
            DriftKind.AMOUNT: {"amount": Money((status.amount or ZERO).fen + 1)},
            DriftKind.CURRENCY: {"currency": "USD"},
            DriftKind.REFUNDED: {"refunded": Money(1)},
        }[kind]
        self.listed[number] = replace(status, **changed)  # type: ignore[arg-type]  # by kind
        return status.remote_id


def a_day(back: GivingBack, gifts: int) -> Night:
    """Gifts of one day, some refunded in part, some disputed and lost, all heard of."""
    back.host(YUAN(1000))
    for number in range(gifts):
        payment = back.paid(YUAN(20 + number))
        if number % 7 == 3:
            back.refund(payment, YUAN(5))
        if number % 11 == 5:
            gateway = back.giving.gateway
            back.hear(gateway.dispute(payment.remote_id or "", "lost", amount=YUAN(3)))
    return Night(back, house_clock.today())


def test_a_day_in_order_shows_nothing(back: GivingBack) -> None:
    night = a_day(back, 30)
    assert len(night.listed) == 30
    assert night.compare() == []
    assert Night(back, night.day - timedelta(days=1)).compare() == []


@pytest.mark.parametrize("seed", range(3))
def test_fifty_drifts_of_every_kind_are_found_and_no_other(back: GivingBack, seed: int) -> None:
    chance = random.Random(seed)
    night = a_day(back, 120)
    kinds = [list(DriftKind)[number % len(DriftKind)] for number in range(DRIFTS)]
    lines = chance.sample(range(len(night.listed)), DRIFTS)
    planted = Counter(
        (night.bend(line, kind), kind) for line, kind in zip(lines, kinds, strict=True)
    )
    night.listed = [status for status in night.listed if status.remote_id]
    chance.shuffle(night.listed)
    found = Counter((drift.remote_id, drift.kind) for drift in night.compare())
    print(f"\ndrifts planted {planted.total()}, found {found.total()}")  # noqa: T201 - the issue asks for it
    assert found == planted
    assert night.compare() == []
    assert events.alarms(back.session).drifts == DRIFTS


def test_a_message_that_never_came_is_taken_from_the_list(back: GivingBack) -> None:
    payment = back.giving.opened()
    back.giving.gateway.pay(payment.remote_id or "")
    assert Night(back, house_clock.today()).compare() == []
    assert payment.state is PaymentState.SUCCEEDED
    back.judge()


def test_a_message_that_came_the_next_day_is_no_drift(back: GivingBack, clock: SetClock) -> None:
    payment = back.giving.opened()
    message = back.giving.gateway.pay(payment.remote_id or "")
    clock.advance(hours=20)
    back.giving.apply(message)
    night = Night(back, house_clock.today())
    assert night.listed == []
    night.known = {each.remote_id: each for each in back.giving.gateway.settled_on(
        night.day - timedelta(days=1)
    )}  # fmt: skip
    assert night.compare() == []


def test_a_second_payment_set_aside_is_a_difference_in_state(back: GivingBack) -> None:
    giving = back.giving
    gift = giving.begin()
    first = giving.check_out(gift.payments[0])
    giving.apply(giving.gateway.expire(first))
    services.open_payment(back.session, SYSTEM, donation_id=gift.id, gateway=giving.gateway)
    second = giving.check_out(gift.payments[1])
    giving.apply(giving.gateway.pay(first))
    giving.apply(giving.gateway.pay(second))
    (drift,) = Night(back, house_clock.today()).compare()
    assert (drift.kind, drift.remote_id) == (DriftKind.STATE, second)


def test_a_refund_under_way_is_no_drift_and_one_by_hand_neither(back: GivingBack) -> None:
    payment = back.paid()
    refund = back.agree(back.ask(payment, YUAN(50)))
    services.begin_sending(back.session, SYSTEM, refund_id=refund.id)
    assert Night(back, house_clock.today()).compare() == []
    back.send(refund)
    assert Night(back, house_clock.today()).compare() == []


def test_a_person_closes_a_difference_with_a_note(back: GivingBack) -> None:
    night = a_day(back, 3)
    night.bend(0, DriftKind.AMOUNT)
    (drift,) = night.compare()
    with pytest.raises(Invalid):
        services.close_drift(back.session, back.treasurer, drift_id=drift.id, note="")
    services.close_drift(back.session, back.treasurer, drift_id=drift.id, note="平台更正")
    assert events.drifts(back.session, charity_ids=None) == []
    assert events.drifts(back.session, charity_ids=None, closed=True) == [drift]
    with pytest.raises(InvalidState):
        services.close_drift(back.session, back.treasurer, drift_id=drift.id, note="再来")
    assert night.compare() == []


def test_only_the_installation_compares(back: GivingBack) -> None:
    night = a_day(back, 1)
    with pytest.raises(Denied):
        services.compare_listed(
            back.session, Actor.guest(), gateway="fake", day=night.day, status=night.listed[0]
        )


# ── fees ─────────────────────────────────────────────────────────────────────────────────────────


def owed(back: GivingBack) -> list[Payment]:
    """Payments whose fee is not known."""
    return events.fees_owed(back.session)


def test_a_fee_told_later_is_booked_once(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    assert owed(back) == [payment]
    assert back.giving.gateway.fee(payment.remote_id or "") is None
    for _ in range(2):
        services.record_fee(back.session, SYSTEM, payment_id=payment.id, fee=YUAN(6))
    assert (payment.fee, payment.fee_is_known, owed(back)) == (YUAN(6), True, [])
    assert back.entries(EntryKind.FEE) == 1
    assert back.in_hand() == YUAN(194)
    back.judge()


def test_a_gateway_that_keeps_nothing_is_asked_once(back: GivingBack) -> None:
    payment = back.paid()
    services.record_fee(back.session, SYSTEM, payment_id=payment.id, fee=ZERO)
    assert (owed(back), back.entries(EntryKind.FEE)) == ([], 0)


def test_a_fee_larger_than_its_gift_takes_the_hosts_own(back: GivingBack) -> None:
    payment = back.paid(YUAN(1))
    with pytest.raises(Insufficient), back.session.begin_nested():
        services.record_fee(back.session, SYSTEM, payment_id=payment.id, fee=YUAN(3))
    host = back.host(YUAN(10))
    services.record_fee(back.session, SYSTEM, payment_id=payment.id, fee=YUAN(3))
    assert (back.in_hand(), back.in_hand(host.id)) == (ZERO, YUAN(8))
    back.judge()


def test_a_refund_after_the_fee_takes_what_is_left_or_the_hosts_own(back: GivingBack) -> None:
    host = back.host(YUAN(100))
    payment = back.paid(YUAN(200))
    services.record_fee(back.session, SYSTEM, payment_id=payment.id, fee=YUAN(6))
    with pytest.raises(Insufficient):
        back.ask(payment)
    back.refund(payment, cause=RefundCause.DOUBLE_PAYMENT)
    assert back.in_hand(host.id) == YUAN(94)
    drifts = back.session.scalars(select(GatewayDrift)).all()
    assert drifts == []
    back.judge()
