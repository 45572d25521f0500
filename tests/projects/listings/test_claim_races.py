"""Thirty-two units want the last pieces: never is a piece promised twice, because of the lock.

The control takes the lock and the conditional statement away; it must over-match.
"""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Barrier
from unittest import mock

import pytest
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from charity import clock
from charity.errors import Conflict, ReasonCode
from projects.listings import services
from projects.listings.models import HOLDING_CLAIMS, Claim, Need, Resource
from projects.listings.services import claims, locking
from tests.projects.listings.community import SYSTEM, make_community
from tests.support.databases import Address
from web import db

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
THREADS, EACH, WANTED = 32, 3, 40


class Rush:
    """A need of forty pieces, an offer of fifty, and thirty-two proposals of three each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with clock.at(AT), self.unit() as session:
            community = make_community(session)
            need = community.open(quantity=WANTED)
            offer = community.offer(quantity=50)
            asked = [community.claim(need, EACH) for _ in range(THREADS - 1)]
            asked.append(community.claim(need, EACH, resource_id=offer.id))
            self.need_id, self.claim_ids = need.id, [claim.id for claim in asked]

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A session of its own that commits at the end."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def accept(self, claim_id: int) -> bool:
        """The community says yes; whether it could."""
        with clock.at(AT):
            try:
                with self.unit() as session:
                    services.accept_claim(session, SYSTEM, claim_id=claim_id)
            except Conflict:
                return False
        return True

    def all_at_once(self, number: int) -> int:
        """So many at one moment; how many were accepted."""
        line = Barrier(number)

        def one(claim_id: int) -> bool:
            line.wait(60)
            return self.accept(claim_id)

        with ThreadPoolExecutor(number) as people:
            return sum(people.map(one, self.claim_ids[:number]))

    def promised(self) -> tuple[int, int]:
        """What the need says is promised, and what its accepted claims come to."""
        with Session(self.engine) as session:
            held = select(func.sum(Claim.quantity)).where(
                Claim.need_id == self.need_id, Claim.state.in_(HOLDING_CLAIMS)
            )
            return session.get_one(Need, self.need_id).promised, int(session.scalar(held) or 0)


@pytest.fixture
def crowd(fresh_database: Address) -> Iterator[Engine]:
    """An engine with a connection for everybody."""
    if make_url(fresh_database.url).get_backend_name() == "sqlite":
        engine = db.make_engine(fresh_database.url)
    else:
        engine = create_engine(fresh_database.url, pool_size=THREADS)
    yield engine
    engine.dispose()


def test_a_need_is_never_promised_twice(crowd: Engine, fresh_database: Address) -> None:
    rush = Rush(crowd)
    accepted = rush.all_at_once(THREADS)
    assert accepted == WANTED // EACH
    assert rush.promised() == (accepted * EACH, accepted * EACH)


def test_without_the_lock_a_need_is_promised_twice(crowd: Engine, fresh_database: Address) -> None:
    """The control: everybody reads before anybody writes."""
    rush = Rush(crowd)
    if crowd.dialect.name == "sqlite":
        refused_by_the_database(rush, fresh_database)
        return
    together = Barrier(THREADS)

    def add_up(session: Session, row: Need | Resource, quantity: int, short: ReasonCode) -> None:
        promised = row.promised
        if isinstance(row, Need):
            together.wait(60)
        row.promised = promised + quantity

    with (
        mock.patch.object(claims, "lock_claim", lambda session, id_: session.get_one(Claim, id_)),
        mock.patch.object(locking, "_add", add_up),
    ):
        assert rush.all_at_once(THREADS) == THREADS
    says, held = rush.promised()
    assert says <= WANTED < held


def refused_by_the_database(rush: Rush, address: Address) -> None:
    """On SQLite the lock is BEGIN IMMEDIATE; without it the second writer is refused."""
    plain = create_engine(address.url)
    event.listen(plain, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(plain, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with clock.at(AT), Session(plain) as one, Session(plain) as other:
        for session in (one, other):
            assert session.get_one(Need, rush.need_id).promised == 0
        services.accept_claim(one, SYSTEM, claim_id=rush.claim_ids[0])
        one.commit()
        with pytest.raises(OperationalError):
            services.accept_claim(other, SYSTEM, claim_id=rush.claim_ids[1])
    plain.dispose()


def test_one_form_sent_by_everybody_is_one_claim(crowd: Engine) -> None:
    """The same `client_id` at the same moment: one row, and nobody is refused."""
    rush = Rush(crowd)
    client_id, line = str(uuid.uuid4()), Barrier(4)
    with Session(crowd) as session:
        organisation_id = session.get_one(Claim, rush.claim_ids[0]).organisation_id

    def send(_: int) -> int:
        line.wait(60)
        with clock.at(AT), rush.unit() as session:
            return services.dispatch_need(
                session,
                SYSTEM,
                client_id=client_id,
                need_id=rush.need_id,
                organisation_id=organisation_id,
                quantity=1,
            ).id

    with ThreadPoolExecutor(4) as people:
        assert len(set(people.map(send, range(4)))) == 1
