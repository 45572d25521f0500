"""Every rule the house knows by an id, in its own words, with what a breach of it does.

The list is data (`data/handbook.csv`); what enforces a rule is found in the code by its id.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it does (BLOCK, WARN, TASK, DATA), in short, and what will bring the rest."""

    id: str
    kind: str
    title: str
    #: The subject of the work that will enforce it; empty where it is enforced.
    later: str


@cache
def rules() -> tuple[Rule, ...]:
    """All of them, in the order of the handbook."""
    source = resources.files("charity.rules").joinpath("data/handbook.csv")
    with source.open(encoding="utf-8") as file:
        return tuple(Rule(**row) for row in csv.DictReader(file))
