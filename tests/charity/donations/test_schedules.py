"""RELIABILITY P1, P5 and P6 at their size: schedules drawn by chance, judged by what must hold.

`make test` tries a twentieth, `make soak` all, newly drawn; the run says at its end how many.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from charity import clock as house_clock
from charity.donations import checks, notices, queries, services, signatures
from charity.donations.gateway import (
    KEY_HOURS,
    BadSignature,
    Checkout,
    CheckoutOrder,
    GatewayNotice,
    GatewayRefused,
    GatewayUnavailable,
    NoticeKind,
    RefundOrder,
    RemoteRefund,
    UnreadableNotice,
)
from charity.donations.models import (
    Donation,
    DonationState,
    EventOutcome,
    Payment,
    PaymentState,
    RefundState,
)
from charity.donations.queries import refunds as refund_queries
from charity.errors import DomainError
from charity.ledger.models import Entry, EntryKind
from charity.letters import Letter
from charity.money import Money
from tests.charity.donations.giving import AMOUNT, GUEST, SYSTEM, Giving
from tests.charity.donations.giving_back import GivingBack
from tests.conftest import SetClock
from tests.fakes import FakeGateway, Fault, Message
from tests.support.schedules import Tell, chances, size

BODIES = Path(__file__).parents[2] / "fixtures" / "webhooks"
#: Gifts and book are gone through after every so many-th schedule: it takes long.
VERIFIED_EVERY = 10

# ── P1: whatever is delivered, however often, in whatever order ──────────────────────────────────

SCHEDULES = 10_000
TELL = {
    "created": FakeGateway.created,
    "processing": FakeGateway.complete,
    "failed": FakeGateway.fail,
    "expired": FakeGateway.expire,
    "succeeded": FakeGateway.pay_late,
}


class _Doors:
    """The doors a message comes in by: each delivery is stored, and acts later or never."""

    def __init__(self, back: GivingBack, chance: random.Random) -> None:
        self.giving, self.back, self.chance = back.giving, back, chance
        gift = self.giving.begin(contact="giver@example.org")
        self.payment = gift.payments[0]
        self.remote_id = self.giving.check_out(self.payment)
        self.heard: set[str] = set()
        #: Deliveries that are stored and whose work is still to come.
        self.owed: list[int] = []

    def run(self) -> None:
        """Deliver each message 0 to 3 times; store and act in any interleaving, some never."""
        messages = {name: say(self.giving.gateway, self.remote_id) for name, say in TELL.items()}
        messages["refunded"] = self.giving.gateway.refunded(self.remote_id, Money.yuan(50))
        deliveries = [
            (name, message)
            for name, message in messages.items()
            for _ in range(self.chance.choice((0, 0, 1, 1, 2, 3)))
        ]
        self.chance.shuffle(deliveries)
        while deliveries or self.owed:
            if deliveries and (not self.owed or self.chance.random() < 0.5):
                self._store(*deliveries.pop())
            else:
                self._act()
        # what was lost with its process the worker finds, and then what waited for its payment
        self.back.sweep()
        self.back.sweep()

    def _store(self, name: str, message: Message) -> None:
        self.owed.append(self.giving.hear(message).id)
        self.heard.add(name)

    def _act(self) -> None:
        event_id = self.owed.pop(self.chance.randrange(len(self.owed)))
        if self.chance.random() < 0.8:
            services.apply_event(self.giving.session, SYSTEM, event_id=event_id)

    def state(self) -> tuple[object, ...]:
        """Everything that must depend on nothing but which messages came."""
        session = self.giving.session
        entries = select(Entry.kind, func.count()).where(Entry.kind != EntryKind.DEED)
        kinds = session.execute(entries.group_by(Entry.kind).order_by(Entry.kind)).all()
        refunds = refund_queries.refunds_of(session, self.payment.donation_id)
        return (
            self.payment.state,
            self.payment.donation.state,
            self.payment.donation.refunded,
            [tuple(row) for row in kinds],
            [(refund.amount, refund.state) for refund in refunds],
            self.giving.told(),
            session.scalar(select(func.count()).where(Letter.kind == "donation.thanks")),
        )


@pytest.mark.long
def test_p1_any_schedule_of_the_same_messages_ends_in_one_state(
    back: GivingBack, tell: Tell
) -> None:
    number = size(SCHEDULES)
    ends: dict[frozenset[str], tuple[object, ...]] = {}
    for place, chance in enumerate(chances("P1", number)):
        with back.session.begin_nested() as savepoint:
            back.giving.gateway = FakeGateway()
            doors = _Doors(back, chance)
            doors.run()
            heard = frozenset(doors.heard) & {"failed", "expired", "succeeded", "refunded"}
            state = doors.state()
            assert ends.setdefault(heard, state) == state, sorted(heard)
            paid = "succeeded" in heard
            assert state[5:] == (int(paid), int(paid)), "one word to the world, one letter"
            if place % VERIFIED_EVERY == 0:
                assert checks.verify(back.session) == []
            savepoint.rollback()
        back.session.expire_all()
    assert len(ends) == 16
    tell(f"P1: {number} schedules of {SCHEDULES}, {len(ends)} sets of messages, one end each")


# ── P5: no key ever buys twice ───────────────────────────────────────────────────────────────────

RUNS = 10_000
FAULTS = (None, None, None, Fault.DOWN, Fault.TIMEOUT, Fault.LOST, Fault.LOST, Fault.REFUSED)


class ForgetfulGateway(FakeGateway):
    """Forgets its keys after a day, as Stripe may: then an old key buys a second time."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, datetime] = {}
        #: How many checkouts and refunds each key has made.
        self.bought: Counter[str] = Counter()

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """See the port."""
        self._forget(order.key)
        return super().create_checkout(order)

    def refund(self, order: RefundOrder) -> RemoteRefund:
        """See the port."""
        self._forget(order.key)
        return super().refund(order)

    def _forget(self, key: str) -> None:
        now = house_clock.now()
        first = self._seen.setdefault(key, now)
        if (now - first).total_seconds() >= KEY_HOURS * 3600:
            self._seen[key] = now
            self._orders.pop(key, None)
            self._refund_orders.pop(key, None)

    def _make(self, order: CheckoutOrder) -> str:
        self.bought[order.key] += 1
        return super()._make(order)

    def _make_refund(self, order: RefundOrder) -> str:
        remote_id = super()._make_refund(order)
        self.bought[order.key] += 1
        return remote_id


