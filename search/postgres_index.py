"""The index inside PostgreSQL: one index for many hosts.

A generation is one table, `search.generation_7`: its terms lie in a text-search vector under a GIN
index, so that PostgreSQL finds and counts, while the terms themselves are ours (segmentation.py)
and none of its dictionaries ever sees a text. A rebuild fills and indexes a table beside the live
one; publishing is one update of one row. Ranking is bounded: of very many matches those with the
words in the title and the newest are scored, for to score all of them is what costs.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from typing import Any

import psycopg
from psycopg import errors, sql
from sqlalchemy import Engine

from search.document import Document
from search.errors import IndexBusy, IndexUnavailable, unavailable_when_damaged
from search.facets import FACETS, LEVELS, places_below
from search.highlighting import Marker
from search.port import Progress
from search.query import Hit, Query, Results, Sort
from search.segmentation import Wanted, read_query
from search.vectors import LABELS, title_query, vector, wanted_query, worth_query
from search.weighting import KEY_SCORE, document_keys

#: The schema the index owns. The application's role may make tables in it, and nowhere else.
SCHEMA = "search"
#: So many matches are scored at most of those with the words in the title, and of the newest.
CANDIDATES = 400
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
        place text NOT NULL, places text[] NOT NULL, published_on text NOT NULL,
        keys text[] NOT NULL, terms tsvector NOT NULL, content bytea NOT NULL
    )
    """
)
_INDEXES = sql.SQL(
    """
    CREATE UNIQUE INDEX ON {table} (id);
    CREATE INDEX ON {table} USING gin (terms);
    CREATE INDEX ON {table} USING gin (places);
    CREATE INDEX ON {table} USING gin (keys);
    CREATE INDEX ON {table} (published_on DESC, id COLLATE "C");
    ANALYZE {table}
    """
)
_COLUMNS = sql.SQL(
    "(id, kind, category, status, place, places, published_on, keys, terms, content)"
)
#: Everything the text and the place let through, narrow; the other filters are looked at after.
_FOUND = sql.SQL(
    """
    WITH found AS MATERIALIZED (
        SELECT id, kind, category, status, place, published_on, ({chosen}) AS chosen
        FROM {table} WHERE {matches} AND {inside}
    )
    """
)
_COUNTS = sql.SQL(
    """
    {found}
    SELECT kind, category, status, NULL, count(*) FROM found GROUP BY kind, category, status
    UNION ALL
    SELECT NULL, NULL, NULL, place, count(*) FROM found WHERE chosen GROUP BY place
    """
)
_NEWEST = sql.SQL(
    """
    SELECT id, 0.0, content FROM {table} WHERE {matches} AND {inside} AND ({chosen})
    ORDER BY published_on DESC, id COLLATE "C" LIMIT %(limit)s OFFSET %(offset)s
    """
)
_BEST = sql.SQL(
    """
    WITH candidate AS (
        (SELECT id FROM {table} WHERE {titled} AND {inside} AND ({chosen})
         ORDER BY published_on DESC, id COLLATE "C" LIMIT %(candidates)s)
        UNION
        (SELECT id FROM {table} WHERE {matches} AND {inside} AND ({chosen})
         ORDER BY published_on DESC, id COLLATE "C" LIMIT %(candidates)s)
        UNION
        (SELECT id FROM {table} WHERE keys @> %(key)s AND {inside} AND ({chosen})
         ORDER BY published_on DESC, id COLLATE "C" LIMIT %(candidates)s)
    ), scored AS (
        SELECT one.id, one.published_on, one.content,
            ts_rank(%(labels)s::real[], terms, %(worth)s::tsquery) * %(worths)s
            + CASE WHEN keys @> %(key)s THEN %(key_score)s ELSE 0 END AS score
        FROM candidate JOIN {table} AS one USING (id)
    )
    SELECT id, score, content FROM scored
    ORDER BY score DESC, published_on DESC, id COLLATE "C" LIMIT %(limit)s OFFSET %(offset)s
    """
)

_Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresIndex:
    """A SearchIndex in the schema `search` of the database that `engine` reaches.

    `patience` is how many seconds a writer waits for another before it raises IndexBusy.
    """

    def __init__(self, engine: Engine, *, patience: float = 10.0) -> None:
        self._engine = engine
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
        wanted = read_query(query.text)
        if wanted.is_empty and query.text.strip():
            return Results(facets={name: {} for name in (*FACETS, "place")})
        with unavailable_when_damaged():
            for attempt in range(_ATTEMPTS):
                try:
                    with self._reading() as connection:
                        return _answer(connection, _live(connection), query, wanted)
                except errors.UndefinedTable:
                    if attempt == _ATTEMPTS - 1:
                        raise
        raise AssertionError("the loop above returns or raises")

    def count(self) -> int:
        """See SearchIndex."""
        with unavailable_when_damaged(), self._reading() as connection:
            whole = sql.SQL("SELECT count(*) FROM {}").format(_live(connection))
            return int(_one(connection.execute(whole))[0])

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
                _write(connection, _table(live), batch)
            elif not is_building:
                raise IndexUnavailable("the index has not been built")
            connection.commit()

    @contextmanager
    def _connection(self) -> Iterator[_Connection]:
        """A connection of the pool, with what it did undone unless it was committed."""
        with self._engine.connect() as pooled:
            raw = pooled.connection.driver_connection
            if not isinstance(raw, psycopg.Connection):
                raise IndexUnavailable("this index lies in PostgreSQL")
            try:
                yield raw
            finally:
                if not raw.closed:
                    raw.rollback()

    @contextmanager
    def _reading(self) -> Iterator[_Connection]:
        """The same for a search, whose counts and hits are those of one moment."""
        with self._connection() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


def _answer(
    connection: _Connection, table: sql.Identifier, query: Query, wanted: Wanted
) -> Results:
    parts, values = _conditions(table, query, wanted)
    counted = _COUNTS.format(found=_FOUND.format(**parts))
    rows = connection.execute(counted, values).fetchall()
    spread = [(row[:3], row[4]) for row in rows if row[0] is not None]
    places = Counter({row[3]: row[4] for row in rows if row[3] is not None})
    total = sum(places.values())
    newest = wanted.is_empty or query.sort is Sort.NEWEST
    order = (_NEWEST if newest else _BEST).format(**parts)
    hits = connection.execute(order, values).fetchall() if total and query.limit else []
    marker = Marker(wanted)
    return Results(
        total=total,
        hits=tuple(_hit(float(score), _read(content), marker) for _, score, content in hits),
        facets=_facets(spread, places, query),
    )


def _conditions(
    table: sql.Identifier, query: Query, wanted: Wanted
) -> tuple[dict[str, sql.Composable], dict[str, object]]:
    """The pieces of every statement of one query, and the values they speak of."""
    filters = {name: _plain(value) for name, value in query.filters.items()}
    inside = sql.SQL("places @> %(places)s") if "place" in filters else sql.SQL("true")
    chosen = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
        for name in FACETS
        if name in filters
    ]
    matches, titled = sql.SQL("true"), sql.SQL("true")
    if not wanted.is_empty:
        matches = sql.SQL("(terms @@ %(wanted)s::tsquery OR keys @> %(key)s)")
        titled = sql.SQL("terms @@ %(titled)s::tsquery")
    worth = worth_query(wanted)
    values: dict[str, object] = {
        **{name: filters.get(name, "") for name in FACETS},
        "places": [filters.get("place", "")],
        "wanted": wanted_query(wanted),
        "titled": title_query(wanted),
        # nobody has this key: an empty array is contained in every one
        "key": [wanted.key or " "],
        "worth": " | ".join(worth),
        "worths": len(worth),
        "labels": LABELS,
        "key_score": KEY_SCORE,
        "candidates": max(CANDIDATES, query.offset + query.limit),
        "limit": query.limit,
        "offset": query.offset,
    }
    parts = {
        "table": table,
        "inside": inside,
        "chosen": sql.SQL(" AND ").join(chosen) if chosen else sql.SQL("true"),
        "matches": matches,
        "titled": titled,
    }
    return parts, values


def _facets(
    spread: Sequence[tuple[tuple[str, ...], int]], places: Counter[str], query: Query
) -> dict[str, dict[str, int]]:
    """What each choice would show, from the counts of every combination there is."""
    filters = query.filters
    facets: dict[str, dict[str, int]] = {}
    for position, name in enumerate(FACETS):
        counts: Counter[str] = Counter()
        for combination, number in spread:
            others = zip(FACETS, combination, strict=True)
            if all(filters.get(other, value) == value for other, value in others if other != name):
                counts[combination[position]] += number
        counts.pop("", None)
        facets[name] = dict(sorted(counts.items()))
    above: Counter[str] = Counter()
    for place, number in places.items():
        for level in LEVELS:
            if level <= len(place):
                above[place[:level]] += number
    chosen = query.place or ""
    facets["place"] = places_below(
        chosen,
        lambda level: sorted(c for c in above if len(c) == level and c.startswith(chosen)),
        above.__getitem__,
    )
    return facets


