"""What a process remembers of the funds it posts to, so that a gift need not ask for them again.

Books, accounts, funds and lines are facts, and a sequence gives no number twice, not even that of a
fund that was undone. A fund may end, though, and a period be closed: the statement that writes the
entry looks whether that happened (`writing.Known`), writes nothing then, and the fund is read anew.
Nothing is remembered of SQLite, where asking is no journey and numbers do come again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from charity.ledger.models import Fund
from charity.ledger.services.grounds import FundGround, read_funds

#: So many funds of a book are read at the first gift, the newest; beyond twice as many that are
#: remembered of a database all are forgotten.
MOST = 10_000


class Wanted(NamedTuple):
    """What is read of a fund: the line of an earmark, accounts by their codes."""

    earmark: str
    codes: frozenset[str]


@dataclass(slots=True)
class _Memory:
    """What is remembered of one database."""

    funds: dict[tuple[int, Wanted], FundGround] = field(default_factory=dict)
    #: The books whose newest funds were read, and for what.
    books: set[tuple[int, Wanted]] = field(default_factory=set)


_MEMORIES: WeakKeyDictionary[Engine, _Memory] = WeakKeyDictionary()


def remembered(session: Session, fund_id: int, wanted: Wanted) -> FundGround | None:
    """The fund as it was read last, if it was."""
    memory = _MEMORIES.get(session.connection().engine)
    return None if memory is None else memory.funds.get((fund_id, wanted))


def read_fund(session: Session, fund_id: int, wanted: Wanted) -> FundGround:
    """Read a fund and remember it; raises `NotFound` for none."""
    fund = _read(session, [fund_id], wanted)[fund_id]
    engine = session.connection().engine
    if engine.dialect.name == "sqlite":
        return fund
    memory = _MEMORIES.setdefault(engine, _Memory())
    if len(memory.funds) >= 2 * MOST:
        memory.funds.clear()
        memory.books.clear()
    memory.funds[fund_id, wanted] = fund
    book = fund.ground.book_id, wanted
    if book not in memory.books and not wanted.earmark:
        memory.books.add(book)
        newest = select(Fund.id).where(Fund.book_id == book[0]).order_by(Fund.id.desc())
        ids = session.scalars(newest.limit(MOST)).all()
        for id_, other in _read(session, ids, wanted).items():
            memory.funds[id_, wanted] = other
    return fund


def _read(session: Session, ids: Collection[int], wanted: Wanted) -> dict[int, FundGround]:
    return read_funds(session, ids, codes=wanted.codes, earmarks=(wanted.earmark,))
