"""A fund that ends while somebody gives to it: one of the two waits, and no fen is left behind.

The controls take a wall away and must show the gift that lies in an ended fund.
"""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity.errors import Conflict, InvalidState
from charity.ledger import services as ledger
from charity.ledger.models import FundClosing, Inflow, Line
from tests.charity.ledger.conftest import SYSTEM, Bookkeeper, open_bookkeeper
from tests.charity.ledger.test_closing import give, give_having_read, unguarded
from tests.support.databases import Address


def prepare(engine: Engine) -> int:
    """A fund nobody gave to yet; its id."""
    with Session(engine) as session:
        books = open_bookkeeper(session)
        session.commit()
        return books.fund.id


def close(engine: Engine, fund_id: int) -> bool:
    """End the fund; whether that went through."""
    with Session(engine) as session:
        try:
            ledger.close_fund(session, SYSTEM, fund_id=fund_id)
        except (Conflict, InvalidState):
            return False
        session.commit()
        return True


def race_of_reader(engine: Engine) -> str:
    """The fund ends between a giver's look and the giver's act; how the giver fared."""
    fund_id = prepare(engine)
    has_read, may_go = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        giver = pool.submit(give_having_read, engine, fund_id, has_read, may_go)
        assert has_read.wait(30)
        close(engine, fund_id)
        may_go.set()
        return giver.result(30)


def race_of_writer(engine: Engine) -> bool:
    """The fund is to end while a gift is written but not committed; whether it ended."""
    fund_id = prepare(engine)
    with ThreadPoolExecutor(1) as pool, Session(engine) as session:
        give(session, fund_id)
        closing = pool.submit(close, engine, fund_id)
        wait([closing], timeout=0.5)
        session.commit()
        return closing.result(30)


def buried(engine: Engine) -> int:
    """Fen that lie in ended funds."""
    query = (
        select(func.coalesce(func.sum(Inflow.amount), 0))
        .join(Line, Line.id == Inflow.line_id)
        .join(FundClosing, FundClosing.fund_id == Line.fund_id)
    )
    with Session(engine) as session:
        fen = session.scalar(query)
    return int(getattr(fen, "fen", fen) or 0)


def test_who_has_read_open_gives_to_no_ended_fund(fresh_engine: Engine) -> None:
    race_of_reader(fresh_engine)
    assert buried(fresh_engine) == 0


def test_no_fund_ends_under_a_gift_that_is_being_written(fresh_engine: Engine) -> None:
    assert not race_of_writer(fresh_engine)
    assert buried(fresh_engine) == 0


def test_without_the_wall_of_inflows_a_gift_is_buried(
    fresh_database: Address, fresh_engine: Engine
) -> None:
    """SQLite has one writer at a time: there the giver is first, and the fund does not end."""
    unguarded(fresh_database, "inflow", "guard_inflow_fits")
    race_of_reader(fresh_engine)
    on_postgresql = fresh_engine.dialect.name == "postgresql"
    assert buried(fresh_engine) == (5_000 if on_postgresql else 0)


def test_without_the_lock_a_fund_ends_over_a_gift(
    fresh_database: Address, fresh_engine: Engine
) -> None:
    unguarded(fresh_database, "fund_closing", "guard_fund_closing_alone")
    on_postgresql = fresh_engine.dialect.name == "postgresql"
    assert race_of_writer(fresh_engine) is on_postgresql
    assert buried(fresh_engine) == (5_000 if on_postgresql else 0)


def test_the_database_itself_ends_no_fund_with_money(session: Session, books: Bookkeeper) -> None:
    books.give(10)
    ended = text("INSERT INTO fund_closing (fund_id, closed_on) VALUES (:fund, '2026-03-16')")
    with pytest.raises(IntegrityError, match="not empty"):
        session.execute(ended, {"fund": books.fund.id})
