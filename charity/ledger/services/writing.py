"""Writing an entry: the statements that put it into the book, with everything that belongs to it.

PostgreSQL takes the whole entry in one data-modifying statement, SQLite in a short series of plain
ones. Neither goes through the unit of work: what is written here is never changed afterwards, and
the digest needs no ids. A source that is taken already writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from charity import clock
from charity.ledger.services.arrays import Value, array, fetch
from charity.outbox import TOLD, Event, tell

#: The columns of every table an entry is written to, in the order of the rows below.
COLUMNS = {
    "entry": (
        "id",
        "book_id",
        "source",
        "kind",
        "occurred_on",
        "booked_on",
        "reverses_id",
        "posted_at",
        "posted_by",
        "transfers",
        "form",
        "note_digest",
        "digest",
    ),
    "entry_note": ("entry_id", "salt", "note"),
    "transfer": (
        "entry_id",
        "number",
        "book_id",
        "debit_account_id",
        "debit_fund_id",
        "credit_account_id",
        "credit_fund_id",
        "amount",
    ),
    "inflow": (
        "id",
        "entry_id",
        "number",
        "line_id",
        "amount",
        "income",
        "giver_digest",
        "origin_outflow_id",
        "origin_offset",
    ),
    "inflow_giver": ("inflow_id", "salt", "giver_key", "giver_kind", "place"),
    "pending": ("inflow_id", "line_id"),
    "outflow": ("id", "entry_id", "number", "fund_id", "amount", "kind", "of_inflow_id"),
    "piece": ("outflow_id", "start_offset", "line_id", "start", "stop"),
    "deed": ("subject", "subject_id", "entry_id"),
    "unsealed": ("entry_id", "book_id"),
    # what sealing writes
    "sealed_entry": ("book_id", "position", "entry_id", "leaf"),
    "outflow_total": ("outflow_id", "gifts", "givers"),
    "outflow_share": ("outflow_id", "share_of", "value", "amount", "gifts", "givers"),
}
#: One row by plain values, as SQLite takes it.
INSERT = {
    table: " ".join(
        (
            "INSERT INTO",
            table,
            f"({', '.join(columns)})",
            f"VALUES ({', '.join('?' * len(columns))})",
        )
    )
    for table, columns in COLUMNS.items()
}


class TransferRow(NamedTuple):
    """A row of `transfer`, but for its entry."""

    number: int
    book_id: int
    debit_account_id: int
    debit_fund_id: int | None
    credit_account_id: int
    credit_fund_id: int | None
    amount: int


class InflowRow(NamedTuple):
    """A row of `inflow`, but for its entry; `origin_outflow_id` is one that stands in the book."""

    number: int
    line_id: int
    amount: int
    income: str
    giver_digest: bytes | None
    origin_outflow_id: int | None
    origin_offset: int | None


class GiverRow(NamedTuple):
    """A row of `inflow_giver`, by the number of its inflow."""

    number: int
    salt: bytes
    giver_key: str
    giver_kind: str
    place: str


class OutflowRow(NamedTuple):
    """A row of `outflow`, but for its entry; `of_number` is an inflow of the same entry."""

    number: int
    fund_id: int
    amount: int
    kind: str
    of_inflow_id: int | None
    of_number: int | None


class Known(NamedTuple):
    """What is remembered and may have changed: that the fund goes on, the last closed day."""

    fund_id: int
    closed_through: date | None


@dataclass(slots=True)
class Rows:
    """One entry as it is written.

    `arriving` are inflows that stand for themselves, `returning` those whose origin (here the
    number of its transfer, not an id) is an outflow of the same entry.
    """

    #: The values of the columns of `entry`, but for its id.
    entry: tuple[Value, ...]
    note: tuple[bytes, str]
    transfers: list[TransferRow] = field(default_factory=list)
    arriving: list[InflowRow] = field(default_factory=list)
    returning: list[InflowRow] = field(default_factory=list)
    givers: list[GiverRow] = field(default_factory=list)
    outflows: list[OutflowRow] = field(default_factory=list)
    deeds: list[tuple[str, int]] = field(default_factory=list)
    #: What the outbox tells of the entry, its number added.
    event: Event | None = None
    #: Written only while this still holds (PostgreSQL).
    known: Known | None = None

    @property
    def book_id(self) -> Value:
        """The book it stands in."""
        return self.entry[0]


class Written(NamedTuple):
    """The ids the database gave, flows by the number of their transfer."""

    entry_id: int
    inflows: dict[int, int]
    outflows: dict[int, int]


def write(connection: Connection, rows: Rows) -> Written | None:
    """Write an entry; None, and nothing written, where its source is taken already.

    On PostgreSQL also where what is `known` no longer holds.
    """
    if connection.dialect.name == "sqlite":
        return _write_in_turn(connection, rows)
    return _write_at_once(connection, rows)


# ── PostgreSQL: one statement ────────────────────────────────────────────────────────────────────


class _Shape(NamedTuple):
    """How many rows each part of an entry has; each shape has its own statement.

    A part of more than a few rows is counted as `_MANY` and takes its rows from arrays, so that
    there are few shapes and a connection prepares each once.
    """

    transfers: int
    arriving: int
    outflows: int
    returning: int
    givers: int
    deeds: int
    told: bool
    known: bool


#: So many rows of a part are written out, which costs the server less than opening arrays.
_FEW = 2
_MANY = _FEW + 1


def statement(rows: Rows) -> tuple[str, tuple[Any, ...]]:
    """The statement that writes this entry on PostgreSQL, and its values."""
    parts: list[Sequence[Sequence[Value]]] = [
        rows.transfers,
        rows.arriving,
        rows.outflows,
        rows.returning,
        rows.givers,
        rows.deeds,
    ]
    counts = [min(len(part), _MANY) for part in parts]
    shape = _Shape._make((*counts, rows.event is not None, rows.known is not None))
    values: list[Any] = [*map(_plain, rows.entry)]
    if rows.known is not None:
        values += map(_plain, (rows.known.fund_id, rows.book_id, rows.known.closed_through))
    values += (*rows.note, str(rows.book_id))
    for part in parts:
        if len(part) > _FEW:
            values += map(array, zip(*part, strict=True))
        else:
            for row in part:
                values += map(_plain, row)
    if rows.event is not None:
        event, subject, data = rows.event
        values += [event, subject, json.dumps(data), clock.now()]
    return _statement(shape), tuple(values)


def _write_at_once(connection: Connection, rows: Rows) -> Written | None:
    text, values = statement(rows)
    written = None
    for what, id_, number in fetch(connection, text, values):
        if what == "entry":
            written = Written(id_, {}, {})
        elif written is not None:
            (written.inflows if what == "inflow" else written.outflows)[number] = id_
    return written


def _plain(value: Value) -> str | bytes | None:
    """A value as text, so that one statement is prepared whatever the size of its integers."""
    return value if value is None or isinstance(value, bytes) else str(value)


_ENTERED = """entered AS (INSERT INTO entry (book_id, source, kind, occurred_on, booked_on,
    reverses_id, posted_at, posted_by, transfers, form, note_digest, digest)
  SELECT %s::bigint, %s, %s, %s::date, %s::date, %s::bigint, %s::bigint, %s::bigint, %s::bigint,
    %s::bigint, %s::bytea, %s::bytea{known}
  ON CONFLICT (book_id, source) DO NOTHING RETURNING id),
