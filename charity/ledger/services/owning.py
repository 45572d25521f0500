"""Whose fen are whose: which fen of an inflow are still there, and where they lie now.

A gift's own fen stay its own when they are moved to an earmark, paid out and returned, or granted
and given back: an inflow that has an origin *is* fen of that outflow. So looking for a gift's own
fen is a walk: what of an interval nobody consumed is there; what somebody consumed may have come
back, which is an interval again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from charity.errors import Conflict, Invalid, InvalidState
from charity.ledger.lines import Interval, unspent
from charity.ledger.models import (
    Account,
    Book,
    Entry,
    EntryKind,
    Fund,
    FundKind,
    IncomeSource,
    Inflow,
    Line,
    LineHead,
    LineKind,
    Outflow,
    OutflowKind,
    Piece,
    Placement,
    Transfer,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.consuming import write_pieces
from charity.ledger.services.drafts import Flow, Incoming, Origin
from charity.ledger.services.holding import free
from charity.money import Money
from charity.rows import present


class Fen(NamedTuple):
    """Fen of an inflow: where they lie, and from which fen of the inflow on they are."""

    line_id: int
    interval: Interval
    #: The offset within the inflow of the interval's first fen.
    base: int


class Run(NamedTuple):
    """Fen of an outflow that came from one line, in order: what comes back there as one inflow."""

    line_id: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an inflow's fen are: unspent on lines, or gone with outflows (by id, in fen)."""

    there: list[Fen]
    gone: dict[int, int]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inflow with its entry, its fund and the accounts its transfer moved."""

    entry: Entry
    inflow: Inflow
    fund: Fund
    #: The money account debited.
    account: str
    #: The income account (or liability, or net assets) credited.
    income: str

    @property
    def flow(self) -> Flow:
        """The inflow as another flow names it."""
        return Flow(self.inflow.id, self.entry.id, self.inflow.number)

    def line(self, session: Session) -> Line:
        """The line the inflow arrived on."""
        return present(session.get(Line, self.inflow.line_id))


def arrivals(session: Session, entry_id: int) -> list[Arrival]:
    """The inflows of an entry, in order of their transfers."""
    debit, credit = aliased(Account), aliased(Account)
    rows = session.execute(
        select(Entry, Inflow, Fund, debit.code, credit.code)
        .join(Inflow, Inflow.entry_id == Entry.id)
        .join(
            Transfer,
            (Transfer.entry_id == Inflow.entry_id) & (Transfer.number == Inflow.number),
        )
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .join(Line, Line.id == Inflow.line_id)
        .join(Fund, Fund.id == Line.fund_id)
        .where(Entry.id == entry_id)
        .order_by(Inflow.number)
    )
    return [Arrival(*row) for row in rows]


def gift(session: Session, entry_id: int) -> Arrival:
    """The gift of money an entry took in.

    Raises `NotFound` for no entry, `InvalidState` (NOT_REVERSIBLE) for one of another kind.
    """
    entry = present(session.get(Entry, entry_id))
    found = arrivals(session, entry_id) if entry.kind is EntryKind.GIFT else []
    if len(found) != 1:
        raise InvalidState(LedgerReason.NOT_REVERSIBLE)
    return found[0]


def host_fund(session: Session, arrival: Arrival, fund_id: int) -> tuple[Fund, Book]:
    """The fund that bears what a gift cannot, and its book.

    Raises `NotFound`, `Invalid` on `host_fund_id` unless it is unrestricted money of the same book.
    """
    host = present(session.get(Fund, fund_id))
    if host.book_id != arrival.fund.book_id:
        raise Invalid(LedgerReason.OTHER_BOOK, field="host_fund_id")
    if host.restricted or host.kind is FundKind.AGENCY:
        raise Invalid(LedgerReason.NOT_ITS_PURPOSE, field="host_fund_id")
    return host, present(session.get(Book, host.book_id))


def already(
    session: Session,
    book_id: int,
    source: str,
    kind: EntryKind,
    amount: Money | None,
    *,
    of_inflow: int | None = None,
    of_entry: int | None = None,
) -> Entry | None:
    """The entry posted for this source; `Conflict` unless it did just what is asked again.

    For acts whose transfers depend on where the fen lie: what is compared is the kind and the sum
    of what left (`of_inflow`: of which inflow), or of what came back of an entry (`of_entry`).
    """
    entry = session.scalars(
        select(Entry).where(Entry.book_id == book_id, Entry.source == source)
    ).one_or_none()
    if entry is None:
        return None
    rows: Sequence[Row[Money, int | None]]
    if of_entry is None:
        rows = session.execute(
            select(Outflow.amount, Outflow.of_inflow_id).where(Outflow.entry_id == entry.id)
        ).all()
    else:
        rows = session.execute(
            select(Inflow.amount, Outflow.entry_id.label("of"))
            .join(Outflow, Outflow.id == Inflow.origin_outflow_id)
            .where(Inflow.entry_id == entry.id)
        ).all()
    of = of_inflow if of_entry is None else of_entry
    same_sum = amount is None or Money.total(row[0] for row in rows) == amount
    same_thing = of is None or {row[1] for row in rows} == {of}
    if entry.kind is not kind or not same_sum or not same_thing:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    return entry


def lines_of_funds(session: Session, fund_ids: Sequence[int]) -> list[int]:
    """The ids of every line of money or goods of these funds, to be locked together."""
    query = select(Line.id).where(Line.fund_id.in_(fund_ids)).order_by(Line.id)
    return list(session.scalars(query))


def money_lines(session: Session, fund_ids: Sequence[int]) -> list[int]:
    """The ids of the lines of money of these funds, to be locked together."""
    query = (
        select(Line.id)
        .where(Line.fund_id.in_(fund_ids), Line.kind != LineKind.GOODS)
        .order_by(Line.id)
    )
    return list(session.scalars(query))


def whereabouts(session: Session, arrival: Arrival) -> Whereabouts:
    """Where the inflow's fen are now: those on lines of its own fund, its own line first."""
    own = set(lines_of_funds(session, [arrival.fund.id]))
    place = session.scalars(select(Placement).where(Placement.inflow_id == arrival.inflow.id)).one()
    there: list[Fen] = []
    gone: dict[int, int] = {}
    todo = [Fen(place.line_id, Interval(place.start, place.stop), 0)]
    while todo:
        fen = todo.pop(0)
        pieces = _pieces(session, fen)
        if fen.line_id in own:
            there += _gaps(fen, [interval for _, _, interval in pieces])
        for outflow_id, offset, piece in pieces:
            part = fen.interval.overlap(piece)
            if part is None:
                continue
            consumed = Fen(fen.line_id, part, fen.base + part.start - fen.interval.start)
            back = _came_back(session, outflow_id, offset + part.start - piece.start, consumed)
            missing = part.length - sum(came.interval.length for came in back)
            if missing:
                gone[outflow_id] = gone.get(outflow_id, 0) + missing
            todo += back
    return Whereabouts(there, gone)


