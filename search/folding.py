"""Folding: one spelling for what people write in many ways.

Full-width and half-width forms, capitals, and Traditional and Simplified characters are made the
same, in documents and in queries alike. Characters are folded one at a time: what a phrase
dictionary would do to a word depends on its neighbours, and then a part of a text would no longer
be found in the whole.
"""

import re
import unicodedata
from functools import cache

import opencc

_SURROGATE = re.compile("[\ud800-\udfff]")


@cache
def _simplified() -> dict[int, str]:
    """Every Traditional character of OpenCC's table with its Simplified form."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    # One conversion with a line for each character: 80 ms, where 27,000 calls take seconds.
    folded = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, folded, strict=True)
    return {ord(before): after for before, after in pairs if before != after}


def fold(text: str) -> str:
    """The text as the index knows it. Half a surrogate pair, which no file can hold, is a blank."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _SURROGATE.sub(" ", text))
        return text.lower().translate(_simplified())
    return text.lower()


def fold_aligned(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in `text` it came from."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, list(range(len(text)))
    pieces: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        piece = fold(character)
        pieces.append(piece)
        origins.extend([place] * len(piece))
    return "".join(pieces), origins
