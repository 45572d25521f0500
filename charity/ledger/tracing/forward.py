"""Forward: from a gift to everything its fen paid, stage by stage, and to where the rest lies.

All stages are read by one recursive statement along the indexes of pieces and origins; the tree is
built from its leaves up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from charity.ledger.backing import earlier, later, piece_at
from charity.ledger.lines import Interval
from charity.ledger.models import (
    Entry,
    Fund,
    Inflow,
    Line,
    LineHead,
    Outflow,
    OutflowKind,
    OutflowTotal,
    Pending,
    Piece,
    Placement,
)
from charity.ledger.queries import gifts_behind
from charity.ledger.tracing.tree import GiftTrail, Stage, TrailStep
from charity.money import Money
from charity.rows import present


def trail_of_entry(session: Session, entry_id: int) -> GiftTrail:
    """The trail of the gift that an entry took in; raises `NotFound` without an inflow.

    Of an entry with several inflows, that of the first.
    """
    row = session.execute(_HEAD, {"entry_id": entry_id}).one_or_none()
    inflow_id, line_id, end, spent, behind = present(row)
    root = _root(session, inflow_id)
    return GiftTrail(
        entry_id=entry_id,
        amount=root.amount,
        line_id=line_id,
        interval=root.interval,
        line_end=end + (behind.fen if behind else 0),
        line_spent=spent,
        steps=[gone for stage in root.walk() for step in stage.steps for gone in step.gone()],
        root=root,
    )


def _stages() -> CTE:
    """Every stage of an inflow: the gift's own line, and each line its fen went on to."""
    place = aliased(Placement)
    stage = (
        select(
            Inflow.id.label("inflow_id"),
            Inflow.line_id,
            place.start,
            place.stop,
            type_coerce(Inflow.amount, BigInteger).label("fen"),
            literal(0, BigInteger).label("depth"),
            literal(0, BigInteger).label("offset"),
            # where in the gift the first of these fen stands
            literal(0, BigInteger).label("position"),
        )
        .outerjoin(place, place.inflow_id == Inflow.id)
        .where(Inflow.id == bindparam("inflow_id"))
        .cte("stage", recursive=True)
    )
    piece, arrived = aliased(Piece), aliased(Inflow)
    taken = piece.start_offset - piece.start
    low = later(piece.start, stage.c.start) + taken
    high = earlier(piece.stop, stage.c.stop) + taken
    arrived_end = arrived.origin_offset + type_coerce(arrived.amount, BigInteger)
    first, last = later(low, arrived.origin_offset), earlier(high, arrived_end)
    shift = place.start - arrived.origin_offset
    onward = (
        select(
            arrived.id,
            arrived.line_id,
            first + shift,
            last + shift,
            last - first,
            stage.c.depth + 1,
            first,
            stage.c.position + first - taken - stage.c.start,
        )
        .select_from(stage)
        .join(piece, _on_stage(stage, piece))
        .join(
            arrived,
            (arrived.origin_outflow_id == piece.outflow_id)
            & (arrived.origin_offset < high)
            & (arrived_end > low),
        )
        .outerjoin(place, place.inflow_id == arrived.id)
    )
    return stage.union_all(onward)


def _head() -> Select[Any]:
    """The first inflow of an entry, and how far its line reaches with what waits behind."""
    other = aliased(Inflow)
    waiting = (
        select(func.sum(other.amount))
        .join(Pending, Pending.inflow_id == other.id)
        .where(Pending.line_id == Inflow.line_id)
        .scalar_subquery()
    )
    columns: tuple[ColumnElement[Any], ...] = (
        Inflow.id.label("inflow_id"),
        Inflow.line_id.label("line_id"),
        LineHead.placed_end.label("end"),
        LineHead.spent.label("spent"),
        waiting.label("waiting"),
    )
    return (
        select(*columns)
        .join(LineHead, LineHead.line_id == Inflow.line_id)
        .where(Inflow.entry_id == bindparam("entry_id"))
        .order_by(Inflow.number)
        .limit(1)
    )


