"""Marking the words of a query in a text, and choosing the piece of a long text to show.

The result is pieces of the original text, each marked or not; making markup of them is for the
page. A text in Traditional characters is marked by a query in Simplified ones and keeps its script.
"""

import re
from bisect import bisect_left

from search.document import Document
from search.folding import fold_aligned
from search.query import Hit, Marked
from search.segmentation import Wanted

#: Length of an excerpt in characters.
EXCERPT = 90
#: How far back an excerpt may reach to begin with a sentence.
_LEAD = 24
_MAX_MARKS = 60
_SENTENCE_END = re.compile(r"[。！？；!?;\n]")


class Marker:
    """Marks the words of one query; made once for a page of hits."""

    def __init__(self, wanted: Wanted) -> None:
        self._words = _any_of(wanted.words)
        self._parts = _any_of((*wanted.required, *wanted.helpful))

    def title(self, text: str) -> Marked:
        """The whole title with its words marked."""
        return _cut(text, self._spans(text), 0, len(text))

    def excerpt(self, text: str) -> Marked:
        """The part of the text with the most of the words, or its beginning."""
        spans = self._spans(text)
        start = _best_start(text, spans)
        stop = min(len(text), start + EXCERPT)
        inside = [(max(a, start), min(b, stop)) for a, b in spans if a < stop and b > start]
        pieces = _cut(text, inside, start, stop)
        before: Marked = (("…", False),) if start > 0 else ()
        after: Marked = (("…", False),) if stop < len(text) else ()
        return before + pieces + after

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words stand in the text; their parts when no word stands there whole."""
        if self._words is None:
            return []
        folded, origins = fold_aligned(text)
        origins.append(len(text))
        for pattern in (self._words, self._parts):
            if pattern is None:
                continue
            spans = []
            for match in pattern.finditer(folded):
                # A folded character may stand for a part of one: mark it whole.
                last = origins[match.end() - 1]
                spans.append((origins[match.start()], last + 1))
                if len(spans) == _MAX_MARKS:
                    break
            if spans:
                return spans
        return []


def hit(document: Document, score: float, marker: Marker) -> Hit:
    """A document found, with the words marked."""
    return Hit(
        id=document.id,
        kind=document.kind,
        url=document.url,
        score=round(score, 6),
        title_highlight=marker.title(document.title),
        excerpt=marker.excerpt(document.body),
        names=tuple(filter(None, (document.title, document.organisation, *document.also))),
        published_on=document.published_on,
    )


def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _best_start(text: str, spans: list[tuple[int, int]]) -> int:
    """Where to begin so that the most different words are seen, at a sentence if one is near."""
    if not spans or len(text) <= EXCERPT:
        return 0
    begins = [begin for begin, _ in spans]

    def variety(begin: int) -> int:
        window = spans[bisect_left(begins, begin) : bisect_left(begins, begin + EXCERPT - _LEAD)]
        return len({text[a:b] for a, b in window})

    best = max(begins, key=lambda begin: (variety(begin), -begin))
    earliest = max(0, best - _LEAD)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, earliest, best)]
    if ends:
        return ends[-1]
    return 0 if best <= _LEAD else best - _LEAD // 3


def _cut(text: str, spans: list[tuple[int, int]], start: int, stop: int) -> Marked:
    """The text from start to stop in pieces; spans that touch become one mark."""
    pieces: list[tuple[str, bool]] = []
    at = start
    merged: list[list[int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([begin, end])
    for begin, end in merged:
        if begin > at:
            pieces.append((text[at:begin], False))
        pieces.append((text[begin:end], True))
        at = end
    if at < stop:
        pieces.append((text[at:stop], False))
    return tuple(pieces)
