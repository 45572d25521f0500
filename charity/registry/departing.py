"""From which day until which day somebody was gone, from the rows their community wrote (RF-11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from charity.registry.models import DepartureKind


class Gone(NamedTuple):
    """Gone after the day `since`, and here again from `until` on; None: not come back."""

    since: date
    until: date | None


def absences(rows: Iterable[tuple[DepartureKind, date]]) -> list[Gone]:
    """What the rows of one person and place say together, the oldest row first.

    A death or a move says anew since when; a return ends it; a mistake undoes the row before it,
    so that the return was none, or nothing had happened.
    """
    closed: list[Gone] = []
    since: date | None = None
    for kind, on in rows:
        if kind is DepartureKind.CAME_BACK:
            if since is not None:
                closed.append(Gone(since, on))
            since = None
        elif kind is DepartureKind.MISTAKEN:
            was_back = since is None and closed
            since = closed.pop().since if was_back else None
        else:
            since = on
    return closed if since is None else [*closed, Gone(since, None)]
