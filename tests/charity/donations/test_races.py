"""Sixteen at once, with real commits: one gift, one entry (RELIABILITY P1, P2, P4)."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.donations import checks, queries, services
from charity.donations.gateway import NoticeKind, RemoteStatus
from charity.donations.models import (
    Donation,
    DonationState,
    EventOutcome,
    GatewayEvent,
    Payment,
    PaymentState,
)
from charity.errors import Conflict
from charity.ledger.checks import verify as verify_book
from charity.ledger.models import Entry, EntryKind
from charity.outbox import Outbox
from charity.registry.models import Campaign
from tests.charity.donations.giving import AMOUNT, GUEST, SYSTEM, Giving, open_giving
from tests.fakes import FakeGateway, Message

THREADS = 16
#: How often each race is run; every run has its own gift.
ROUNDS = 5
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)

Result = TypeVar("Result")


class Race:
    """A campaign in a database of its own, and a starting line."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.gateway = FakeGateway()
        with clock.at(AT), Session(engine) as session:
            self.campaign_id = open_giving(session, self.gateway).campaign.id
            session.commit()

    def unit(self, work: Callable[[Giving], Result]) -> Result:
        """One unit of work: it commits, or leaves nothing."""
        with clock.at(AT), Session(self.engine, expire_on_commit=False) as session:
            campaign = session.get_one(Campaign, self.campaign_id)
            result = work(Giving(session, self.gateway, campaign))
            session.commit()
            return result

    def run(self, work: Callable[[Giving, int], Result]) -> list[Result]:
        """The same work by sixteen threads that start at one moment."""
        line = threading.Barrier(THREADS)

        def start(number: int) -> Result:
            line.wait(timeout=30)
            return self.unit(lambda giving: work(giving, number))

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(start, range(THREADS)))

    def opened(self) -> Payment:
        """A gift whose giver stands before the gateway's page."""
        return self.unit(Giving.opened)

    def judge(self, *, gifts: int) -> None:
        """As many entries, as many words to the world, and both books in order."""
        with clock.at(AT), Session(self.engine) as session:
            for query in (
                select(func.count()).where(Entry.kind != EntryKind.DEED),
                select(func.count()).where(Outbox.event == "donation.settled"),
                select(func.count()).where(Payment.state == PaymentState.SUCCEEDED),
                select(func.count()).where(Donation.state == DonationState.SETTLED),
            ):
                assert session.scalar(query) == gifts, str(query)
            assert checks.verify(session) == []
            assert list(verify_book(session)) == []


@pytest.fixture
def race(fresh_engine: Engine) -> Race:
    return Race(fresh_engine)


def test_one_stored_message_applied_by_sixteen(race: Race) -> None:
    for _ in range(ROUNDS):
        payment = race.opened()
        message = race.gateway.pay(payment.remote_id or "")
        event_id = race.unit(lambda giving, told=message: giving.hear(told).id)
        outcomes = race.run(
            lambda giving, _, event_id=event_id: services.apply_event(
                giving.session, SYSTEM, event_id=event_id
            )
        )
        assert outcomes == [EventOutcome.APPLIED] * THREADS
    race.judge(gifts=ROUNDS)


def test_one_message_delivered_at_sixteen_doors(race: Race) -> None:
    for _ in range(ROUNDS):
        message = race.gateway.pay(race.opened().remote_id or "")
        outcomes = race.run(lambda giving, _, told=message: giving.apply(told))
        assert outcomes == [EventOutcome.APPLIED] * THREADS
    race.judge(gifts=ROUNDS)
    stored = race.unit(
        lambda giving: giving.session.scalar(select(func.count()).select_from(GatewayEvent))
    )
    assert stored == ROUNDS


def test_different_words_about_one_payment_at_once(race: Race) -> None:
    """The webhook, a late failure, an expiry, and our own question, all at the same moment."""
    for _ in range(ROUNDS):
        payment = race.opened()
        remote_id, payment_id = payment.remote_id or "", payment.id
        gateway = race.gateway
        told = [
            gateway.expire(remote_id),
            gateway.fail(remote_id),
            gateway.pay(remote_id),
            gateway.pay_late(remote_id),
        ]
        status = RemoteStatus(remote_id, NoticeKind.SUCCEEDED, AMOUNT, "CNY", False)

        def work(
            giving: Giving,
            number: int,
            told: list[Message] = told,
            payment_id: int = payment_id,
            status: RemoteStatus = status,
        ) -> EventOutcome:
            if number % 5 == 4:
                return services.reconcile(
                    giving.session, SYSTEM, payment_id=payment_id, status=status
                )
            return giving.apply(told[number % 5])

        assert EventOutcome.QUARANTINED not in race.run(work)
    race.judge(gifts=ROUNDS)


def test_two_attempts_of_one_gift_succeed_at_once(race: Race) -> None:
    for _ in range(ROUNDS):
        first = race.opened()
        first_id, donation_id = first.remote_id or "", first.donation_id
        race.unit(lambda giving, remote=first_id: giving.apply(giving.gateway.expire(remote)))

        def again(giving: Giving, donation_id: int = donation_id) -> str:
            payment = services.open_payment(
                giving.session, GUEST, donation_id=donation_id, gateway=giving.gateway
            )
            return giving.check_out(payment)

        told = [race.gateway.pay(first_id), race.gateway.pay(race.unit(again))]
        outcomes = race.run(lambda giving, n, told=told: giving.apply(told[n % 2]))
        assert sorted(outcomes) == [EventOutcome.APPLIED] * 8 + [EventOutcome.QUARANTINED] * 8
    race.judge(gifts=ROUNDS)
    aside = race.unit(lambda giving: len(queries.quarantined_events(giving.session)))
    assert aside == ROUNDS


def test_sixteen_clicks_on_one_form_are_one_gift(race: Race) -> None:
    for number in range(ROUNDS):
        client_id = str(uuid.UUID(int=number + 1, version=4))
        ids = race.run(lambda giving, _, form=client_id: giving.begin(client_id=form).id)
        assert len(set(ids)) == 1
    with Session(race.engine) as session:
        assert session.scalar(select(func.count()).select_from(Donation)) == ROUNDS
        assert session.scalar(select(func.count()).select_from(Payment)) == ROUNDS


def test_sixteen_different_forms_with_one_id_are_one_gift_and_conflicts(race: Race) -> None:
    client_id = str(uuid.UUID(int=99, version=4))

    def click(giving: Giving, number: int) -> bool:
        try:
            giving.begin(client_id=client_id, giver_name=f"甲{number}")
        except Conflict:
            return False
        return True

    assert sum(race.run(click)) == 1


def test_sixteen_tries_to_pay_open_one_attempt(race: Race) -> None:
    first = race.opened()
    donation_id, remote_id = first.donation_id, first.remote_id or ""
    race.unit(lambda giving: giving.apply(giving.gateway.fail(remote_id)))

    def retry(giving: Giving, number: int) -> str:
        payment = services.open_payment(
            giving.session, GUEST, donation_id=donation_id, gateway=giving.gateway
        )
        return giving.check_out(payment)

    assert len(set(race.run(retry))) == 1
    assert len(race.gateway.sessions) == 2


def test_givers_do_not_wait_for_each_other_to_lose(race: Race) -> None:
    """Sixteen gifts to one fund at one moment: sixteen entries."""
    told = [race.gateway.pay(race.opened().remote_id or "") for _ in range(THREADS)]
    outcomes = race.run(lambda giving, number: giving.apply(told[number]))
    assert outcomes == [EventOutcome.APPLIED] * THREADS
    race.judge(gifts=THREADS)
