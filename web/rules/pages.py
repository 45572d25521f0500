"""The figures in force on a day, in words, with where they are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from charity.money import Money
from charity.rules import PARAMETERS, Parameter
from web.filters import yuan
from web.labels.rules import PART_TITLES, PARTS, RULE_TITLES, SUMS


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure: the rule, what it says, its value, since when, and its source."""

    rule_id: str
    title: str
    value: str
    since: date
    source: str
    is_own: bool


def figures(on: date) -> list[FigureView]:
    """Every figure in force on a day in China, by rule."""
    rows = sorted((row for row in PARAMETERS if row.in_force(on)), key=lambda row: row.rule_id)
    return [_view(row) for row in rows]


def title_of(rule_id: str) -> str:
    """What the figure says; the id itself where nobody wrote it down."""
    part = rule_id.partition(".")[2]
    return str(RULE_TITLES.get(rule_id) or PART_TITLES.get(part) or rule_id)


def _view(row: Parameter) -> FigureView:
    own = row.source.startswith("own rule")
    return FigureView(
        row.rule_id, title_of(row.rule_id), _value(row), row.effective_from, row.source, own
    )


def _value(row: Parameter) -> str:
    value = row.value
    if isinstance(value, int):
        is_sum = row.rule_id in SUMS or row.rule_id.endswith(".from")
        return yuan(Money(value)) if is_sum else f"{value:,}"
    if isinstance(value, str):
        return value
    if row.rule_id in PARTS:
        return " · ".join(f"{some}/{whole}" for some, whole in value)
    return " · ".join(f"{yuan(Money(floor))} → {number}" for floor, number in value)
