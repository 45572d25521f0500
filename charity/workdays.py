"""Working days of China: the calendar the State Council publishes for each year.

Weekends work before and after some holidays (调休), so a year is known only once its notice is out.
Before that, Monday to Friday are taken for working days, and `is_published` says so.
"""

from __future__ import annotations

from datetime import date, timedelta

#: First and last day of each holiday, by year (国办发明电〔2024〕12号, 国办发明电〔2025〕7号).
_HOLIDAYS: dict[int, tuple[tuple[tuple[int, int], tuple[int, int]], ...]] = {
    2025: (
        ((1, 1), (1, 1)),
        ((1, 28), (2, 4)),
        ((4, 4), (4, 6)),
        ((5, 1), (5, 5)),
        ((5, 31), (6, 2)),
        ((10, 1), (10, 8)),
    ),
    2026: (
        ((1, 1), (1, 3)),
        ((2, 15), (2, 23)),
        ((4, 4), (4, 6)),
        ((5, 1), (5, 5)),
        ((6, 19), (6, 21)),
        ((9, 25), (9, 27)),
        ((10, 1), (10, 7)),
    ),
}
#: Saturdays and Sundays on which people work instead.
_WORKED: dict[int, tuple[tuple[int, int], ...]] = {
    2025: ((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
    2026: ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
}


def is_published(year: int) -> bool:
    """Whether the calendar of the year is known here."""
    return year in _HOLIDAYS


def is_workday(day: date) -> bool:
    """Whether offices work on that day in China."""
    if (day.month, day.day) in _WORKED.get(day.year, ()):
        return True
    at = (day.month, day.day)
    if any(first <= at <= last for first, last in _HOLIDAYS.get(day.year, ())):
        return False
    return day.weekday() < 5


def add_workdays(day: date, count: int) -> date:
    """The working day that lies `count` working days after a day; that day itself is not counted.

    Raises `ValueError` for a negative count.
    """
    if count < 0:
        raise ValueError("working days are counted forwards")
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def workdays_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and including `last`; negative backwards."""
    if last < first:
        return -workdays_between(last, first)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(is_workday(day) for day in days)
