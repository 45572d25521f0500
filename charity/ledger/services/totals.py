"""Totals that sealing keeps, so that no page adds up a book: set-wise, once per batch.

They count sealed entries only, by the day an entry is booked on. They are never believed:
`wushe ledger verify` adds up again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Insert,
    Select,
    cast,
    func,
    insert,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from charity.ledger.backing import shares_of_batch
from charity.ledger.models import (
    AccountDay,
    Entry,
    FundMonth,
    OutflowShare,
    OutflowTotal,
    SealedEntry,
    Transfer,
)
from charity.money import ZERO, Money


def keep_totals(
    session: Session, *, book_id: int, first: int, end: int, outflows: bool = True
) -> None:
    """Add the entries at the positions from `first` to `end` of a book to the kept totals.

    Called once per batch, under the lock of the book's head, in the sealing transaction.
    `outflows` False says that no money left in this batch.
    """
    batch = (
        SealedEntry.book_id == book_id,
        SealedEntry.position >= first,
        SealedEntry.position < end,
    )
    _keep_turnover(session, AccountDay, batch)
    _keep_turnover(session, FundMonth, batch)
    if outflows:
        _keep_backing(session, book_id=book_id, first=first, end=end)


def _keep_turnover(
    session: Session, table: type[AccountDay | FundMonth], batch: tuple[ColumnElement[bool], ...]
) -> None:
    """Add the batch's turnover to the kept rows, one statement on either database."""
    dialect = session.get_bind().dialect.name
    sides = union_all(*(_side(table, side, batch) for side in ("debit", "credit"))).subquery("side")
    keys = [column for column in sides.c if column.name not in {"debit", "credit"}]
    names = [key.name for key in keys]
    day = type_coerce(keys[1], Date) if table is AccountDay else _month(keys[1], dialect)
    summed = (
        select(keys[0], day, *keys[2:], func.sum(sides.c.debit), func.sum(sides.c.credit))
        .where(literal(True))  # or SQLite takes ON CONFLICT for the ON of a join
        .group_by(keys[0], day, *keys[2:])
    )
    session.execute(_upsert(table, dialect, names, summed))


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


def _month(day: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """The first day of a day's month."""
    if dialect == "sqlite":
        return func.date(day, literal("start of month", literal_execute=True))
    return cast(func.date_trunc(literal("month", literal_execute=True), day), Date)


def _upsert(
    table: type[AccountDay | FundMonth], dialect: str, names: list[str], rows: Select[Any]
) -> Insert:
    """Insert the sums, or add them to the row that is there."""
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = make(table).from_select([*names, "debit", "credit"], rows)
    excluded = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=names,
        set_={
            "debit": table.debit + excluded.debit,
            "credit": table.credit + excluded.credit,
        },
    )


def _keep_backing(session: Session, *, book_id: int, first: int, end: int) -> None:
    """Keep who stands behind every outflow of the batch."""
    totals, shares = [], []
    for row in shares_of_batch(session, book_id=book_id, first=first, end=end):
        figures = {"outflow_id": row.outflow_id, "gifts": row.gifts, "givers": row.givers}
        if row.share_of is None:
            totals.append(figures)
        else:
            amount = Money(row.amount)
            shares.append(
                {"share_of": row.share_of, "value": row.value, "amount": amount, **figures}
            )
    if totals:
        session.execute(insert(OutflowTotal), totals)
        session.execute(insert(OutflowShare), shares)
