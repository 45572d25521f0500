"""Answering a query over the leaves of an index: which documents match, in which order, how many.

An engine only has to hand out posting lists; the sets, the scores and the facet counts are worked
out here. Everything is counted exactly, and only the hits of the page are looked at closely.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from heapq import nlargest
from itertools import compress, islice
from operator import and_, or_
from typing import Protocol

from search.bitmaps import everything, flags, numbers
from search.boosts import WANTING, day_number, fresh_since, ordering
from search.document import Document
from search.facets import FACETS, places_below, within
from search.highlighting import Marker, hit
from search.query import Query, Results, Sort
from search.segmentation import Wanted
from search.spelling import wanted_of
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

    def numbers(self, field: str) -> Sequence[int]:
        """The number each document has in a field: amount, gap, ends."""

    def between(self, field: str, least: int, most: int) -> int:
        """The set of documents whose number in a field lies between two, both included."""

    def days(self, first: str, last: str) -> int:
        """The set of documents published between two days, both included."""

    def since(self, day: str) -> int:
        """How many documents were published on a day or later."""

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
    wanted = wanted_of(query)
    if wanted.is_empty and query.text.strip():
        return Results(facets={name: {} for name in (*FACETS, "place")})
    matches = [_match(view, query, wanted) for view in views]
    total = sum(match.found().bit_count() for match in matches)
    wish = query.offset + query.limit
    if query.sort in (Sort.ENDING, Sort.GAP):
        best = [one for match in matches for one in _ordered(match, query, wish)]
    elif wanted.is_empty or query.sort is Sort.NEWEST:
        best = [one for match in matches for one in _newest(match, wish)]
    else:
        best = _most_relevant(views, matches, wanted, query)
    best.sort(key=lambda one: one[2])
    best.sort(key=lambda one: one[:2], reverse=True)
    marker = Marker(wanted)
    page = best[query.offset : wish]
    return Results(
        total=total,
        hits=tuple(hit(leaf.document(n), score, marker) for score, _, _, leaf, n in page),
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
    if members and wanted.characters:
        having = [leaf.character(character).members for character in wanted.characters]
        members &= _enough(having, wanted.missing, leaf.size)
    if members and wanted.alternatives:
        members &= reduce(or_, (leaf.term(term).members for term in wanted.alternatives))
    text = (members | keyed) & _within_bounds(leaf, query)
    return _Match(leaf=leaf, text=text, filters=filters, keyed=keyed)


def _enough(having: Sequence[int], missing: int, size: int) -> int:
    """The set of documents that are in all of these sets, or in all but one."""
    if not missing:
        return reduce(and_, having)
    whole = everything(size)
    found = 0
    for left_out in range(len(having)):
        others = (one for place, one in enumerate(having) if place != left_out)
        found |= reduce(and_, others, whole)
    return found


def _within_bounds(leaf: Leaf, query: Query) -> int:
    """The set of documents whose sum and day the query lets through."""
    found = everything(leaf.size)
    if query.amounts is not None:
        found &= leaf.between("amount", *query.amounts)
    if query.days is not None:
        found &= leaf.days(*query.days)
    return found


def _newest(match: _Match, wish: int) -> Iterator[_Ranked]:
    leaf = match.leaf
    flagged = flags(match.found(), leaf.size)
    order = leaf.newest_first
    for number in islice(compress(order, map(flagged.__getitem__, order)), wish):
        yield 0.0, leaf.published[number], leaf.ids[number], leaf, number


def _ordered(match: _Match, query: Query, wish: int) -> Iterator[_Ranked]:
    """The first in the order by end or by what is lacking."""
    leaf, today = match.leaf, day_number(query.today)
    gaps, ends = leaf.numbers("gap"), leaf.numbers("ends")
    scores = {
        number: ordering(query.sort, gaps[number], ends[number], today)
        for number in numbers(flags(match.found(), leaf.size))
    }
    for number in _top(scores, leaf.rank, wish):
        yield scores[number], leaf.published[number], leaf.ids[number], leaf, number


def _most_relevant(
    views: Sequence[View], matches: Sequence[_Match], wanted: Wanted, query: Query
) -> list[_Ranked]:
    """The best of each leaf. Nothing is scored where nothing matches."""
    wish = query.offset + query.limit
    live = [(view, match) for view, match in zip(views, matches, strict=True) if match.found()]
    documents = sum(view.live.bit_count() for view in views)
    looked_up: list[tuple[list[Postings], float]] = []
    for term in (*wanted.required, *wanted.helpful, *wanted.alternatives):
        looked_up.append(_telling([match.leaf.term(term) for _, match in live], documents))
    for character in wanted.characters:
        parts = [match.leaf.character(character) for _, match in live]
        looked_up.append(_telling(parts, documents))
    best: list[_Ranked] = []
    for position, (_, match) in enumerate(live):
        leaf = match.leaf
        scores = _scores(match, [(parts[position], worth) for parts, worth in looked_up])
        _boost(scores, leaf, query.today)
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


def _boost(scores: dict[int, float], leaf: Leaf, today: str) -> None:
    """Raise what is new and what still needs something, as boosts.py says."""
    steps = fresh_since(today)
    if not steps:
        return
    wanting = flags(leaf.having("wants", "yes"), leaf.size)
    counts = [(leaf.since(day), worth) for day, worth in steps]
    rank, eldest = leaf.rank, counts[-1][0]
    for number, score in scores.items():
        factor = 1.0 + WANTING * wanting[number]
        if rank[number] < eldest:
            factor += next(worth for count, worth in counts if rank[number] < count)
        scores[number] = score * factor


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
