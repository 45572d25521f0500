"""Lines of fen: every fen has one place, is consumed at most once, and comes from one origin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.models import (
    Hold,
    Inflow,
    Line,
    LineHead,
    Outflow,
    Pending,
    Piece,
    Placement,
)

_INFLOW_FEN = type_coerce(Inflow.amount, BigInteger)
_OUTFLOW_FEN = type_coerce(Outflow.amount, BigInteger)
_LENGTH = Piece.stop - Piece.start


def inflows_accounted(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Every inflow either has its place or waits for it on its line, never both."""
    rows = session.execute(
        select(Inflow.id, Pending.inflow_id.is_(None))
        .outerjoin(Placement, Placement.inflow_id == Inflow.id)
        .outerjoin(Pending, Pending.inflow_id == Inflow.id)
        .where(
            (Placement.inflow_id.is_(None) == Pending.inflow_id.is_(None))
            | (Pending.line_id != Inflow.line_id)
        )
    )
    for inflow_id, is_lost in rows:
        state = "is lost" if is_lost else "is placed and waits, or waits elsewhere"
        yield Problem("inflows", f"inflow:{inflow_id}", state)


def placements_tile(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Places follow one another from 0 without gap or overlap, each as long as its inflow."""
    order = (Placement.line_id, Placement.start)
    before = select(
        Placement.line_id,
        Placement.start,
        Placement.stop,
        Placement.number,
        Placement.inflow_id,
        Placement.derived,
        func.coalesce(_before(Placement.stop, *order), 0).label("previous_stop"),
        func.coalesce(_before(Placement.number, *order), 0).label("previous_number"),
    ).subquery()
    place = before.c
    rows = session.execute(
        select(place.line_id, place.start, place.inflow_id)
        .outerjoin(Inflow, Inflow.id == place.inflow_id)
        .where(
            or_(
                place.start != place.previous_stop,
                place.stop <= place.start,
                place.number != place.previous_number + 1,
                Inflow.id.is_(None),
                place.stop - place.start != _INFLOW_FEN,
                place.line_id != Inflow.line_id,
                place.derived == Inflow.origin_outflow_id.is_(None),
            )
        )
    )
    for line_id, start, inflow_id in rows:
        yield Problem("placements", f"placement:{line_id}:{start}", f"inflow {inflow_id}")


def pieces_disjoint(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """No fen is consumed twice or beyond its line."""
    previous = _before(Piece.stop, Piece.line_id, Piece.start)
    piece = select(Piece.line_id, Piece.start, Piece.stop, previous.label("previous")).subquery().c
    rows = session.execute(
        select(piece.line_id, piece.start).where(
            (piece.previous > piece.start) | (piece.start < 0) | (piece.stop <= piece.start)
        )
    )
    for line_id, start in rows:
        yield Problem("pieces", f"piece:{line_id}:{start}", "overlaps another")
    placed, spent = _placed(), _spent()
    beyond = session.execute(
        select(spent.c.line_id, spent.c.reach, func.coalesce(placed.c.stop, 0))
        .outerjoin(placed, placed.c.line_id == spent.c.line_id)
        .where(spent.c.reach > func.coalesce(placed.c.stop, 0))
    )
    for line_id, reach, stop in beyond:
        yield Problem("pieces", f"line:{line_id}", f"spent up to {reach}, placed up to {stop}")


def outflows_covered(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Every outflow is covered exactly, over one line or several; one that waits not at all."""
    end = _before(Piece.start_offset + _LENGTH, Piece.outflow_id, Piece.start_offset)
    piece = select(
        Piece.outflow_id,
        Piece.start_offset,
        _LENGTH.label("length"),
        func.coalesce(end, 0).label("end"),
    ).subquery()
    covered = (
        select(
            piece.c.outflow_id,
            func.sum(piece.c.length).label("fen"),
            func.max(func.abs(piece.c.start_offset - piece.c.end)).label("gap"),
        )
        .group_by(piece.c.outflow_id)
        .subquery()
    )
    fen = func.coalesce(covered.c.fen, 0)
    rows = session.execute(
        select(Outflow.id, _OUTFLOW_FEN, fen)
        .outerjoin(covered, covered.c.outflow_id == Outflow.id)
        .outerjoin(Pending, Pending.inflow_id == Outflow.of_inflow_id)
        .where(
            Pending.inflow_id.is_(None) & (fen != _OUTFLOW_FEN)
            | (func.coalesce(covered.c.gap, 0) != 0)
            | (fen > _OUTFLOW_FEN)
        )
    )
    for outflow_id, amount, sum_ in rows:
        yield Problem("covered", f"outflow:{outflow_id}", f"{int(sum_)} of {amount} fen in order")
    orphans = (
        select(Piece.line_id, Piece.start)
        .outerjoin(Outflow, Outflow.id == Piece.outflow_id)
        .where(Outflow.id.is_(None))
    )
    for line_id, start in session.execute(orphans):
        yield Problem("covered", f"piece:{line_id}:{start}", "no outflow took it")


def origins_once(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Fen that arrive from an outflow lie inside it, and none of them arrives twice."""
    reach = Inflow.origin_offset + _INFLOW_FEN
    derived = (
        select(
            Inflow.id,
            Inflow.origin_outflow_id,
            Inflow.origin_offset,
            reach.label("reach"),
            _before(reach, Inflow.origin_outflow_id, Inflow.origin_offset).label("previous"),
        )
        .where(Inflow.origin_outflow_id.is_not(None))
        .subquery()
    )
    rows = session.execute(
        select(derived.c.id, derived.c.origin_outflow_id)
        .outerjoin(Outflow, Outflow.id == derived.c.origin_outflow_id)
        .where(
            or_(
                Outflow.id.is_(None),
                derived.c.origin_offset < 0,
                derived.c.reach > _OUTFLOW_FEN,
                derived.c.previous > derived.c.origin_offset,
            )
        )
    )
    for inflow_id, outflow_id in rows:
        detail = f"is not inside outflow {outflow_id}, or arrives twice"
        yield Problem("origins", f"inflow:{inflow_id}", detail)


def lines_conserve(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """What came onto a line is what was placed; placed is spent and in hand, never less."""
    arrived = (
        select(Inflow.line_id, func.sum(_INFLOW_FEN).label("fen"))
        .outerjoin(Pending, Pending.inflow_id == Inflow.id)
        .where(Pending.inflow_id.is_(None))
        .group_by(Inflow.line_id)
        .subquery()
    )
    placed, spent = _placed(), _spent()
    came, stands, left = (
        func.coalesce(column, 0) for column in (arrived.c.fen, placed.c.stop, spent.c.fen)
    )
    rows = session.execute(
        select(Line.id, came, stands, left)
        .outerjoin(arrived, arrived.c.line_id == Line.id)
        .outerjoin(placed, placed.c.line_id == Line.id)
        .outerjoin(spent, spent.c.line_id == Line.id)
        .where((came != stands) | (left > stands))
    )
    for line_id, *figures in rows:
        detail = "arrived {}, placed {}, spent {} fen".format(*map(int, figures))
        yield Problem("conservation", f"line:{line_id}", detail)


def heads_agree(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """The head of every line says what its places, pieces and holds add up to."""
    placed, spent = _placed(), _spent()
    held = (
        select(Hold.line_id, func.sum(type_coerce(Hold.amount, BigInteger)).label("fen"))
        .group_by(Hold.line_id)
        .subquery()
    )
    before = (
        select(func.coalesce(func.sum(_LENGTH), 0))
        .where(Piece.line_id == Line.id, Piece.stop <= LineHead.cursor)
        .correlate(Line, LineHead)
        .scalar_subquery()
    )
    said = (
        LineHead.placed_end,
        LineHead.placed_count,
        LineHead.spent,
        LineHead.held,
        LineHead.cursor,
    )
    sums = [
        func.coalesce(column, 0)
        for column in (placed.c.stop, placed.c.number, spent.c.fen, held.c.fen)
    ]
    rows = session.execute(
        select(Line.id, *said, *sums, before)
        .outerjoin(LineHead, LineHead.line_id == Line.id)
        .outerjoin(placed, placed.c.line_id == Line.id)
        .outerjoin(spent, spent.c.line_id == Line.id)
        .outerjoin(held, held.c.line_id == Line.id)
    )
    for line_id, *figures in rows:
        says, found = figures[:5], [int(figure) for figure in figures[5:]]
        if says != found:
            yield Problem("heads", f"line_head:{line_id}", f"says {says}, rows say {found}")


def _before(
    value: SQLColumnExpression[Any],
    group: SQLColumnExpression[Any],
    order: SQLColumnExpression[Any],
) -> ColumnElement[int]:
    """The value of the row before, within its group."""
    return func.lag(value).over(partition_by=group, order_by=order)


def _placed() -> Subquery:
    """Where the places of each line end, and how many there are."""
    query: Select[int, int, int] = select(
        Placement.line_id,
        func.max(Placement.stop).label("stop"),
        func.count().label("number"),
    ).group_by(Placement.line_id)
    return query.subquery()


def _spent() -> Subquery:
    """What is consumed of each line, and up to where."""
    query: Select[int, int, int] = select(
        Piece.line_id,
        func.sum(_LENGTH).label("fen"),
        func.max(Piece.stop).label("reach"),
    ).group_by(Piece.line_id)
    return query.subquery()
