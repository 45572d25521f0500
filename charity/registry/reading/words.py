"""The words of registrars' lists: above columns, in cells, and beside totals.

They stand in a table beside this context, because they are words of offices and no sentences of
ours.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

from charity.registry.models import InspectionResult, OrganisationKind

#: What a column can mean.
FIELDS = (
    "name", "basis", "kind", "uscc", "filing_number", "region", "established_on", "registrar",
    "host", "contact_name", "contact_phone", "inspection", "inspection_year", "inspected_on",
)  # fmt: skip


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """Every list of words by its name, as they are written."""
    source = resources.files("charity.registry") / "data" / "register_words.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["field"]: tuple(row["words"].split("|")) for row in rows}


def plain(text: str) -> str:
    """A text as it is compared: half-width, small letters, without blanks and marks."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in folded if sign.isalnum())


@cache
def heads() -> Mapping[str, str]:
    """The field each word above a column means."""
    return {plain(word): field for field in FIELDS for word in words()[field]}


@cache
def kinds() -> Mapping[str, OrganisationKind]:
    """The legal type each word means."""
    return {
        plain(word): kind
        for kind in OrganisationKind
        for word in words().get(f"words_{kind.value}", ())
    }


@cache
def results() -> Mapping[str, InspectionResult]:
    """The outcome of a yearly inspection each word means (ORG-12)."""
    return {
        plain(word): result
        for result in InspectionResult
        for word in words().get(f"words_{result.value}", ())
    }


@cache
def folded(field: str) -> frozenset[str]:
    """The words of one list, as they are compared."""
    return frozenset(map(plain, words()[field]))
