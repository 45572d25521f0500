"""Purses: what locked lines have left while many payments take from them, earliest fen first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from charity.errors import Insufficient
from charity.ledger.lines import Interval, unspent
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.arrays import array, run
from charity.ledger.services.drafts import Draft
from charity.ledger.services.loading import write_rows
from charity.money import Money


@dataclass(slots=True)
class Purse:
    """What a locked line has left while a batch takes from it, earliest fen first."""

    line_id: int
    free: int
    cursor: int
    gaps: Iterator[Interval]
    gap: Interval | None = None

    def take(self, fen: int) -> Iterator[tuple[int, int, int]]:
        """Take so many fen, which are there; yields (line, start, stop)."""
        self.free -= fen
        while fen:
            gap = self.gap or next(self.gaps)
            self.cursor = min(gap.stop, gap.start + fen)
            self.gap = Interval(self.cursor, gap.stop) if self.cursor < gap.stop else None
            fen -= self.cursor - gap.start
            yield self.line_id, gap.start, self.cursor


_HEADS = """SELECT line_id, placed_end, spent, held, cursor FROM line_head
  WHERE line_id IN (?bigint)"""
_TAKEN = """SELECT piece.line_id, piece.start, piece.stop
  FROM line_head JOIN piece ON piece.line_id = line_head.line_id
    AND piece.stop > line_head.cursor
  WHERE line_head.line_id IN (?bigint) ORDER BY piece.line_id, piece.stop"""


def open_purses(session: Session, line_ids: Collection[int]) -> dict[int, Purse]:
    """Read what lines, whose heads are locked, have left."""
    connection = session.connection()
    taken: dict[int, list[Interval]] = defaultdict(list)
    for line_id, start, stop in run(connection, _TAKEN, line_ids):
        taken[line_id].append(Interval(start, stop))
    return {
        line_id: Purse(
            line_id, end - spent - held, cursor, unspent(cursor, taken.pop(line_id, ()), end)
        )
        for line_id, end, spent, held, cursor in run(connection, _HEADS, line_ids)
    }


def take(draft: Draft, purses: Sequence[Purse]) -> list[tuple[int, int, int]]:
    """The intervals a payment takes; raises `Insufficient` where its lines have too little."""
    amount = draft.outgoing[0].amount
    given = [max(purse.free, 0) for purse in purses]
    if sum(given) < amount.fen:
        raise Insufficient(
            LedgerReason.INSUFFICIENT,
            field="amount",
            available=Money(sum(given)),
            source=draft.source,
        )
    taken: list[tuple[int, int, int]] = []
    missing = amount.fen
    for purse, there in zip(purses, given, strict=True):
        part = min(missing, there)
        taken.extend(purse.take(part))
        missing -= part
    return taken


def consume(
    session: Session,
    takes: Iterable[tuple[int, list[tuple[int, int, int]]]],
    purses: Iterable[Purse],
) -> None:
    """Write the pieces of these outflows and move the cursors of the lines."""
    connection = session.connection()
    write_rows(connection, "piece", _pieces(takes))
    _move_cursors(connection, [(purse.line_id, purse.cursor) for purse in purses])


_MOVED = """UPDATE line_head SET cursor = moved.cursor
  FROM unnest(%s::bigint[], %s::bigint[]) AS moved (line_id, cursor)
  WHERE line_head.line_id = moved.line_id"""


def _move_cursors(connection: Connection, moved: Sequence[tuple[int, int]]) -> None:
    """Move the cursors of lines, (line, cursor): in one statement where each costs a round trip."""
    if not moved:
        return
    if connection.dialect.name == "sqlite":
        query = "UPDATE line_head SET cursor = ?2 WHERE line_id = ?1"
        connection.exec_driver_sql(query, list(moved))
    else:
        connection.exec_driver_sql(_MOVED, tuple(map(array, zip(*moved, strict=True))))


def _pieces(
    takes: Iterable[tuple[int, list[tuple[int, int, int]]]],
) -> Iterator[tuple[int, int, int, int, int]]:
    for outflow_id, intervals in takes:
        offset = 0
        for line_id, start, stop in intervals:
            yield outflow_id, offset, line_id, start, stop
            offset += stop - start
