"""A flash sale of matching: 64 givers at once, 10,000 gifts, a pool for half of what they ask.

PostgreSQL with fsync on. The yardstick is the same number of gifts to a campaign without a pool, in
turns with it in one run, by the same threads: what a gateway's message does, in its two units. As
on the site, whoever finds nobody at it decides what asks after its own gift.
"""

import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.orm import Session

from charity import clock
from charity.donations import checks, services
from charity.donations.gateway import GatewayNotice, NoticeKind
from charity.donations.models import (
    Donation,
    DonationState,
    EventOutcome,
    GiverKind,
    Match,
    MatchingPool,
    MatchState,
    Payment,
    PaymentState,
)
from charity.donations.queries import pools
from charity.donations.services.asking import ASKED
from charity.ledger import services as ledger
from charity.ledger.models import Fund, FundKind
from charity.money import Money
from charity.registry.models import Campaign
from tests.bench import Row
from tests.bench.books import durable_databases
from tests.charity.donations.giving import SYSTEM, open_giving
from tests.charity.donations.pooling import TERMS, open_pooling
from tests.fakes import FakeGateway
from web.pools.work import Turns, allot_pool

GIVERS = 64
GIFTS = int(os.environ.get("WUSHE_BENCH_GIFTS", "10000"))
#: Turns of each kind; the order changes so that neither is always the first.
TURNS = 4


def amount_of(number: int) -> Money:
    """Gifts of one to a hundred yuan and some fen."""
    return Money(100 + number * 7919 % 9_901)


@dataclass
class Sale:
    """Two campaigns of one charity, one of them with a pool; gifts that wait for their money."""

    engine: Engine
    gateway: FakeGateway
    pool_id: int
    #: Payment ids and amounts by whether the campaign has a pool.
    waiting: dict[bool, list[tuple[int, Money]]]
    turns: Turns

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A session of its own that commits at the end."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def arrive(self, payment_id: int, amount: Money) -> None:
        """What a webhook does: store the message, apply it, look after the pools."""
        notice = GatewayNotice(
            event_id=f"event:{payment_id}",
            kind=NoticeKind.SUCCEEDED,
            remote_id=f"remote:{payment_id}",
            amount=amount,
            currency="CNY",
            livemode=False,
            fee=Money(0),
            key=f"payment:{payment_id}",
        )
        with Session(self.engine, expire_on_commit=False) as session:
            event = services.receive_event(
                session, SYSTEM, gateway=self.gateway, notice=notice, body=b"{}"
            )
            event_id = event.id
            session.commit()
            outcome = services.apply_event(session, SYSTEM, event_id=event_id)
            session.commit()
            asked = session.info.pop(ASKED, ())
        assert outcome is EventOutcome.APPLIED, outcome
        self.turns.take(self.unit, asked)

    def run(self, with_pool: bool, count: int) -> float:
        """So many gifts by all givers at once; the seconds they took, all decided."""
        mine, self.waiting[with_pool] = (
            self.waiting[with_pool][:count],
            self.waiting[with_pool][count:],
        )
        line, errors = threading.Barrier(GIVERS + 1), []

        def giver(number: int) -> None:
            line.wait()
            try:
                for payment_id, amount in mine[number::GIVERS]:
                    self.arrive(payment_id, amount)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=giver, args=(number,)) for number in range(GIVERS)]
        for thread in threads:
            thread.start()
        line.wait()
        begun = time.monotonic()
        for thread in threads:
            thread.join()
        if with_pool:
            allot_pool(self.unit, self.pool_id)
        lasted = time.monotonic() - begun
        assert not errors, errors[0]
        return lasted


