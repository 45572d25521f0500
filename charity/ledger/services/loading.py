"""Loading: many entries at once, each with the digest it would have had alone.

Their numbers are taken beforehand, so that whole tables are written in turn: by COPY on
PostgreSQL, by one statement run with many values on SQLite. Every guard holds as for one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, text

from charity.ledger.services.arrays import Value, refused
from charity.ledger.services.writing import (
    COLUMNS,
    INSERT,
    GiverRow,
    InflowRow,
    OutflowRow,
    Rows,
    Written,
)

Row = Sequence[Value]

#: Rows of one statement on SQLite, which keeps what a page was before each statement.
_ROWS_AT_ONCE = 500


def load(connection: Connection, entries: Sequence[Rows]) -> list[Written]:
    """Write these entries, none of whose sources is taken; returns their ids in this order.

    Their inflows stand for themselves or come from outflows that are in the book already.
    """
    written = _numbered(connection, entries)
    pairs = list(zip(entries, written, strict=True))
    write_rows(
        connection, "entry", ((new.entry_id, *map(_dated, rows.entry)) for rows, new in pairs)
    )
    write_rows(connection, "entry_note", ((new.entry_id, *rows.note) for rows, new in pairs))
    write_rows(
        connection,
        "transfer",
        ((new.entry_id, *transfer) for rows, new in pairs for transfer in rows.transfers),
    )
    write_rows(
        connection, "inflow", (_inflow(new, row) for rows, new in pairs for row in rows.arriving)
    )
    write_rows(
        connection,
        "inflow_giver",
        (_giver(new, row) for rows, new in pairs for row in rows.givers),
    )
    write_rows(
        connection,
        "pending",
        ((new.inflows[row.number], row.line_id) for rows, new in pairs for row in rows.arriving),
    )
    write_rows(
        connection, "outflow", (_outflow(new, row) for rows, new in pairs for row in rows.outflows)
    )
    write_rows(connection, "unsealed", ((new.entry_id, rows.book_id) for rows, new in pairs))
    return written


def write_rows(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    """Append rows to one of the tables of `COLUMNS`."""
    if connection.dialect.name == "sqlite":
        remaining = iter(rows)
        while some := list(islice(remaining, _ROWS_AT_ONCE)):
            values = tuple(chain.from_iterable(some))
            connection.exec_driver_sql(_many(table, len(some)), values)
        return
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise refused(connection, statement, error) from error


@cache
def _many(table: str, rows: int) -> str:
    """The statement that appends so many rows on SQLite."""
    one, _, marks = INSERT[table].partition("VALUES ")
    return f"{one}VALUES {', '.join([marks] * rows)}"


def _dated(value: Value) -> Value:
    """A day in ISO form, which both databases read."""
    return value.isoformat() if isinstance(value, date) else value


def _numbered(connection: Connection, entries: Sequence[Rows]) -> list[Written]:
    """Take as many numbers as the entries and their flows need."""
    entry_ids = iter(_numbers(connection, "entry", len(entries)))
    inflows = iter(_numbers(connection, "inflow", sum(len(rows.arriving) for rows in entries)))
    outflows = iter(_numbers(connection, "outflow", sum(len(rows.outflows) for rows in entries)))
    return [
        Written(
            next(entry_ids),
            {row.number: next(inflows) for row in rows.arriving},
            {row.number: next(outflows) for row in rows.outflows},
        )
        for rows in entries
    ]


def _numbers(connection: Connection, table: str, count: int) -> Iterable[int]:
    """Numbers nobody else gets: of the sequence, or on SQLite (which has one writer) the next."""
    if connection.dialect.name == "sqlite":
        last = connection.scalar(text(_LAST[table]))
        return range(last + 1, last + 1 + count)
    query = text(
        "SELECT nextval(sequence) FROM generate_series(1, :count),"
        " (SELECT pg_get_serial_sequence(:table, 'id')::regclass AS sequence OFFSET 0) AS of_table"
    )
    return sorted(connection.scalars(query, {"table": table, "count": count}))


_LAST = {
    "entry": "SELECT coalesce(max(id), 0) FROM entry",
    "inflow": "SELECT coalesce(max(id), 0) FROM inflow",
    "outflow": "SELECT coalesce(max(id), 0) FROM outflow",
}


def _inflow(new: Written, row: InflowRow) -> Row:
    return (new.inflows[row.number], new.entry_id, *row)


def _giver(new: Written, row: GiverRow) -> Row:
    return (new.inflows[row.number], row.salt, row.giver_key, row.giver_kind, row.place)


def _outflow(new: Written, row: OutflowRow) -> Row:
    number, fund_id, amount, kind, of_id, of_number = row
    of = of_id if of_number is None else new.inflows[of_number]
    return (new.outflows[number], new.entry_id, number, fund_id, amount, kind, of)
