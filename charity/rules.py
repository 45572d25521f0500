"""Figures that regulations set, each with the days it is in force and where it is written.

Code asks for the figure of a rule on a day, so that a plan of last year is judged by last year's
rule and every finding can name the row it used (HANDBOOK 0). A new figure is a new row; the old
one gets its last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure of one rule, in force from `effective_from` to `effective_to` inclusive."""

    rule_id: str
    value: int | str
    effective_from: date
    effective_to: date | None
    source: str

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day in China."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def number(self) -> int:
        """The figure as an integer; raises `TypeError` for a text."""
        if not isinstance(self.value, int):
            raise TypeError(f"{self.rule_id} is a text")
        return self.value


PARAMETERS: tuple[Parameter, ...] = (
    # days between filing a fundraising plan and the start of the activity
    Parameter("CHA-112", 10, date(2016, 9, 1), date(2024, 9, 4), "慈善法(2016) 24; 民政部令59"),
    Parameter("CHA-112", 10, date(2024, 9, 5), date(2025, 12, 31), "慈善法 24; 民政部令74 11"),
    Parameter("CHA-112", 10, date(2026, 1, 1), None, "慈善法 24; 民政部令74 11; 民发〔2025〕57号"),
    # days after its start within which the plan of an emergency campaign is filed
    Parameter("CHA-113", 10, date(2024, 9, 5), None, "慈善法 73"),
    # days between two publications of what an emergency campaign received
    Parameter("CHA-114", 5, date(2024, 9, 5), None, "慈善法 72"),
    # form of the number a filed plan gets; not found in any official text, so it only warns
    Parameter(
        "CHA-118", r"[0-9A-HJ-NPQRTUWXY]{18}A\d{5}", date(2016, 9, 1), None, "慈善中国 备案编号"
    ),
)


def parameter(rule_id: str, on: date) -> Parameter:
    """The row of a rule in force on a day in China.

    Raises `LookupError` where the rule has no figure on that day.
    """
    for row in PARAMETERS:
        if row.rule_id == rule_id and row.in_force(on):
            return row
    raise LookupError(f"{rule_id} has no figure on {on.isoformat()}")
