"""Each change of a need or a resource gets a number, so that a reader finds what is new.

The counter is one row a list: lock needs and resources first (ids ascending) and count last, so
that no two units wait for each other.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from charity.rows import present
from projects.listings.models import ListingCounter, Need, Resource


def touch(session: Session, *rows: Need | Resource) -> None:
    """Give the rows the next numbers of their lists and flush; none are touched twice at once."""
    session.flush()
    for model in (Need, Resource):
        changed = sorted({row for row in rows if isinstance(row, model)}, key=lambda row: row.id)
        if changed:
            number = _next(session, model.__tablename__)
            for row in changed:
                row.change_number = number
    session.flush()


def _next(session: Session, name: str) -> int:
    query = (
        update(ListingCounter)
        .where(ListingCounter.name == name)
        .values(number=ListingCounter.number + 1)
        .returning(ListingCounter.number)
    )
    return present(session.scalar(query, execution_options={"synchronize_session": False}))