def _pieces(session: Session, fen: Fen) -> list[tuple[int, int, Interval]]:
    """What was consumed of these fen: the outflow, the piece's offset in it, its interval."""
    rows = session.execute(
        select(Piece.outflow_id, Piece.start_offset, Piece.start, Piece.stop)
        .where(
            Piece.line_id == fen.line_id,
            Piece.stop > fen.interval.start,
            Piece.start < fen.interval.stop,
        )
        .order_by(Piece.stop)
    )
    return [(outflow_id, offset, Interval(*rest)) for outflow_id, offset, *rest in rows]


def _gaps(fen: Fen, taken: Sequence[Interval]) -> list[Fen]:
    """What of these fen nobody consumed."""
    start, stop = fen.interval
    return [
        Fen(fen.line_id, gap, fen.base + gap.start - start) for gap in unspent(start, taken, stop)
    ]


def _came_back(session: Session, outflow_id: int, offset: int, consumed: Fen) -> list[Fen]:
    """Where the consumed fen, which begin at `offset` of the outflow, arrived and are placed."""
    asked = Interval(offset, offset + consumed.interval.length)
    rows = session.execute(
        select(Inflow.origin_offset, Inflow.amount, Placement.line_id, Placement.start)
        .join(Placement, Placement.inflow_id == Inflow.id)
        .where(
            Inflow.origin_outflow_id == outflow_id,
            Inflow.origin_offset < asked.stop,
            Inflow.origin_offset + Inflow.amount > asked.start,
        )
        .order_by(Inflow.origin_offset)
    )
    back = []
    for origin_offset, amount, line_id, start in rows:
        first = origin_offset or 0
        part = asked.overlap(Interval(first, first + amount.fen))
        if part is not None:
            begin = start + part.start - first
            back.append(
                Fen(
                    line_id,
                    Interval(begin, begin + part.length),
                    consumed.base + part.start - asked.start,
                )
            )
    return back


