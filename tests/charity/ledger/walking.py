"""The trail walked the slow way, from the rows alone: what the fast one is compared with.

Nothing here is taken from the code under test but the tables. Only placed money can be walked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.ledger.models import Entry, Inflow, Outflow, OutflowKind, Piece, Placement


class Leaf(NamedTuple):
    """Where fen of a gift ended: gone with an outflow, or in hand on a line."""

    line_id: int
    #: None for fen in hand.
    outflow_id: int | None
    fen: int


class Walk:
    """The rows of every book, read once."""

    def __init__(self, session: Session) -> None:
        self.inflows = {row.id: row for row in session.scalars(select(Inflow))}
        self.outflows = {row.id: row for row in session.scalars(select(Outflow))}
        self.entries = {row.id: row for row in session.scalars(select(Entry))}
        self.places = {row.inflow_id: row for row in session.scalars(select(Placement))}
        self.on_line: dict[int, list[Placement]] = {}
        for place in sorted(self.places.values(), key=lambda row: (row.line_id, row.start)):
            self.on_line.setdefault(place.line_id, []).append(place)
        self.taken: dict[int, list[Piece]] = {}
        self.pieces: dict[int, list[Piece]] = {}
        for piece in session.scalars(select(Piece).order_by(Piece.line_id, Piece.start)):
            self.taken.setdefault(piece.line_id, []).append(piece)
            self.pieces.setdefault(piece.outflow_id, []).append(piece)
        self.derived: dict[int, list[Inflow]] = {}
        for inflow in self.inflows.values():
            if inflow.origin_outflow_id is not None:
                self.derived.setdefault(inflow.origin_outflow_id, []).append(inflow)

    def gifts(self) -> list[Inflow]:
        """What came in from outside every book."""
        return [row for row in self.inflows.values() if row.origin_outflow_id is None]

    def inflow_of(self, entry_id: int) -> Inflow:
        """The one inflow of an entry."""
        (inflow,) = [row for row in self.inflows.values() if row.entry_id == entry_id]
        return inflow

    def forward(self, inflow: Inflow) -> list[Leaf]:
        """Where every fen of an inflow ended, through any number of lines."""
        place = self.places[inflow.id]
        return list(self._ends(place.line_id, place.start, place.stop))

    def _ends(self, line_id: int, start: int, stop: int) -> Iterator[Leaf]:
        at = start
        for piece in self.taken.get(line_id, []):
            begin, end = max(piece.start, start), min(piece.stop, stop)
            if begin >= end:
                continue
            if at < begin:
                yield Leaf(line_id, None, begin - at)
            first = piece.start_offset + begin - piece.start
            yield from self._beyond(line_id, piece.outflow_id, first, first + end - begin)
            at = end
        if at < stop:
            yield Leaf(line_id, None, stop - at)

    def _beyond(self, line_id: int, outflow_id: int, first: int, last: int) -> Iterator[Leaf]:
        """Fen `first` to `last` of an outflow: on where they arrived again, or gone."""
        gone = last - first
        for inflow in self.derived.get(outflow_id, []):
            offset = inflow.origin_offset or 0
            begin, end = max(first, offset), min(last, offset + inflow.amount.fen)
            if begin < end:
                gone -= end - begin
                place = self.places[inflow.id]
                shift = place.start - offset
                yield from self._ends(place.line_id, begin + shift, end + shift)
        if gone:
            yield Leaf(line_id, outflow_id, gone)

    def backward(self, outflow_id: int) -> dict[int, int]:
        """The gifts (entries) behind an outflow and how many of its fen each gave."""
        found: dict[int, int] = {}
        for entry_id, fen in self._behind(outflow_id, 0, self.outflows[outflow_id].amount.fen):
            found[entry_id] = found.get(entry_id, 0) + fen
        return found

    def _behind(self, outflow_id: int, first: int, last: int) -> Iterator[tuple[int, int]]:
        for piece in self.pieces.get(outflow_id, []):
            begin = max(first, piece.start_offset)
            end = min(last, piece.start_offset + piece.stop - piece.start)
            if begin < end:
                shift = piece.start - piece.start_offset
                yield from self._givers(piece.line_id, begin + shift, end + shift)

    def _givers(self, line_id: int, start: int, stop: int) -> Iterator[tuple[int, int]]:
        for place in self.on_line.get(line_id, []):
            begin, end = max(start, place.start), min(stop, place.stop)
            if begin >= end:
                continue
            inflow = self.inflows[place.inflow_id]
            if inflow.origin_outflow_id is None:
                yield inflow.entry_id, end - begin
            else:
                shift = (inflow.origin_offset or 0) - place.start
                yield from self._behind(inflow.origin_outflow_id, begin + shift, end + shift)

    def final(self) -> dict[int, int]:
        """Per outflow of money that left for good: what of it did not arrive again."""
        left = {}
        for outflow_id, outflow in self.outflows.items():
            again = sum(row.amount.fen for row in self.derived.get(outflow_id, []))
            if outflow.amount.fen > again:
                left[outflow_id] = outflow.amount.fen - again
        return left

    def kind(self, outflow_id: int) -> OutflowKind:
        """Why money left."""
        return self.outflows[outflow_id].kind

    def source(self, outflow_id: int) -> str:
        """What the entry of an outflow was posted for."""
        return self.entries[self.outflows[outflow_id].entry_id].source
