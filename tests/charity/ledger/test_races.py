"""Many at once: never a fen too much, nobody deadlocked, and only because of the locks.

The control takes the wall away (the head no longer counts what is spent, the CHECK is gone and no
head is locked) and must show the overspending that the wall prevents.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import count
from threading import Barrier, Event
from unittest import mock

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from charity.errors import Insufficient
from charity.ledger import checks, queries
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import (
    Book,
    Fund,
    FundKind,
    Line,
    LineHead,
    Placement,
    SealedEntry,
)
from charity.ledger.services import placing
from charity.money import Money
from charity.rows import locked
from tests.charity.ledger.conftest import DAY, SYSTEM, open_bookkeeper
from tests.support.source import ROOT

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


# ── everybody at once, and a sealer that is killed ───────────────────────────────────────────────

POSTERS, GIFTS_EACH, GIFT = 8, 12, 70

#: A sealer that dies in the middle of its batch, leaves written and nothing committed.
KILLED = """
import os, signal, sys
from unittest import mock
from sqlalchemy.orm import Session
from charity.actor import Actor
from charity.ledger.services import sealing
from web import db

def die(*args, **how):
    os.kill(os.getpid(), signal.SIGKILL)

engine = db.make_engine(sys.argv[1])
with Session(engine) as session, mock.patch.object(sealing, "keep_totals", die):
    sealing.seal(session, Actor.system("killed"), book_id=int(sys.argv[2]))
