"""The filters of the list of resources, read from the address; anything odd there is no filter."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import url_for
from flask_babel import gettext as _

from projects.listings.models import BeneficiaryGroup, ListingCategory, ResourceKind
from projects.listings.queries import ResourceFilter
from web.labels import choices
from web.listings.filters import read_place

Member = TypeVar("Member", bound=enum.StrEnum)

#: The longest words that are looked for.
MOST_LETTERS = 40


@dataclass(frozen=True, slots=True)
class ResourceFilters:
    """What was asked for; '' or None is everything."""

    words: str
    place: str
    kind: ResourceKind | None
    category: ListingCategory | None
    group: BeneficiaryGroup | None
    #: Where the page begins, as the page before said it.
    after: str

    @classmethod
    def read(cls, args: Mapping[str, str]) -> ResourceFilters:
        """Read the address."""
        return cls(
            words=args.get("q", "").strip()[:MOST_LETTERS],
            place=read_place(args.get("place", "")),
            kind=_one(ResourceKind, args.get("kind", "")),
            category=_one(ListingCategory, args.get("category", "")),
            group=_one(BeneficiaryGroup, args.get("group", "")),
            after=args.get("after", "")[:40],
        )

    @property
    def asked(self) -> ResourceFilter:
        """The same for the query."""
        return ResourceFilter(
            region_code=self.place,
            kind=self.kind,
            category=self.category,
            group=self.group,
            words=self.words,
        )

    def url(self, after: str = "") -> str:
        """The address of the same list from another place on."""
        said: dict[str, Any] = {
            "q": self.words,
            "place": self.place,
            "kind": self.kind,
            "category": self.category,
            "group": self.group,
            "after": after,
        }
        kept: dict[str, Any] = {name: str(value) for name, value in said.items() if value}
        return url_for("resources.index", **kept)

    @property
    def selects(self) -> list[tuple[str, str, str, list[tuple[str, str]], str]]:
        """Each list to choose from: name, label, what stands for all, options, what is chosen."""
        kind, category, group = (str(each or "") for each in (self.kind, self.category, self.group))
        return [
            ("kind", _("哪一种"), _("都可以"), choices(ResourceKind), kind),
            ("category", _("用在哪方面"), _("全部类别"), choices(ListingCategory), category),
            ("group", _("给谁用"), _("给谁都行"), choices(BeneficiaryGroup), group),
        ]


def _one(kinds: type[Member], text: str) -> Member | None:
    return kinds(text) if text in set(kinds) else None
