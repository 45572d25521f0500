"""The time a statement tells of: from one day through another, both counted in."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` through `last`; raises `ValueError` where it would end before it begins."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a period ends before it begins")

    @classmethod
    def year(cls, year: int) -> Period:
        """A calendar year, which is the accounting year (ACC-02)."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def year_to(cls, day: date) -> Period:
        """From the first day of the year through this day."""
        return cls(day.replace(month=1, day=1), day)

    @property
    def day_before(self) -> date:
        """The last day that is not in it any more, on the early side."""
        return self.first - timedelta(days=1)

    def whole_months(self) -> Period:
        """The same, widened to whole months."""
        end = monthrange(self.last.year, self.last.month)[1]
        return Period(self.first.replace(day=1), self.last.replace(day=end))