"""


def killed_sealer(engine: Engine, book_id: int) -> int:
    """Run a sealer in a process of its own until it is killed; its exit status."""
    url = engine.url.render_as_string(hide_password=False)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLED, url, str(book_id)]
    return subprocess.run(command, env=environment, cwd=ROOT, timeout=60).returncode


@pytest.mark.long
def test_givers_spenders_and_a_killed_sealer_leave_a_true_book(fresh_engine: Engine) -> None:
    fund_id = prepare(fresh_engine)
    with Session(fresh_engine) as session:
        ledger.open_earmark(session, SYSTEM, fund_id=fund_id, earmark="灯")
        ledger.move(
            session,
            SYSTEM,
            fund_id=fund_id,
            amount=Money(300),
            from_earmark="",
            to_earmark="灯",
            source="move:1",
            occurred_on=DAY,
        )
        book_id = session.scalars(select(Book.id)).one()
        session.commit()
    died, done = Event(), Event()

    def post(number: int) -> int:
        left = GIFTS_EACH
        for n in count():
            with Session(fresh_engine) as session:
                ledger.post_gift(
                    session,
                    SYSTEM,
                    fund_id=fund_id,
                    amount=Money(GIFT),
                    source=f"gift:{number}:{n}",
                    occurred_on=DAY,
                    giver=ledger.Giver(f"{number}:{n}", "individual"),
                    fee=Money(n % 3),
                )
                session.commit()
            left -= died.is_set()
            if not left:
                return n + 1
            time.sleep(0.02)
        return 0

    def spend(number: int) -> int:
        spent = 0
        for n in range(10):
            with Session(fresh_engine) as session, suppress(Insufficient):
                ledger.pay(
                    session,
                    SYSTEM,
                    fund_id=fund_id,
                    amount=Money(90),
                    source=f"spend:{number}:{n}",
                    occurred_on=DAY,
                    cost=AccountCode.PROGRAMME_COST,
                    earmark="灯" if n % 2 else "",
                )
                session.commit()
                spent += 90
        return spent

    def seal() -> int:
        sealed = 0
        while not done.is_set():
            with Session(fresh_engine) as session:
                sealed += ledger.seal(session, SYSTEM, book_id=book_id, limit=7)
                session.commit()
        return sealed

    with ThreadPoolExecutor(POSTERS + 3) as pool:
        posters = [pool.submit(post, number) for number in range(POSTERS)]
        spenders = [pool.submit(spend, number) for number in range(2)]
        killed = killed_sealer(fresh_engine, book_id)
        sealer = pool.submit(seal)
        died.set()
        wait([*posters, *spenders])
        done.set()
    assert killed == -signal.SIGKILL
    assert sealer.result() > 0
    posted = sum(poster.result() for poster in posters)
    spent = sum(spender.result() for spender in spenders)
    with Session(fresh_engine) as session:
        while ledger.seal(session, SYSTEM, book_id=book_id):
            pass
        session.commit()
        position = queries.fund_position(session, fund_id)
        assert position.raised == Money(IN_HAND + posted * GIFT)
        assert position.spent == Money(spent)
        positions = session.scalars(select(SealedEntry.position)).all()
        assert sorted(positions) == list(range(len(positions)))
        assert not checks.verify(session)


# ── the order of locks ───────────────────────────────────────────────────────────────────────────


def as_given(session: Session, line_ids: Iterable[int]) -> dict[int, LineHead]:
    """Lock heads in the order the caller names them, as `lock_heads` must not."""
    heads = {}
    for line_id in line_ids:
        query = select(LineHead).where(LineHead.line_id == line_id)
        heads[line_id] = locked(session, query)
    return heads


def grant_both_ways(engine: Engine) -> list[str]:
    """Two funds grant to each other while somebody holds the head both need last; how they fared.

    The one that names the held head first queues for it first, so that with locks in the order
    they are named each would hold what the other wants.
    """
    with Session(engine) as session:
        books = open_bookkeeper(session)
        funds = [
            ledger.open_fund(
                session, SYSTEM, book_id=books.book.id, name=name, kind=FundKind.NAMED
            ).id
            for name in ("甲", "乙")
        ]
        for fund_id in funds:
            books.give(500, fund=session.get_one(Fund, fund_id))
        books.seal()
        session.commit()
        last = session.scalars(select(Line.id).where(Line.fund_id == funds[1])).one()

    def grant(giving: int, taking: int) -> str:
        with Session(engine) as session:
            try:
                ledger.grant(
                    session,
                    SYSTEM,
                    fund_id=giving,
                    into_fund_id=taking,
                    amount=Money(100),
                    source=f"grant:{giving}",
                    occurred_on=DAY,
                )
                session.commit()
            except DBAPIError:
                return "deadlock"
            return "granted"

    with Session(engine) as holder, ThreadPoolExecutor(2) as pool:
        locked(holder, select(LineHead).where(LineHead.line_id == last))
        tries = []
        for number, (giving, taking) in enumerate((funds[::-1], funds), start=1):
            tries.append(pool.submit(grant, giving, taking))
            wait_for_waiters(engine, number)
        holder.rollback()
        outcomes = sorted(each.result() for each in tries)
    with Session(engine) as session:
        assert not checks.verify(session)
    return outcomes


def wait_for_waiters(engine: Engine, number: int) -> None:
    """Wait until so many connections wait for a lock; SQLite cannot tell, so a moment there."""
    if engine.dialect.name == "sqlite":
        time.sleep(0.2)
        return
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + 10
    with engine.connect() as connection:
        while connection.scalar(waiting) < number:
            assert time.monotonic() < until, "nobody waits"
            connection.rollback()
            time.sleep(0.02)


def test_grants_both_ways_do_not_wait_for_each_other(fresh_engine: Engine) -> None:
    assert grant_both_ways(fresh_engine) == ["granted", "granted"]


def test_without_the_order_of_locks_they_do(fresh_engine: Engine) -> None:
    """The control. SQLite has one writer, so there no order of locks can matter."""
    with mock.patch.object(placing, "lock_heads", as_given):
        outcomes = grant_both_ways(fresh_engine)
    if fresh_engine.dialect.name == "sqlite":
        assert outcomes == ["granted", "granted"]
    else:
        assert outcomes == ["deadlock", "granted"]
