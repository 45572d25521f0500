"""Whether the index says what the database says, and putting right where it does not.

What happened comes in through the outbox; this looks for what was lost all the same: a row set
aside, a place renamed, a document left over.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from search import SearchIndex, digest
from web.indexing import bring_in, documents_for


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the index is from the database, as ids of documents."""

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    documents: int = 0

    @property
    def ids(self) -> tuple[str, ...]:
        """Every document that is not as it should be."""
        return (*self.missing, *self.stale, *self.left_over)


def check(session: Session, index: SearchIndex) -> Drift:
    """Compare every document; raises `IndexUnavailable` where there is no index.

    Changes of the last moments, which the outbox still owes, count as drift.
    """
    held = index.digests()
    missing, stale, seen = [], [], 0
    for document in documents_for(session):
        seen += 1
        known = held.pop(document.id, None)
        if known is None:
            missing.append(document.id)
        elif known != digest(document):
            stale.append(document.id)
    return Drift(tuple(missing), tuple(stale), tuple(sorted(held)), seen)


def repair(session: Session, index: SearchIndex, drift: Drift) -> None:
    """Read what drifted anew and put it in, or take it out. Raises `IndexBusy`."""
    numbers: dict[str, list[int]] = {}
    unknown = []
    for document in drift.ids:
        kind, _, number = document.partition(":")
        if number.isdecimal():
            numbers.setdefault(kind, []).append(int(number))
        else:
            unknown.append(document)
    bring_in(session, index, numbers, also_remove=unknown)
