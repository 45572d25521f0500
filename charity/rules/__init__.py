"""Figures that regulations set, each with the days it is in force and where it is written.

Code asks for the figure of a rule on a day, so that a plan of last year is judged by last year's
rule and every finding can name the row it used (HANDBOOK 0). A new figure is a new row; the old
one gets its last day.
"""

from __future__ import annotations

from datetime import date

from charity.rules import (
    approvals,
    audits,
    disclosure,
    ending,
    fundraising,
    people,
    ratios,
    registry,
    spending,
    ventures,
)
from charity.rules.parameters import Parameter

__all__ = ["PARAMETERS", "Parameter", "parameter"]

PARAMETERS: tuple[Parameter, ...] = (
    *fundraising.ROWS,
    *registry.ROWS,
    *people.ROWS,
    *approvals.ROWS,
    *spending.ROWS,
    *ratios.ROWS,
    *disclosure.ROWS,
    *ending.ROWS,
    *audits.ROWS,
    *ventures.ROWS,
)


def parameter(rule_id: str, on: date) -> Parameter:
    """The row of a rule in force on a day in China.

    Raises `LookupError` where the rule has no figure on that day.
    """
    for row in PARAMETERS:
        if row.rule_id == rule_id and row.in_force(on):
            return row
    raise LookupError(f"{rule_id} has no figure on {on.isoformat()}")
