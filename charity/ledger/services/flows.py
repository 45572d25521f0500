"""Keeping, while entries are sealed, what came and went per fund, month, kind and party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from charity.ledger import flowing
from charity.ledger.models import Entry, FundFlow
from charity.money import Money


def keep_flows(session: Session, entry_ids: Sequence[int]) -> None:
    """Add these entries, which are being sealed under the lock of their book's head."""
    chosen = Entry.id.in_(entry_ids)
    rows: Any = session.execute(union_all(flowing.incoming(chosen), flowing.outgoing(chosen)))
    sums: dict[tuple[int, date, int, bool, str, str], tuple[int, int]] = {}
    for book_id, day, fund_id, incoming, kind, party, amount, flows in rows:
        key = (book_id, day.replace(day=1), fund_id, bool(incoming), kind, party)
        fen, count = sums.get(key, (0, 0))
        sums[key] = (fen + amount.fen, count + flows)
    if sums:
        _add(session, sums)


def _add(
    session: Session, sums: dict[tuple[int, date, int, bool, str, str], tuple[int, int]]
) -> None:
    names = ("book_id", "month", "fund_id", "incoming", "kind", "party")
    values = [
        dict(zip(names, key, strict=True)) | {"amount": Money(fen), "flows": count}
        for key, (fen, count) in sums.items()
    ]
    dialect = session.connection().dialect.name
    insert = postgresql.insert(FundFlow) if dialect == "postgresql" else sqlite.insert(FundFlow)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=list(names),
            set_={
                "amount": FundFlow.amount + insert.excluded.amount,
                "flows": FundFlow.flows + insert.excluded.flows,
            },
        ),
        values,
    )
