"""When what must be told: days in China, by the figures of the rules.

Pure dates. A day of these texts is a calendar day; only what says 工作日 goes by working days. A
month later is the same day of the month, or its last one (30 November and three months: 28
February). Every function raises `LookupError` where a rule has no figure on the day it is asked
for: then nothing is owed by it, and people judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from charity import workdays
from charity.donations import emergencies
from charity.registry.months import add_months
from charity.rules import parameter

#: Days between a change and the report of it, by the calendar of offices where a text says so.
WORKING_DAYS: frozenset[str] = frozenset({"ORG-18"})
#: Days before the last one on which publishers are reminded; afterwards every week.
REMINDERS = (14, 3, 0)
WEEKLY = 7


def exceeds_months(starts_on: date, ends_on: date, months: int) -> bool:
    """Whether a period, both days counted in, is longer than so many months.

    2026-01-01 to 2026-06-30 is six months and not longer; to 2026-07-01 it is.
    """
    return ends_on >= add_months(starts_on, months)


def exceeds_six_months(starts_on: date, ends_on: date) -> bool:
    """Whether a campaign tells of itself while it runs (DIS-203), by the figure of its first day.

    Raises `LookupError` before the rule was in force.
    """
    return exceeds_months(starts_on, ends_on, parameter("DIS-203.over", starts_on).number)


@dataclass(frozen=True, slots=True)
class Telling:
    """One report: the days it tells of, the last day in time, and whether it is the final one."""

    period_from: date
    period_until: date
    due_on: date
    is_final: bool = False


def months_series(starts_on: date, ends_on: date, every: int) -> Iterator[Telling]:
    """Reports every so many months while a thing runs; each tells of the days before its own."""
    first, number = starts_on, 1
    while (due := add_months(starts_on, every * number)) <= ends_on:
        yield Telling(first, due - timedelta(days=1), due)
        first, number = due, number + 1


def tellings(rule_id: str, starts_on: date, ends_on: date | None, until: date) -> list[Telling]:
    """What a campaign (`DIS-203`) or a project (`DIS-204`) owes from its first to its last day.

    One that is longer than the law's six months tells every three months; each tells all within
    three months of its end. Where no last day is planned, it turns out to be long after six months
    and tells from then on, up to `until`. Raises `LookupError` before the rule was in force.
    """
    over = parameter(f"{rule_id}.over", starts_on).number
    every = parameter(f"{rule_id}.every", starts_on).number
    if ends_on is None:
        long_from = add_months(starts_on, over)
        return [each for each in months_series(starts_on, until, every) if each.due_on >= long_from]
    found = []
    if exceeds_months(starts_on, ends_on, over):
        found = list(months_series(starts_on, ends_on, every))
    after = parameter(f"{rule_id}.end", starts_on).number
    return [*found, Telling(starts_on, ends_on, add_months(ends_on, after), is_final=True)]


def emergency_tellings(starts_on: date, ends_on: date) -> list[Telling]:
    """What an emergency campaign received, at least every five days (CHA-114)."""
    found, first = [], starts_on
    for due in emergencies.duties(starts_on, ends_on).publish_by:
        found.append(Telling(first, due - timedelta(days=1), due))
        first = due
    return found


def emergency_filing(starts_on: date) -> date:
    """The last day for filing the plan of an emergency campaign (CHA-113)."""
    return starts_on + timedelta(days=parameter("CHA-113", starts_on).number)


def days_after(rule_id: str, day: date) -> date:
    """So many days after a fact as the rule says: calendar days, or working days."""
    count = parameter(rule_id, day).number
    if rule_id in WORKING_DAYS:
        return workdays.add_workdays(day, count)
    return day + timedelta(days=count)


def days_before(rule_id: str, day: date) -> date:
    """So many days before a beginning as the rule says (DIS-213)."""
    return day - timedelta(days=parameter(rule_id, day).number)


def months_after(rule_id: str, day: date) -> date:
    """So many months after an end as the rule says (CHA-134, DIS-209)."""
    return add_months(day, parameter(rule_id, day).number)


def yearly(rule_id: str, year: int) -> date:
    """The last day for telling of a year: the rule's day of the year after (DIS-202, ORG-11)."""
    month, day = str(parameter(rule_id, date(year + 1, 1, 1)).value).split("-")
    return date(year + 1, int(month), int(day))


def trust_reports(signed_on: date, until: date) -> list[Telling]:
    """The yearly reports of a trust that fall due up to a day (TRU-02)."""
    every = parameter("TRU-02", signed_on).number
    return list(months_series(signed_on, until, every))


def last_workday(day: date) -> date:
    """The last day up to this one on which offices work: for whoever publishes in office hours."""
    while not workdays.is_workday(day):
        day -= timedelta(days=1)
    return day


def reminder_of(due_on: date, reminded_on: date | None, today: date) -> int | None:
    """The reminder that goes today, in days before the last day, negative when late; or None.

    14 and 3 days before, on the day, and each week after; of several missed only the latest.
    """
    steps = [due_on - timedelta(days=days) for days in REMINDERS if days]
    late = (today - due_on).days
    if late >= 0:
        steps.append(due_on + timedelta(days=late // WEEKLY * WEEKLY))
    passed = [day for day in steps if day <= today]
    if not passed or (reminded_on is not None and reminded_on >= passed[-1]):
        return None
    return (due_on - passed[-1]).days
