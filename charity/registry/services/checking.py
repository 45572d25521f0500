"""What several verbs of the registry ask of days, and of addresses others can read at."""

from __future__ import annotations

import re
from datetime import date

from charity import clock, texts
from charity.errors import CommonReason, Invalid
from charity.registry.forces_reasons import ForcesReason

_ADDRESS = re.compile(r"https?://[^\s/?#]+\.[^\s]+", re.IGNORECASE)
#: Characters of an address.
_LONGEST = 1000


def not_in_the_future(day: date, *, field: str) -> None:
    """Raise `Invalid` on `field` for a day in China that has not come."""
    if day > clock.today():
        raise Invalid(ForcesReason.IN_THE_FUTURE, field=field)


def not_before(day: date, beginning: date, *, field: str) -> None:
    """Raise `Invalid` for a day before the thing began, or one that has not come."""
    if day < beginning:
        raise Invalid(ForcesReason.BEFORE_ITS_BEGINNING, field=field, day=beginning)
    not_in_the_future(day, field=field)


def source_address(text: str, *, field: str = "source_url", required: bool = True) -> str:
    """The web address where a stranger can read the same; raises `Invalid` for anything else."""
    address = texts.line(text, field=field, limit=_LONGEST, required=False)
    if not address and required:
        raise Invalid(CommonReason.REQUIRED, field=field)
    if address and not _ADDRESS.fullmatch(address):
        raise Invalid(ForcesReason.SOURCE_ADDRESS, field=field)
    return address
