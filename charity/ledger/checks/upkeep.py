"""What keeps the book true: the guards, and a sealer that works."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.guards import missing
from charity.ledger.models import Entry, Unsealed

#: An entry may wait this long for the sealer before that is a problem itself.
UNSEALED_MINUTES = 10


def guards_present(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Every trigger that guards the facts is there."""
    for name in missing(session.connection()):
        yield Problem("guards", f"trigger:{name}", "missing")


def sealed_in_time(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """No entry waits for the sealer longer than ten minutes (`UNSEALED_MINUTES`)."""
    limit = clock.microseconds(clock.now()) - UNSEALED_MINUTES * 60 * 1_000_000
    rows = session.execute(
        select(Unsealed.book_id, func.count(), func.min(Unsealed.entry_id))
        .join(Entry, Entry.id == Unsealed.entry_id)
        .where(Entry.posted_at < limit)
        .group_by(Unsealed.book_id)
    )
    for book_id, count, oldest in rows:
        yield Problem("unsealed", f"entry:{oldest}", f"book {book_id}: {count} wait too long")
