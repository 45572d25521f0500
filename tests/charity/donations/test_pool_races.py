"""Many givers at once: spent is min(pool, demand) to the fen, and only because of the lock (M8).

The control takes the lock away, deals the asking rows out to many allotters and drops the
constraint on positions, which is the second wall: it must overspend.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Barrier
from unittest import mock

import pytest
from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from charity import clock
from charity.donations import services
from charity.donations.models import Match, MatchingPool, MatchState
from charity.donations.queries import pools
from charity.donations.services import allotting, pool_sums
from charity.ledger.checks import verify
from charity.ledger.models import Fund
from charity.money import Money
from charity.registry.models import Campaign
from tests.charity.donations.giving import SYSTEM, Giving, open_giving
from tests.charity.donations.pooling import Pooling, open_pooling, without_caps
from tests.fakes import FakeGateway, Message
from tests.support.databases import Address
from web import db
from web.pools.work import allot_pool

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
GIFT, THREADS, GIFTS, PROCESSES, ALLOTTERS = 7, 64, 256, 4, 8
#: Half of what is asked, and not a multiple of a gift.
TOTAL = Money.yuan(GIFT * GIFTS // 2) + Money(1)


class Sale:
    """A pool in a database of its own, and givers who stand before the gateway's page."""

    def __init__(self, engine: Engine, gifts: int = GIFTS) -> None:
        self.engine = engine
        gateway = FakeGateway()
        with clock.at(AT), Session(engine, expire_on_commit=False) as session:
            giving = open_giving(session, gateway)
            pooling = open_pooling(giving)
            self.pool_id = pooling.open(without_caps(total=TOTAL)).id
            self.campaign_id = giving.campaign.id
            self.gateway = gateway
            self.messages = [
                gateway.pay(giving.opened(Money.yuan(GIFT)).remote_id or "") for _ in range(gifts)
            ]
            session.commit()

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A session of its own that commits at the end."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def arrive(self, message: Message, then: Callable[[], object]) -> None:
        """One gift arrives and commits; then its request looks after the pool."""
        with clock.at(AT):
            with self.unit() as session:
                campaign = session.get_one(Campaign, self.campaign_id)
                Giving(session, self.gateway, campaign).apply(message)
            then()

    def run(self, then: Callable[[], object]) -> None:
        """All gifts, by sixty-four threads that start at one moment."""
        line = Barrier(THREADS)

        def giver(number: int) -> None:
            line.wait(60)
            for message in self.messages[number::THREADS]:
                self.arrive(message, then)

        with ThreadPoolExecutor(THREADS) as people:
            for _ in people.map(giver, range(THREADS)):
                pass

    def spent(self) -> Money:
        """The sum of what stands."""
        with Session(self.engine) as session:
            total = session.scalar(
                select(func.sum(Match.amount)).where(Match.state == MatchState.RESERVED)
            )
        return total if isinstance(total, Money) else Money(int(total or 0))

    def asking(self) -> int:
        """How many gifts still ask."""
        with Session(self.engine) as session:
            query = select(func.count()).where(Match.state == MatchState.ASKED)
            return session.scalar(query) or 0

    def judge(self, asked: int) -> None:
        """Everything is decided, to the fen, and both books are in order."""
        assert self.asking() == 0
        assert self.spent() == min(TOTAL, Money.yuan(GIFT) * asked)
        with clock.at(AT), Session(self.engine) as session:
            pool = session.get_one(MatchingPool, self.pool_id)
            assert pools.decided(session, pool.id) == asked
            campaign = session.get_one(Campaign, self.campaign_id)
            pooling = Pooling(
                Giving(session, self.gateway, campaign), SYSTEM, session.get_one(Fund, pool.fund_id)
            )
            pooling.judge(pool)
            assert list(verify(session)) == []


@pytest.fixture
def crowd(fresh_database: Address) -> Iterator[Engine]:
    """An engine with a connection for every giver."""
    address = fresh_database
    if make_url(address.url).get_backend_name() == "sqlite":
        engine = db.make_engine(address.url)
    else:
        engine = create_engine(address.url, pool_size=THREADS, max_overflow=8)
    yield engine
    engine.dispose()


@pytest.mark.long
def test_sixty_four_givers_spend_the_pool_to_the_fen(crowd: Engine) -> None:
    sale = Sale(crowd)
    sale.run(lambda: allot_pool(sale.unit, sale.pool_id))
    sale.judge(GIFTS)


