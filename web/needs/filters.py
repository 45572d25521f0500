"""The filters of the list of needs, read from the address; anything odd there is no filter."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import url_for
from flask_babel import gettext as _

from projects.listings.models import (
    BeneficiaryGroup,
    ListingCategory,
    NeedState,
    ResourceKind,
    Urgency,
)
from web.labels import label
from web.listings.filters import read_place

Kind = TypeVar("Kind", bound=enum.StrEnum)
#: What the public may ask for.
STATES = (NeedState.OPEN, NeedState.FULFILLED, NeedState.CLOSED)
#: The longest words that are looked for.
MOST_LETTERS = 40


@dataclass(frozen=True, slots=True)
class NeedFilters:
    """What was asked for; '' or None is everything."""

    q: str
    place: str
    kind: ResourceKind | None
    category: ListingCategory | None
    group: BeneficiaryGroup | None
    urgency: Urgency | None
    state: NeedState | None
    #: Where the page begins or ends, as the page before said it; `last` from the far end.
    after: str
    before: str
    last: bool

    @classmethod
    def read(cls, args: Mapping[str, str]) -> NeedFilters:
        """Read the address."""
        state = _one(NeedState, args.get("state", ""))
        return cls(
            q=args.get("q", "").strip()[:MOST_LETTERS],
            place=read_place(args.get("place", "")),
            kind=_one(ResourceKind, args.get("kind", "")),
            category=_one(ListingCategory, args.get("category", "")),
            group=_one(BeneficiaryGroup, args.get("group", "")),
            urgency=_one(Urgency, args.get("urgency", "")),
            state=state if state in STATES else None,
            after=args.get("after", "")[:80],
            before=args.get("before", "")[:80],
            last=args.get("last") == "1",
        )

    def url(self, endpoint: str, **where: str) -> str:
        """The address of the same list from another place on: after, before, or last."""
        said: dict[str, Any] = {
            "q": self.q,
            "place": self.place,
            "kind": self.kind,
            "category": self.category,
            "group": self.group,
            "urgency": self.urgency,
            "state": self.state,
        } | where
        given: dict[str, Any] = {name: str(value) for name, value in said.items() if value}
        return url_for(endpoint, **given)


@dataclass(frozen=True, slots=True)
class Choice:
    """One list of a filter form."""

    name: str
    label: str
    all: str
    options: list[tuple[str, str]]
    chosen: str


def choices_of(chosen: NeedFilters, *, posts: bool) -> list[Choice]:
    """The lists to choose from; posts are hours, and never urgent."""
    lists = [
        _choice("kind", _("要哪种帮助"), _("都可以"), ResourceKind, chosen.kind),
        _choice("category", _("类别"), _("全部类别"), ListingCategory, chosen.category),
        _choice("group", _("给谁"), _("给谁都行"), BeneficiaryGroup, chosen.group),
        _choice("urgency", _("急不急"), _("不分急缓"), Urgency, chosen.urgency),
        _choice("state", _("办到哪一步"), _("全部"), STATES, chosen.state),
    ]
    return [each for each in lists if not posts or each.name not in ("kind", "urgency")]


def _choice(name: str, title: str, everything: str, members: Any, chosen: Any) -> Choice:
    options = [(str(each), label(each)) for each in members]
    return Choice(name, title, everything, options, str(chosen or ""))


def _one(kinds: type[Kind], text: str) -> Kind | None:
    return kinds(text) if text in set(kinds) else None
