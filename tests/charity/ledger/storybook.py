"""Short words for telling what happened to money, and for asking the book about it.

Amounts are fen written with the yuan apart: `4_000_00` is ¥4,000.00.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.base import Base
from charity.errors import DomainError, ReasonCode
from charity.ledger import checks, queries
from charity.ledger import services as ledger
from charity.ledger.models import Book, Entry, Fund, FundKind, Inflow, InflowGiver, Line, LineHead
from charity.money import Money
from tests.charity.ledger.walking import Walk
from tests.factories import make_organisation

SYSTEM = Actor.system("story")
BANK = "1002"


@dataclass
class Storybook:
    """One database of books, and the verbs of the ledger in few words."""

    session: Session
    numbers: count[int] = field(default_factory=lambda: count(1))

    # ── who there is ─────────────────────────────────────────────────────────────────────────────

    def book(self, name: str) -> Book:
        """A new organisation with its book."""
        organisation = make_organisation(self.session, name=name)
        return ledger.open_book(
            self.session, SYSTEM, organisation_id=organisation.id, name=f"{name}的账"
        )

    def fund(
        self, book: Book, name: str = "扶手", kind: FundKind = FundKind.PROJECT, **more: Any
    ) -> Fund:
        """A new fund of a book."""
        return ledger.open_fund(self.session, SYSTEM, book_id=book.id, name=name, kind=kind, **more)

    # ── what happens ─────────────────────────────────────────────────────────────────────────────

    def do(self, verb: Callable[..., Any], **said: Any) -> Any:
        """Let the installation do something; ints named as amounts are fen, today unless said."""
        for name in ("amount", "fee", "value"):
            if isinstance(said.get(name), int):
                said[name] = Money(said[name])
        return verb(self.session, SYSTEM, **said)

    def event(self, verb: Callable[..., Any], **said: Any) -> Any:
        """The same for something that happens on a day and is posted for a source."""
        said.setdefault("occurred_on", clock.today())
        said.setdefault("source", f"{verb.__name__}:{next(self.numbers)}")
        return self.do(verb, **said)

    def give(self, fund: Fund, fen: int, by: str = "王芳", **more: Any) -> Entry:
        """Somebody's gift arrives on the bank account."""
        more.setdefault("account", BANK)
        more.setdefault("giver", ledger.Giver(by, "individual", "420704"))
        entry: Entry = self.event(ledger.post_gift, fund_id=fund.id, amount=fen, **more)
        return entry

    def pay(self, fund: Fund, fen: int, **more: Any) -> Entry:
        """An expense is paid from the bank account."""
        more.setdefault("cost", "5101")
        entry: Entry = self.event(ledger.pay, fund_id=fund.id, amount=fen, **more)
        return entry

    def grant(self, fund: Fund, into: Fund, fen: int, **more: Any) -> Entry:
        """A fund grants to another of its book."""
        entry: Entry = self.event(
            ledger.grant, fund_id=fund.id, into_fund_id=into.id, amount=fen, **more
        )
        return entry

    def close(self, book: Book, *through: date) -> None:
        """Close a book through these days, one after the other."""
        for day in through:
            ledger.close_period(self.session, SYSTEM, book_id=book.id, through=day)

    def seal(self) -> None:
        """Seal whatever waits, in every book."""
        for book_id in queries.books_to_seal(self.session):
            while ledger.seal(self.session, SYSTEM, book_id=book_id):
                pass

    # ── what the book says ───────────────────────────────────────────────────────────────────────

    def accounts(self, book: Book) -> dict[str, int]:
        """What stands on each account that does not stand at zero: debit less credit, in fen."""
        rows = queries.trial_balance(self.session, book.id)
        found = {str(row.code): row.balance.fen for row in rows if row.balance}
        assert sum(found.values()) == 0
        return found

    def lines(self, fund: Fund) -> dict[str, int]:
        """What is in hand on each line of a fund, in fen; the general one is ''."""
        self.seal()
        rows = self.session.execute(
            select(Line.earmark, LineHead.placed_end - LineHead.spent)
            .join(LineHead, LineHead.line_id == Line.id)
            .where(Line.fund_id == fund.id)
        )
        return {earmark: fen for earmark, fen in rows if fen or not earmark}

    def paid_by(self, entry: Entry) -> dict[str, int]:
        """Whose money an entry took: fen by giver, through every fund they came by."""
        self.seal()
        walk = Walk(self.session)
        found: dict[str, int] = {}
        for outflow in walk.outflows.values():
            if outflow.entry_id == entry.id:
                for gift, fen in walk.backward(outflow.id).items():
                    name = self._giver(gift)
                    found[name] = found.get(name, 0) + fen
        return found

    def way_of(self, gift: Entry) -> dict[str, int]:
        """Where a gift went: fen by the source of what took them, '' for what is in hand."""
        self.seal()
        walk = Walk(self.session)
        found: dict[str, int] = {}
        for leaf in walk.forward(walk.inflow_of(gift.id)):
            source = "" if leaf.outflow_id is None else walk.source(leaf.outflow_id)
            found[source] = found.get(source, 0) + leaf.fen
        return found

    def _giver(self, entry_id: int) -> str:
        query = select(InflowGiver.giver_key).join(Inflow, Inflow.id == InflowGiver.inflow_id)
        return self.session.scalars(query.where(Inflow.entry_id == entry_id)).first() or ""

    def is_true(self) -> bool:
        """Seal, and let every check of the ledger look."""
        self.seal()
        problems = checks.verify(self.session)
        assert problems == [], problems
        return True


def rows_written(session: Session) -> dict[str, int]:
    """How many rows every table has."""
    session.flush()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


@contextmanager
def refused(session: Session, reason: ReasonCode, **params: object):  # type: ignore[no-untyped-def]
    """What happens inside is refused for this reason, and no table has a row more or less."""
    before = rows_written(session)
    with pytest.raises(DomainError) as refusal:
        yield refusal
    assert refusal.value.reason is reason
    for name, value in params.items():
        assert refusal.value.params[name] == value
    assert rows_written(session) == before


def entries_of(session: Session, kinds: Sequence[str]) -> list[Entry]:
    """The entries of these kinds, by id."""
    return list(session.scalars(select(Entry).where(Entry.kind.in_(kinds)).order_by(Entry.id)))
