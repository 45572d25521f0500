"""Keeping, while entries are sealed, what came and went per fund, month, kind and party."""

from __future__ import annotations

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from charity.ledger import flowing
from charity.ledger.models import Entry, FundFlow, SealedEntry
from charity.ledger.services.totals import add_up, month_of, sealed_at

_NAMES = ("book_id", "month", "fund_id", "incoming", "kind", "party")


def keep_flows(session: Session, *, book_id: int, first: int, end: int) -> None:
    """Add the entries at these positions, which are being sealed under the lock of the book's head.

    In one statement on either database.
    """
    batch = select(SealedEntry.entry_id).where(*sealed_at(book_id, first, end))
    chosen = Entry.id.in_(batch)
    flow = union_all(flowing.incoming(chosen), flowing.outgoing(chosen)).subquery().c
    keys = (
        flow.book_id,
        month_of(session, flow.day),
        flow.fund_id,
        flow.incoming,
        flow.kind,
        flow.party,
    )
    rows = (
        select(*keys, func.sum(flow.amount), func.sum(flow.flows))
        .where(literal(True))  # or SQLite takes ON CONFLICT for the ON of a join
        .group_by(*keys)
    )
    add_up(session, FundFlow, _NAMES, ("amount", "flows"), rows)
