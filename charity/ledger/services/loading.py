"""Loading: many entries at once, each with the digest it would have had alone.

Their numbers are taken beforehand, so that whole tables are written in turn: by COPY on
PostgreSQL, by one statement run with many values on SQLite. Every guard holds as for one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import chain, islice
from typing import Any, NamedTuple

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
#: Rows put into words at once for PostgreSQL.
_ROWS_A_PORTION = 5000


def load(connection: Connection, entries: Sequence[Rows]) -> list[Written]:
    """Write these entries, none of whose sources is taken; returns their ids in this order.

    Their inflows stand for themselves or come from outflows that are in the book already.
    """
    inflows = sum(len(rows.arriving) for rows in entries)
    outflows = sum(len(rows.outflows) for rows in entries)
    numbers = take_numbers(connection, entries=len(entries), inflows=inflows, outflows=outflows)
    written = numbers.given_to(entries)
    for table, rows in _tables(entries, written):
        write_rows(connection, table, rows)
    return written


def packed(entries: Sequence[Rows], numbers: Numbers) -> list[tuple[str, bytes]]:
    """The rows of these entries as PostgreSQL copies them, table by table.

    Made while the server takes in other rows, so that it need not wait for these.
    """
    written = numbers.given_to(entries)
    return [(table, encoded(rows)) for table, rows in _tables(entries, written)]


def send(connection: Connection, tables: Iterable[tuple[str, bytes]]) -> None:
    """Append what was packed."""
    for table, rows in tables:
        _copy(connection, table, [rows])


def _tables(
    entries: Sequence[Rows], written: Sequence[Written]
) -> Iterator[tuple[str, Iterable[Row]]]:
    """The rows of these entries, each table's after those it refers to."""
    pairs = list(zip(entries, written, strict=True))
    yield "entry", ((new.entry_id, *map(_dated, rows.entry)) for rows, new in pairs)
    yield "entry_note", ((new.entry_id, *rows.note) for rows, new in pairs)
    yield (
        "transfer",
        ((new.entry_id, *transfer) for rows, new in pairs for transfer in rows.transfers),
    )
    yield "inflow", (_inflow(new, row) for rows, new in pairs for row in rows.arriving)
    yield "inflow_giver", (_giver(new, row) for rows, new in pairs for row in rows.givers)
    yield (
        "pending",
        ((new.inflows[row.number], row.line_id) for rows, new in pairs for row in rows.arriving),
    )
    yield "outflow", (_outflow(new, row) for rows, new in pairs for row in rows.outflows)
    yield "unsealed", ((new.entry_id, rows.book_id) for rows, new in pairs)


def write_rows(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    """Append rows to one of the tables of `COLUMNS`."""
    remaining = iter(rows)
    if connection.dialect.name == "postgresql":
        portions = iter(lambda: list(islice(remaining, _ROWS_A_PORTION)), [])
        _copy(connection, table, map(encoded, portions))
        return
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        values = tuple(chain.from_iterable(some))
        connection.exec_driver_sql(_many(table, len(some)), values)


def _copy(connection: Connection, table: str, portions: Iterable[bytes]) -> None:
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for portion in portions:
                copy.write(portion)
    except connection.dialect.loaded_dbapi.Error as error:
        raise refused(connection, statement, error) from error


def encoded(rows: Iterable[Row]) -> bytes:
    """Rows in the text form of PostgreSQL's COPY."""
    return "".join(["\t".join(map(_field, row)) + "\n" for row in rows]).encode()


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _field(value: Value) -> str:
    if isinstance(value, str):
        return value if value.isalnum() else value.translate(_ESCAPED)
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return "\\N" if value is None else str(value)


@cache
def _many(table: str, rows: int) -> str:
    """The statement that appends so many rows on SQLite."""
    one, _, marks = INSERT[table].partition("VALUES ")
    return f"{one}VALUES {', '.join([marks] * rows)}"


def _dated(value: Value) -> Value:
    """A day in ISO form, which both databases read."""
    return value.isoformat() if isinstance(value, date) else value


class Numbers(NamedTuple):
    """Numbers of entries and of their flows that nobody else gets."""

    entries: Sequence[int]
    inflows: Sequence[int]
    outflows: Sequence[int]

    def given_to(self, entries: Sequence[Rows]) -> list[Written]:
        """Each entry and flow with its own, in this order."""
        inflows, outflows = iter(self.inflows), iter(self.outflows)
        return [
            Written(
                entry_id,
                {row.number: next(inflows) for row in rows.arriving},
                {row.number: next(outflows) for row in rows.outflows},
            )
            for entry_id, rows in zip(self.entries, entries, strict=True)
        ]


def take_numbers(connection: Connection, *, entries: int, inflows: int, outflows: int) -> Numbers:
    """Take so many numbers. On SQLite they are those of the next rows, which must follow."""
    return Numbers(
        _numbers(connection, "entry", entries),
        _numbers(connection, "inflow", inflows),
        _numbers(connection, "outflow", outflows),
    )


def _numbers(connection: Connection, table: str, count: int) -> Sequence[int]:
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
