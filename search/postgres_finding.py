"""Finding in one table of PostgreSQL's index: which documents match, in which order, how many.

Everything is counted exactly, in one statement. Ranking is bounded: of very many matches those with
the words in the title and the newest are scored, for to score all of them is what costs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import psycopg
from psycopg import sql

from search.document import Document
from search.facets import FACETS, LEVELS, places_below
from search.highlighting import Marker
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


def answer(connection: Connection, table: sql.Identifier, query: Query, wanted: Wanted) -> Results:
    """One page of hits, how many there are, and how they spread; in a transaction of one moment."""
    parts, values = _conditions(table, query, wanted)
    counted = _COUNTS.format(found=_FOUND.format(**parts))
    # never prepared: a plan that does not know the words reads the whole table
    rows = connection.execute(counted, values, prepare=False).fetchall()
    spread = [(row[:3], row[4]) for row in rows if row[0] is not None]
    places = Counter({row[3]: row[4] for row in rows if row[3] is not None})
    total = sum(places.values())
    newest = wanted.is_empty or query.sort is Sort.NEWEST
    order = (_NEWEST if newest else _BEST).format(**parts)
    page = total and query.limit
    hits = connection.execute(order, values, prepare=False).fetchall() if page else []
    marker = Marker(wanted)
    return Results(
        total=total,
        hits=tuple(_hit(float(score), read(content), marker) for _, score, content in hits),
        facets=_facets(spread, places, query),
    )


def _conditions(
    table: sql.Identifier, query: Query, wanted: Wanted
) -> tuple[dict[str, sql.Composable], dict[str, object]]:
    """The pieces of every statement of one query, and the values they speak of."""
    filters = {name: plain(value) for name, value in query.filters.items()}
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


def plain(value: str) -> str:
    """A text as PostgreSQL can hold it: without NUL and halves of surrogate pairs."""
    return value.encode(errors="replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def kept(document: Document) -> bytes:
    """A document as it is kept: in ASCII, so that any character of it comes back."""
    return json.dumps(astuple(document)).encode()


def read(content: bytes) -> Document:
    """A document that was kept."""
    loaded: list[Any] = json.loads(content)
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in loaded]
    return Document(*values)