noted AS (INSERT INTO entry_note (entry_id, salt, note) SELECT id, %s, %s FROM entered),
waits AS (INSERT INTO unsealed (entry_id, book_id) SELECT id, %s::bigint FROM entered)"""

_STILL = """ WHERE NOT EXISTS (SELECT 1 FROM fund_closing WHERE fund_id = %s::bigint)
    AND (SELECT max(through) FROM closing WHERE book_id = %s::bigint)
      IS NOT DISTINCT FROM %s::date"""

_MOVED = """moved AS (INSERT INTO transfer (entry_id, number, book_id, debit_account_id,
    debit_fund_id, credit_account_id, credit_fund_id, amount)
  SELECT entered.id, x.* FROM entered, {rows} AS x)"""
_TRANSFER = ("bigint",) * 7

_ARRIVED = """arrived AS (INSERT INTO inflow (entry_id, number, line_id, amount, income,
    giver_digest, origin_outflow_id, origin_offset)
  SELECT entered.id, x.* FROM entered, {rows} AS x
  RETURNING id, number, line_id)"""
_INFLOW = ("bigint", "bigint", "bigint", "text", "bytea", "bigint", "bigint")

#: Where nothing arrives by the entry itself.
_NONE_ARRIVED = """arrived AS (SELECT NULL::bigint AS id, NULL::bigint AS number,
    NULL::bigint AS line_id WHERE false)"""

_WENT = """went AS (INSERT INTO outflow (entry_id, number, fund_id, amount, kind, of_inflow_id)
  SELECT entered.id, x.number, x.fund_id, x.amount, x.kind, coalesce(x.of_id, arrived.id)
  FROM entered CROSS JOIN {rows} AS x(number, fund_id, amount, kind, of_id, of_number)
  LEFT JOIN arrived ON arrived.number = x.of_number
  RETURNING id, number)"""
_OUTFLOW = ("bigint", "bigint", "bigint", "text", "bigint", "bigint")

_RETURNED = """returned AS (INSERT INTO inflow (entry_id, number, line_id, amount, income,
    giver_digest, origin_outflow_id, origin_offset)
  SELECT entered.id, x.number, x.line_id, x.amount, x.income, x.giver_digest, went.id, x.at
  FROM entered CROSS JOIN {rows}
    AS x(number, line_id, amount, income, giver_digest, origin, at)
  JOIN went ON went.number = x.origin
  RETURNING id, number, line_id)"""

_ALL_INFLOWS = """inflows AS (SELECT id, number, line_id FROM arrived
  UNION ALL SELECT id, number, line_id FROM returned)"""

_PEND = "pend AS (INSERT INTO pending (inflow_id, line_id) SELECT id, line_id FROM inflows)"

_GAVE = """gave AS (INSERT INTO inflow_giver (inflow_id, salt, giver_key, giver_kind, place)
  SELECT inflows.id, x.salt, x.giver_key, x.giver_kind, x.place
  FROM inflows JOIN {rows} AS x(number, salt, giver_key, giver_kind, place)
    ON x.number = inflows.number)"""
_GIVER = ("bigint", "bytea", "text", "text", "text")

_COVERED = """covered AS (INSERT INTO deed (subject, subject_id, entry_id)
  SELECT x.*, entered.id FROM entered, {rows} AS x)"""
_DEED = ("text", "bigint")


def _rows(types: Sequence[str], count: int) -> str:
    """So many rows of these types, as a table."""
    if count == _MANY:
        return f"unnest({', '.join(f'%s::{type_}[]' for type_ in types)})"
    row = f"({', '.join(f'%s::{type_}' for type_ in types)})"
    return f"(VALUES {', '.join([row] * count)})"


@cache
def _statement(shape: _Shape) -> str:
    """Build the statement of a shape."""
    flows = shape.arriving or shape.returning
    steps = (
        (1, _ENTERED.format(known=_STILL if shape.known else ""), ()),
        (shape.transfers, _MOVED, _TRANSFER),
        (shape.arriving, _ARRIVED, _INFLOW),
        (shape.outflows and not shape.arriving, _NONE_ARRIVED, ()),
        (shape.outflows, _WENT, _OUTFLOW),
        (shape.returning, _RETURNED, _INFLOW),
        (shape.returning, _ALL_INFLOWS, ()),
        (shape.arriving and not shape.returning, "inflows AS (SELECT * FROM arrived)", ()),
        (flows, _PEND, ()),
        (shape.givers, _GAVE, _GIVER),
        (shape.deeds, _COVERED, _DEED),
        (shape.told, TOLD, ()),
    )
    answers = (
        (True, "SELECT 'entry', id, 0::bigint FROM entered"),
        (shape.outflows, "SELECT 'outflow', id, number FROM went"),
        (flows, "SELECT 'inflow', id, number FROM inflows"),
    )
    written = ", ".join(
        text.format(rows=_rows(types, int(count))) if types else text
        for count, text, types in steps
        if count
    )
    return f"WITH {written} {' UNION ALL '.join(text for there, text in answers if there)}"


# ── SQLite: a short series of plain statements ───────────────────────────────────────────────────


def _write_in_turn(connection: Connection, rows: Rows) -> Written | None:
    """Every writer has SQLite to itself, so that nothing comes between these."""
    run = connection.exec_driver_sql
    entry_id = run(
        f"{INSERT['entry']} ON CONFLICT (book_id, source) DO NOTHING RETURNING id",
        (None, *(str(value) if isinstance(value, date) else value for value in rows.entry)),
    ).scalar_one_or_none()
    if entry_id is None:
        return None
    written = Written(entry_id, {}, {})
    run(INSERT["entry_note"], (entry_id, *rows.note))
    if rows.transfers:
        run(INSERT["transfer"], [(entry_id, *transfer) for transfer in rows.transfers])
    for inflow in rows.arriving:
        _arrive(connection, written, inflow)
    for number, fund_id, amount, kind, of_id, of_number in rows.outflows:
        of = of_id if of_number is None else written.inflows[of_number]
        written.outflows[number] = run(
            f"{INSERT['outflow']} RETURNING id", (None, entry_id, number, fund_id, amount, kind, of)
        ).scalar_one()
    for inflow in rows.returning:
        origin = written.outflows[inflow.origin_outflow_id or 0]
        _arrive(connection, written, inflow._replace(origin_outflow_id=origin))
    for number, *giver in rows.givers:
        run(INSERT["inflow_giver"], (written.inflows[number], *giver))
    if rows.deeds:
        run(INSERT["deed"], [(*deed, entry_id) for deed in rows.deeds])
    run(INSERT["unsealed"], (entry_id, rows.book_id))
    if rows.event is not None:
        data = rows.event.data | {"entry_id": entry_id}
        tell(connection, rows.event._replace(data=data))
    return written


def _arrive(connection: Connection, written: Written, inflow: InflowRow) -> None:
    """Write an inflow, which waits to be placed."""
    id_ = connection.exec_driver_sql(
        f"{INSERT['inflow']} RETURNING id", (None, written.entry_id, *inflow)
    ).scalar_one()
    connection.exec_driver_sql(INSERT["pending"], (id_, inflow.line_id))
    written.inflows[inflow.number] = id_