def takeable(fen: Sequence[Fen], heads: Mapping[int, LineHead]) -> list[Fen]:
    """What of these fen no hold needs: of each line at most what is free there."""
    room = {line_id: free(head).fen for line_id, head in heads.items()}
    return _limited(fen, room)


def first_fen(fen: Sequence[Fen], amount: int) -> list[Fen]:
    """The first `amount` of these fen."""
    taken = []
    for line_id, interval, base in fen:
        part = Interval(interval.start, min(interval.stop, interval.start + amount))
        if part.length <= 0:
            break
        taken.append(Fen(line_id, part, base))
        amount -= part.length
    return taken


def _limited(fen: Sequence[Fen], room: dict[int, int]) -> list[Fen]:
    taken = []
    for line_id, interval, base in fen:
        length = min(interval.length, max(room.get(line_id, 0), 0))
        if length:
            room[line_id] -= length
            taken.append(Fen(line_id, Interval(interval.start, interval.start + length), base))
    return taken


def total(fen: Sequence[Fen]) -> int:
    """How many fen."""
    return sum(part.interval.length for part in fen)


def consume_own(
    session: Session, outflow: Flow, heads: Mapping[int, LineHead], fen: Sequence[Fen]
) -> None:
    """Write that an outflow took exactly these fen."""
    write_pieces(session, outflow, [(heads[part.line_id], [part.interval]) for part in fen])


def not_given_back(session: Session, arrival: Arrival) -> int:
    """How many fen of an inflow were not given back yet, whoever's fen were used for it.

    What was given back by an entry that was reversed (it never arrived) counts as not given.
    """
    given = session.execute(
        select(Outflow.entry_id, Outflow.amount).where(
            Outflow.of_inflow_id == arrival.inflow.id,
            Outflow.kind.in_((OutflowKind.REFUND, OutflowKind.REVERSAL)),
        )
    ).all()
    lasting = sum(amount.fen for entry_id, amount in given if _lasts(session, entry_id))
    return arrival.inflow.amount.fen - lasting


def _lasts(session: Session, entry_id: int) -> bool:
    """Whether an entry was not reversed, or its reversal was."""
    lasts, query = True, select(Entry.id)
    while (later := session.scalar(query.where(Entry.reverses_id == entry_id))) is not None:
        lasts, entry_id = not lasts, later
    return lasts


def runs(session: Session, outflow_id: int, start: int, stop: int) -> list[Run]:
    """Fen `start` to `stop` of an outflow, by the lines they came from, in order."""
    rows = session.execute(
        select(Piece.line_id, Piece.start_offset, Piece.start, Piece.stop)
        .where(Piece.outflow_id == outflow_id, Piece.start_offset < stop)
        .order_by(Piece.start_offset)
    )
    found: list[Run] = []
    for line_id, offset, begin, end in rows:
        part = Interval(offset, offset + end - begin).overlap(Interval(start, stop))
        if part is not None:
            add_run(found, line_id, part.start, part.length)
    return found


def add_run(found: list[Run], line_id: int, offset: int, length: int) -> None:
    """Add fen to a list of runs: to the last one where they follow it on the same line."""
    if found and found[-1].line_id == line_id and found[-1].offset + found[-1].length == offset:
        found[-1] = found[-1]._replace(length=found[-1].length + length)
    else:
        found.append(Run(line_id, offset, length))


def incoming_runs(parts: Sequence[Run], first: int, outflow: Flow | int) -> list[Incoming]:
    """One inflow per run, by the transfers from `first` on, out of one outflow."""
    return [
        Incoming(
            first + index,
            run.line_id,
            Money(run.length),
            None,
            IncomeSource.INTERNAL,
            Origin(outflow, run.offset),
        )
        for index, run in enumerate(parts)
    ]
