"""Totals that sealing keeps, so that no page adds up a book: set-wise, once per batch.

They count sealed entries only, by the day an entry is booked on. They are never believed:
`wushe ledger verify` adds up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from charity.base import Base
from charity.ledger.backing import shares_of_batch
from charity.ledger.models import (
    AccountDay,
    Entry,
    FundMonth,
    SealedEntry,
    Transfer,
)
from charity.ledger.services.loading import write_rows
from charity.money import ZERO


def keep_totals(
    session: Session, *, book_id: int, first: int, end: int, outflows: bool = True
) -> None:
    """Add the entries at the positions from `first` to `end` of a book to the kept totals.

    Called once per batch, under the lock of the book's head, in the sealing transaction.
    `outflows` False says that no money left in this batch.
    """
    batch = sealed_at(book_id, first, end)
    _keep_turnover(session, AccountDay, batch)
    _keep_turnover(session, FundMonth, batch)
    if outflows:
        _keep_backing(session, book_id=book_id, first=first, end=end)


def sealed_at(book_id: int, first: int, end: int) -> tuple[ColumnElement[bool], ...]:
    """The entries sealed at the positions from `first` to `end` of a book."""
    return (
        SealedEntry.book_id == book_id,
        SealedEntry.position >= first,
        SealedEntry.position < end,
    )


def _keep_turnover(
    session: Session, table: type[AccountDay | FundMonth], batch: tuple[ColumnElement[bool], ...]
) -> None:
    """Add the batch's turnover to the kept rows, one statement on either database."""
    sides = union_all(*(_side(table, side, batch) for side in ("debit", "credit"))).subquery("side")
    keys = [column for column in sides.c if column.name not in {"debit", "credit"}]
    names = [key.name for key in keys]
    day = type_coerce(keys[1], Date) if table is AccountDay else month_of(session, keys[1])
    summed = (
        select(keys[0], day, *keys[2:], func.sum(sides.c.debit), func.sum(sides.c.credit))
        .where(literal(True))  # or SQLite takes ON CONFLICT for the ON of a join
        .group_by(keys[0], day, *keys[2:])
    )
    add_up(session, table, names, ("debit", "credit"), summed)


def _side(
    table: type[AccountDay | FundMonth], side: str, batch: tuple[ColumnElement[bool], ...]
) -> Select[Any]:
    """One side of the batch's transfers, with zero on the other."""
    account: InstrumentedAttribute[int] = getattr(Transfer, f"{side}_account_id")
    fund: InstrumentedAttribute[int | None] = getattr(Transfer, f"{side}_fund_id")
    nothing = literal(ZERO, type_=Transfer.amount.type)
    amounts = (
        Transfer.amount if side == "debit" else nothing,
        Transfer.amount if side == "credit" else nothing,
    )
    of_fund = table is FundMonth
    columns: list[ColumnElement[Any]] = [
        Transfer.book_id.label("book_id"),
        Entry.booked_on.label("month" if of_fund else "day"),
        *([fund.label("fund_id")] if of_fund else []),
        account.label("account_id"),
        amounts[0].label("debit"),
        amounts[1].label("credit"),
    ]
    query = (
        select(*columns)
        .select_from(Transfer)
        .join(Entry, Entry.id == Transfer.entry_id)
        .join(SealedEntry, SealedEntry.entry_id == Entry.id)
        .where(*batch)
    )
    return query.where(fund.is_not(None)) if of_fund else query


def month_of(session: Session, day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of a day's month."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(day, literal("start of month", literal_execute=True))
    return cast(func.date_trunc(literal("month", literal_execute=True), day), Date)


def add_up(
    session: Session,
    table: type[Base],
    names: Sequence[str],
    sums: Sequence[str],
    rows: Select[Any],
) -> None:
    """Insert rows of a kept table (keys `names`, then `sums`), or add them to those there are."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(table).from_select([*names, *sums], rows)
    excluded = statement.excluded
    added = {name: getattr(table, name) + excluded[name] for name in sums}
    session.execute(statement.on_conflict_do_update(index_elements=names, set_=added))


def _keep_backing(session: Session, *, book_id: int, first: int, end: int) -> None:
    """Keep who stands behind every outflow of the batch."""
    totals: list[tuple[int, int, int]] = []
    shares: list[tuple[int, str, str, int, int, int]] = []
    for row in shares_of_batch(session, book_id=book_id, first=first, end=end):
        if row.share_of is None:
            totals.append((row.outflow_id, row.gifts, row.givers))
        else:
            shares.append(
                (row.outflow_id, row.share_of, row.value, row.amount, row.gifts, row.givers)
            )
    write_rows(session.connection(), "outflow_total", totals)
    write_rows(session.connection(), "outflow_share", shares)
