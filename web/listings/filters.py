"""The filters of a list of projects, read from the address; anything odd there is no filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.errors import NotFound
from charity.registry import queries as registry
from charity.registry import regions
from charity.registry.models import Region
from projects.listings.models import ProjectCategory
from projects.listings.queries import ProjectSort

#: Deeper paging is a robot's errand.
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for: a place ('' for everywhere), a category, an order, a page."""

    place: str
    category: ProjectCategory | None
    sort: ProjectSort
    page: int

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Filters:
        """Read the address."""
        category, sort = args.get("category", ""), args.get("sort", "")
        return cls(
            place=read_place(args.get("place", "")),
            category=ProjectCategory(category) if category in set(ProjectCategory) else None,
            sort=ProjectSort(sort) if sort in set(ProjectSort) else ProjectSort.NEWEST,
            page=page_number(args.get("page", "")),
        )

    def url(self, page: int) -> str:
        """The address of another page of the same list."""
        category = self.category.value if self.category else None
        return url_for(
            "listings.index",
            place=self.place or None,
            category=category,
            sort=None if self.sort is ProjectSort.NEWEST else self.sort.value,
            page=page if page > 1 else None,
        )


def page_number(text: str) -> int:
    """The page asked for; the first for anything that is no number."""
    ok = text.isascii() and text.isdigit() and len(text) <= 5
    return min(max(int(text), 1), LAST_PAGE) if ok else 1


def read_place(text: str) -> str:
    """The division code asked for; '' for anything that is none."""
    try:
        return regions.normalise(text)
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Option:
    """A place to choose, indented by its level."""

    code: str
    text: str


def place_options(session: Session, chosen: str, home: str) -> list[Option]:
    """The places from the chosen one upwards, and those directly below it.

    Without a choice the list begins at `home`, the operator's own place.
    """
    try:
        path = registry.region_path(session, chosen or home)
        below = registry.child_regions(session, chosen or home)
        if chosen and not below and len(path) > 1:
            below = registry.child_regions(session, path[-2].code)
            path = path[:-1]
    except NotFound:
        return []
    start = next((i for i, place in enumerate(path) if place.code == home), 0)
    above = path[start:]
    return [
        *(_option(place, depth) for depth, place in enumerate(above)),
        *(_option(place, len(above)) for place in below),
    ]


def _option(place: Region, depth: int) -> Option:
    return Option(place.code, "\u3000" * depth + place.name)


def sorts() -> list[tuple[str, str]]:
    """The orders one may choose."""
    return [
        (ProjectSort.NEWEST.value, _("最新公布")),
        (ProjectSort.CLOSING.value, _("即将截止")),
        (ProjectSort.LARGEST.value, _("目标金额从大到小")),
    ]
