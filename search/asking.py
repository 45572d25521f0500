"""Asking as a visitor is helped: the words as typed, then as they sound, then what was meant.

These helps work on any engine, since all they need is to ask it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from search.folding import fold
from search.port import SearchIndex
from search.query import Query, Results, Sort
from search.segmentation import MAX_QUERY_CHARACTERS
from search.sounds import initials, spelled_out, spoken
from search.spelling import nearest, phrases

#: Hits whose names are looked through for what was meant.
LOOKED_THROUGH = 50
#: Of a misspelt question so many words are mended.
MENDED = 4
#: So many continuations are offered.
SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with what helps on."""

    results: Results
    #: Nothing has the words; these only sound like them.
    by_sound: bool = False
    #: Nothing is found at all; this is what may have been meant, and it finds something.
    meant: str = ""
    #: Longer words that begin so, most frequent first.
    suggested: tuple[str, ...] = field(default=())


def ask(index: SearchIndex, query: Query) -> Reply:
    """Answer a query; raises IndexUnavailable as the index does.

    A text longer than what is read of one gets an answer and no help.
    """
    results = index.search(query)
    if len(query.text) > MAX_QUERY_CHARACTERS:
        return Reply(results)
    by_sound = False
    heard = spoken(query.text)
    if not results.total and heard != query.text:
        results = index.search(replace(query, text=heard))
        by_sound = results.total > 0
    if results.total or not query.text.strip():
        names = (name for hit in results.hits for name in hit.names)
        return Reply(results, by_sound, suggested=suggest(query.text, names))
    return Reply(results, meant=meant(index, query.text))


def meant(index: SearchIndex, text: str) -> str:
    """What a text that finds nothing may have been meant to be; '' when nobody can say.

    Each word that finds nothing is exchanged for the nearest name of all that may be asked for,
    whatever filters the question had. Where the whole is one word, its parts are tried too.
    """
    words = text.split()
    mended = _mended(index, words) if len(words) <= MENDED else ""
    return mended if mended and _total(index, mended) else ""


def _mended(index: SearchIndex, words: list[str]) -> str:
    changed: list[str] = []
    for word in words:
        if _total(index, word):
            changed.append(word)
            continue
        other = _nearest(index, word)
        if not other:
            return ""
        changed.append(other)
    return "" if changed == words else " ".join(changed)


def _nearest(index: SearchIndex, word: str) -> str:
    loose = Query(text=word, loosely=True, limit=LOOKED_THROUGH, sort=Sort.RELEVANCE)
    hits = index.search(loose).hits
    return nearest(word, (name for hit in hits for name in hit.names))


def _total(index: SearchIndex, text: str) -> int:
    return index.search(Query(text=text, limit=0)).total


def suggest(text: str, names: Iterable[str], limit: int = SUGGESTED) -> tuple[str, ...]:
    """Words of these names that have the text in them, or sound as it begins.

    Those that begin with it come first, then those most of the names have.
    """
    begun = "".join(fold(text).split())
    if not begun:
        return ()
    is_letters = begun.isascii() and begun.isalpha()
    found: Counter[str] = Counter()
    for name in names:
        for phrase in phrases(name):
            if is_letters:
                goes_on = spelled_out(phrase).startswith(begun) or initials(phrase) == begun
            else:
                goes_on = begun in phrase and phrase != begun
            if goes_on:
                found[phrase] += 1

    def order(phrase: str) -> tuple[bool, int, int, str]:
        begins = is_letters or phrase.startswith(begun)
        return not begins, -found[phrase], len(phrase), phrase

    best = sorted(found, key=order)
    return tuple(best[:limit])
