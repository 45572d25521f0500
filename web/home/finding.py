"""Asking the index; and the database in its place, when there is no index to ask."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from projects.listings import queries
from projects.listings.models import ProjectCategory
from search import IndexUnavailable, Query, ask
from web.listings.filters import page_number, read_place
from web.listings.shapes import CardView, card_view
from web.ports import ports

log = logging.getLogger("wushe.search")

#: Hits on a page, and characters of a question that are read.
SIZE, LONGEST = 20, 100
KINDS = ("project", "need", "resource", "organisation")

#: A text in pieces, each with whether it is one of the words searched for.
Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the visitor looks for, read from the address; anything odd there is no filter."""

    text: str
    place: str
    category: ProjectCategory | None
    kind: str
    page: int

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Asked:
        """Read the address."""
        category, kind = args.get("category", ""), args.get("kind", "")
        printable = "".join(c if c.isprintable() else " " for c in args.get("q", "")[:LONGEST])
        return cls(
            text=printable.strip(),
            place=read_place(args.get("place", "")),
            category=ProjectCategory(category) if category in set(ProjectCategory) else None,
            kind=kind if kind in KINDS else "",
            page=page_number(args.get("page", "")),
        )

    def url(self, page: int) -> str:
        """The address of another page of the same answer."""
        return url_for(
            "home.search",
            q=self.text or None,
            place=self.place or None,
            category=self.category.value if self.category else None,
            kind=self.kind or None,
            page=page if page > 1 else None,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found, with the words searched for marked."""

    kind_label: str
    title: Pieces
    url: str
    excerpt: Pieces


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of what was found; without an index projects by title, as cards."""

    total: int
    number: int
    hits: Sequence[Found] = ()
    cards: Sequence[CardView] = ()
    #: Whether the index could be asked.
    is_whole: bool = True
    #: Whether nothing has the words, and these only sound like them.
    by_sound: bool = False
    size: int = SIZE

    @property
    def pages(self) -> int:
        """How many pages there are; an empty answer has one."""
        return max(1, -(-self.total // self.size))


def find(session: Session, asked: Asked) -> Answer:
    """Ask the index; where it cannot answer, look through the titles of projects."""
    try:
        return _by_index(asked)
    except IndexUnavailable:
        log.warning("search without index")
        return _by_database(session, asked)


def _by_index(asked: Asked) -> Answer:
    """What has the words; where nothing has, what sounds like them."""
    query = Query(
        text=asked.text,
        kind=asked.kind or None,
        place=asked.place or None,
        category=asked.category.value if asked.category else None,
        limit=SIZE,
        offset=(asked.page - 1) * SIZE,
    )
    reply = ask(ports().index, query)
    results, by_sound = reply.results, reply.by_sound
    hits = [
        Found(kind_name(hit.kind), hit.title_highlight, hit.url, hit.excerpt)
        for hit in results.hits
    ]
    return Answer(results.total, asked.page, hits, by_sound=by_sound and bool(hits))


def _by_database(session: Session, asked: Asked) -> Answer:
    page = queries.published_page(
        session,
        region_code=asked.place,
        category=asked.category,
        text=asked.text,
        page=asked.page,
    )
    cards = [card_view(card) for card in page.items]
    return Answer(page.total, page.number, (), cards, is_whole=False, size=page.size)


def kind_name(kind: str) -> str:
    """What a kind of document is called."""
    names: dict[str, Any] = {
        "project": _("项目"),
        "need": _("需求"),
        "resource": _("资源"),
        "organisation": _("组织"),
        "region": _("社区"),
        "fund": _("基金"),
    }
    return str(names.get(kind, kind))


def kinds() -> list[tuple[str, str]]:
    """The kinds one may choose."""
    return [(kind, kind_name(kind)) for kind in KINDS]
