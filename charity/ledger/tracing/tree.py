"""What a gift's trail is made of.

A stage is the gift's money on one line. What left that line is a step; where the step's fen
arrived again (granted on, moved, come back), the next stages follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from charity.ledger.lines import Interval
from charity.ledger.models import OutflowKind
from charity.money import Money


@dataclass(frozen=True, slots=True)
class TrailStep:
    """A part of the gift that left a line: `amount` of the gift within an outflow.

    `gifts` counts all gifts behind that outflow; `interval` lies on the line of the step's stage.
    `onward` is where these fen arrived again, empty where they left for good.
    """

    amount: Money
    interval: Interval
    outflow_id: int
    entry_id: int
    source: str
    kind: OutflowKind
    occurred_on: date
    outflow_total: Money
    gifts: int
    onward: tuple[Stage, ...] = ()
    #: Where in the outflow the part begins.
    offset: int = 0

    def gone(self) -> Iterator[TrailStep]:
        """The runs of this part that arrived nowhere again: paid, refunded, taken back."""
        cursor, end = self.offset, self.offset + self.amount.fen
        for start, stop in [(s.offset, s.offset + s.amount.fen) for s in self.onward] + [
            (end, end)
        ]:
            if cursor < start:
                at = self.interval.start + cursor - self.offset
                run = Interval(at, at + start - cursor)
                yield replace(
                    self, amount=Money(run.length), interval=run, onward=(), offset=cursor
                )
            cursor = stop


@dataclass(frozen=True, slots=True)
class Stage:
    """The gift's money on one line: what of it left, and what of it is still in hand there.

    `interval` is None while it waits for its place; `depth` counts the outflows passed before.
    """

    entry_id: int
    inflow_id: int
    book_id: int
    fund_id: int
    fund: str
    line_id: int
    earmark: str
    amount: Money
    interval: Interval | None
    depth: int
    #: Where in the outflow it came from the first of these fen stood; 0 for the gift itself.
    offset: int
    steps: tuple[TrailStep, ...]

    @property
    def in_hand(self) -> Money:
        """What has not left this line."""
        return self.amount - Money.total(step.amount for step in self.steps)

    def walk(self) -> Iterator[Stage]:
        """This stage and every stage after it, each before those that follow from it."""
        ahead = [self]
        while ahead:
            stage = ahead.pop()
            yield stage
            ahead.extend(n for step in reversed(stage.steps) for n in reversed(step.onward))


@dataclass(frozen=True, slots=True)
class GiftTrail:
    """A gift on its line: its interval, the line's length, what it paid and what is left.

    `interval` is None while the gift waits for its place (已到账, 待入账序). `steps` are the parts
    that left for good, wherever they had gone before; `stages` say where they went.
    """

    entry_id: int
    amount: Money
    line_id: int
    interval: Interval | None
    line_end: int
    line_spent: int
    steps: list[TrailStep]
    root: Stage

    @property
    def spent(self) -> Money:
        """What of the gift has left for good."""
        return Money.total(step.amount for step in self.steps)

    @property
    def unspent(self) -> Money:
        """What of the gift is still in hand, in whatever fund."""
        return self.amount - self.spent

    @property
    def stages(self) -> list[Stage]:
        """Every line the gift's money stood on, the gift's own first."""
        return list(self.root.walk())

    @property
    def in_hand(self) -> list[Stage]:
        """The stages on which some of it still lies."""
        return [stage for stage in self.root.walk() if stage.in_hand]
