"""The filters of the figures, read from the address; anything odd there is no filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from charity import clock
from projects.listings.models import ListingCategory
from projects.listings.queries.timeliness import Scope
from web.registry.filters import known_place

#: Without a period, the last twelve months.
_USUAL_DAYS = 365
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Filters:
    """A place ('' for everywhere), a category, the first and the last day."""

    place: str
    category: ListingCategory | None
    since: date
    until: date

    @classmethod
    def read(cls, session: Session, args: Mapping[str, str]) -> Filters:
        """Read the address; a period the wrong way round is turned."""
        today = clock.today()
        until = _day(args.get("until", "")) or today
        since = _day(args.get("since", "")) or until - timedelta(days=_USUAL_DAYS)
        category = args.get("category", "")
        return cls(
            place=known_place(session, args.get("place", "")) or "",
            category=ListingCategory(category) if category in set(ListingCategory) else None,
            since=min(since, until),
            until=max(since, until),
        )

    @property
    def scope(self) -> Scope:
        """As the queries take it."""
        return Scope(self.place or None, self.category, self.since, self.until)

    def url(self, endpoint: str, **changed: Any) -> str:
        """The address of a page with these filters, some of them changed."""
        said: dict[str, Any] = {
            "place": self.place or None,
            "category": self.category.value if self.category else None,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }
        return url_for(f"timeliness.{endpoint}", **{**said, **changed})


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _EARLIEST <= found <= date(9000, 1, 1) else None
