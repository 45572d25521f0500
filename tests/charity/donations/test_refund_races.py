"""Many hands at one moment, with real commits: two persons agree, one refund is booked and sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations import services
from charity.donations.gateway import RefundOrder
from charity.donations.models import Refund, RefundCause, RefundPath, RefundState
from charity.donations.queries import refunds as queries
from charity.errors import DomainError
from charity.ledger.models import EntryKind
from charity.money import Money
from charity.registry.models import Campaign
from tests.charity.donations.giving import SYSTEM, Giving, open_giving
from tests.charity.donations.giving_back import GivingBack, giving_back
from tests.fakes import FakeGateway

THREADS = 8
ROUNDS = 4
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
Result = TypeVar("Result")


class Race:
    """A campaign with its staff in a database of its own, and a starting line."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.gateway = engine, FakeGateway()
        with clock.at(AT), Session(engine) as session:
            back = giving_back(open_giving(session, self.gateway))
            self.campaign_id = back.giving.campaign.id
            self.staff = (back.treasurer, back.payer, back.approvers)
            session.commit()

    def unit(self, work: Callable[[GivingBack], Result]) -> Result:
        """One unit of work: it commits, or leaves nothing."""
        with clock.at(AT), Session(self.engine, expire_on_commit=False) as session:
            giving = Giving(session, self.gateway, session.get_one(Campaign, self.campaign_id))
            result = work(GivingBack(giving, *self.staff))
            session.commit()
            return result

    def run(self, work: Callable[[GivingBack, int], Result]) -> list[Result | None]:
        """The same work by many threads that start at one moment; a refusal counts as None."""
        line = threading.Barrier(THREADS)

        def start(number: int) -> Result | None:
            line.wait(timeout=30)
            try:
                return self.unit(lambda back: work(back, number))
            except DomainError:
                return None

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(start, range(THREADS)))


@pytest.fixture
def race(fresh_engine: Engine) -> Race:
    return Race(fresh_engine)


def agree(actor: Actor, refund_id: int) -> Callable[[GivingBack, int], RefundState]:
    """One person says yes."""
    return lambda back, _number: (
        services.decide_refund(back.session, actor, refund_id=refund_id, agreed=True).state
    )


def test_one_person_at_many_doors_is_one_voice(race: Race) -> None:
    for _ in range(ROUNDS):
        refund_id = race.unit(lambda back: back.ask(back.paid(Money.yuan(5000))).id)
        first, second = race.staff[2]
        said = race.run(agree(first, refund_id))
        assert [state for state in said if state is not None] == [RefundState.REQUESTED]
        assert race.run(agree(second, refund_id)).count(RefundState.APPROVED) == 1


def test_together_they_ask_for_no_more_than_was_paid(race: Race) -> None:
    for _ in range(ROUNDS):
        payment_id = race.unit(lambda back: back.paid(Money.yuan(100)).id)

        def ask(back: GivingBack, _number: int, payment_id: int = payment_id) -> int:
            return services.request_refund(
                back.session,
                back.treasurer,
                payment_id=payment_id,
                amount=Money.yuan(40),
                cause=RefundCause.DONOR_ASKED,
                reason="同时申请",
                gateway=race.gateway,
            ).id

        assert len([each for each in race.run(ask) if each is not None]) == 2


def test_many_workers_book_and_send_it_once(race: Race) -> None:
    for _ in range(ROUNDS):
        refund_id = race.unit(lambda back: back.agree(back.ask(back.paid())).id)

        def send(back: GivingBack, _number: int, refund_id: int = refund_id) -> RefundState:
            return back.send(back.session.get_one(Refund, refund_id)).state

        assert RefundState.SUCCEEDED in race.run(send)
    race.unit(lambda back: back.judge())
    assert race.unit(lambda back: back.entries(EntryKind.REFUND)) == ROUNDS
    assert len(race.gateway.refunds) == ROUNDS


def test_one_transfer_is_recorded_once(race: Race) -> None:
    def prepared(back: GivingBack) -> int:
        refund = back.ask(back.paid(), path=RefundPath.TRANSFER, payee="张三 建设银行 6217")
        return back.agree(refund).id

    refund_id = race.unit(prepared)

    def pay(back: GivingBack, number: int) -> RefundState:
        return services.pay_by_transfer(
            back.session,
            back.payer,
            refund_id=refund_id,
            reference=f"B{number}",
            paid_on=clock.today(),
        ).state

    assert [state for state in race.run(pay) if state] == [RefundState.SUCCEEDED]
    race.unit(lambda back: back.judge())


def test_our_answer_and_the_gateways_message_at_once(race: Race) -> None:
    for _ in range(ROUNDS):
        refund_id = race.unit(lambda back: back.agree(back.ask(back.paid())).id)

        def begin(back: GivingBack, refund_id: int = refund_id) -> RefundOrder | None:
            return services.begin_sending(back.session, SYSTEM, refund_id=refund_id)

        order = race.unit(begin)
        assert order is not None
        answer = race.gateway.refund(order)
        message = race.gateway.refunded(order.remote_id, subject_id=answer.remote_id)

        def hear(
            back: GivingBack,
            number: int,
            refund_id: int = refund_id,
            answer: object = answer,
            message: object = message,
        ) -> None:
            if number % 2:
                back.giving.apply(message)  # type: ignore[arg-type]  # bound above
            else:
                services.record_refund(
                    back.session,
                    SYSTEM,
                    refund_id=refund_id,
                    answer=answer,  # type: ignore[arg-type]  # bound above
                )

        race.run(hear)

        def state(back: GivingBack, refund_id: int = refund_id) -> RefundState:
            return queries.refund(back.session, refund_id).state

        assert race.unit(state) is RefundState.SUCCEEDED
    race.unit(lambda back: back.judge())
