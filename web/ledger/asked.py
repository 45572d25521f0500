"""What a statement is asked of: a book and a period; and the way from a figure to its entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from charity.ledger import statements
from charity.ledger.models import Book, EntryKind
from charity.ledger.statements import Period, Shown


@dataclass(frozen=True, slots=True)
class Asked:
    """The book and the period a statement is wanted of, and how accounts are called then."""

    session: Session
    book: Book
    period: Period
    shown: dict[str, Shown]
    #: The page wanted of a long statement, from 1, and its length; None for everything.
    page: tuple[int, int] | None = None

    def entries(
        self,
        *codes: str,
        first: date | None = None,
        last: date | None = None,
        fund: int | None = None,
        side: str | None = None,
        kind: EntryKind | None = None,
    ) -> str:
        """The address of the entries behind a figure; without days those of the period."""
        if first is None and last is None:
            first, last = self.period.first, self.period.last
        query: dict[str, Any] = {
            "book": self.book.id,
            "account": ",".join(codes) or None,
            "side": side,
            "fund": fund,
            "kind": kind.value if kind else None,
            "from": first.isoformat() if first else None,
            "to": last.isoformat() if last else None,
        }
        return url_for("ledger.entries", **query)


def ask(session: Session, book: Book, period: Period, page: tuple[int, int] | None = None) -> Asked:
    """Make ready to tell of a book."""
    shown = statements.shown_accounts(session, book.id, period.last)
    return Asked(session, book, period, shown, page)
