"""A list on its way in: read, tried, brought in by portions that are each a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import Invalid, ReasonCode
from charity.registry.models import Region
from charity.registry.reading import Flaw, Places
from projects.listings.queries.importing import (
    Bringing,
    JudgedListing,
    ListingOutcome,
    judge_listings,
)
from projects.listings.reading import ListingList, ListKind, read_listings
from projects.listings.reading.reasons import ImportReason
from projects.listings.services.importing import LISTING_PORTION, import_listings
from web.db import database
from web.labels.listing_imports import LISTING_COLUMNS

#: Rows that are brought in while the person waits.
MOST_HERE = 1000
#: Called with rows done and rows there are.
Told = Callable[[int, int], None]


@dataclass
class ListingTally:
    """What becomes, or became, of a list."""

    outcomes: Counter[ListingOutcome] = field(default_factory=Counter)
    flaws: list[Flaw] = field(default_factory=list)

    def add(self, judged: Iterable[JudgedListing]) -> None:
        """Count some rows."""
        for each in judged:
            self.outcomes[each.outcome] += 1
            self.flaws += each.flaws

    @property
    def told(self) -> list[Flaw]:
        """What is said of rows: what refuses first, each in the order of the rows."""
        return sorted(self.flaws, key=lambda flaw: (not flaw.refuses, flaw.number))

    @property
    def kinds(self) -> list[tuple[ReasonCode, int]]:
        """How often each thing is said, the most frequent first."""
        counted = Counter(flaw.reason for flaw in self.flaws)
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].value))


def untold(done: int, whole: int) -> None:
    """Nobody watches."""


def read(session: Session, content: bytes, kind: ListKind, within: str) -> ListingList:
    """Read a list of the place `within`; raises `Invalid` on `file` for what is none."""
    rows = session.execute(select(Region.code, Region.name)).all()
    places = Places(((row[0], row[1]) for row in rows), within)
    return read_listings(content, kind, places, clock.today())


def require_short(found: ListingList) -> None:
    """Raise `Invalid` on `file` for a list too long to wait for."""
    if len(found.rows) > MOST_HERE:
        raise Invalid(ImportReason.TOO_MANY, field="file", limit=MOST_HERE)


def try_out(session: Session, actor: Actor, found: ListingList, bringing: Bringing) -> ListingTally:
    """What would become of every row, in a transaction that only reads."""
    tally = ListingTally()
    tally.add(judge_listings(session, actor, found.rows, bringing))
    return tally


def bring_in(
    actor: Actor, found: ListingList, bringing: Bringing, told: Told = untold
) -> ListingTally:
    """Bring in a list; every portion is a unit, so what was interrupted is begun again whole."""
    tally = ListingTally()
    for start in range(0, len(found.rows), LISTING_PORTION):
        rows = found.rows[start : start + LISTING_PORTION]
        with database().unit() as session:
            tally.add(import_listings(session, actor, bringing=bringing, rows=rows))
        told(start + len(rows), len(found.rows))
    return tally


def column_name(flaw: Flaw, head: Mapping[str, str]) -> str:
    """The word above the column of a flaw, as the file writes it."""
    return head.get(flaw.column) or str(LISTING_COLUMNS.get(flaw.column, ""))
