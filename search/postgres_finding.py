"""Finding in one table of PostgreSQL's index: which documents match, in which order, how many.

One statement finds once, counts everything exactly and fetches a page. Ranking is bounded: of very
many matches those with the words in the title and the newest are scored, for to score all of them
is what costs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from search.boosts import NEVER, WANTING, day_number, fresh_since
from search.document import Document
from search.facets import FACETS, LEVELS, places_below
from search.highlighting import Marker, hit
from search.query import Hit, Query, Results, Sort
from search.segmentation import Wanted
from search.vectors import LABELS, title_query, wanted_query, worth_query
from search.weighting import KEY_SCORE

#: The schema the index owns. The application's role may make tables in it, and nowhere else.
SCHEMA = "search"
#: So many matches are scored at most of those with the words in the title, and of the newest.
CANDIDATES = 400

Connection = psycopg.Connection[tuple[Any, ...]]

#: Everything the text and the place let through, narrow; the other filters are looked at after.
_FOUND = sql.SQL(
    """
    WITH found AS MATERIALIZED (
        SELECT ctid AS spot, id, published_on, gap, ends, place, {facets},
            keys @> %(key)s AS named, ({chosen}) AS chosen
        FROM {table} WHERE {matches} AND {inside}
    )
    """
)
#: How the found spread; rows of one shape with those of a page.
_COUNTS = sql.SQL(
    """
    SELECT 'spread', NULL, count(*)::float8, NULL::bytea, {facets} FROM found GROUP BY {facets}
    UNION ALL
    SELECT 'place', place, count(*), NULL, {nothing} FROM found WHERE chosen GROUP BY place
    """
)
_PAGE = sql.SQL(
    """
    {found}, {page}
    {counts}
    UNION ALL
    (SELECT 'hit', NULL, score, content, {nothing} FROM page ORDER BY rank)
    """
)
#: The numbers of boosts.py's orders.
_ORDERS = {
    Sort.GAP: sql.SQL("gap"),
    Sort.ENDING: sql.SQL("-CASE WHEN ends >= %(day)s THEN ends ELSE %(never)s END"),
}
_NEWEST = sql.SQL('published_on DESC, id COLLATE "C"')
#: A row is fetched again by where it lies: that is its cheapest name while a statement runs.
_IN_ORDER = sql.SQL(
    """
    sorted AS (
        SELECT spot, {order} AS score, id, published_on FROM found WHERE chosen
        ORDER BY {order} DESC, {newest} LIMIT %(limit)s OFFSET %(offset)s
    ), page AS (
        SELECT content, score, row_number() OVER (
            ORDER BY score DESC, sorted.published_on DESC, sorted.id COLLATE "C") AS rank
        FROM sorted JOIN {table} AS one ON one.ctid = spot
    )
    """
)
_BEST = sql.SQL(
    """
    candidate AS (
        (SELECT spot FROM found WHERE chosen ORDER BY {newest} LIMIT %(candidates)s)
        UNION
        (SELECT spot FROM found WHERE chosen AND named ORDER BY {newest} LIMIT %(candidates)s)
        UNION
        (SELECT ctid FROM {table}
         WHERE (SELECT count(*) FROM found WHERE chosen) > %(candidates)s
             AND {titled} AND {inside} AND ({chosen})
         ORDER BY {newest} LIMIT %(candidates)s)
    ), scored AS (
        SELECT id, published_on, content,
            (ts_rank(%(labels)s::real[], filed, %(worth)s::tsquery) * %(worths)s
             + CASE WHEN keys @> %(key)s THEN %(key_score)s ELSE 0 END) * ({boost}) AS score
        FROM candidate JOIN {table} AS one ON one.ctid = spot
    ), best AS (
        SELECT * FROM scored
        ORDER BY score DESC, {newest} LIMIT %(limit)s OFFSET %(offset)s
    ), page AS (
        SELECT content, score, row_number() OVER (ORDER BY score DESC, {newest}) AS rank FROM best
    )
    """
)


class _Shape(NamedTuple):
    """What of a query shapes its statement; everything else is a value in it."""

    filtered: tuple[str, ...]
    by_amount: bool
    by_day: bool
    by_terms: bool
    in_order: bool
    sort: Sort
    today: str
    has_page: bool


def table_of(generation: int) -> sql.Identifier:
    """The table of a generation."""
    return sql.Identifier(SCHEMA, f"generation_{generation}")


def answer(connection: Connection, generation: int, query: Query, wanted: Wanted) -> Results:
    """One page of hits, how many there are, and how they spread: one statement, one moment."""
    values = _values(query, wanted)
    asked = _statement(generation, _shape(query, wanted, by_terms=bool(values["wanted"])))
    spread: list[tuple[tuple[str, ...], int]] = []
    places: Counter[str] = Counter()
    hits: list[Hit] = []
    marker = Marker(wanted)
    # never prepared: a plan that does not know the words reads the whole table
    for part, place, figure, content, *facets in connection.execute(asked, values, prepare=False):
        if part == "hit":
            hits.append(hit(read(content), float(figure), marker))
        elif part == "place":
            places[place] = int(figure)
        else:
            spread.append((tuple(facets), int(figure)))
    return Results(
        total=sum(places.values()), hits=tuple(hits), facets=_facets(spread, places, query)
    )


def _shape(query: Query, wanted: Wanted, *, by_terms: bool) -> _Shape:
    return _Shape(
        filtered=tuple(name for name in FACETS if name in query.filters),
        by_amount=query.amounts is not None,
        by_day=query.days is not None,
        by_terms=by_terms,
        in_order=wanted.is_empty or query.sort is Sort.NEWEST or query.sort in _ORDERS,
        sort=query.sort,
        today=query.today,
        has_page=query.limit > 0,
    )


@lru_cache(maxsize=512)
def _statement(generation: int, shape: _Shape) -> bytes:
    """The statement of every query of one shape, put together once."""
    parts: dict[str, sql.Composable] = {
        "table": table_of(generation),
        "facets": sql.SQL(", ").join(map(sql.Identifier, FACETS)),
        "nothing": sql.SQL(", ").join([sql.SQL("NULL")] * len(FACETS)),
        "inside": _all_of(_bounds(shape)),
        "chosen": _all_of(
            [
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
                for name in shape.filtered
            ]
        ),
        "boost": _boost(shape.today),
        "order": _ORDERS.get(shape.sort, sql.SQL("0::float8")),
        "newest": _NEWEST,
        "matches": sql.SQL("filed @@ %(wanted)s::tsquery" if shape.by_terms else "true"),
        "titled": sql.SQL("filed @@ %(titled)s::tsquery"),
    }
    parts |= {"found": _FOUND.format(**parts), "counts": _COUNTS.format(**parts)}
    parts["page"] = (_IN_ORDER if shape.in_order else _BEST).format(**parts)
    whole = _PAGE if shape.has_page else sql.SQL("{found} {counts}")
    return whole.format(**parts).as_bytes()


def _values(query: Query, wanted: Wanted) -> dict[str, object]:
    """What the statement of this query speaks of."""
    filters = {name: plain(value) for name, value in query.filters.items()}
    place = filters.get("place", "")
    worth = worth_query(wanted)
    least, most = query.amounts or (0, 0)
    first, last = query.days or ("", "")
    return {
        **{name: filters.get(name, "") for name in FACETS},
        "least": least,
        "most": most,
        "first": plain(first),
        "last": plain(last),
        "wanted": wanted_query(wanted, place),
        "titled": title_query(wanted, place),
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
    }


def _all_of(conditions: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")


def _bounds(shape: _Shape) -> list[sql.Composable]:
    """The sums and days let through."""
    conditions: list[sql.Composable] = []
    if shape.by_amount:
        conditions.append(sql.SQL("amount BETWEEN %(least)s AND %(most)s"))
    if shape.by_day:
        conditions.append(sql.SQL('published_on COLLATE "C" BETWEEN %(first)s AND %(last)s'))
    return conditions


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
        others = [
            (place, filters[other])
            for place, other in enumerate(FACETS)
            if other != name and other in filters
        ]
        for combination, number in spread:
            if all(combination[place] == value for place, value in others):
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