def open_sale(engine: Engine) -> Sale:
    """The world: a charity, two campaigns, a pool of half the demand, twice 10,000 gifts."""
    gateway = FakeGateway()
    demand = Money.total(amount_of(number) for number in range(GIFTS))
    with Session(engine, expire_on_commit=False) as session:
        giving = open_giving(session, gateway)
        first = giving.campaign
        book_id = session.get_one(Fund, first.fund_id).book_id
        fund = ledger.open_fund(
            session, SYSTEM, book_id=book_id, name="plain", kind=FundKind.PROJECT
        )
        plain = Campaign(
            title="plain",
            charity_id=first.charity_id,
            plan_id=first.plan_id,
            fund_id=fund.id,
            mode=first.mode,
            target=first.target,
            starts_on=first.starts_on,
            ends_on=first.ends_on,
        )
        session.add(plain)
        session.flush()
        total = Money(demand.fen // 2)
        pool = open_pooling(giving).open(
            services.Terms(
                total=total,
                starts_at=TERMS.starts_at,
                ends_at=clock.now() + timedelta(days=1),
                cap_per_giver_day=total,
            )
        )
        waiting = {True: begin(session, first.id), False: begin(session, plain.id)}
        session.commit()
        return Sale(engine, gateway, pool.id, waiting, Turns())


def begin(session: Session, campaign_id: int) -> list[tuple[int, Money]]:
    """Gifts whose givers stand before the gateway's page, written in sets."""
    at = clock.now()
    donations = [
        {
            "client_id": str(uuid.UUID(int=campaign_id * 10**9 + number)),
            "trail_token": f"{campaign_id}:{number}",
            "campaign_id": campaign_id,
            "amount": amount_of(number),
            "state": DonationState.PENDING,
            "giver_kind": GiverKind.INDIVIDUAL,
            "giver_key": f"{number % GIVERS:064x}",
            "created_at": at,
        }
        for number in range(GIFTS)
    ]
    ids = session.scalars(
        insert(Donation).returning(Donation.id, sort_by_parameter_order=True), donations
    ).all()
    payments = [
        {
            "donation_id": id_,
            "gateway": "fake",
            "amount": amount_of(number),
            "currency": "CNY",
            "livemode": False,
            "state": PaymentState.OPEN,
            "remote_id": None,
            "created_at": at,
        }
        for number, id_ in enumerate(ids)
    ]
    found = session.scalars(
        insert(Payment).returning(Payment.id, sort_by_parameter_order=True), payments
    ).all()
    return [(id_, amount_of(number)) for number, id_ in enumerate(found)]


def judge(sale: Sale) -> None:
    """Spent is min(pool, demand) to the fen, and nobody is left asking."""
    with Session(sale.engine) as session:
        pool = session.get_one(MatchingPool, sale.pool_id)
        ((_, standing),) = pools.with_standing(session, [pool])
        amounts = session.scalars(
            select(Match.amount).where(Match.state == MatchState.RESERVED)
        ).all()
        spent = Money.total(amount for amount in amounts if amount is not None)
        assert spent == standing.given == pool.total, (spent, standing)
        assert pools.decided(session, pool.id) == GIFTS
        assert not checks.verify(session)


def wait_p95(sale: Sale) -> float:
    """Milliseconds from asking to being decided, of which five of a hundred waited longer."""
    with Session(sale.engine) as session:
        rows = session.execute(
            select(Match.asked_at, Match.decided_at).where(Match.position.is_not(None))
        )
        waits = sorted((decided - asked).total_seconds() for asked, decided in rows if decided)
    return waits[int(len(waits) * 0.95)] * 1000


def rows() -> Iterator[Row]:
    """Gifts a second with a pool and without, and how long a giver waits for the match."""
    with durable_databases() as databases:
        engine = create_engine(
            databases.migrated().url, pool_size=GIVERS, max_overflow=8, pool_pre_ping=False
        )
        sale = open_sale(engine)
        part = GIFTS // TURNS
        lasted: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(TURNS):
            for with_pool in (True, False) if turn % 2 else (False, True):
                lasted[with_pool].append(sale.run(with_pool, part))
        print({("pool" if key else "plain"): lasted[key] for key in lasted})
        judge(sale)
        matched, plain = (part * TURNS / sum(lasted[key]) for key in (True, False))
        waited = wait_p95(sale)
        engine.dispose()
    yield Row("gifts with a pool, 64 givers", matched, "gifts/s", "without a pool", plain)
    yield Row("wait until the match is decided, p95", waited, "ms")
