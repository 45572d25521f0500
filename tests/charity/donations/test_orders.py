"""RELIABILITY P1: the same messages in any order, any of them twice, end in one state.

All orders of {created, processing, succeeded, failed, expired} and of each part of it, and then
days on which several givers, lost answers and repeated attempts come together.
"""

import random
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from charity.donations import checks, queries, services
from charity.donations.gateway import GatewayRefused, GatewayUnavailable
from charity.donations.models import (
    Donation,
    DonationState,
    EventOutcome,
    Payment,
    PaymentState,
)
from charity.ledger.models import Entry, Inflow
from charity.money import Money
from tests.charity.donations.giving import GUEST, SYSTEM, Giving
from tests.fakes import FakeGateway, Fault, Message

TELL = {
    "created": FakeGateway.created,
    "processing": FakeGateway.complete,
    "succeeded": FakeGateway.pay_late,
    "failed": FakeGateway.fail,
    "expired": FakeGateway.expire,
}
#: What an attempt comes to when it has heard these.
ENDS = [
    ("succeeded", PaymentState.SUCCEEDED),
    ("failed", PaymentState.FAILED),
    ("expired", PaymentState.EXPIRED),
]
SUBSETS = [part for size in range(1, 6) for part in combinations(TELL, size)]


def outcome_of(giving: Giving, messages: list[Message], payment: Payment) -> tuple[object, ...]:
    """Deliver, and say everything that must not depend on the order."""
    for message in messages:
        assert giving.apply(message) in (EventOutcome.APPLIED, EventOutcome.IGNORED)
    entries = giving.session.execute(
        select(Entry.source, Inflow.amount).join(Inflow, Inflow.entry_id == Entry.id)
    ).all()
    return (payment.state, payment.donation.state, len(entries), giving.told())


@pytest.mark.parametrize("names", SUBSETS, ids="-".join)
def test_every_order_with_repeats_ends_in_one_state(giving: Giving, names: tuple[str, ...]) -> None:
    """325 orders in all, each with two patterns of repetition."""
    expected = next((state for name, state in ENDS if name in names), PaymentState.OPEN)
    paid = expected is PaymentState.SUCCEEDED
    wanted = (
        expected,
        DonationState.SETTLED if paid else DonationState.PENDING,
        int(paid),
        int(paid),
    )
    chance = random.Random("-".join(names))
    for order in permutations(names):
        for at_once in (True, False):
            with giving.session.begin_nested() as savepoint:
                payment = giving.opened()
                told = [TELL[name](giving.gateway, payment.remote_id or "") for name in order]
                repeats = [each for each in told for _ in range(chance.randint(0, 2))]
                if at_once:
                    delivered = [each for each in told for _ in range(2)]
                else:
                    delivered = [*told, *chance.sample(repeats, len(repeats))]
                assert outcome_of(giving, delivered, payment) == wanted, order
                assert checks.verify(giving.session) == []
                savepoint.rollback()


VERBS = (
    *["check_out", "pay", "give_up"] * 2,
    *["fail", "expire", "complete", "ask", "deliver", "retry"],
)
FAULTS = (*[None] * 6, Fault.DOWN, Fault.TIMEOUT, Fault.LOST, Fault.REFUSED)


@given(seed=st.integers(0, 2**32 - 1))
def test_bad_days_end_well(giving: Giving, seed: int) -> None:
    """Givers, faults and messages mixed: what was paid is in the book once, or set aside."""
    chance = random.Random(seed)
    with giving.session.begin_nested() as savepoint:
        day = _Day(Giving(giving.session, FakeGateway(), giving.campaign), chance)
        for _ in range(40):
            day.turn(chance.randrange(3), chance.choice(VERBS), chance.choice(FAULTS))
        day.settle_everything()
        day.judge()
        savepoint.rollback()
    giving.session.expire_all()


