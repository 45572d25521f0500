"""Words that advertise tobacco or other goods no donation may advertise (CHA-145).

Only a warning to people: a factory's address may hold such a word, and no list is complete.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib.resources import files


@cache
def _words() -> tuple[str, ...]:
    text = files("charity.donations").joinpath("data/advertised_words.csv").read_text("utf-8")
    return tuple(row["word"] for row in csv.DictReader(text.splitlines()))


def advertised_in(*said: str) -> tuple[str, ...]:
    """The words of the list that stand in these texts, however they are written; empty for none."""
    folded = "\n".join(
        "".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in said
    )
    return tuple(word for word in _words() if word in folded)
