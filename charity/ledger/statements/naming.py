"""How accounts are called on a day: the book's own names, and the accountant's 2026 mapping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.ledger.models import Account, AccountMapping


@dataclass(frozen=True, slots=True)
class Shown:
    """The code to show, and a name where the book or the mapping gives one; else empty."""

    code: str
    name: str


def shown_accounts(session: Session, book_id: int, day: date) -> dict[str, Shown]:
    """By the code that stands in the book, how each account is shown on `day`.

    A mapping of an account goes for its sub-accounts too, which keep their suffix. Heads of the
    chart that are mapped are among the codes, though nothing is booked on them itself.
    """
    mapped = _in_force(session, book_id, day)
    rows = session.execute(select(Account.code, Account.name).where(Account.book_id == book_id))
    return mapped | {code: _shown(code, name, mapped) for code, name in rows}


def _in_force(session: Session, book_id: int, day: date) -> dict[str, Shown]:
    """The latest mapping of each code that is in force."""
    rows = session.scalars(
        select(AccountMapping)
        .where(AccountMapping.book_id == book_id, AccountMapping.in_force_from <= day)
        .order_by(AccountMapping.in_force_from)
    )
    return {row.code: Shown(row.shown_code, row.shown_name) for row in rows}


def _shown(code: str, name: str, mapped: dict[str, Shown]) -> Shown:
    above = code
    while above:
        if above in mapped:
            found, suffix = mapped[above], code[len(above) :]
            return Shown(found.code + suffix, name if suffix and name else found.name)
        above = above.rpartition(".")[0]
    return Shown(code, name)
