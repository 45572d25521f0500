"""Posting lists once read stay at hand, the most used of them, within a bound of memory."""

from collections import OrderedDict

from search.evaluation import Postings

#: Memory for the lists of one segment, in bytes; the least used go first.
CACHE_BYTES = 48 * 2**20
#: What a list costs besides its entries: the objects around it.
_OVERHEAD = 500


class PostingsCache:
    """Posting lists of a segment of `size` documents. Callers hold a lock."""

    def __init__(self, size: int, capacity: int = CACHE_BYTES) -> None:
        self._kept: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._bitmap = size // 8
        self._free = capacity

    def get(self, key: tuple[str, str]) -> Postings | None:
        """The list under this key, if it is at hand."""
        postings = self._kept.get(key)
        if postings is not None:
            self._kept.move_to_end(key)
        return postings

    def keep(self, key: tuple[str, str], postings: Postings) -> Postings:
        """Keep a list, letting others go for it, and return it."""
        self._kept[key] = postings
        self._free -= self._cost(postings)
        while self._free < 0 and len(self._kept) > 1:
            self._free += self._cost(self._kept.popitem(last=False)[1])
        return postings

    def _cost(self, postings: Postings) -> int:
        return _OVERHEAD + self._bitmap + 8 * len(postings.documents)
