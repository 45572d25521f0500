"""How Chinese sounds: pinyin and its initials lead to what a document is called.

Names (title, organisation, place) are filed once more as they sound: each word and each row of up
to four neighbouring words, spelled out and by the first letters, so that `xfjy`, `xingfu` and
`xingfujiayuan` find 幸福家园. Single syllables are filed too, for who writes them apart. Who wrote
another character of the same sound is helped by `spoken`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from search.segmentation import MAX_TERM, divide, runs_of_han

#: Neighbouring words spoken in one breath.
MOST_WORDS = 4
_LETTERS = re.compile(r"[a-z]+")


def sounds(folded: str) -> set[str]:
    """Every way in which a folded name is spelled by its sound."""
    found: set[str] = set()
    for run in runs_of_han(folded):
        found.update(_sounds_of_run(run))
    return found


def spoken(text: str) -> str:
    """A query as it sounds, word by word; what has no sound stays as it is.

    It finds names written with other characters of the same sound: 幸福家圆 for 幸福家园.
    """
    pieces: list[str] = []
    rest = text
    for run in runs_of_han(text):
        before, rest = rest.split(run, 1)
        pieces += [before, "".join(_syllables(run))]
    return " ".join(" ".join((*pieces, rest)).split())


def spelled_out(folded: str) -> str:
    """A folded word as it sounds, in letters without blanks: 幸福 is xingfu."""
    return "".join("".join(_syllables(run)) for run in runs_of_han(folded))


def initials(folded: str) -> str:
    """The first letters of its syllables: 幸福食堂 is xfst."""
    return "".join(one[0] for run in runs_of_han(folded) for one in _syllables(run))


@lru_cache(maxsize=4096)
def _sounds_of_run(run: str) -> frozenset[str]:
    words = [_syllables(word) for word in divide(run)]
    return frozenset(_spelled(words))


def _spelled(words: list[tuple[str, ...]]) -> Iterator[str]:
    for start in range(len(words)):
        yield from words[start]
        syllables: tuple[str, ...] = ()
        for word in words[start : start + MOST_WORDS]:
            syllables += word
            yield "".join(syllables)[:MAX_TERM]
            if len(syllables) > 1:
                yield "".join(syllable[0] for syllable in syllables)[:MAX_TERM]


@lru_cache(maxsize=16384)
def _syllables(word: str) -> tuple[str, ...]:
    """The syllables of a word, in letters a to z; a character without a known sound is left out."""
    # Its dictionary takes a moment to load, and few commands ever spell anything.
    from pypinyin import lazy_pinyin

    spelled = lazy_pinyin(word, v_to_u=False, errors="ignore")
    return tuple(syllable for syllable in spelled if _LETTERS.fullmatch(syllable))
