"""Asking the index; and the database in its place, when there is no index to ask."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from projects.listings import queries
from projects.listings.models import ProjectCategory
from search import IndexUnavailable, ask
from web.home.asked import SIZE, Asked
from web.home.words import kind_name
from web.listings.shapes import CardView, card_view
from web.ports import ports

log = logging.getLogger("wushe.search")

#: A text in pieces, each with whether it is one of the words searched for.
Pieces = Sequence[tuple[str, bool]]


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
    #: What may have been meant, where nothing was found; and how the words may go on.
    meant: str = ""
    suggested: Sequence[str] = ()
    #: For each kind of choice how many hits each value would leave; see `search.Results`.
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
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
    """What has the words; where nothing has, what sounds like them or was meant."""
    reply = ask(ports().index, asked.query())
    names = {kind: kind_name(kind) for kind in {hit.kind for hit in reply.results.hits}}
    hits = [
        Found(names[hit.kind], hit.title_highlight, hit.url, hit.excerpt)
        for hit in reply.results.hits
    ]
    return Answer(
        reply.results.total,
        asked.page,
        hits,
        by_sound=reply.by_sound and bool(hits),
        meant=reply.meant,
        suggested=reply.suggested,
        facets=reply.results.facets,
    )


def _by_database(session: Session, asked: Asked) -> Answer:
    known = asked.category in set(ProjectCategory)
    page = queries.published_page(
        session,
        region_code=asked.place,
        category=ProjectCategory(asked.category) if known else None,
        text=asked.text,
        page=asked.page,
    )
    cards = [card_view(card) for card in page.items]
    return Answer(page.total, page.number, (), cards, is_whole=False, size=page.size)
