"""Finding in one table of PostgreSQL's index: which documents match, in which order, how many.

Everything is counted exactly, in one statement. Ranking is bounded: of very many matches those with
the words in the title and the newest are scored, for to score all of them is what costs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from search.boosts import NEVER, WANTING, day_number, fresh_since
from search.document import Document
from search.facets import FACETS, LEVELS, places_below
from search.highlighting import Marker, hit
from search.query import Query, Results, Sort
from search.segmentation import Wanted
from search.vectors import LABELS, title_query, wanted_query, worth_query
from search.weighting import KEY_SCORE

#: So many matches are scored at most of those with the words in the title, and of the newest.
CANDIDATES = 400

Connection = psycopg.Connection[tuple[Any, ...]]

#: Everything the text and the place let through, narrow; the other filters are looked at after.
_FOUND = sql.SQL(
    """
    WITH found AS MATERIALIZED (
        SELECT {facets}, place, ({chosen}) AS chosen
        FROM {table} WHERE {matches} AND {inside}
    )
    """
)
_COUNTS = sql.SQL(
    """
    {found}
    SELECT NULL, count(*), {facets} FROM found GROUP BY {facets}
    UNION ALL
    SELECT place, count(*), {nothing} FROM found WHERE chosen GROUP BY place
    """
)
#: The numbers of boosts.py's orders.
_ORDERS = {
    Sort.GAP: sql.SQL("gap"),
    Sort.ENDING: sql.SQL("-CASE WHEN ends >= %(day)s THEN ends ELSE %(never)s END"),
}
_IN_ORDER = sql.SQL(
    """
    SELECT id, {order}, content FROM {table} WHERE {matches} AND {inside} AND ({chosen})
    ORDER BY {order} DESC, published_on DESC, id COLLATE "C" LIMIT %(limit)s OFFSET %(offset)s
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
            (ts_rank(%(labels)s::real[], terms, %(worth)s::tsquery) * %(worths)s
             + CASE WHEN keys @> %(key)s THEN %(key_score)s ELSE 0 END) * ({boost}) AS score
        FROM candidate JOIN {table} AS one USING (id)
    )
    SELECT id, score, content FROM scored
    ORDER BY score DESC, published_on DESC, id COLLATE "C" LIMIT %(limit)s OFFSET %(offset)s
    """
)


def answer(connection: Connection, table: sql.Identifier, query: Query, wanted: Wanted) -> Results:
    """One page of hits, how many there are, and how they spread; in a transaction of one moment."""
    parts, values = _conditions(table, query, wanted)
    counted = _COUNTS.format(found=_FOUND.format(**parts), **parts)
    # never prepared: a plan that does not know the words reads the whole table
    rows = connection.execute(counted, values, prepare=False).fetchall()
    spread = [(row[2:], row[1]) for row in rows if row[0] is None]
    places = Counter({row[0]: row[1] for row in rows if row[0] is not None})
    total = sum(places.values())
    order = _order(query, wanted).format(**parts)
    page = total and query.limit
    hits = connection.execute(order, values, prepare=False).fetchall() if page else []
    marker = Marker(wanted)
    return Results(
        total=total,
        hits=tuple(hit(read(content), float(score), marker) for _, score, content in hits),
        facets=_facets(spread, places, query),
    )


def _order(query: Query, wanted: Wanted) -> sql.SQL:
    """The statement of one page in the order asked for."""
    if query.sort in _ORDERS:
        return _IN_ORDER
    return _NEWEST if wanted.is_empty or query.sort is Sort.NEWEST else _BEST


def _conditions(
    table: sql.Identifier, query: Query, wanted: Wanted
) -> tuple[dict[str, sql.Composable], dict[str, object]]:
    """The pieces of every statement of one query, and the values they speak of."""
    filters = {name: plain(value) for name, value in query.filters.items()}
    bounds, edges = _bounds(query)
    if "place" in filters:
        bounds.append(sql.SQL("places @> %(places)s"))
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
        "day": max(day_number(query.today), 1),
        "never": NEVER,
        **edges,
    }
    parts = {
        "table": table,
        "facets": sql.SQL(", ").join(map(sql.Identifier, FACETS)),
        "nothing": sql.SQL(", ").join([sql.SQL("NULL")] * len(FACETS)),
        "inside": _all_of(bounds),
        "chosen": _all_of(chosen),
        "boost": _boost(query.today),
        "order": _ORDERS.get(query.sort, sql.SQL("0")),
        "matches": matches,
        "titled": titled,
    }
    return parts, values


def _all_of(conditions: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")


def _bounds(query: Query) -> tuple[list[sql.Composable], dict[str, object]]:
    """The sums and days let through."""
    conditions: list[sql.Composable] = []
    edges: dict[str, object] = {}
    if query.amounts is not None:
        conditions.append(sql.SQL("amount BETWEEN %(least)s AND %(most)s"))
        edges |= {"least": query.amounts[0], "most": query.amounts[1]}
    if query.days is not None:
        conditions.append(sql.SQL('published_on COLLATE "C" BETWEEN %(first)s AND %(last)s'))
        edges |= {"first": plain(query.days[0]), "last": plain(query.days[1])}
    return conditions, edges


def _boost(today: str) -> sql.Composable:
    """What boosts.py multiplies a score by."""
    steps = fresh_since(today)
    if not steps:
        return sql.SQL("1")
    fresh = sql.SQL(" ").join(
        sql.SQL("WHEN published_on >= {} THEN {}").format(sql.Literal(day), sql.Literal(worth))
        for day, worth in steps
    )
    return sql.SQL("1 + CASE {} ELSE 0 END + CASE wants WHEN 'yes' THEN {} ELSE 0 END").format(
        fresh, sql.Literal(WANTING)
    )


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


def plain(value: str) -> str:
    """A text as PostgreSQL can hold it: without NUL and halves of surrogate pairs."""
    return value.encode(errors="replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def read(content: bytes) -> Document:
    """A document that was kept."""
    loaded: list[Any] = json.loads(content)
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in loaded]
    return Document(*values)