class _Day:
    """Three givers before one gateway."""

    def __init__(self, giving: Giving, chance: random.Random) -> None:
        self.giving, self.chance = giving, chance
        self.gateway = giving.gateway
        self.gifts = [giving.begin(Money.yuan(10 * (n + 1))) for n in range(3)]
        #: Checkouts a giver has seen and may pay in.
        self.seen: dict[int, list[str]] = {gift.id: [] for gift in self.gifts}
        self.paid: set[str] = set()

    def turn(self, giver: int, verb: str, fault: Fault | None) -> None:
        gift = self.gifts[giver]
        if verb == "check_out":
            self._check_out(gift, fault)
        elif verb == "retry" and gift.state is DonationState.PENDING:
            services.open_payment(
                self.giving.session, GUEST, donation_id=gift.id, gateway=self.gateway
            )
        elif verb == "deliver":
            for message in self.gateway.deliveries(self.chance)[:3]:
                self.giving.apply(message)
        elif verb == "give_up":
            self._try_again(gift)
        elif self.seen[gift.id]:
            self._at_the_gateway(self.chance.choice(self.seen[gift.id]), verb)

    def _check_out(self, gift: Donation, fault: Fault | None) -> None:
        payment = queries.open_payment_of(gift)
        if payment is None:
            return
        self.gateway.faults.extend([fault] if fault else [])
        try:
            self.seen[gift.id].append(self.giving.check_out(payment))
        except GatewayUnavailable:
            return
        except GatewayRefused:
            if payment.state is PaymentState.CREATED:
                services.abandon_payment(self.giving.session, GUEST, payment_id=payment.id)

    def _try_again(self, gift: Donation) -> None:
        """The wallet says no, so the giver begins again; the first wallet may still pay."""
        attempt = queries.open_payment_of(gift)
        if attempt is None or attempt.remote_id is None or attempt.remote_id in self.paid:
            return
        self.gateway.complete(attempt.remote_id)
        self.giving.apply(self.gateway.fail(attempt.remote_id))
        if gift.state is DonationState.PENDING:
            services.open_payment(
                self.giving.session, GUEST, donation_id=gift.id, gateway=self.gateway
            )
            self._check_out(gift, None)

    def _at_the_gateway(self, remote_id: str, verb: str) -> None:
        open_there = self.gateway.sessions[remote_id]["status"] == "open"
        if verb == "ask":
            self._ask(remote_id)
        elif verb == "pay" and self.gateway.sessions[remote_id]["status"] != "expired":
            (self.gateway.pay if open_there else self.gateway.pay_late)(remote_id)
            self.paid.add(remote_id)
        elif verb == "expire" and open_there:
            self.gateway.expire(remote_id)
        elif verb == "complete" and open_there:
            self.gateway.complete(remote_id)
        elif verb == "fail" and remote_id not in self.paid and not open_there:
            self.gateway.fail(remote_id)

    def _ask(self, remote_id: str) -> None:
        payment = queries.payment_by_remote(self.giving.session, self.gateway.name, remote_id)
        services.reconcile(
            self.giving.session,
            SYSTEM,
            payment_id=payment.id,
            status=self.gateway.fetch(remote_id),
        )

    def settle_everything(self) -> None:
        """Every message comes at last, some twice."""
        for message in self.gateway.deliveries(self.chance, times=3):
            self.giving.apply(message)

    def judge(self) -> None:
        """To the fen: what each giver paid is one entry, and the rest is set aside by name."""
        session = self.giving.session
        assert checks.verify(session) == []
        aside = {
            event.remote_id
            for event in queries.quarantined_events(session)
            if event.gateway == self.gateway.name
        }
        for gift in self.gifts:
            paid = [remote_id for remote_id in set(self.seen[gift.id]) if remote_id in self.paid]
            settled = [each for each in gift.payments if each.state is PaymentState.SUCCEEDED]
            assert len(settled) == min(len(paid), 1)
            assert set(paid) == {each.remote_id for each in settled} | (aside & set(paid))
            assert (gift.state is DonationState.SETTLED) == bool(paid)
        made = [key for verb, key in self.gateway.calls if verb == "create"]
        assert len(self.gateway.sessions) <= len(set(made))
