"""Lists of 100,000 rows by keyset pages: two comparisons and an index, at the first and last page.

What a list is asked for stands in `NeedFilter` and `ResourceFilter`; here is what they share.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, false, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from projects.listings.keysets import SIZE, KeysetPage, cursor, place_of
from projects.listings.models import Need, NeedState, Resource, ResourceState

Row = TypeVar("Row", Need, Resource)
State = TypeVar("State", NeedState, ResourceState)


def in_states(
    column: InstrumentedAttribute[State], public: frozenset[State], asked: State | None
) -> ColumnElement[bool]:
    """One public state, or all of them.

    All are asked for by leaving the others out: planners would read an IN from the index of the
    states and sort 100,000 rows, instead of reading the newest twenty in order.
    """
    if asked is None:
        return column.not_in(sorted(set(type(next(iter(public)))) - public))
    return column == asked if asked in public else false()


def keyset_page(
    session: Session,
    query: Select[Row],
    model: type[Row],
    *,
    after: str = "",
    before: str = "",
    last: bool = False,
    size: int = SIZE,
) -> KeysetPage[Row]:
    """A page of needs or resources, newest first: the first, one beside a cursor, or the last."""
    place = tuple_(model.posted_at, model.id)
    back = bool(before) or last
    at = place_of(before) if before else place_of(after)
    if at is not None:
        query = query.where(place > at if back else place < at)
    if back:
        query = query.order_by(model.posted_at, model.id)
    else:
        query = query.order_by(model.posted_at.desc(), model.id.desc())
    rows = list(session.scalars(query.limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    older = more if not back else bool(before) and at is not None
    newer = more if back else at is not None
    return KeysetPage(
        items=rows,
        after=cursor(rows[-1].posted_at, rows[-1].id) if rows and older else "",
        before=cursor(rows[0].posted_at, rows[0].id) if rows and newer else "",
    )
