"""An entry before it is appended: what it moves between which accounts, funds and lines."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.base import Base
from charity.ledger.canonical import salted_giver
from charity.ledger.models import Entry, EntryKind, IncomeSource, OutflowKind, Transfer
from charity.money import Money

#: Where salts come from; a test that compares two databases sets its own.
salt_source: ContextVar[Callable[[], bytes]] = ContextVar(
    "salt_source", default=lambda: secrets.token_bytes(16)
)


class Salts:
    """Salts of one entry: drawn as it is composed, the same ones when it is composed again."""

    def __init__(self) -> None:
        self._drawn: list[bytes] = []

    def from_the_first(self) -> Callable[[], bytes]:
        """What gives them in order, and draws where there are no more."""
        drawn, before = self._drawn, iter(tuple(self._drawn))

        def give() -> bytes:
            salt = next(before, None)
            if salt is None:
                salt = salt_source.get()()
                drawn.append(salt)
            return salt

        return give


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave, as the book knows it: an opaque key, the kind of giver, a division code."""

    key: str
    kind: str
    place: str = ""

    def digest(self, salt: bytes) -> bytes:
        """What of the giver is bound to the inflow."""
        return salted_giver(salt, key=self.key, kind=self.kind, place=self.place)


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer to be made between two account codes; a fund may be named on either side."""

    debit: str
    debit_fund: int | None
    credit: str
    credit_fund: int | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Flow:
    """An in- or outflow that is in the book already, by its row and by its transfer."""

    id: int
    entry_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The outflow, posted earlier or under this number in the same entry, whose fen arrive."""

    outflow: Flow | int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """The transfer `number` brings money onto a line, of a giver or from an origin."""

    number: int
    line_id: int
    amount: Money
    giver: Giver | None
    income: IncomeSource = IncomeSource.DONATION
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The transfer `number` takes money from a fund.

    A fee, refund or reversal names its inflow: one in the book, or a number in this entry.
    """

    number: int
    fund_id: int
    amount: Money
    kind: OutflowKind
    of: Flow | int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is appended."""

    book_id: int
    source: str
    kind: EntryKind
    occurred_on: date
    note: str
    postings: list[Posting]
    incoming: list[Incoming] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    reverses_id: int | None = None
    #: The rows a deed covers; they are in the database already.
    covers: Sequence[Base] = ()
    #: Those of a draft that may be composed more than once; else each time draws its own.
    salts: Salts | None = None

    @property
    def figures(self) -> list[tuple[int | None, int | None, Money]]:
        """What it moves between which funds, transfer by transfer."""
        return [(p.debit_fund, p.credit_fund, p.amount) for p in self.postings]

    def same_figures(self, session: Session, entry: Entry) -> bool:
        """Whether the posted entry moved what this draft would move."""
        rows = session.execute(
            select(Transfer.debit_fund_id, Transfer.credit_fund_id, Transfer.amount)
            .where(Transfer.entry_id == entry.id)
            .order_by(Transfer.number)
        )
        return entry.kind is self.kind and [tuple(row) for row in rows] == self.figures
