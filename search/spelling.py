"""Misspelt words: what may stand in their place, and which name was meant.

A word of Chinese that nothing has is looked for with any one of its characters left out; one of
letters with one letter left out, two exchanged, or the ends of syllables mixed up that many people
do not part (n and ng, zh and z). Whatever then comes, its names are held against what was typed,
and the nearest is offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from search.folding import fold
from search.query import Query
from search.segmentation import EMPTY_WORDS, MAX_TERM, Wanted, divide, read_query, runs_of_han
from search.sounds import MOST_WORDS, spelled_out

#: A word is misspelt only from so many characters on, and letters.
LEAST_CHARACTERS, LEAST_LETTERS = 3, 4
#: So many different characters of a word are looked for.
MOST_CHARACTERS = 8
#: From so many characters on two of them may be wrong; of letters twice as many are needed.
_TWO_WRONG = 6
#: Beginnings and ends of syllables that are mixed up, each with what it may be.
_MIXED = (
    ("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"),
    ("n", "l"), ("f", "h"), ("r", "l"),
)  # fmt: skip


def wanted_of(query: Query) -> Wanted:
    """What a query asks for, as it was typed or as it may have been meant."""
    return read_loosely(query.text) if query.loosely else read_query(query.text)


def read_loosely(word: str) -> Wanted:
    """What else a single misspelt word may be; empty where nothing can be said."""
    folded = fold(word[:MAX_TERM]).strip()
    if _is_letters(folded):
        if len(folded) < LEAST_LETTERS:
            return Wanted()
        return Wanted(alternatives=tuple(sorted(variants(folded))), words=(folded,))
    characters = tuple(dict.fromkeys("".join(runs_of_han(folded))))[:MOST_CHARACTERS]
    if len(characters) < LEAST_CHARACTERS:
        return Wanted()
    return Wanted(characters=characters, missing=1, words=(folded,))


def variants(letters: str) -> set[str]:
    """What a word of letters may have been meant to be, one slip away."""
    found: set[str] = set()
    for place in range(len(letters)):
        found.add(letters[:place] + letters[place + 1 :])
        found.add(letters[:place] + letters[place : place + 2][::-1] + letters[place + 2 :])
    for one, other in _MIXED:
        for wrong, right in ((one, other), (other, one)):
            place = letters.find(wrong)
            while place >= 0:
                found.add(letters[:place] + right + letters[place + len(wrong) :])
                place = letters.find(wrong, place + 1)
    return found - {letters}


def nearest(word: str, names: Iterable[str]) -> str:
    """Of the words in these names the one nearest to what was typed; '' when none is near.

    Equal ones go by how early their name comes.
    """
    folded = fold(word).strip()
    is_letters = _is_letters(folded)
    allowed = 2 if len(folded) >= _TWO_WRONG * (1 + is_letters) else 1
    best, least = "", allowed + 1
    for phrase in _distinct_phrases(names):
        said = spelled_out(phrase) if is_letters else phrase
        if said == folded or abs(len(said) - len(folded)) >= least:
            continue
        apart = distance(said, folded, least)
        if apart < least:
            best, least = phrase, apart
    return best


def distance(one: str, other: str, most: int) -> int:
    """How many slips lie between two words, counted up to `most`; an exchange is one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, older[j - 2] + 1)
            row.append(least)
        if min(row) >= most:
            return most
    return min(row[-1], most)


@lru_cache(maxsize=4096)
def phrases(name: str) -> tuple[str, ...]:
    """Each word of a name and each row of up to four neighbouring words, folded.

    None begins or ends with a word that says nothing.
    """
    found: dict[str, None] = {}
    for run in runs_of_han(fold(name)):
        words = divide(run)
        for start in range(len(words)):
            for stop in range(start + 1, min(start + MOST_WORDS, len(words)) + 1):
                phrase = "".join(words[start:stop])
                if len(phrase) > 1 and EMPTY_WORDS.isdisjoint((words[start], words[stop - 1])):
                    found[phrase] = None
    return tuple(found)


def _distinct_phrases(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        for phrase in phrases(name):
            if phrase not in seen:
                seen.add(phrase)
                yield phrase


def _is_letters(folded: str) -> bool:
    return folded.isascii() and folded.isalpha()