def test_a_pool_larger_than_the_demand_gives_every_gift_its_match(crowd: Engine) -> None:
    sale = Sale(crowd, gifts=GIFTS // 4)
    sale.run(lambda: allot_pool(sale.unit, sale.pool_id))
    sale.judge(GIFTS // 4)


def test_without_the_lock_the_pool_is_overspent(crowd: Engine, fresh_database: Address) -> None:
    """The control: many allotters, each with a row of its own, none with the lock."""
    sale = Sale(crowd)
    sale.run(lambda: None)
    if crowd.dialect.name == "sqlite":
        refused_by_the_database(sale, fresh_database)
        return
    owner = create_engine(fresh_database.owner_url)
    with owner.begin() as connection:
        connection.execute(
            text("ALTER TABLE gift_match DROP CONSTRAINT uq_gift_match_pool_id_position")
        )
    owner.dispose()
    # The sums' first rows are there before the crowd comes.
    with clock.at(AT), sale.unit() as session:
        services.allot(session, SYSTEM, pool_id=sale.pool_id, limit=ALLOTTERS)
    allot_unlocked(sale, rounds=GIFTS // ALLOTTERS - 1)
    assert sale.asking() == 0
    assert sale.spent() > TOTAL


def allot_unlocked(sale: Sale, rounds: int) -> None:
    """Eight allotters at a time without the lock; they read before any of them writes."""
    together = Barrier(ALLOTTERS)
    whole, sums = allotting.asking, pool_sums.sums

    def own_row(session: Session, pool: MatchingPool, limit: int) -> list[object]:
        free = select(Match.id).where(Match.state == MatchState.ASKED).order_by(Match.id).limit(1)
        mine = session.scalar(free.with_for_update(skip_locked=True))
        return [row for row in whole(session, pool, GIFTS) if row.asking.match_id == mine]

    def read_together(session: Session, pool_id: int, scopes: set[str]) -> dict[str, int]:
        found = sums(session, pool_id, scopes)
        together.wait(60)
        return found

    def alone(_: int) -> None:
        with clock.at(AT), sale.unit() as session:
            services.allot(session, SYSTEM, pool_id=sale.pool_id)

    with (
        mock.patch.object(
            allotting, "take_pool", lambda session, id_: session.get_one(MatchingPool, id_)
        ),
        mock.patch.object(allotting, "asking", own_row),
        mock.patch.object(allotting, "sums", read_together),
        ThreadPoolExecutor(ALLOTTERS) as people,
    ):
        for _ in range(rounds):
            list(people.map(alone, range(ALLOTTERS)))


def refused_by_the_database(sale: Sale, address: Address) -> None:
    """On SQLite the lock is BEGIN IMMEDIATE; without it the second writer is refused."""
    plain = create_engine(address.url)
    event.listen(plain, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(plain, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with clock.at(AT), Session(plain) as one, Session(plain) as other:
        for session in (one, other):
            assert services.allot(session, SYSTEM, pool_id=0) is None
            assert allotting.asking(session, session.get_one(MatchingPool, sale.pool_id), 1)
        assert services.allot(one, SYSTEM, pool_id=sale.pool_id)
        one.commit()
        with pytest.raises(OperationalError):
            services.allot(other, SYSTEM, pool_id=sale.pool_id)
    plain.dispose()


def give_all(url: str, pool_id: int, campaign_id: int, bodies: list[bytes]) -> None:
    """One process: its gifts arrive one after the other, each looks after the pool."""
    engine = db.make_engine(url)
    sale = Sale.__new__(Sale)
    sale.engine, sale.pool_id, sale.campaign_id = engine, pool_id, campaign_id
    sale.gateway = FakeGateway()
    for body in bodies:
        sale.arrive(Message(body), lambda: allot_pool(sale.unit, sale.pool_id))
    engine.dispose()


@pytest.mark.long
def test_several_processes_spend_the_pool_to_the_fen(
    crowd: Engine, fresh_database: Address
) -> None:
    gifts = GIFTS // 4
    sale = Sale(crowd, gifts=gifts)
    crowd.dispose()
    spawn = multiprocessing.get_context("spawn")
    people = [
        spawn.Process(
            target=give_all,
            args=(
                fresh_database.url,
                sale.pool_id,
                sale.campaign_id,
                [message.body for message in sale.messages[number::PROCESSES]],
            ),
        )
        for number in range(PROCESSES)
    ]
    for each in people:
        each.start()
    for each in people:
        each.join(240)
    assert [each.exitcode for each in people] == [0] * PROCESSES
    sale.judge(gifts)
