"""RELIABILITY P12 as a walk: whatever staff, gateways and banks do, no more goes back than came."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.donations import services
from charity.donations.gateway import GatewayUnavailable, RemoteRefundState
from charity.donations.models import (
    COUNTING,
    GONE,
    DonationState,
    EventOutcome,
    GatewayEvent,
    Payment,
    Refund,
    RefundCause,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.errors import DomainError
from charity.ledger.models import EntryKind
from charity.money import ZERO, Money
from tests.charity.donations.giving import SYSTEM, Giving
from tests.charity.donations.giving_back import GivingBack
from tests.fakes import FakeGateway, Fault

VERBS = (
    *["ask", "agree", "send"] * 3,
    *["cancel", "refuse", "fail", "office", "dispute", "decide", "spend", "fee", "repeat"],
)
FAULTS = (None, None, None, Fault.DOWN, Fault.LOST, Fault.REFUSED)


@pytest.mark.long
@given(seed=st.integers(0, 2**32 - 1))
def test_never_more_goes_back_than_came(back: GivingBack, seed: int) -> None:
    """Forty steps by many hands; afterwards gifts, refunds and book agree to the fen."""
    session = back.session
    with session.begin_nested() as savepoint:
        giving = Giving(session, FakeGateway(), back.giving.campaign)
        world = GivingBack(giving, back.treasurer, back.payer, back.approvers)
        walk = _Walk(world, random.Random(seed))
        for _ in range(40):
            walk.step()
            walk.check()
        walk.end()
        savepoint.rollback()
    session.expire_all()


class _Walk:
    """Three gifts, a host with money of its own, and everything that may happen to them."""

    def __init__(self, back: GivingBack, chance: random.Random) -> None:
        self.back, self.chance = back, chance
        self.gateway = back.giving.gateway
        back.host(Money.yuan(2000))
        self.payments = [back.paid(Money.yuan(100 * (n + 1))) for n in range(3)]
        self.refunds: list[Refund] = []

    def step(self) -> None:
        """One act; what is refused changes nothing."""
        verb = self.chance.choice(VERBS)
        payment = self.chance.choice(self.payments)
        refund = self.chance.choice(self.refunds) if self.refunds else None
        try:
            with self.back.session.begin_nested():
                if verb in _OF_REFUND:
                    if refund is not None:
                        _OF_REFUND[verb](self, refund)
                else:
                    _OF_PAYMENT[verb](self, payment)
        except DomainError:
            self.back.session.expire_all()

    def ask(self, payment: Payment) -> None:
        amount = Money(self.chance.randint(1, payment.amount.fen * 5 // 4))
        cause = self.chance.choice([RefundCause.DONOR_ASKED, RefundCause.DOUBLE_PAYMENT])
        self.refunds.append(self.back.ask(payment, amount, cause=cause))

    def office(self, payment: Payment) -> None:
        """Somebody gives back in the gateway's own office."""
        amount = Money(self.chance.randint(1, payment.amount.fen))
        self.tell(self.gateway.refunded(payment.remote_id or "", amount))

    def dispute(self, payment: Payment) -> None:
        amount = Money(self.chance.randint(1, payment.amount.fen))
        self.tell(self.gateway.dispute(payment.remote_id or "", amount=amount))

    def decide(self, payment: Payment) -> None:
        said = self.chance.choice(["won", "lost"])
        amount = Money(self.chance.randint(1, payment.amount.fen))
        self.tell(self.gateway.dispute(payment.remote_id or "", said, amount=amount))

    def spend(self, payment: Payment) -> None:
        self.back.spend(Money(self.chance.randint(1, 20_000)))

    def fee(self, payment: Payment) -> None:
        services.record_fee(self.back.session, SYSTEM, payment_id=payment.id, fee=Money(321))

    def repeat(self, payment: Payment) -> None:
        """Old messages come again, in any order."""
        messages = self.gateway.deliveries(self.chance)
        for message in messages[:3]:
            self.tell(message)

    def agree(self, refund: Refund) -> None:
        self.back.agree(refund)

    def send(self, refund: Refund) -> None:
        fault = self.chance.choice(FAULTS)
        if fault is not None and refund.state is RefundState.APPROVED:
            self.gateway.plan_faults([fault])
        if self.chance.random() < 0.3:
            self.gateway.refund_states.append(RemoteRefundState.PENDING)
        try:
            self.back.send(refund)
        except GatewayUnavailable:
            # The book keeps what it was told: only the answer is missing.
            return
        finally:
            self.gateway.faults.clear()
            self.gateway.refund_states.clear()

    def cancel(self, refund: Refund) -> None:
        services.cancel_refund(self.back.session, self.back.treasurer, refund_id=refund.id)

    def refuse(self, refund: Refund) -> None:
        services.decide_refund(
            self.back.session,
            self.back.approvers[0],
            refund_id=refund.id,
            agreed=False,
            reason="不同意",
        )

    def fail(self, refund: Refund) -> None:
        """The bank sends a refund back."""
        if refund.remote_id is not None:
            self.tell(self.gateway.refund_failed(refund.remote_id))

    def tell(self, message: object) -> None:
        event = self.back.giving.hear(message)  # type: ignore[arg-type]  # of the fake
        services.apply_event(self.back.session, SYSTEM, event_id=event.id)

    def check(self) -> None:
        """What must hold after every step."""
        for payment in self.payments:
            gift = payment.donation
            found = queries.refunds_of(self.back.session, gift.id)
            gone = sum(refund.amount.fen for refund in found if refund.state in GONE)
            counted = sum(refund.amount.fen for refund in found if refund.state in COUNTING)
            assert gone <= counted <= payment.amount.fen
            assert gift.refunded.fen == gone
            whole = gone == payment.amount.fen
            assert gift.state is (DonationState.REFUNDED if whole else DonationState.SETTLED)

    def end(self) -> None:
        """The book says the same, and nothing that failed is still gone."""
        self.back.judge()
        session = self.back.session
        for event in session.query(GatewayEvent).filter_by(outcome=EventOutcome.QUARANTINED):
            assert event.outcome_note
        failed = [refund for refund in self.refunds if refund.state is RefundState.FAILED]
        assert all((r.entry_id is None) == (r.reversal_entry_id is None) for r in failed)
        assert self.back.entries(EntryKind.REFUND) >= len(
            [refund for refund in self.refunds if refund.state in GONE]
        )
        assert self.back.in_hand() >= ZERO


_OF_REFUND = {
    "agree": _Walk.agree,
    "send": _Walk.send,
    "cancel": _Walk.cancel,
    "refuse": _Walk.refuse,
    "fail": _Walk.fail,
}
_OF_PAYMENT = {
    "ask": _Walk.ask,
    "office": _Walk.office,
    "dispute": _Walk.dispute,
    "decide": _Walk.decide,
    "spend": _Walk.spend,
    "fee": _Walk.fee,
    "repeat": _Walk.repeat,
}
