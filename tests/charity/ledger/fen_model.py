"""The book as a plain list of fen: every single one is known by its gift, wherever it goes.

A line is the list of fen that ever arrived on it, in order, each gone or not. The model looks at
what an entry says it brought and took, and finds at once a fen taken twice, a fen that arrives
twice, or one that leaves a line it is not on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.ledger.models import Entry, Inflow, Line, Outflow, OutflowKind, Piece

#: Kinds of outflows that belong to one inflow and say so.
GIVEN_BACK = (OutflowKind.REFUND, OutflowKind.REVERSAL)


class Fen(NamedTuple):
    """One fen: the entry that brought it into the first book, and which of its fen it is."""

    gift: int
    number: int


class Spot(NamedTuple):
    """Where a fen lies or lay: a line, and its place there."""

    line_id: int
    at: int


@dataclass
class ModelLine:
    """A line: its fen in order of arrival, and which of them are gone."""

    fund_id: int
    earmark: str
    fen: list[Fen] = field(default_factory=list)
    gone: list[bool] = field(default_factory=list)
    held: int = 0

    @property
    def there(self) -> int:
        """How many fen are in hand."""
        return len(self.gone) - sum(self.gone)

    @property
    def free(self) -> int:
        """How many of them nobody is promised."""
        return self.there - self.held


@dataclass
class ModelOut:
    """Money that left: where each of its fen was taken, and which of them arrived again."""

    fund_id: int
    kind: OutflowKind
    of_inflow_id: int | None
    spots: list[Spot]
    #: Which of them arrived again: the first, how many, in which fund.
    arrived: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """The fen behind the last one that arrived again."""
        return max((first + length for first, length, _ in self.arrived), default=0)

    @property
    def stayed_away(self) -> int:
        """How many fen did not come back to the fund they left."""
        back = sum(length for _, length, fund_id in self.arrived if fund_id == self.fund_id)
        return len(self.spots) - back


class Moved(NamedTuple):
    """What an entry did: the fen it took, by outflow, and those it brought, by line."""

    took: dict[int, list[Spot]]
    brought: dict[int, list[Fen]]


class FenModel:
    """Every fen of every book."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines: dict[int, ModelLine] = {}
        self.outs: dict[int, ModelOut] = {}
        for line in lines:
            self.lines[line.id] = ModelLine(line.fund_id, line.earmark)

    def line(self, fund_id: int, earmark: str = "") -> ModelLine:
        """The line of a fund for a purpose."""
        return next(
            line
            for line in self.lines.values()
            if line.fund_id == fund_id and line.earmark == earmark
        )

    def of_fund(self, fund_id: int) -> dict[int, ModelLine]:
        """The lines of a fund by id."""
        return {key: line for key, line in self.lines.items() if line.fund_id == fund_id}

    def in_hand(self, fund_id: int) -> int:
        """What a fund has."""
        return sum(line.there for line in self.of_fund(fund_id).values())

    def fen_at(self, spot: Spot) -> Fen:
        """Which fen lies there."""
        return self.lines[spot.line_id].fen[spot.at]

    def earliest(self, fund_id: int, earmarks: Sequence[str], amount: int) -> list[Spot]:
        """The earliest fen in hand, of these lines in this order."""
        found: list[Spot] = []
        for earmark in earmarks:
            for line_id, line in self.of_fund(fund_id).items():
                if line.earmark == earmark:
                    room = line.free
                    there = [Spot(line_id, n) for n, gone in enumerate(line.gone) if not gone]
                    found += there[: min(room, amount - len(found))]
        return found

    def own(self, mine_are: set[Fen], fund_id: int) -> int:
        """How many of these fen are in hand in a fund and promised to nobody."""
        found = 0
        for line in self.of_fund(fund_id).values():
            mine = sum(
                not gone and fen in mine_are for fen, gone in zip(line.fen, line.gone, strict=True)
            )
            found += min(mine, max(line.free, 0))
        return found

    def given_back(self, inflow_id: int) -> int:
        """How much of an inflow was given back, whoever's fen were used, and stayed away."""
        return sum(
            out.stayed_away
            for out in self.outs.values()
            if out.of_inflow_id == inflow_id and out.kind in GIVEN_BACK
        )

    # ── what an entry does ───────────────────────────────────────────────────────────────────────

    def absorb(self, session: Session, entry: Entry) -> Moved:
        """Let an entry act on the lists, and refuse what no list of fen can do."""
        inflows = session.scalars(
            select(Inflow).where(Inflow.entry_id == entry.id).order_by(Inflow.id)
        ).all()
        outflows = session.scalars(
            select(Outflow).where(Outflow.entry_id == entry.id).order_by(Outflow.id)
        ).all()
        for inflow in inflows:
            if inflow.line_id not in self.lines:
                line = session.get_one(Line, inflow.line_id)
                self.lines[line.id] = ModelLine(line.fund_id, line.earmark)
        here = {outflow.id for outflow in outflows}
        moved = Moved({}, defaultdict(list))
        for inflow in inflows:
            if inflow.origin_outflow_id not in here:
                self._arrive(entry, inflow, moved)
        for outflow in outflows:
            self._leave(session, outflow, inflows, moved)
        for inflow in inflows:
            if inflow.origin_outflow_id in here:
                self._arrive(entry, inflow, moved)
        return moved

    def _arrive(self, entry: Entry, inflow: Inflow, moved: Moved) -> None:
        amount = inflow.amount.fen
        if inflow.origin_outflow_id is None:
            fen = [Fen(entry.id, n) for n in range(amount)]
        else:
            out = self.outs[inflow.origin_outflow_id]
            first = inflow.origin_offset or 0
            assert all(
                first >= begin + length or first + amount <= begin
                for begin, length, _ in out.arrived
            ), "a fen arrives twice"
            assert first + amount <= len(out.spots), "more arrives than left"
            out.arrived.append((first, amount, self.lines[inflow.line_id].fund_id))
            fen = [self.fen_at(spot) for spot in out.spots[first : first + amount]]
        line = self.lines[inflow.line_id]
        line.fen += fen
        line.gone += [False] * amount
        moved.brought[inflow.line_id] += fen

    def _leave(
        self, session: Session, outflow: Outflow, inflows: Sequence[Inflow], moved: Moved
    ) -> None:
        spots = [
            Spot(piece.line_id, index)
            for piece in session.scalars(
                select(Piece).where(Piece.outflow_id == outflow.id).order_by(Piece.start_offset)
            )
            for index in range(piece.start, piece.stop)
        ]
        if not spots:
            spots = self._fee_of_a_waiting_gift(outflow, inflows)
        assert len(spots) == outflow.amount.fen
        for spot in spots:
            line = self.lines[spot.line_id]
            assert line.fund_id == outflow.fund_id, "money of another fund"
            assert not line.gone[spot.at], "a fen is taken twice"
            line.gone[spot.at] = True
        self.outs[outflow.id] = ModelOut(outflow.fund_id, outflow.kind, outflow.of_inflow_id, spots)
        moved.took[outflow.id] = spots

    def _fee_of_a_waiting_gift(self, outflow: Outflow, inflows: Sequence[Inflow]) -> list[Spot]:
        (inflow,) = [row for row in inflows if row.id == outflow.of_inflow_id]
        end = len(self.lines[inflow.line_id].fen)
        return [Spot(inflow.line_id, n) for n in range(end - outflow.amount.fen, end)]

    # ── what became of it ────────────────────────────────────────────────────────────────────────

    def ends(self) -> dict[int, Counter[int | None]]:
        """Per gift: how many of its fen left for good with each outflow; None: in hand."""
        ends: dict[int, Counter[int | None]] = defaultdict(Counter)
        for line in self.lines.values():
            for fen, gone in zip(line.fen, line.gone, strict=True):
                if not gone:
                    ends[fen.gift][None] += 1
        for outflow_id, out in self.outs.items():
            again = {n for first, length, _ in out.arrived for n in range(first, first + length)}
            for n, spot in enumerate(out.spots):
                if n not in again:
                    ends[self.fen_at(spot).gift][outflow_id] += 1
        return ends

    def behind(self, outflow_id: int) -> Counter[int]:
        """The gifts behind an outflow, by fen."""
        return Counter(self.fen_at(spot).gift for spot in self.outs[outflow_id].spots)

    def is_whole(self) -> bool:
        """No fen lost, none twice: every fen of every gift has exactly one end."""
        ends = self.ends()
        seen: set[Fen] = set()
        for line in self.lines.values():
            for fen, gone in zip(line.fen, line.gone, strict=True):
                if not gone:
                    assert fen not in seen, f"{fen} lies in two places"
                    seen.add(fen)
        given: dict[int, int] = defaultdict(int)
        for fen in {fen for line in self.lines.values() for fen in line.fen}:
            given[fen.gift] += 1
        assert {gift: sum(parts.values()) for gift, parts in ends.items()} == given
        return True
