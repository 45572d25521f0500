"""Thirty-two spenders at one fund: never a fen too much, and only because of the lock.

The control takes the wall away (the head no longer counts what is spent, the CHECK is gone and no
head is locked) and must show the overspending that the wall prevents.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest import mock

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from charity.errors import Insufficient
from charity.ledger import checks, queries
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import Book, LineHead, Placement, SealedEntry
from charity.ledger.services import placing
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, open_bookkeeper

SPENDERS = 32
PER_SPEND = 100
IN_HAND = 1_000
#: Entries a bookkeeper's book begins with: the book and two funds are opened.
DEEDS = 3


def spend_all(engine: Engine, fund_id: int) -> list[str]:
    """Every spender tries once, all at the same moment; how each fared."""
    barrier = Barrier(SPENDERS)

    def spend(number: int) -> str:
        with Session(engine) as session:
            barrier.wait(30)
            try:
                ledger.pay(
                    session,
                    SYSTEM,
                    fund_id=fund_id,
                    amount=Money(PER_SPEND),
                    source=f"race:{number}",
                    occurred_on=DAY,
                    cost=AccountCode.PROGRAMME_COST,
                )
                session.commit()
            except Insufficient:
                return "insufficient"
            except (DBAPIError, ValueError):
                # ValueError: the line was read at two moments, which only a missing lock allows.
                return "collided"
            return "paid"

    with ThreadPoolExecutor(SPENDERS) as pool:
        return list(pool.map(spend, range(SPENDERS)))


def prepare(engine: Engine) -> int:
    with Session(engine) as session:
        books = open_bookkeeper(session)
        books.seal()  # the deeds that opened it
        for _ in range(10):
            books.give(IN_HAND // 10)
        session.commit()
        return books.fund.id


def test_thirty_two_spenders_spend_what_is_there(fresh_engine: Engine) -> None:
    fund_id = prepare(fresh_engine)
    outcomes = spend_all(fresh_engine, fund_id)
    assert outcomes.count("paid") == IN_HAND // PER_SPEND
    assert outcomes.count("insufficient") == SPENDERS - IN_HAND // PER_SPEND
    with Session(fresh_engine) as session:
        assert queries.fund_position(session, fund_id).in_hand == Money(0)
        assert not checks.verify(session)


def test_without_the_lock_spenders_collide(
    fresh_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: heads read without lock make spenders plan the same fen.

    On SQLite the writer's lock is the transaction itself, so there the control is a plain BEGIN.
    """
    fund_id = prepare(fresh_engine)
    with Session(fresh_engine) as session:
        line = session.scalars(select(LineHead.line_id).order_by(LineHead.line_id)).first()
        ledger.place(session, SYSTEM, line_ids=[line or 0])
        session.commit()

    def unlocked(session: Session, line_ids: object) -> dict[int, LineHead]:
        return {head.line_id: head for head in session.scalars(select(LineHead))}

    with mock.patch.object(placing, "lock_heads", unlocked):
        outcomes = spend_all(readers(fresh_engine), fund_id)
    assert "collided" in outcomes
    with Session(fresh_engine) as session:
        assert session.scalar(select(func.max(Placement.stop))) == IN_HAND
        assert not checks.verify(session)


def test_eight_sealers_at_once_seal_each_entry_once(fresh_engine: Engine) -> None:
    """The sealers of a book follow each other: nobody fails, nothing is sealed twice."""
    prepare(fresh_engine)
    barrier = Barrier(8)

    def seal(number: int) -> int:
        with Session(fresh_engine) as session:
            book_id = session.scalars(select(Book.id)).one()
            session.rollback()
            barrier.wait(30)
            sealed = ledger.seal(session, SYSTEM, book_id=book_id, limit=number + 1)
            session.commit()
            return sealed

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(seal, range(8)))
    with Session(fresh_engine) as session:
        positions = session.scalars(select(SealedEntry.position)).all()
        assert sorted(positions) == list(range(DEEDS + sum(counts))) == list(range(DEEDS + 10))
        assert not checks.verify(session)


def readers(engine: Engine) -> Engine:
    """The same database through transactions that begin without the writer's lock."""
    if engine.dialect.name == "postgresql":
        return engine
    return create_engine(engine.url, connect_args={"timeout": 1})
