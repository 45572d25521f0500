"""The checklist of a check: thirteen items in the five sections of INS-03, by version.

The items are data (`data/checklist.csv`); a plan keeps the version it is made by.
"""

from __future__ import annotations

import csv
import enum
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: The version new plans are made by.
CURRENT = "2026"


class ChecklistSection(enum.StrEnum):
    """What a check looks at (INS-03)."""

    ANNUAL_REPORT = "annual_report"
    DISCLOSURE = "disclosure"
    GOVERNANCE = "governance"
    FINANCE = "finance"
    ACTIVITIES = "activities"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item: its id (`AUD-05`), section, the flags that hint at it, and where it is written."""

    item: str
    section: ChecklistSection
    flags: tuple[str, ...]
    basis: str


@cache
def items(version: str = CURRENT) -> tuple[ChecklistItem, ...]:
    """The items of a version in their order; raises `LookupError` for an unknown version."""
    source = resources.files("charity.audits").joinpath("data/checklist.csv")
    with source.open(encoding="utf-8") as file:
        found = tuple(
            ChecklistItem(
                row["item"],
                ChecklistSection(row["section"]),
                tuple(row["flags"].split()),
                row["basis"],
            )
            for row in csv.DictReader(file)
            if row["version"] == version
        )
    if not found:
        raise LookupError(f"there is no checklist {version}")
    return found
