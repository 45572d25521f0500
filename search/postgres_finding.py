"""Finding in one table of PostgreSQL's index: which documents match, in which order, how many.

One statement finds once, counts everything exactly and fetches a page. Ranking is bounded: of very
many matches those with the words in the title and the newest are scored, for to score all of them
is what costs.
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
from search.query import Hit, Query, Results, Sort
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
            (ts_rank(%(labels)s::real[], terms, %(worth)s::tsquery) * %(worths)s
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


def answer(connection: Connection, table: sql.Identifier, query: Query, wanted: Wanted) -> Results:
    """One page of hits, how many there are, and how they spread: one statement, one moment."""
    parts, values = _conditions(table, query, wanted)
    parts |= {"found": _FOUND.format(**parts), "counts": _COUNTS.format(**parts)}
    parts["page"] = _page(query, wanted).format(**parts)
    asked = (_PAGE if query.limit else sql.SQL("{found} {counts}")).format(**parts)
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


def _page(query: Query, wanted: Wanted) -> sql.SQL:
    """The part of the statement that chooses one page in the order asked for."""
    newest = wanted.is_empty or query.sort is Sort.NEWEST
    return _IN_ORDER if newest or query.sort in _ORDERS else _BEST


def _conditions(
    table: sql.Identifier, query: Query, wanted: Wanted
) -> tuple[dict[str, sql.Composable], dict[str, object]]:
    """The pieces of every statement of one query, and the values they speak of."""
    filters = {name: plain(value) for name, value in query.filters.items()}
    bounds, edges = _bounds(query)
    chosen = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
        for name in FACETS
        if name in filters
    ]
    place = filters.get("place", "")
    asked = wanted_query(wanted, place)
    worth = worth_query(wanted)
    values: dict[str, object] = {
        **{name: filters.get(name, "") for name in FACETS},
        "wanted": asked,
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
        **edges,
    }
    parts = {
        "table": table,
        "facets": sql.SQL(", ").join(map(sql.Identifier, FACETS)),
        "nothing": sql.SQL(", ").join([sql.SQL("NULL")] * len(FACETS)),
        "inside": _all_of(bounds),
        "chosen": _all_of(chosen),
        "boost": _boost(query.today),
        "order": _ORDERS.get(query.sort, sql.SQL("0::float8")),
        "newest": _NEWEST,
        "matches": sql.SQL("terms @@ %(wanted)s::tsquery" if asked else "true"),
        "titled": sql.SQL("terms @@ %(titled)s::tsquery"),
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
