"""Patterns of projects that many places do alike, from which a draft may be begun.

They are data (`data/templates.csv`): what each is about, its results with unit and unit cost, its
budget lines. The figures are a start for one's own, never a rule.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from charity.money import Money
from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.models import CostKind
from projects.listings.models import ProjectCategory


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern: its words, its countable results and its budget, which add up to `target`."""

    code: str
    name: str
    category: ProjectCategory
    beneficiaries: str
    story: str
    lines: tuple[LineDraft, ...]
    deliverables: tuple[DeliverableDraft, ...]

    @property
    def target(self) -> Money:
        """What all lines come to, in fen."""
        return Money.total(line.amount for line in self.lines)


def pattern(code: str) -> Pattern | None:
    """The pattern with this code; None where there is none."""
    return patterns().get(code)


@cache
def patterns() -> Mapping[str, Pattern]:
    """All patterns by code, in the order of the file."""
    found: dict[str, list[dict[str, str]]] = {}
    source = resources.files("projects.listings").joinpath("data/templates.csv")
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["template"], []).append(row)
    return {code: _read(code, rows) for code, rows in found.items()}


def _read(code: str, rows: list[dict[str, str]]) -> Pattern:
    """One pattern from its rows: first what it is, then results and lines."""
    about, *others = rows
    return Pattern(
        code=code,
        name=about["name"],
        category=ProjectCategory(about["kind"]),
        beneficiaries=about["beneficiaries"],
        story=about["text"],
        lines=tuple(_line(row) for row in others if row["row"] == "line"),
        deliverables=tuple(_result(row) for row in others if row["row"] == "deliverable"),
    )


def _line(row: dict[str, str]) -> LineDraft:
    cost, quantity = Money.yuan(row["unit_cost"]), int(row["quantity"])
    return LineDraft(
        row["name"], CostKind(row["kind"]), cost * quantity, cost, quantity, row["unit"]
    )


def _result(row: dict[str, str]) -> DeliverableDraft:
    return DeliverableDraft(
        row["name"], row["unit"], Money.yuan(row["unit_cost"]), int(row["quantity"])
    )