def _hit(score: float, document: Document, marker: Marker) -> Hit:
    return Hit(
        id=document.id,
        kind=document.kind,
        url=document.url,
        score=round(score, 6),
        title_highlight=marker.title(document.title),
        excerpt=marker.excerpt(document.body),
    )


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _write(
    connection: _Connection, table: sql.Identifier, batch: dict[str, Document | None]
) -> None:
    """Put the batch in place of what had its ids."""
    gone = sql.SQL("DELETE FROM {} WHERE id = ANY(%s)").format(table)
    connection.execute(gone, ([_plain(one) for one in batch],))
    new = [document for document in batch.values() if document is not None]
    if new:
        _fill(connection, table, new)


def _fill(
    connection: _Connection,
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
    places = [_plain(code) for code in document.place_codes]
    return (
        _plain(document.id),
        *(_plain(getattr(document, name)) for name in FACETS),
        max(places, key=len, default=""),
        places,
        _plain(document.published_on),
        sorted(document_keys(document)),
        vector(document),
        _kept(document),
    )


def _rebuild(
    connection: _Connection,
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
        table = _table(newest)
        connection.execute(_TABLE.format(table=table))
        number = _fill(connection, table, documents, progress)
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


def _begin(connection: _Connection) -> int:
    """Ask writers to note what they change from now on; the number of the new generation."""
    _forget_notes(connection)
    begun = connection.execute(
        "UPDATE search.state SET is_building = true, newest = newest + 1 RETURNING newest"
    )
    newest = int(_one(begun)[0])
    connection.commit()
    return newest


def _publish(connection: _Connection, newest: int) -> None:
    """With every writer waiting: apply the notes, make the new table the live one, drop others."""
    _locked_state(connection)
    noted = connection.execute("SELECT id, content FROM search.note ORDER BY number").fetchall()
    changed = {id: None if content is None else _read(content) for id, content in noted}
    if changed:
        _write(connection, _table(newest), changed)
    connection.execute("UPDATE search.state SET live = %s, is_building = false", (newest,))
    connection.execute("DELETE FROM search.note")
    connection.commit()
    for number in _leftovers(connection, newest):
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_table(number)))
        connection.commit()


def _leftovers(connection: _Connection, newest: int) -> list[int]:
    """The generations that are not in use, such as those a killed rebuild left."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename LIKE 'generation%%'",
        (SCHEMA,),
    ).fetchall()
    numbers = [int(name.rpartition("_")[2]) for (name,) in names]
    return [number for number in numbers if number != newest]


def _note(connection: _Connection, batch: dict[str, Document | None]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search.note (id, content) VALUES (%s, %s)",
            [(_plain(id), _kept(one) if one is not None else None) for id, one in batch.items()],
        )


def _forget_notes(connection: _Connection) -> None:
    """No rebuild is under way: one that was has died."""
    connection.execute("DELETE FROM search.note")
    connection.execute("UPDATE search.state SET is_building = false")


def _nobody_rebuilds(connection: _Connection) -> bool:
    held = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_REBUILD_LOCK,))
    return bool(_one(held)[0])


def _wait_at_most(connection: _Connection, seconds: float) -> None:
    connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{int(seconds * 1000)}ms",))


def _locked_state(connection: _Connection) -> tuple[int | None, bool]:
    """The live generation and whether one is being built; the caller is the only writer now."""
    try:
        state = connection.execute("SELECT live, is_building FROM search.state FOR UPDATE")
    except errors.LockNotAvailable as error:
        raise IndexBusy("something else writes the index") from error
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise IndexUnavailable("the index has not been built") from error
    live, is_building = _one(state)
    return live, is_building


def _live(connection: _Connection) -> sql.Identifier:
    """The table in use. Raises IndexUnavailable when there is none."""
    try:
        (live,) = _one(connection.execute("SELECT live FROM search.state"))
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise IndexUnavailable("the index has not been built") from error
    if live is None:
        raise IndexUnavailable("the index has not been built")
    return _table(live)


def _one(cursor: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...]:
    row = cursor.fetchone()
    if row is None:
        raise IndexUnavailable("the index has lost its state")
    return row


def _table(number: int) -> sql.Identifier:
    return sql.Identifier(SCHEMA, f"generation_{number}")


def _plain(value: str) -> str:
    """A text as PostgreSQL can hold it: without NUL and halves of surrogate pairs."""
    return value.encode(errors="replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _kept(document: Document) -> bytes:
    """A document as it is kept: in ASCII, so that any character of it comes back."""
    return json.dumps(astuple(document)).encode()


def _read(content: bytes) -> Document:
    kept: list[Any] = json.loads(content)
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in kept]
    return Document(*values)