class _FaultedGift:
    """One gift on bad days that last, paid at most once by its giver, and then sent back."""

    def __init__(
        self, back: GivingBack, gateway: ForgetfulGateway, clock: SetClock, chance: random.Random
    ) -> None:
        self.back, self.giving, self.gateway = back, back.giving, gateway
        self.clock, self.chance = clock, chance
        self.gift = self.giving.begin()
        self.is_paid = False

    def live(self) -> None:
        """Try, wait, try again; pay when a checkout is seen; then send back in the same way."""
        for _ in range(6):
            self._pass_time()
            if self._seen() and self.chance.random() < 0.6:
                break
            self._try_to_pay()
        else:
            self.gateway.faults.clear()
            self._try_to_pay()
        if remote_id := self._seen():
            self.giving.apply(self.gateway.pay(remote_id))
            self.is_paid = True
            if self.chance.random() < 0.3:
                self._send_back()

    def _pass_time(self) -> None:
        self.clock.advance(hours=self.chance.choice((0, 0, 0, 1, 23, 24, 30)))

    def _seen(self) -> str | None:
        attempt = queries.open_payment_of(self.gift)
        return attempt.remote_id if attempt is not None else None

    def _try_to_pay(self) -> None:
        fault = self.chance.choice(FAULTS)
        self.gateway.faults.extend([fault] if fault else [])
        session = self.giving.session
        payment = services.open_payment(
            session, GUEST, donation_id=self.gift.id, gateway=self.gateway
        )
        if payment.remote_id is None:
            try:
                self.giving.check_out(payment)
            except GatewayUnavailable:
                return
            except GatewayRefused:
                services.abandon_payment(session, GUEST, payment_id=payment.id)
        self.gateway.faults.clear()

    def _send_back(self) -> None:
        (payment,) = (each for each in self.gift.payments if each.state is PaymentState.SUCCEEDED)
        refund = self.back.agree(self.back.ask(payment, Money.yuan(70)))
        for _ in range(4):
            if refund.state not in (RefundState.APPROVED, RefundState.SENT):
                return
            fault = self.chance.choice(FAULTS[:-1])
            self.gateway.faults.extend([fault] if fault else [])
            with suppress(DomainError):
                self.back.send(refund)
            self.gateway.faults.clear()
            self._pass_time()

    def judge(self) -> None:
        """One charge, at most one refund, and no key that bought twice."""
        assert set(self.gateway.bought.values()) <= {1}, self.gateway.bought
        paid = [each for each in self.gateway.sessions.values() if each["payment_status"] == "paid"]
        assert len(paid) == int(self.is_paid)
        assert len(self.gateway.refunds) <= 1
        assert (self.gift.state is DonationState.SETTLED) == self.is_paid


@pytest.mark.long
def test_p5_no_fault_ever_charges_or_refunds_twice(
    back: GivingBack, clock: SetClock, tell: Tell
) -> None:
    number, begun, paid, lost = size(RUNS), clock.now, 0, 0
    for chance in chances("P5", number):
        with back.session.begin_nested() as savepoint:
            gateway = back.giving.gateway = ForgetfulGateway()
            run = _FaultedGift(back, gateway, clock, chance)
            run.live()
            run.judge()
            if paid % VERIFIED_EVERY == 0:
                assert checks.verify(back.session) == []
            paid += run.is_paid
            lost += len(gateway.sessions) > 1 or len(gateway.calls) > 2
            savepoint.rollback()
        back.session.expire_all()
        clock.set(begun)
    # the days were bad, and givers got through all the same
    assert paid > number * 0.9
    assert lost > number * 0.5
    tell(f"P5: {number} faulted runs of {RUNS}, {paid} paid, 0 charged or refunded twice")


