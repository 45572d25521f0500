"""What an entry stands on: the book's accounts and lines, and the last day that is closed.

Read in one statement before anything is written. Accounts, lines and funds are facts, so what was
read stays true; a closing that comes in between is met by the guard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy.orm import Session

from charity.base import Base
from charity.errors import CommonReason, Invalid, NotFound
from charity.ledger.models import FundKind
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.arrays import ask

_Thing = TypeVar("_Thing", bound=Base)


class LineFact(NamedTuple):
    """What of a line is hashed with an inflow."""

    fund_id: int
    earmark: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What a book says where an entry is about to stand."""

    book_id: int
    #: Ids of its accounts, by code.
    accounts: dict[str, int] = field(default_factory=dict)
    lines: dict[int, LineFact] = field(default_factory=dict)
    closed_through: date | None = None

    def account(self, code: str) -> int:
        """The id of an account; raises `Invalid` where the book has none of this code."""
        try:
            return self.accounts[str(code)]
        except KeyError:
            raise Invalid(LedgerReason.UNKNOWN_ACCOUNT, code=str(code)) from None

    def line(self, line_id: int) -> LineFact:
        """A line of this book; raises `Invalid` for any other."""
        try:
            return self.lines[line_id]
        except KeyError:
            raise Invalid(LedgerReason.OTHER_BOOK) from None

    def booked_on(self, occurred_on: date) -> date:
        """The day an event counts for: its own, or the first open one."""
        if self.closed_through is None or occurred_on > self.closed_through:
            return occurred_on
        return self.closed_through + timedelta(days=1)


class FundFact(NamedTuple):
    """What of a fund the accounts depend on."""

    id: int
    kind: FundKind
    restricted: bool


@dataclass(frozen=True, slots=True)
class FundGround:
    """A fund and what it stands on; `line_ids` by earmark."""

    ground: Ground
    fund: FundFact
    ended: bool
    line_ids: dict[str, int] = field(default_factory=dict)

    def line_id(self, earmark: str) -> int:
        """The line of an earmark; raises `Invalid` for one that is not this fund's."""
        try:
            return self.line_ids[earmark]
        except KeyError:
            raise Invalid(LedgerReason.FOREIGN_EARMARK, field="earmark") from None


_GROUND = """SELECT 'account', id, code, CAST(NULL AS bigint), CAST(NULL AS date) FROM account
  WHERE code IN (?text) AND book_id = ?
UNION ALL SELECT 'line', id, earmark, fund_id, NULL FROM line
  WHERE id IN (?bigint) AND book_id = ?
UNION ALL SELECT 'closed', NULL, NULL, NULL, max(through) FROM closing WHERE book_id = ?"""

_FUNDS = """SELECT fund.book_id, NULL, NULL, fund.id, fund.kind, fund.restricted,
  fund_closing.fund_id, line.id, line.earmark,
  (SELECT max(through) FROM closing WHERE closing.book_id = fund.book_id)
  FROM fund
  LEFT JOIN line ON line.fund_id = fund.id AND line.earmark IN (?text) AND line.kind <> 'goods'
  LEFT JOIN fund_closing ON fund_closing.fund_id = fund.id
  WHERE fund.id IN (?bigint)
UNION ALL SELECT book_id, code, id, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM account
  WHERE code IN (?text) AND book_id IN (SELECT book_id FROM fund WHERE id IN (?bigint))"""


def read_ground(
    session: Session, book_id: int, *, codes: Collection[str], line_ids: Collection[int]
) -> Ground:
    """Read what an entry with these accounts and lines stands on; what is unknown is left out."""
    rows = ask(session.connection(), _GROUND, codes, book_id, line_ids, book_id, book_id)
    ground, closed = Ground(book_id), None
    for what, id_, name, fund_id, through in rows:
        if what == "account":
            ground.accounts[name] = id_
        elif what == "line":
            ground.lines[id_] = LineFact(fund_id, name)
        else:
            closed = _day(through)
    return replace(ground, closed_through=closed)


def read_funds(
    session: Session,
    fund_ids: Collection[int],
    *,
    codes: Collection[str],
    earmarks: Collection[str] = ("",),
) -> dict[int, FundGround]:
    """Read funds with their lines of these earmarks, and these accounts of their books.

    Raises `NotFound` where a fund is unknown.
    """
    grounds: dict[int, Ground] = {}
    found: dict[int, FundGround] = {}
    rows = ask(session.connection(), _FUNDS, earmarks, fund_ids, codes, fund_ids)
    # Funds first, so that a book's last closed day is known when its accounts come.
    for row in sorted(rows, key=lambda row: row[1] is not None):
        _take_in(grounds, found, row)
    if len(found) < len(set(fund_ids)):
        raise NotFound(CommonReason.NOT_FOUND)
    return found


def _take_in(grounds: dict[int, Ground], found: dict[int, FundGround], row: Iterable[Any]) -> None:
    """Take in one row: a fund with one of its lines, or an account of its book."""
    book_id, code, account_id, fund_id, kind, restricted, ended, line_id, earmark, through = row
    if code is not None:
        grounds[book_id].accounts[code] = account_id
        return
    ground = grounds.get(book_id)
    if ground is None:
        ground = grounds[book_id] = Ground(book_id, closed_through=_day(through))
    fund = found.get(fund_id)
    if fund is None:
        facts = FundFact(fund_id, FundKind(kind), bool(restricted))
        fund = found[fund_id] = FundGround(ground, facts, ended is not None)
    if line_id is not None:
        fund.line_ids[earmark] = line_id
        ground.lines[line_id] = LineFact(fund_id, earmark)


def as_object(table: type[_Thing], values: Mapping[str, object]) -> _Thing:
    """A row whose values are known already, as an object that no session knows yet."""
    thing = cast(_Thing, table.__mapper__.class_manager.new_instance())
    vars(thing).update(values)
    return thing


def _day(value: date | str | None) -> date | None:
    """A day as the driver gives it: SQLite knows only texts."""
    return date.fromisoformat(value) if isinstance(value, str) else value
