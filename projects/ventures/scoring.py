"""What a panel's sheets make of each entry: mean, trimmed mean, or mean freed of severity (VEN-05).

Points are whole numbers of some unit (tenths), results are exact fractions of a point: whoever
reckons again comes to the very same figure, and two entries are equal only where they are equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from charity.errors import Invalid
from projects.ventures.judging_reasons import JudgingReason, told

#: From so many sheets on the highest and the lowest are left out.
TRIM_FROM = 5


class Sheet(NamedTuple):
    """What one judge gave to one entry, in units."""

    judge: str
    entry: str
    points: int


@dataclass(frozen=True, slots=True)
class Panel:
    """All sheets of a round; a sheet that was not handed in, or recused, is not there."""

    sheets: tuple[Sheet, ...]
    #: How many units a point has.
    unit: int = 10

    def __post_init__(self) -> None:
        if len({sheet[:2] for sheet in self.sheets}) < len(self.sheets):
            raise ValueError("a judge has one sheet for an entry")

    @property
    def judges(self) -> list[str]:
        """Who handed in a sheet, in order of name."""
        return sorted({sheet.judge for sheet in self.sheets})

    @property
    def entries(self) -> list[str]:
        """What has a sheet, in order of name."""
        return sorted({sheet.entry for sheet in self.sheets})

    def of_entries(self) -> dict[str, list[Sheet]]:
        """The sheets of each entry."""
        found: dict[str, list[Sheet]] = {}
        for sheet in self.sheets:
            found.setdefault(sheet.entry, []).append(sheet)
        return found

    def without(self, judge: str) -> Panel:
        """The panel as if this judge had not been asked."""
        return Panel(tuple(one for one in self.sheets if one.judge != judge), self.unit)


def mean(points: Sequence[int | Fraction]) -> Fraction:
    """The plain mean; raises `ValueError` of nothing."""
    if not points:
        raise ValueError("there is no mean of nothing")
    return Fraction(sum(points)) / len(points)


def trimmed_mean(points: Sequence[int | Fraction], *, trim_from: int = TRIM_FROM) -> Fraction:
    """The mean without one highest and one lowest where there are `trim_from` or more (VEN-05).

    Raises `ValueError` of nothing, and where trimming could leave nothing.
    """
    if trim_from < 3:
        raise ValueError("of fewer than three nothing would be left")
    if len(points) < trim_from:
        return mean(points)
    return mean(sorted(points)[1:-1])


def means(panel: Panel) -> dict[str, Fraction]:
    """Each entry's plain mean, in points."""
    return {
        entry: mean([sheet.points for sheet in sheets]) / panel.unit
        for entry, sheets in panel.of_entries().items()
    }


def trimmed_means(panel: Panel, *, trim_from: int = TRIM_FROM) -> dict[str, Fraction]:
    """Each entry's trimmed mean, in points."""
    return {
        entry: trimmed_mean([sheet.points for sheet in sheets], trim_from=trim_from) / panel.unit
        for entry, sheets in panel.of_entries().items()
    }


def require_sheets(panel: Panel, entries: Sequence[str], *, least: int = 1) -> None:
    """Raise `Invalid` with the entries that have no sheet, or fewer than `least`."""
    counts: Mapping[str, int] = {name: len(found) for name, found in panel.of_entries().items()}
    without = [entry for entry in entries if not counts.get(entry)]
    if without:
        raise Invalid(JudgingReason.NO_SHEETS, entries=told(without))
    few = [entry for entry in entries if counts[entry] < least]
    if few:
        raise Invalid(JudgingReason.TOO_FEW_SHEETS, least=least, entries=told(few))


def shown(value: Fraction, digits: int = 2) -> str:
    """A figure as it is published: so many digits, a half rounded away from zero."""
    scaled = (abs(value) * 10**digits * 2 + 1) // 2
    whole, rest = divmod(int(scaled), 10**digits)
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole}.{rest:0{digits}}" if digits else f"{sign}{whole}"
