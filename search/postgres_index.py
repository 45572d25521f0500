"""The index inside PostgreSQL: one index for many hosts.

A generation is one table, `search.generation_7`: its terms, places and keys lie in a text-search
vector under a GIN index, so that PostgreSQL finds and counts, while the terms themselves are ours
(segmentation.py) and none of its dictionaries ever sees a text. What is long lies beside the rows
(`toast_tuple_target`), so that what is counted is narrow. A rebuild fills and indexes a table
beside the live one; publishing is one update of one row. Finding is postgres_finding.py.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors, sql
from sqlalchemy import Engine

from search.boosts import day_number
from search.document import Document, kept
from search.errors import IndexBusy, IndexUnavailable, unavailable_when_damaged
from search.facets import FACETS
from search.port import Progress
from search.postgres_finding import SCHEMA, Connection, answer, plain, read, table_of
from search.query import Query, Results
from search.spelling import wanted_of
from search.vectors import vector
from search.weighting import document_keys

_PROGRESS_EVERY = 500
#: Serialises rebuilds, and tells a writer whether one is under way ("index" in ASCII).
_REBUILD_LOCK = 0x696E646578
#: Between reading which table is live and reading it, a rebuild may have dropped it.
_ATTEMPTS = 3

_STATE = sql.SQL(
    """
    CREATE TABLE IF NOT EXISTS search.state (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        live bigint, newest bigint NOT NULL DEFAULT 0, is_building boolean NOT NULL DEFAULT false
    );
    CREATE TABLE IF NOT EXISTS search.note (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL, content bytea
    );
    INSERT INTO search.state DEFAULT VALUES ON CONFLICT DO NOTHING
    """
)
_TABLE = sql.SQL(
    """
    CREATE TABLE {table} (
        id text NOT NULL, kind text NOT NULL, category text NOT NULL, status text NOT NULL,
        wants text NOT NULL, place text NOT NULL,
        published_on text NOT NULL, amount bigint NOT NULL, gap bigint NOT NULL,
        ends integer NOT NULL, keys text[] NOT NULL, filed tsvector NOT NULL,
        content bytea NOT NULL
    ) WITH (toast_tuple_target = 256);
    ALTER TABLE {table} ALTER COLUMN keys SET STORAGE MAIN
    """
)
_INDEXES = sql.SQL(
    """
    CREATE UNIQUE INDEX ON {table} (id);
    CREATE INDEX ON {table} USING gin (filed);
    ANALYZE {table}
    """
)
#: Room in which a rebuild sorts the terms of its table, for its transaction.
_ROOM = sql.SQL("SET LOCAL maintenance_work_mem = '512MB'")
_COLUMNS = sql.SQL(
    "(id, kind, category, status, wants, place, published_on, amount, gap, ends,"
    " keys, filed, content)"
)


class PostgresIndex:
    """A SearchIndex in the schema `search` of the database that `engine` reaches.

    `patience` is how many seconds a writer waits for another before it raises IndexBusy.
    """

    def __init__(self, engine: Engine, *, patience: float = 10.0) -> None:
        self._engine = engine
        # a search is one statement, which sees one moment: it needs no transaction around it
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._patience = patience
        self._building = threading.Lock()

    def replace(self, documents: Iterable[Document]) -> None:
        """See SearchIndex."""
        batch = {document.id: document for document in documents}
        if batch:
            self._change(dict(batch))

    def remove(self, ids: Iterable[str]) -> None:
        """See SearchIndex."""
        gone: dict[str, Document | None] = dict.fromkeys(ids)
        if gone:
            self._change(gone)

    def search(self, query: Query) -> Results:
        """See SearchIndex."""
        wanted = wanted_of(query)
        if wanted.is_empty and query.text.strip():
            return Results(facets={name: {} for name in (*FACETS, "place")})
        with unavailable_when_damaged():
            for attempt in range(_ATTEMPTS):
                try:
                    with self._connection(self._reading) as connection:
                        return answer(connection, _live(connection), query, wanted)
                except errors.UndefinedTable:
                    if attempt == _ATTEMPTS - 1:
                        raise
        raise AssertionError("the loop above returns or raises")

    def count(self) -> int:
        """See SearchIndex."""
        with unavailable_when_damaged(), self._connection(self._reading) as connection:
            whole = sql.SQL("SELECT count(*) FROM {}").format(table_of(_live(connection)))
            return int(_one(connection.execute(whole))[0])

    def digests(self) -> dict[str, str]:
        """See SearchIndex."""
        with unavailable_when_damaged(), self._connection(self._reading) as connection:
            whole = sql.SQL("SELECT id, md5(content) FROM {}").format(table_of(_live(connection)))
            return {id: held for id, held in connection.execute(whole)}

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """See SearchIndex."""
        if not self._building.acquire(blocking=False):
            raise IndexBusy("another rebuild is under way")
        try:
            with self._connection() as connection:
                return _rebuild(connection, documents, progress, self._patience)
        finally:
            self._building.release()

    def close(self) -> None:
        """See SearchIndex; the connections are the engine's."""

    def _change(self, batch: dict[str, Document | None]) -> None:
        with unavailable_when_damaged(), self._connection() as connection:
            _wait_at_most(connection, self._patience)
            live, is_building = _locked_state(connection)
            if is_building and _nobody_rebuilds(connection):
                _forget_notes(connection)
                is_building = False
            if is_building:
                _note(connection, batch)
            if live is not None:
                _write(connection, table_of(live), batch)
            elif not is_building:
                raise IndexUnavailable("the index has not been built")
            connection.commit()

    @contextmanager
    def _connection(self, engine: Engine | None = None) -> Iterator[Connection]:
        """A connection of the pool, with what it did undone unless it was committed."""
        with (engine or self._engine).connect() as pooled:
            raw = pooled.connection.driver_connection
            if not isinstance(raw, psycopg.Connection):
                raise IndexUnavailable("this index lies in PostgreSQL")
            try:
                yield raw
            finally:
                if not raw.closed:
                    raw.rollback()


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _write(
    connection: Connection, table: sql.Identifier, batch: dict[str, Document | None]
) -> None:
    """Put the batch in place of what had its ids."""
    gone = sql.SQL("DELETE FROM {} WHERE id = ANY(%s)").format(table)
    connection.execute(gone, ([plain(one) for one in batch],))
    new = [document for document in batch.values() if document is not None]
    if new:
        _fill(connection, table, new)


