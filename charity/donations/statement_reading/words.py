"""The words of statements: which may stand above a column, what a sign of direction means.

Every list can be edited by staff; those delivered stand in a table beside this context, because
they are words of banks and platforms and not sentences of ours.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: Fields a column can mean. Of these `remark` may have several columns, all others one.
FIELDS = (
    "serial",
    "position",
    "booked_on",
    "income",
    "outgo",
    "amount",
    "direction",
    "payer_name",
    "payer_account",
    "remark",
    "status",
    "balance",
    "currency",
)
#: Lists of words that stand in cells.
WORDS = (
    "words_in",
    "words_out",
    "words_paid",
    "words_total",
    "words_subtotal",
    "words_currency",
    "words_enterprise",
    "words_unit",
)
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mapping that comes with the house: its name, `bank` or `platform`, and its words."""

    name: str
    kind: str
    columns: Mapping[str, Sequence[str]]


@cache
def delivered() -> tuple[Delivered, ...]:
    """The mappings that come with the house, in the order in which they are offered."""
    source = resources.files("charity.donations") / "data" / "statement_words.csv"
    kinds: dict[str, str] = {}
    columns: dict[str, dict[str, tuple[str, ...]]] = {}
    common: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        words = tuple(row["words"].split("|"))
        if row["mapping"] == _EVERY:
            common[row["field"]] = words
        else:
            kinds[row["mapping"]] = row["kind"]
            columns.setdefault(row["mapping"], {})[row["field"]] = words
    return tuple(Delivered(name, kind, columns[name] | common) for name, kind in kinds.items())


def common_words() -> dict[str, tuple[str, ...]]:
    """The lists of words in cells, for a mapping that says nothing of them."""
    first = delivered()[0].columns
    return {name: tuple(first[name]) for name in WORDS}


def plain(text: str) -> str:
    """A text as it is compared: half-width, small letters, without blanks and marks."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in folded if sign.isalnum())


def bare(text: str) -> str:
    """The same without what stands in brackets, as in an amount's unit."""
    folded = unicodedata.normalize("NFKC", text)
    kept, depth = [], 0
    for sign in folded:
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(depth - 1, 0)
        elif not depth:
            kept.append(sign)
    return plain("".join(kept))


def kind_of(name: str, columns: Mapping[str, Sequence[str]]) -> str:
    """Whether a name is a person's, an enterprise's or another unit's, by the words in it."""
    lists = columns if columns.get("words_enterprise") else common_words()
    for kind, words in (("enterprise", "words_enterprise"), ("unit", "words_unit")):
        if any(word in name for word in lists.get(words, ())):
            return kind
    return "individual"
