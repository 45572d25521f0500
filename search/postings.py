"""What a writer gathers before it is written: for each term the documents that have it.

Documents come one after another with growing numbers, so the list of each term grows in order and
only the terms themselves are sorted, once, at the end. A posting takes eight bytes; kept as rows
that must be sorted (as Whoosh keeps them) it takes two hundred, and ten thousand documents have
three million.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator

#: Field, term, number of the document, weight, and a value that this house leaves empty.
Posting = tuple[str, bytes, int, float, bytes]


class Postings:
    """Takes postings in the order of their documents; hands them out by field, term, document."""

    def __init__(self) -> None:
        self._fields: defaultdict[str, dict[bytes, tuple[array[int], array[float]]]] = defaultdict(
            dict
        )

    def add(self, posting: Posting) -> None:
        """Take one; of each term the numbers must grow."""
        field, term, document, weight, _ = posting
        found = self._fields[field].get(term)
        if found is None:
            found = self._fields[field][term] = array("I"), array("f")
        found[0].append(document)
        found[1].append(weight)

    def iter_postings(self) -> Iterator[Posting]:
        """All of them, sorted; each is given up as it is handed out."""
        for field in sorted(self._fields):
            terms = self._fields.pop(field)
            for term in sorted(terms):
                for document, weight in zip(*terms.pop(term), strict=True):
                    yield field, term, document, weight, b""

    def cleanup(self) -> None:
        """Forget what was not handed out."""
        self._fields.clear()
