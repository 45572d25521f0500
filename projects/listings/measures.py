"""In what a quantity is counted: fen of money, minutes of time, else pieces of a unit."""

from __future__ import annotations

import enum
from typing import Any

from charity.money import Money
from projects.listings.models.needs import ResourceKind


class TimeMeasure(enum.StrEnum):
    """The measure of hours given."""

    MINUTES = "minutes"


def said(kind: ResourceKind, unit: str, quantity: int | None) -> dict[str, Any]:
    """A quantity as parameters of a sentence: `left` and, behind it, its `unit`."""
    if kind is ResourceKind.MONEY:
        return {"left": Money(quantity or 0), "unit": ""}
    return {"left": quantity, "unit": TimeMeasure.MINUTES if kind is ResourceKind.HOURS else unit}
