"""Arithmetic on a line of fen.

A line is the money of a fund in order of arrival. Gifts take intervals at its end; an outflow
consumes the earliest fen nobody has consumed. What a gift paid of an expense is the overlap of
their intervals, so the trail is arithmetic and nothing is copied per giver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Interval(NamedTuple):
    """Fen `start` (included) to `stop` (excluded) of one line."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many fen."""
        return self.stop - self.start

    def overlap(self, other: Interval) -> Interval | None:
        """The fen both have, or None."""
        start, stop = max(self.start, other.start), min(self.stop, other.stop)
        return Interval(start, stop) if start < stop else None


def unspent(cursor: int, taken: Iterable[Interval], end: int) -> Iterator[Interval]:
    """The gaps from `cursor` to `end` that `taken` (ascending, disjoint) leaves free."""
    for piece in taken:
        if cursor < piece.start:
            yield Interval(cursor, min(piece.start, end))
        cursor = max(cursor, piece.stop)
        if cursor >= end:
            return
    if cursor < end:
        yield Interval(cursor, end)


def consume(
    cursor: int, taken: Iterable[Interval], end: int, amount: int
) -> tuple[list[Interval], int]:
    """Take the earliest `amount` fen free between `cursor` and `end`.

    Returns the intervals taken and the new cursor, before which every fen is spent. Raises
    `ValueError` when fewer than `amount` fen are free; the caller has checked the line's head.
    """
    intervals: list[Interval] = []
    missing = amount
    for gap in unspent(cursor, taken, end):
        part = Interval(gap.start, min(gap.stop, gap.start + missing))
        intervals.append(part)
        missing -= part.length
        if not missing:
            return intervals, part.stop
    raise ValueError(f"{missing} fen are missing on the line")
