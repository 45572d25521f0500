"""Which days a statement is asked for: read from the address, offered as links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

from charity.ledger.statements import Period

#: Before this no book is kept, after it none is: what an address may ask for.
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


def read_day(text: str | None) -> date | None:
    """The day in a query (2026-11-22); None for anything that is none."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST and len(text or "") == 10 else None


def read_period(args: Mapping[str, str], today: date) -> Period:
    """From `from` through `to`; this year so far where nothing sensible is asked for."""
    last = read_day(args.get("to")) or today
    first = read_day(args.get("from")) or last.replace(month=1, day=1)
    return Period(min(first, last), max(first, last))


def usual_periods(today: date, opened_on: date) -> list[tuple[str, Period]]:
    """The periods people ask for, with their names."""
    month = Period(today.replace(day=1), today)
    end = month.first - timedelta(days=1)
    usual = [
        (_("本月"), month),
        (_("上月"), Period(end.replace(day=1), end)),
        (_("今年以来"), Period.year_to(today)),
        (_("去年"), Period.year(today.year - 1)),
    ]
    if opened_on.year < today.year:
        usual.append((_("建账以来"), Period(opened_on.replace(month=1, day=1), today)))
    return usual
