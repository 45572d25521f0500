"""Pages of long lists, newest first: read from where the reader stands, never by counting off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from charity import clock

Item = TypeVar("Item")

#: Things on a page.
SIZE = 20
_CURSOR = re.compile(r"(-?[0-9]{1,17})\.([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Item]):
    """One page; `after` leads to older things, `before` to newer ones, empty where none are."""

    items: list[Item]
    after: str
    before: str


def cursor(at: datetime, row_id: int) -> str:
    """The place of one row in the list, for an address."""
    return f"{clock.microseconds(at)}.{row_id}"


def place_of(text: str) -> tuple[datetime, int] | None:
    """The instant and id of a cursor; None for anything that is none."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    try:
        return clock.instant(int(found[1])), int(found[2])
    except OverflowError:
        return None
