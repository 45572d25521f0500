"""What the law asks while a major emergency (重大突发事件) lasts: filing soon, telling often.

Pure dates of China: a plan may be filed within days after the start (CHA-113), and what came in is
published at least every so many days (CHA-114). The figures are rows of `charity.rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from charity.rules import parameter


@dataclass(frozen=True, slots=True)
class EmergencyDuties:
    """The days by which a campaign of an emergency must have told what it owes."""

    #: The last day for filing the plan.
    file_by: date
    #: The last days for publishing what came in, one after the other.
    publish_by: tuple[date, ...]

    def next_publication(self, on: date) -> date | None:
        """The next of these days, that of `on` itself included; None when all are over."""
        return next((day for day in self.publish_by if day >= on), None)


def duties(starts_on: date, ends_on: date) -> EmergencyDuties:
    """The duties of a campaign from its first to its last day, by the figures of its first day.

    The last publication is due so many days after the end, for what came in on the last days.
    """
    filing = parameter("CHA-113", starts_on).number
    step = timedelta(days=parameter("CHA-114", starts_on).number)
    days = []
    day = starts_on + step
    while day < ends_on + step:
        days.append(day)
        day += step
    return EmergencyDuties(
        file_by=starts_on + timedelta(days=filing), publish_by=(*days, ends_on + step)
    )