def _fill(
    connection: Connection,
    table: sql.Identifier,
    documents: Iterable[Document],
    progress: Progress | None = None,
) -> int:
    """Copy documents into a table; how many. Raises ValueError at an id that came before."""
    seen: set[str] = set()
    copying = sql.SQL("COPY {} {} FROM STDIN").format(table, _COLUMNS)
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for document in documents:
            if document.id in seen:
                raise ValueError(f"two documents with the id {document.id!r}")
            seen.add(document.id)
            copy.write_row(_row(document))
            if progress is not None and len(seen) % _PROGRESS_EVERY == 0:
                progress(len(seen))
    return len(seen)


def _row(document: Document) -> tuple[object, ...]:
    return (
        plain(document.id),
        *(plain(getattr(document, name)) for name in FACETS),
        plain(max(document.place_codes, key=len, default="")),
        plain(document.published_on),
        document.amount,
        document.gap,
        day_number(document.ends_on),
        sorted(document_keys(document)),
        vector(document),
        kept(document),
    )


def _rebuild(
    connection: Connection,
    documents: Iterable[Document],
    progress: Progress | None,
    patience: float,
) -> int:
    """Fill a new table beside the live one, bring in what changed meanwhile, exchange them."""
    connection.execute(_STATE)
    connection.commit()
    if not _one(connection.execute("SELECT pg_try_advisory_lock(%s)", (_REBUILD_LOCK,)))[0]:
        raise IndexBusy("another rebuild is under way")
    try:
        newest = _begin(connection)
        table = table_of(newest)
        connection.execute(_TABLE.format(table=table))
        number = _fill(connection, table, documents, progress)
        connection.execute(_ROOM)
        connection.execute(_INDEXES.format(table=table))
        if progress is not None:
            progress(number)
        _wait_at_most(connection, max(patience, 60.0))
        _publish(connection, newest)
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("SELECT pg_advisory_unlock(%s)", (_REBUILD_LOCK,))
            connection.commit()
    return number


def _begin(connection: Connection) -> int:
    """Ask writers to note what they change from now on; the number of the new generation."""
    _forget_notes(connection)
    begun = connection.execute(
        "UPDATE search.state SET is_building = true, newest = newest + 1 RETURNING newest"
    )
    newest = int(_one(begun)[0])
    connection.commit()
    return newest


def _publish(connection: Connection, newest: int) -> None:
    """With every writer waiting: apply the notes, make the new table the live one, drop others."""
    _locked_state(connection)
    noted = connection.execute("SELECT id, content FROM search.note ORDER BY number").fetchall()
    changed = {id: None if content is None else read(content) for id, content in noted}
    if changed:
        _write(connection, table_of(newest), changed)
    connection.execute("UPDATE search.state SET live = %s, is_building = false", (newest,))
    connection.execute("DELETE FROM search.note")
    connection.commit()
    for number in _leftovers(connection, newest):
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table_of(number)))
        connection.commit()


def _leftovers(connection: Connection, newest: int) -> list[int]:
    """The generations that are not in use, such as those a killed rebuild left."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename LIKE 'generation%%'",
        (SCHEMA,),
    ).fetchall()
    numbers = [int(name.rpartition("_")[2]) for (name,) in names]
    return [number for number in numbers if number != newest]


def _note(connection: Connection, batch: dict[str, Document | None]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search.note (id, content) VALUES (%s, %s)",
            [(plain(id), kept(one) if one is not None else None) for id, one in batch.items()],
        )


def _forget_notes(connection: Connection) -> None:
    """No rebuild is under way: one that was has died."""
    connection.execute("DELETE FROM search.note")
    connection.execute("UPDATE search.state SET is_building = false")


def _nobody_rebuilds(connection: Connection) -> bool:
    held = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_REBUILD_LOCK,))
    return bool(_one(held)[0])


def _wait_at_most(connection: Connection, seconds: float) -> None:
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{int(seconds * 1000)}ms",))


def _locked_state(connection: Connection) -> tuple[int | None, bool]:
    """The live generation and whether one is being built; the caller is the only writer now."""
    try:
        state = connection.execute("SELECT live, is_building FROM search.state FOR UPDATE")
    except errors.LockNotAvailable as error:
        raise IndexBusy("something else writes the index") from error
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise IndexUnavailable("the index has not been built") from error
    live, is_building = _one(state)
    return live, is_building


def _live(connection: Connection) -> int:
    """The generation in use. Raises IndexUnavailable when there is none."""
    try:
        (live,) = _one(connection.execute("SELECT live FROM search.state"))
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise IndexUnavailable("the index has not been built") from error
    if live is None:
        raise IndexUnavailable("the index has not been built")
    return int(live)


def _one(cursor: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...]:
    row = cursor.fetchone()
    if row is None:
        raise IndexUnavailable("the index has lost its state")
    return row
