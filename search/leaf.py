"""A segment of an index on disk, made quick to ask: what was read once stays at hand.

An engine says how it reads posting lists, terms and documents; this class keeps the most used
lists within a bound of memory and knows the order of the documents by date.
"""

import threading
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Protocol

from search.bitmaps import pack
from search.document import Document
from search.evaluation import Postings

#: Memory for the lists of one segment, in bytes; the least used go first.
_CACHE_BYTES = 48 * 2**20
#: What a list costs besides its entries: the objects around it.
_OVERHEAD = 500


class SegmentSource(Protocol):
    """What an engine reads from one segment. Only one thread at a time will ask it."""

    def ids(self) -> list[str]:
        """The id of each document."""

    def published(self) -> list[str]:
        """The date of each document."""

    def numbers(self, field: str) -> list[int]:
        """The number each document has in a field: amount, gap, ends."""

    def postings(self, field: str, term: str) -> "tuple[array[int], array[float]]":
        """Documents in order with the weight of the term in each; empty without the term."""

    def terms(self, field: str, beginning: str = "") -> Iterable[str]:
        """The terms of a field that begin so, sorted."""

    def document(self, number: int) -> Document:
        """One document."""


class CachedLeaf:
    """A Leaf over a SegmentSource; may be asked by several threads."""

    def __init__(self, source: SegmentSource) -> None:
        self._source = source
        self._reading = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._free = _CACHE_BYTES
        self._values: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, Sequence[int]] = {}
        self.ids: Sequence[str] = source.ids()
        self.published: Sequence[str] = source.published()
        self.size = len(self.ids)
        order = sorted(range(self.size), key=self.ids.__getitem__)
        order.sort(key=self.published.__getitem__, reverse=True)
        ranks = array("I", bytes(4 * self.size))
        for rank, number in enumerate(order):
            ranks[number] = rank
        self.newest_first: Sequence[int] = array("I", order)
        self.rank: Sequence[int] = ranks
        self._days = [self.published[number] for number in reversed(order)]

    def term(self, term: str) -> Postings:
        """See Leaf."""
        return self._recall("text", term)

    def character(self, character: str) -> Postings:
        """See Leaf."""
        return self._recall("", character)

    def having(self, field: str, value: str) -> int:
        """See Leaf."""
        return self._recall(field, value).members

    def values(self, field: str) -> Sequence[str]:
        """See Leaf."""
        with self._reading:
            if field not in self._values:
                self._values[field] = tuple(self._source.terms(field))
            return self._values[field]

    def numbers(self, field: str) -> Sequence[int]:
        """See Leaf."""
        with self._reading:
            if field not in self._numbers:
                self._numbers[field] = self._source.numbers(field)
            return self._numbers[field]

    def between(self, field: str, least: int, most: int) -> int:
        """See Leaf."""
        values = self.numbers(field)
        return pack((n for n, value in enumerate(values) if least <= value <= most), self.size)

    def days(self, first: str, last: str) -> int:
        """See Leaf."""
        oldest = self.since(first)
        newest = self.size - bisect_right(self._days, last)
        return pack(self.newest_first[newest:oldest], self.size)

    def since(self, day: str) -> int:
        """See Leaf."""
        return self.size - bisect_left(self._days, day)

    def places(self, level: int) -> Sequence[str]:
        """See Leaf."""
        name = f"place {level}"
        if name not in self._values:
            codes = self.values("place")
            self._values[name] = tuple(code for code in codes if len(code) == level)
        return self._values[name]

    def document(self, number: int) -> Document:
        """See Leaf."""
        with self._reading:
            return self._source.document(number)

    def _recall(self, field: str, term: str) -> Postings:
        key = (field, term)
        with self._reading:
            postings = self._kept.get(key)
            if postings is not None:
                self._kept.move_to_end(key)
                return postings
            read = self._source.postings(field, term) if field else self._beginning(term)
            postings = Postings(*read, pack(read[0], self.size))
            self._kept[key] = postings
            self._free -= self._cost(postings)
            while self._free < 0 and len(self._kept) > 1:
                self._free += self._cost(self._kept.popitem(last=False)[1])
            return postings

    def _cost(self, postings: Postings) -> int:
        return _OVERHEAD + self.size // 8 + 8 * len(postings.documents)

    def _beginning(self, character: str) -> "tuple[array[int], array[float]]":
        """Where any term begins with the character, with the greatest weight it has there."""
        greatest: dict[int, float] = {}
        for term in list(self._source.terms("text", character)):
            for number, weight in zip(*self._source.postings("text", term), strict=True):
                if weight > greatest.get(number, 0.0):
                    greatest[number] = weight
        documents = array("I", sorted(greatest))
        return documents, array("f", (greatest[number] for number in documents))
