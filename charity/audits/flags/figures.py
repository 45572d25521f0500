"""From which figure on a red flag asks: dated rows, with what each of them means.

Most are ours; where a regulation sets the figure (cash, AUD-10) it stands in `charity.rules`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from charity.rules import parameter


@dataclass(frozen=True, slots=True)
class Threshold:
    """One figure of one red flag, in force from a day in China on."""

    rule: str
    name: str
    value: int
    effective_from: date
    meaning: str


#: Figures by rule and name, as they are in force on one day: `figures["RF-05", "days"]`.
Figures = Mapping[tuple[str, str], int]


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Every row there is."""
    source = resources.files("charity.audits").joinpath("data/thresholds.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return tuple(
        Threshold(
            row["rule"],
            row["name"],
            int(row["value"]),
            date.fromisoformat(row["effective_from"]),
            row["meaning"],
        )
        for row in rows
    )


def figures_on(day: date) -> Figures:
    """The figures in force on a day in China; raises `LookupError` before the first of them.

    Days of duplicates (RF-02) and the limit of cash (AUD-10) are those of the rules.
    """
    found: dict[tuple[str, str], int] = {
        ("RF-02", "days"): parameter("RF-02", day).number,
        ("RF-06", "single_fen"): parameter("AUD-10", day).number,
    }
    for row in sorted(thresholds(), key=lambda row: row.effective_from):
        if row.effective_from <= day:
            found[row.rule, row.name] = row.value
    if len(found) < 2 + len({(row.rule, row.name) for row in thresholds()}):
        raise LookupError(f"red flags have no figures on {day.isoformat()}")
    return found
