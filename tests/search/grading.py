"""The rule that grades an answer: it sees a document's fields and what was meant, no scores.

Queries are written in tests/search/judged/queries.csv as somebody types them, with the words they
mean by it. How an engine divides, folds or weighs is nothing to this rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

from search import Document

#: So many hits are looked at: the first page's upper half.
DEPTH = 10


def grade(document: Document, meant: str) -> int:
    """How well a document answers: 3 it is called so, 2 its names say it, 1 its text, 0 not.

    The words of `meant` stand apart; each has to be there. An exact key counts as a name.
    """
    words = meant.split()
    if meant in document.keys or all(word in document.title for word in words):
        return 3
    names = (document.title, document.organisation, *document.also)
    if _hold(names, words):
        return 2
    return int(_hold((*names, document.body), words))


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """The worth of the first ten ids beside that of the best ten there are; 1 is perfect.

    Raises ZeroDivisionError when nothing is any good: such a query judges nothing.
    """
    best = sorted(grades.values(), reverse=True)
    return _worth(grades.get(id, 0) for id in found[:DEPTH]) / _worth(best[:DEPTH])


def _hold(texts: Iterable[str], words: Iterable[str]) -> bool:
    held = list(texts)
    return all(any(word in text for text in held) for word in words)


def _worth(grades: Iterable[int]) -> float:
    return sum((2.0**one - 1) / log2(position + 2) for position, one in enumerate(grades))
