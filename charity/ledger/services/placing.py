"""Placing: giving waiting inflows their interval on the line.

Lock order everywhere: book, line heads by id, rows. The head is locked in a statement of its own;
only then is what waits read, so that a waiter sees what the one before it did. Whatever is
visible is placed in order of id and never looked back at: the recorded place is the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.ledger.models import Inflow, LineHead, Outflow, Pending, Piece, Placement
from charity.rows import locking


def lock_heads(session: Session, line_ids: Iterable[int]) -> dict[int, LineHead]:
    """Lock the heads of these lines, in order of id, and read them fresh."""
    query = (
        select(LineHead)
        .where(LineHead.line_id.in_(sorted(set(line_ids))))
        .order_by(LineHead.line_id)
    )
    return {head.line_id: head for head in session.scalars(locking(query))}


def place(session: Session, actor: Actor, *, line_ids: Sequence[int]) -> dict[int, LineHead]:
    """Lock these lines' heads and place every inflow that waits on them; returns the heads."""
    heads = lock_heads(session, line_ids)
    waiting = _waiting(session, heads)
    if not waiting:
        return heads
    placements = [_next_place(heads[inflow.line_id], inflow) for inflow in waiting]
    session.flush()
    session.execute(insert(Placement), placements)
    inflow_ids = [inflow.id for inflow in waiting]
    session.execute(delete(Pending).where(Pending.inflow_id.in_(inflow_ids)))
    _consume_fees(session, {row["inflow_id"]: row for row in placements})
    return _reread(session, heads)


def _waiting(session: Session, heads: Iterable[int]) -> list[Inflow]:
    query = (
        select(Inflow)
        .join(Pending, Pending.inflow_id == Inflow.id)
        .where(Pending.line_id.in_(list(heads)))
        .order_by(Inflow.line_id, Inflow.id)
    )
    return list(session.scalars(query))


def _next_place(head: LineHead, inflow: Inflow) -> dict[str, int | bool]:
    """Take the next interval at the end of the line and move the head."""
    start = head.placed_end
    head.placed_end = start + inflow.amount.fen
    head.placed_count += 1
    return {
        "line_id": inflow.line_id,
        "start": start,
        "stop": head.placed_end,
        "number": head.placed_count,
        "inflow_id": inflow.id,
        "derived": inflow.origin_outflow_id is not None,
    }


def _consume_fees(session: Session, places: dict[int, dict[str, int | bool]]) -> None:
    """A fee posted with its gift takes the gift's last fen, in the act that places the gift."""
    fees = session.scalars(
        select(Outflow)
        .join(Inflow, (Inflow.id == Outflow.of_inflow_id) & (Inflow.entry_id == Outflow.entry_id))
        .where(Outflow.of_inflow_id.in_(list(places)))
    )
    pieces = []
    for fee in fees:
        place = places[fee.of_inflow_id or 0]
        pieces.append(
            {
                "outflow_id": fee.id,
                "start_offset": 0,
                "line_id": place["line_id"],
                "start": place["stop"] - fee.amount.fen,
                "stop": place["stop"],
            }
        )
    if pieces:
        session.execute(insert(Piece), pieces)


def _reread(session: Session, heads: dict[int, LineHead]) -> dict[int, LineHead]:
    """The triggers have moved the heads; read what they say now."""
    for head in heads.values():
        session.refresh(head)
    return heads
