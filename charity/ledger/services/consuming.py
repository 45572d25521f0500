"""Consuming: writing which fen of which lines an outflow took.

The heads are locked by the caller. Whoever takes from several lines names them in the order in
which they are to be emptied: an earmark before the general line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from charity.ledger.lines import Interval, consume, unspent
from charity.ledger.models import LineHead, Piece, Placement
from charity.ledger.services.drafts import Flow

#: Fen taken from one line, in order.
Take = tuple[LineHead, Sequence[Interval]]


def consume_earliest(
    session: Session, outflow: Flow, takes: Sequence[tuple[LineHead, int]]
) -> None:
    """Take so many of the earliest unspent fen of each line, in this order."""
    intervals, cursors = [], {}
    for head, fen in takes:
        if fen:
            taken, cursors[head.line_id] = consume(
                head.cursor, _taken(session, head), head.placed_end, fen
            )
            intervals.append((head, taken))
    write_pieces(session, outflow, intervals)
    for head, _ in intervals:
        head.cursor = cursors[head.line_id]
    session.flush()


def own_unspent(session: Session, inflow_id: int) -> list[Interval]:
    """The fen of a placed inflow nobody has consumed, in order of its line."""
    place = session.scalars(select(Placement).where(Placement.inflow_id == inflow_id)).one()
    rows = session.execute(
        select(Piece.start, Piece.stop)
        .where(Piece.line_id == place.line_id, Piece.stop > place.start, Piece.start < place.stop)
        .order_by(Piece.stop)
    )
    return list(unspent(place.start, (Interval(*row) for row in rows), place.stop))


def first_of(intervals: Sequence[Interval], fen: int) -> list[Interval]:
    """The first `fen` fen of these intervals; the caller knows that there are as many."""
    taken: list[Interval] = []
    for interval in intervals:
        if not fen:
            break
        part = Interval(interval.start, min(interval.stop, interval.start + fen))
        taken.append(part)
        fen -= part.length
    return taken


def write_pieces(session: Session, outflow: Flow, takes: Sequence[Take]) -> None:
    """Write the pieces of an outflow; the triggers move what the heads say is spent."""
    pieces, offset = [], 0
    for head, intervals in takes:
        for interval in intervals:
            pieces.append(
                {
                    "outflow_id": outflow.id,
                    "start_offset": offset,
                    "line_id": head.line_id,
                    "start": interval.start,
                    "stop": interval.stop,
                }
            )
            offset += interval.length
    session.flush()
    session.execute(insert(Piece), pieces)
    for head, _ in takes:
        session.refresh(head)


def _taken(session: Session, head: LineHead) -> Iterator[Interval]:
    """What is consumed behind the cursor of a line, read as far as it is needed."""
    rows = session.execute(
        select(Piece.start, Piece.stop)
        .where(Piece.line_id == head.line_id, Piece.stop > head.cursor)
        .order_by(Piece.stop)
    ).yield_per(500)
    return (Interval(start, stop) for start, stop in rows)