def test_p5_the_control_a_key_used_after_a_day_buys_twice(giving: Giving, clock: SetClock) -> None:
    gateway = ForgetfulGateway()
    giving.gateway = gateway
    payment = giving.begin().payments[0]
    giving.check_out(payment)
    clock.advance(hours=KEY_HOURS)
    order = CheckoutOrder(payment.key, AMOUNT, "CNY", "", "", "", "zh")
    gateway.create_checkout(order)
    assert gateway.bought[payment.key] == 2


# ── P6: any bytes at the door ────────────────────────────────────────────────────────────────────

FUZZED = 100_000


def _spoil(body: bytes, chance: random.Random) -> bytes:
    """Other bytes than those that were signed: flipped, cut, doubled, or with another value."""
    kind = chance.randrange(5)
    at = chance.randrange(len(body))
    if kind == 0:
        return body[:at] + bytes([body[at] ^ (1 << chance.randrange(8))]) + body[at + 1 :]
    if kind == 1:
        return body[:at]
    if kind == 2:
        return body[:at] + chance.randbytes(chance.randint(1, 8)) + body[at:]
    if kind == 3:
        return body + body[at:] + b" "
    said = json.loads(body)
    place = said["data"]["object"] if "data" in said else said
    value: object = chance.choice(
        (None, -1, 10**13, 1e308, "CNY", "", [], {}, True, "\x00", "1" * 300)
    )
    place[chance.choice(sorted(place))] = value
    return json.dumps(said).encode() + b" "


def test_p6_fuzzed_bodies_never_pass_and_never_crash(
    giving: Giving, clock: SetClock, tell: Tell
) -> None:
    """With the old signature none is taken; signed anew, each is read strictly or refused."""
    gateway, at, number = giving.gateway, clock.now, size(FUZZED)
    known = [path.read_bytes() for path in sorted(BODIES.glob("*.json"))]
    headers = [gateway.sign(body, at) for body in known]
    read = 0
    for chance in chances("P6", number):
        which = chance.randrange(len(known))
        spoilt = _spoil(known[which], chance)
        try:
            gateway.read_notice(spoilt, headers[which], at)
        except BadSignature:
            pass
        else:
            raise AssertionError(spoilt)
        signed_anew = signatures.sign(spoilt, gateway.secret, at)
        for reader in (gateway.read_notice, _read_as_sandbox):
            try:
                notice = reader(spoilt, signed_anew, at)
            except UnreadableNotice:
                continue
            read += 1
            assert notice.kind in NoticeKind
            assert notice.amount is None or 0 <= notice.amount.fen <= 10**12
    assert read > number / 10
    stored = select(func.count()).select_from(Donation)
    assert giving.session.scalar(stored) == giving.entries() == 0
    tell(f"P6: {number} fuzzed bodies of {FUZZED}, 0 taken unsigned, 0 crashes")


def _read_as_sandbox(body: bytes, signature: str, at: datetime) -> GatewayNotice:
    return notices.sandbox_event(body)


def test_p6_a_signed_message_of_other_figures_changes_nothing(giving: Giving, tell: Tell) -> None:
    """Signed by whoever holds the secret, and yet not what was asked: set aside, nothing moves."""
    number = size(1_000)
    payment = giving.opened()
    told = json.loads(giving.gateway.pay(payment.remote_id or "").body)
    for place, chance in enumerate(chances("P6 figures", number)):
        said = json.loads(json.dumps(told))
        subject, said["id"] = said["data"]["object"], f"evt_{place}"
        _bend(said, subject, chance)
        message = Message(json.dumps(said).encode())
        with giving.session.begin_nested() as savepoint:
            assert giving.apply(message) is EventOutcome.QUARANTINED
            assert payment.state is PaymentState.OPEN
            savepoint.rollback()
        giving.session.expire_all()
    assert giving.session.get_one(Payment, payment.id).state is PaymentState.OPEN
    assert giving.entries() == giving.told() == 0
    tell(f"P6: {number} signed messages of other figures, modes or currencies, 0 changes")


def _bend(event: dict[str, object], subject: dict[str, object], chance: random.Random) -> None:
    kind = chance.randrange(4)
    if kind == 0:
        subject["amount_total"] = chance.choice(
            (0, AMOUNT.fen - 1, AMOUNT.fen + 1, chance.randrange(1, 10**9) * 2 + 1)
        )
    elif kind == 1:
        subject["currency"] = chance.choice(("usd", "hkd", "cnh", "xxx"))
    elif kind == 2:
        event["livemode"] = subject["livemode"] = True
    else:
        subject["id"], subject["client_reference_id"] = f"cs_{chance.randrange(10**9)}", None
