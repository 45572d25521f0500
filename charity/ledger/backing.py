"""Who stands behind money that left: the walk from an outflow back to the gifts.

An outflow's fen lie in pieces of lines; what stood on those fen is a gift, or an inflow with an
origin, whose fen *are* fen of an earlier outflow. A walk goes from segment to segment and visits
only inflows that have an origin; the gifts are read once, at the end. Origins always point to what
was before, so every walk ends, also where money came back and went out again.

Inflows that no giver gave (opening balances) are no gifts: their money counts under the value ''.
A giver is counted once; one whose row was erased still counts, once per gift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from charity.ledger.models import (
    Inflow,
    InflowGiver,
    Outflow,
    Piece,
    Placement,
    SealedEntry,
    ShareOf,
)

#: A position, on a line or within an outflow, as SQL.
Fen = SQLColumnExpression[Any]


def later(one: Fen, other: Fen) -> Fen:
    """The larger of two positions, on any database."""
    return case((one >= other, one), else_=other)


def earlier(one: Fen, other: Fen) -> Fen:
    """The smaller of two positions, on any database."""
    return case((one <= other, one), else_=other)


class _Bare(FunctionElement[int]):
    """A column as it stands, where SQLAlchemy would write a truth as `= 1` for SQLite."""

    inherit_cache = True
    type = Integer()


@compiles(_Bare)
def _bare(element: _Bare, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses, **how)


def is_derived(placement: Any) -> ColumnElement[Any]:
    """That a place has an origin, written as the partial index has it, or SQLite passes it by."""
    return _Bare(placement.derived)


def place_at(line_id: Fen, position: Fen) -> Fen:
    """Where the place begins that this fen of a line belongs to."""
    at = aliased(Placement)
    return (
        select(func.max(at.start))
        .where(at.line_id == line_id, at.start <= position)
        .scalar_subquery()
    )


def piece_at(line_id: Fen, position: Fen) -> Fen:
    """Where the last piece begins that does not begin after this fen; the fen where none does."""
    at = aliased(Piece)
    found = select(func.max(at.start)).where(at.line_id == line_id, at.start <= position)
    return func.coalesce(found.scalar_subquery(), position)


def _reach(line_id: Fen, stop: Fen) -> Fen:
    """Where the first place with an origin ends that does not end before `stop`."""
    at = aliased(Placement)
    found = select(func.min(at.stop)).where(at.line_id == line_id, is_derived(at), at.stop >= stop)
    return func.coalesce(found.scalar_subquery(), stop)


def _window(line_id: Fen, start: Fen, stop: Fen, places: int | None) -> Fen:
    """Where a segment ends, or the first so many places from its start on, if that is before."""
    if places is None:
        return stop
    at = aliased(Placement)
    beyond = (
        select(at.start)
        .where(at.line_id == line_id, at.start > start, at.start < stop)
        .order_by(at.start)
        .offset(places)
        .limit(1)
    )
    return func.coalesce(beyond.scalar_subquery(), stop)


def segments(base: Select[Any], *, places: int | None = None) -> CTE:
    """Every segment of a line that the outflows of `base` lead to.

    `base` yields `root` (the outflow asked for), `position` (within it), `line_id`, `start`,
    `stop` and `path` (the funds passed). With `places`, no more than so many places of a segment
    are followed, up to its `ceiling`: enough for a page of so many gifts.
    """
    begin = base.subquery("begin").c
    segment = select(
        begin.root,
        begin.position,
        begin.line_id,
        begin.start,
        begin.stop,
        begin.path,
        _window(begin.line_id, begin.start, begin.stop, places).label("ceiling"),
    ).cte("segment", recursive=True)
    here = segment.c
    derived, inflow = aliased(Placement), aliased(Inflow)
    piece, outflow = aliased(Piece), aliased(Outflow)
    # What of the derived place lies in the segment, as an offset within the origin outflow.
    shift = inflow.origin_offset - derived.start
    low = later(derived.start, here.start) + shift
    high = earlier(derived.stop, here.stop) + shift
    # What of that one piece of the origin outflow holds.
    first = later(piece.start_offset, low)
    last = earlier(piece.start_offset + piece.stop - piece.start, high)
    start = piece.start + first - piece.start_offset
    stop = piece.start + last - piece.start_offset
    onward = (
        select(
            here.root,
            (here.position + first - shift - here.start).label("position"),
            piece.line_id,
            start.label("start"),
            stop.label("stop"),
            path_of(here.path, outflow.fund_id),
            _window(piece.line_id, start, stop, places),
        )
        .select_from(segment)
        .join(
            derived,
            (derived.line_id == here.line_id)
            & is_derived(derived)
            & (derived.stop > here.start)
            & (derived.stop <= _reach(here.line_id, here.ceiling))
            & (derived.start < here.ceiling),
        )
        .join(inflow, inflow.id == derived.inflow_id)
        .join(
            piece,
            (piece.outflow_id == inflow.origin_outflow_id)
            & (piece.start_offset < high)
            & (piece.start_offset + piece.stop - piece.start > low),
        )
        .join(outflow, outflow.id == piece.outflow_id)
    )
    return segment.union_all(onward)


def path_of(before: ColumnElement[str], fund_id: Fen) -> ColumnElement[str]:
    """The funds passed so far and one more, as text: `/3/7`."""
    return (before + literal("/") + cast(fund_id, String)).label("path")


def first_segments() -> Select[Any]:
    """The pieces of outflows as the segments a walk begins with; the caller says of which."""
    columns: tuple[ColumnElement[Any], ...] = (
        Piece.outflow_id.label("root"),
        Piece.start_offset.label("position"),
        Piece.line_id.label("line_id"),
        Piece.start.label("start"),
        Piece.stop.label("stop"),
        path_of(cast(literal(""), String), Outflow.fund_id),
    )
    query = select(*columns).select_from(Outflow)
    return query.join(Piece, Piece.outflow_id == Outflow.id)


def gifts_on(segment: CTE) -> Select[Any]:
    """The inflows without origin that stand on these segments: `root`, `inflow_id`, `fen`."""
    low = later(Placement.start, segment.c.start)
    columns: tuple[ColumnElement[Any], ...] = (
        segment.c.root,
        (segment.c.position + low - segment.c.start).label("position"),
        (earlier(Placement.stop, segment.c.stop) - low).label("fen"),
        segment.c.path,
        Placement.inflow_id.label("inflow_id"),
    )
    return (
        select(*columns)
        .select_from(segment)
        .join(
            Placement,
            (Placement.line_id == segment.c.line_id)
            & (Placement.start >= place_at(segment.c.line_id, segment.c.start))
            & (Placement.start < segment.c.ceiling)
            & (Placement.derived.is_(False)),
        )
    )


class Share(NamedTuple):
    """How much of an outflow came from one kind of giver, one place or one source of income.

    `share_of` None is the outflow as a whole. `amount` in fen.
    """

    outflow_id: int
    share_of: ShareOf | None
    value: str
    amount: int
    gifts: int
    givers: int


def _summed(base: Select[Any]) -> Select[Any]:
    """Sums over the gifts behind the outflows of `base`, whole and by each share."""
    gift = gifts_on(segments(base)).subquery("gift")
    leaf = (
        select(
            gift.c.root,
            gift.c.fen,
            # Only what a giver gave is a gift.
            case((Inflow.giver_digest.is_not(None), Inflow.id)).label("gift"),
            case(
                (
                    Inflow.giver_digest.is_not(None),
                    func.coalesce(InflowGiver.giver_key, "inflow:" + cast(Inflow.id, String)),
                )
            ).label("giver"),
            func.coalesce(InflowGiver.giver_kind, "").label(ShareOf.GIVER_KIND),
            func.coalesce(InflowGiver.place, "").label(ShareOf.PLACE),
            type_coerce(Inflow.income, String).label(ShareOf.INCOME),
        )
        .select_from(gift)
        .join(Inflow, Inflow.id == gift.c.inflow_id)
        .outerjoin(InflowGiver, InflowGiver.inflow_id == Inflow.id)
        .cte("leaf")
    )
    sums = (
        func.sum(leaf.c.fen),
        func.count(leaf.c.gift.distinct()),
        func.count(leaf.c.giver.distinct()),
    )
    whole = select(leaf.c.root, literal(""), literal(""), *sums).group_by(leaf.c.root)
    shares = (
        select(leaf.c.root, literal(share.value), leaf.c[share], *sums).group_by(
            leaf.c.root, leaf.c[share]
        )
        for share in ShareOf
    )
    return select(*union_all(whole, *shares).subquery("summed").c)


_OF_OUTFLOWS = _summed(
    first_segments().where(Outflow.id.in_(bindparam("outflow_ids", expanding=True)))
)
_OF_BATCH = _summed(
    first_segments()
    .join(SealedEntry, SealedEntry.entry_id == Outflow.entry_id)
    .where(
        SealedEntry.book_id == bindparam("book_id"),
        SealedEntry.position >= bindparam("first"),
        SealedEntry.position < bindparam("end"),
    )
)


def shares_of(session: Session, outflow_ids: Iterable[int]) -> list[Share]:
    """Sums over the gifts behind these outflows, walked now."""
    ids = list(outflow_ids)
    return _shares(session, _OF_OUTFLOWS, {"outflow_ids": ids}) if ids else []


def shares_of_batch(session: Session, *, book_id: int, first: int, end: int) -> list[Share]:
    """Sums over the gifts behind every outflow sealed at the positions from `first` to `end`."""
    where = {"book_id": book_id, "first": first, "end": end}
    return _shares(session, _OF_BATCH, where)


def _shares(session: Session, query: Select[Any], where: Mapping[str, object]) -> list[Share]:
    return [
        Share(root, ShareOf(share) if share else None, value, int(fen), gifts, givers)
        for root, share, value, fen, gifts, givers in session.execute(query, where)
    ]