def _statement() -> Select[Any]:
    """Every stage of an inflow with what left it, by depth and along the gift's own fen."""
    stage = _stages()
    return (
        select(
            stage.c.inflow_id,
            stage.c.line_id,
            stage.c.start,
            stage.c.stop,
            stage.c.fen,
            stage.c.depth,
            stage.c.offset,
            stage.c.position,
            Inflow.entry_id,
            Line.book_id,
            Line.fund_id,
            Fund.name,
            Line.earmark,
            Piece.start,
            Piece.stop,
            Piece.start_offset,
            Outflow.id,
            Entry.id,
            Entry.source,
            Outflow.kind,
            Entry.occurred_on,
            Outflow.amount,
            OutflowTotal.gifts,
        )
        .select_from(stage)
        .join(Inflow, Inflow.id == stage.c.inflow_id)
        .join(Line, Line.id == stage.c.line_id)
        .join(Fund, Fund.id == Line.fund_id)
        .outerjoin(Piece, _on_stage(stage, Piece))
        .outerjoin(Outflow, Outflow.id == Piece.outflow_id)
        .outerjoin(Entry, Entry.id == Outflow.entry_id)
        .outerjoin(OutflowTotal, OutflowTotal.outflow_id == Outflow.id)
        .order_by(stage.c.depth, stage.c.position, Piece.start)
    )


def _on_stage(stage: Any, piece: Any) -> Any:
    """The pieces of the stage's line that overlap it, between two positions of the index."""
    return (
        (piece.line_id == stage.c.line_id)
        & (piece.start >= piece_at(stage.c.line_id, stage.c.start))
        & (piece.start < stage.c.stop)
        & (piece.stop > stage.c.start)
    )


# Built once: putting a statement together costs more than running it.
_HEAD, _STAGES = _head(), _statement()


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the statement."""

    inflow_id: int
    line_id: int
    start: int | None
    stop: int | None
    fen: int
    depth: int
    offset: int
    position: int
    entry_id: int
    book_id: int
    fund_id: int
    fund: str
    earmark: str
    piece_start: int | None
    piece_stop: int
    piece_offset: int
    outflow_id: int
    outflow_entry: int
    source: str
    kind: OutflowKind
    occurred_on: date
    outflow_total: Money
    gifts: int | None


def _root(session: Session, inflow_id: int) -> Stage:
    """The tree of stages of an inflow, built from its leaves up."""
    rows = [_Row(*row) for row in session.execute(_STAGES, {"inflow_id": inflow_id})]
    unknown = {row.outflow_id for row in rows if row.piece_start is not None and row.gifts is None}
    gifts = gifts_behind(session, unknown) if unknown else {}
    by_depth: dict[int, dict[int, list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_depth[row.depth][row.position].append(row)
    below: dict[int, Stage] = {}
    for depth in sorted(by_depth, reverse=True):
        starts = list(below)
        below = {
            position: _stage(of, position, below, starts, gifts)
            for position, of in by_depth[depth].items()
        }
    return below[0]


def _stage(
    rows: Sequence[_Row],
    position: int,
    below: Mapping[int, Stage],
    starts: Sequence[int],
    gifts: Mapping[int, int],
) -> Stage:
    """One stage with its steps.

    `below` are the stages one outflow further on, by where in the gift they begin (`starts`).
    """
    first = rows[0]
    interval = None
    steps = []
    if first.start is not None and first.stop is not None:
        interval = Interval(first.start, first.stop)
        steps = [
            _step(row, interval, position, below, starts, gifts)
            for row in rows
            if row.piece_start is not None
        ]
    return Stage(
        entry_id=first.entry_id,
        inflow_id=first.inflow_id,
        book_id=first.book_id,
        fund_id=first.fund_id,
        fund=first.fund,
        line_id=first.line_id,
        earmark=first.earmark,
        amount=Money(first.fen),
        interval=interval,
        depth=first.depth,
        offset=first.offset,
        steps=tuple(steps),
    )


def _step(
    row: _Row,
    stage: Interval,
    position: int,
    below: Mapping[int, Stage],
    starts: Sequence[int],
    gifts: Mapping[int, int],
) -> TrailStep:
    piece_start = row.piece_start or 0
    part = Interval(max(piece_start, stage.start), min(row.piece_stop, stage.stop))
    begin = position + part.start - stage.start
    return TrailStep(
        amount=Money(part.length),
        interval=part,
        outflow_id=row.outflow_id,
        entry_id=row.outflow_entry,
        source=row.source,
        kind=row.kind,
        occurred_on=row.occurred_on,
        outflow_total=row.outflow_total,
        gifts=row.gifts if row.gifts is not None else gifts.get(row.outflow_id, 0),
        onward=tuple(
            below[at]
            for at in starts[bisect_left(starts, begin) : bisect_left(starts, begin + part.length)]
        ),
        offset=row.piece_offset + part.start - piece_start,
    )
