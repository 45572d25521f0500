"""Answering a query over the leaves of an index: which documents match, in which order, how many.

An engine only has to hand out posting lists; the sets, the scores and the facet counts are worked
out here. Everything is counted exactly, and only the hits of the page are looked at closely.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import compress, islice
from typing import Protocol

from search.bitmaps import flags, numbers
from search.document import Document
from search.facets import FACETS, places_below, within
from search.highlighting import Marker
from search.query import Hit, Query, Results, Sort
from search.segmentation import Wanted, read_query
from search.weighting import KEY_SCORE, rarity

#: With this many times fewer candidates than postings it pays to look each candidate up.
_SPARSE = 16


@dataclass(frozen=True, slots=True)
class Postings:
    """Where a term occurs: the documents in order, the weight in each, and their set."""

    documents: "array[int]"
    weights: "array[float]"
    members: int


class Leaf(Protocol):
    """A part of an index that never changes, its documents numbered from 0."""

    @property
    def size(self) -> int:
        """How many documents, those removed since included."""

    @property
    def published(self) -> Sequence[str]:
        """The date of each document."""

    @property
    def ids(self) -> Sequence[str]:
        """The id of each document."""

    @property
    def newest_first(self) -> Sequence[int]:
        """The documents by date, newest first, then by id."""

    @property
    def rank(self) -> Sequence[int]:
        """For each document its place in `newest_first`."""

    def term(self, term: str) -> Postings:
        """Where a term occurs."""

    def character(self, character: str) -> Postings:
        """Where terms occur that begin with a character."""

    def having(self, field: str, value: str) -> int:
        """The set of documents with this exact value in this field."""

    def values(self, field: str) -> Sequence[str]:
        """The values that occur in this field."""

    def places(self, level: int) -> Sequence[str]:
        """The place codes of this length that occur, sorted."""

    def document(self, number: int) -> Document:
        """The document with this number."""


@dataclass(frozen=True, slots=True)
class View:
    """A leaf as it stands now: `live` is the set of documents not removed."""

    leaf: Leaf
    live: int


@dataclass(frozen=True, slots=True)
class _Match:
    """What a query finds in one view."""

    leaf: Leaf
    text: int
    filters: dict[str, int]
    keyed: int

    def found(self, without: str = "") -> int:
        """The set of matches, leaving one filter aside if asked."""
        members = self.text
        for name, having in self.filters.items():
            if name != without:
                members &= having
        return members


#: How an order ranks two leaves' best against each other: greater comes first.
_Ranked = tuple[float, str, str, Leaf, int]


def evaluate(views: Sequence[View], query: Query) -> Results:
    """Answer a query. The work grows with the postings of its rarest words."""
    wanted = read_query(query.text)
    if wanted.is_empty and query.text.strip():
        return Results(facets={name: {} for name in (*FACETS, "place")})
    matches = [_match(view, query, wanted) for view in views]
    total = sum(match.found().bit_count() for match in matches)
    wish = query.offset + query.limit
    if wanted.is_empty or query.sort is Sort.NEWEST:
        best = [hit for match in matches for hit in _newest(match, wish)]
    else:
        best = _most_relevant(views, matches, wanted, wish)
    best.sort(key=lambda hit: hit[2])
    best.sort(key=lambda hit: hit[:2], reverse=True)
    marker = Marker(wanted)
    return Results(
        total=total,
        hits=tuple(_hit(found, marker) for found in best[query.offset : wish]),
        facets=_facets(matches, query),
    )


def _match(view: View, query: Query, wanted: Wanted) -> _Match:
    leaf = view.leaf
    filters = {name: leaf.having(name, value) for name, value in query.filters.items()}
    keyed = leaf.having("key", wanted.key) & view.live if wanted.key else 0
    members = view.live
    for term in wanted.required:
        if not members:
            break
        members &= leaf.term(term).members
    for character in wanted.characters:
        if not members:
            break
        members &= leaf.character(character).members
    return _Match(leaf=leaf, text=members | keyed, filters=filters, keyed=keyed)


def _newest(match: _Match, wish: int) -> Iterator[_Ranked]:
    leaf = match.leaf
    flagged = flags(match.found(), leaf.size)
    order = leaf.newest_first
    for number in islice(compress(order, map(flagged.__getitem__, order)), wish):
        yield 0.0, leaf.published[number], leaf.ids[number], leaf, number


def _most_relevant(
    views: Sequence[View], matches: Sequence[_Match], wanted: Wanted, wish: int
) -> list[_Ranked]:
    """The best of each leaf. Nothing is scored where nothing matches."""
    live = [(view, match) for view, match in zip(views, matches, strict=True) if match.found()]
    documents = sum(view.live.bit_count() for view in views)
    looked_up: list[tuple[list[Postings], float]] = []
    for term in (*wanted.required, *wanted.helpful):
        looked_up.append(_telling([match.leaf.term(term) for _, match in live], documents))
    for character in wanted.characters:
        parts = [match.leaf.character(character) for _, match in live]
        looked_up.append(_telling(parts, documents))
    best: list[_Ranked] = []
    for position, (_, match) in enumerate(live):
        leaf = match.leaf
        scores = _scores(match, [(parts[position], worth) for parts, worth in looked_up])
        best.extend(
            (scores[number], leaf.published[number], leaf.ids[number], leaf, number)
            for number in _top(scores, leaf.rank, wish)
        )
    return best


def _top(scores: dict[int, float], rank: Sequence[int], wish: int) -> list[int]:
    """The best documents; equal scores go by rank."""
    if not wish:
        return []
    candidates: Iterable[int] = scores
    if len(scores) > wish:
        # Sorting only what reaches the page's last score is several times cheaper.
        last = nlargest(wish, scores.values())[-1]
        candidates = [number for number, score in scores.items() if score >= last]
    return sorted(candidates, key=lambda number: (-scores[number], rank[number]))[:wish]


def _telling(parts: list[Postings], documents: int) -> tuple[list[Postings], float]:
    found = sum(len(part.documents) for part in parts)
    return parts, rarity(min(found, documents), documents)


def _scores(match: _Match, terms: list[tuple[Postings, float]]) -> dict[int, float]:
    """The score of every match in one leaf: the worth of its terms, summed."""
    flagged = flags(match.found(), match.leaf.size)
    scores = dict.fromkeys(numbers(flagged), 0.0)
    for postings, worth in terms:
        if len(scores) * _SPARSE < len(postings.documents):
            for number in scores:
                at = bisect_left(postings.documents, number)
                if at < len(postings.documents) and postings.documents[at] == number:
                    scores[number] += worth * postings.weights[at]
            continue
        chosen = map(flagged.__getitem__, postings.documents)
        pairs = zip(postings.documents, postings.weights, strict=True)
        for number, weight in compress(pairs, chosen):
            scores[number] += worth * weight
    if match.keyed:
        for number in numbers(flags(match.keyed & match.found(), match.leaf.size)):
            scores[number] += KEY_SCORE
    return scores


def _facets(matches: Sequence[_Match], query: Query) -> dict[str, dict[str, int]]:
    facets: dict[str, dict[str, int]] = {}
    for name in FACETS:
        sets = [(match.leaf, match.found(without=name)) for match in matches]
        counts: dict[str, int] = {}
        for leaf, found in sets:
            for value in leaf.values(name) if found else ():
                number = (found & leaf.having(name, value)).bit_count()
                if number:
                    counts[value] = counts.get(value, 0) + number
        facets[name] = dict(sorted(counts.items()))
    found_in = [(match.leaf, found) for match in matches if (found := match.found())]

    def count(code: str) -> int:
        return sum((found & leaf.having("place", code)).bit_count() for leaf, found in found_in)

    def codes(level: int) -> list[str]:
        chosen = query.place or ""
        return sorted({code for leaf, _ in found_in for code in within(chosen, leaf.places(level))})

    facets["place"] = places_below(query.place or "", codes, count)
    return facets


def _hit(found: _Ranked, marker: Marker) -> Hit:
    score, _, _, leaf, number = found
    document = leaf.document(number)
    return Hit(
        id=document.id,
        kind=document.kind,
        url=document.url,
        score=round(score, 6),
        title_highlight=marker.title(document.title),
        excerpt=marker.excerpt(document.body),
    )
