"""The one place time comes from.

Instants are UTC; days are days in China (Asia/Shanghai). A test or the demo script may set the
clock for the code it runs; nobody else reads the machine's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, timezone

#: China keeps one time and no summer time; a fixed offset needs no zone database.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def today() -> date:
    """The present day in China."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in China on which an instant falls."""
    return instant.astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """The first instant of a day in China."""
    return datetime.combine(day, time(), CHINA)


def microseconds(instant: datetime) -> int:
    """An instant as whole microseconds since 1970, the form that is sealed in the book."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def instant(microseconds: int) -> datetime:
    """The instant of so many microseconds since 1970, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Run the block as if it were `instant` (aware)."""
    if instant.tzinfo is None:
        raise ValueError("the clock is set to aware instants only")
    token = _set_to.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
