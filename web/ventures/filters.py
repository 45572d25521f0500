"""The filters of the list of competitions, read from the address; anything odd is no filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from projects.ventures.models import CompetitionLevel
from web.listings.filters import page_number, read_place


@dataclass(frozen=True, slots=True)
class CallFilters:
    """What was asked for: a level, a place ('' for everywhere), a page."""

    level: CompetitionLevel | None
    place: str
    page: int

    @classmethod
    def read(cls, args: Mapping[str, str]) -> CallFilters:
        """Read the address."""
        level = args.get("level", "")
        return cls(
            CompetitionLevel(level) if level in set(CompetitionLevel) else None,
            read_place(args.get("place", "")),
            page_number(args.get("page", "")),
        )

    def url(self, page: int) -> str:
        """The address of another page of the same list."""
        return url_for(
            "ventures.index",
            level=self.level.value if self.level else None,
            place=self.place or None,
            page=page if page > 1 else None,
        )
