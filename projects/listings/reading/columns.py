"""The words of lists of needs and resources: above columns, and in cells.

They stand in a table beside this context, because they are words of offices and no sentences of
ours.
"""

from __future__ import annotations

import csv
import enum
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TypeVar

Choice = TypeVar("Choice", bound=enum.StrEnum)


class ListKind(enum.StrEnum):
    """What a file is a list of."""

    NEEDS = "needs"
    RESOURCES = "resources"


#: What a column can mean, in the order of the template.
_NEEDS = (
    "reference", "title", "kind", "category", "group", "place", "item", "quantity", "unit",
    "starts_on", "ends_on", "urgency", "people", "conditions", "description", "contact_name",
    "contact_phone", "address",
)  # fmt: skip
_RESOURCES = (
    "reference", "title", "kind", "category", "group", "organisation", "place", "serves", "item",
    "quantity", "daily", "unit", "starts_on", "ends_on", "conditions", "description",
)  # fmt: skip
FIELDS: Mapping[ListKind, tuple[str, ...]] = {
    ListKind.NEEDS: _NEEDS,
    ListKind.RESOURCES: _RESOURCES,
}


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """Every list of words by its name, as they are written."""
    source = resources.files("projects.listings") / "data" / "import_words.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["field"]: tuple(row["words"].split("|")) for row in rows}


def plain(text: str) -> str:
    """A text as it is compared: half-width, small letters, without blanks and marks."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in folded if sign.isalnum())


@cache
def heads(kind: ListKind) -> Mapping[str, str]:
    """The field each word above a column means in such a list."""
    return {plain(word): field for field in FIELDS[kind] for word in words()[field]}


@cache
def folded(field: str) -> frozenset[str]:
    """The words of one list, as they are compared."""
    return frozenset(map(plain, words()[field]))


@cache
def _meanings(prefix: str) -> Mapping[str, str]:
    start = f"{prefix}_"
    return {
        plain(word): field.removeprefix(start)
        for field, said in words().items()
        if field.startswith(start)
        for word in (*said, field.removeprefix(start))
    }


def meaning(kinds: type[Choice], prefix: str, said: str) -> Choice | None:
    """The member a word means, by our own name of it or a word of offices; None for any other."""
    found = _meanings(prefix).get(plain(said))
    return None if found is None else kinds(found)


def template_heads(kind: ListKind) -> list[str]:
    """The words above the columns of an empty list."""
    return [words()[field][0] for field in FIELDS[kind]]
