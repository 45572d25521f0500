"""The index without an index: it reads every document for every query.

Too slow for a site and too simple to be wrong: tests use it, and the real engines are held
against it.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter

from search.boosts import boost, day_number, ordering
from search.document import Document, digest
from search.errors import IndexBusy, IndexUnavailable
from search.facets import FACETS, places_below
from search.folding import fold
from search.highlighting import Marker, hit
from search.port import Progress
from search.query import Query, Results, Sort
from search.segmentation import Wanted, terms
from search.sounds import sounds
from search.spelling import wanted_of
from search.weighting import KEY_SCORE, document_keys, document_sounds

_Found = tuple[Document, float]
#: What becomes of each document: its new self, or None when it goes.
_Change = dict[str, Document | None]


class MemoryIndex:
    """A SearchIndex over a dictionary. Unlike its siblings it is ready, and empty, at once."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._change = threading.Lock()
        self._rebuild = threading.Lock()
        self._noted: _Change = {}
        self.unavailable = False

    def replace(self, documents: Iterable[Document]) -> None:
        """See SearchIndex."""
        self._apply({one.id: one for one in documents})

    def remove(self, ids: Iterable[str]) -> None:
        """See SearchIndex."""
        self._apply(dict.fromkeys(ids))

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """See SearchIndex. Makes an index that was `unavailable` available again."""
        if not self._rebuild.acquire(blocking=False):
            raise IndexBusy("another rebuild is under way")
        try:
            self._noted = {}
            fresh = {one.id: one for one in documents}
            with self._change:
                self._documents = _changed(fresh, self._noted)
                self.unavailable = False
        finally:
            self._rebuild.release()
        if progress is not None:
            progress(len(fresh))
        return len(fresh)

    def _apply(self, change: _Change) -> None:
        self._check()
        with self._change:
            self._documents = _changed(self._documents, change)
            self._noted |= change

    def count(self) -> int:
        """See SearchIndex."""
        self._check()
        return len(self._documents)

    def digests(self) -> dict[str, str]:
        """See SearchIndex."""
        self._check()
        return {one.id: digest(one) for one in self._documents.values()}

    def close(self) -> None:
        """See SearchIndex; there is nothing to let go of."""

    def search(self, query: Query) -> Results:
        """See SearchIndex."""
        self._check()
        wanted = wanted_of(query)
        everything = not query.text.strip()
        scored: list[_Found] = []
        for document in self._documents.values():
            score = 0.0 if everything else _score(document, wanted)
            if (everything or score > 0) and _within_bounds(document, query):
                scored.append((document, _order(document, score, query)))
        found = [one for one in scored if _passes(one[0], query)]
        found.sort(key=lambda one: one[0].id)
        found.sort(key=lambda one: (one[1], one[0].published_on), reverse=True)
        marker = Marker(wanted)
        page = found[query.offset : query.offset + query.limit]
        return Results(
            total=len(found),
            hits=tuple(hit(document, score, marker) for document, score in page),
            facets=_facets(scored, query),
        )

    def _check(self) -> None:
        if self.unavailable:
            raise IndexUnavailable("the index is switched off")


def _changed(documents: dict[str, Document], change: _Change) -> dict[str, Document]:
    merged = documents | change
    return {key: one for key, one in merged.items() if one is not None}


@lru_cache(maxsize=2048)
def _texts(document: Document) -> list[tuple[str, frozenset[str], int]]:
    """Each folded text of a document, its terms, and what a word in it is worth."""
    texts = [(document.title, 4), (document.organisation, 2), (document.body, 1)]
    texts += [(words, 2) for words in document.also]
    folded = [(fold(text), worth) for text, worth in texts]
    spelled = [
        ("", frozenset(document_sounds(document)), 1),
        ("", frozenset(sounds(fold(document.title))), 1),
    ]
    return [*((text, frozenset(terms(text)), worth) for text, worth in folded), *spelled]


def _score(document: Document, wanted: Wanted) -> float:
    """0 when the document lacks something that is wanted."""
    texts = _texts(document)
    score = KEY_SCORE if wanted.key and wanted.key in document_keys(document) else 0.0
    worths = [sum(worth for _, held, worth in texts if term in held) for term in wanted.required]
    singles = [sum(worth for text, _, worth in texts if one in text) for one in wanted.characters]
    others = sum(worth for _, held, worth in texts if not held.isdisjoint(wanted.alternatives))
    is_found = (
        all(worths)
        and singles.count(0) <= wanted.missing
        and (others > 0 or not wanted.alternatives)
    )
    if not wanted.is_empty and is_found:
        helped = [term for term in wanted.helpful for _, held, _ in texts if term in held]
        score += sum(worths) + sum(singles) + others + len(helped)
    return score


def _order(document: Document, score: float, query: Query) -> float:
    """What a document is sorted by, the greatest first, before its day."""
    if query.sort is Sort.RELEVANCE:
        return score * boost(document.published_on, document.wants, query.today)
    ends = day_number(document.ends_on)
    return ordering(query.sort, document.gap, ends, day_number(query.today))


def _within_bounds(document: Document, query: Query) -> bool:
    sums, days = query.amounts, query.days
    return (sums is None or sums[0] <= document.amount <= sums[1]) and (
        days is None or days[0] <= document.published_on <= days[1]
    )


def _passes(document: Document, query: Query, without: str = "") -> bool:
    return all(
        value in document.place_codes if name == "place" else value == getattr(document, name)
        for name, value in query.filters.items()
        if name != without
    )


def _facets(scored: list[_Found], query: Query) -> dict[str, dict[str, int]]:
    facets: dict[str, dict[str, int]] = {}
    for name in FACETS:
        value_of = attrgetter(name)
        counts: Counter[str] = Counter(
            value_of(one) for one, _ in scored if _passes(one, query, without=name)
        )
        counts.pop("", None)
        facets[name] = dict(sorted(counts.items()))
    places = Counter(code for one, _ in scored if _passes(one, query) for code in one.place_codes)
    facets["place"] = places_below(
        query.place or "", lambda level: _at(level, query.place or "", places), places.__getitem__
    )
    return facets


def _at(level: int, chosen: str, places: Iterable[str]) -> list[str]:
    return sorted(code for code in places if len(code) == level and code.startswith(chosen))
