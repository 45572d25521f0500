"""Where a fund stands, exact to the fen: what came in, what left and why, what is in hand.

Money that only comes back (a payment returned, a move between lines) is not raised a second time:
it lessens what left. So `in_hand = raised - fees - spent - granted - refunded`, always.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.ledger.models import (
    IncomeSource,
    Inflow,
    Line,
    LineHead,
    Outflow,
    OutflowKind,
    Pending,
)
from charity.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class FundPosition:
    """Where a fund stands, exact to the fen.

    `raised` is everything that came in from outside the fund, of which `pending` waits for its
    place on the line (已到账, 待入账序). `in_hand` is what is still there; `held` of it is promised
    and `available` is free. `gifts` counts what came in, from whomever.
    """

    raised: Money = ZERO
    fees: Money = ZERO
    spent: Money = ZERO
    #: Granted to other funds.
    granted: Money = ZERO
    #: Given back to givers, or taken back because it was posted wrongly.
    refunded: Money = ZERO
    held: Money = ZERO
    pending: Money = ZERO
    gifts: int = 0

    @property
    def in_hand(self) -> Money:
        """What came in and has not left."""
        return self.raised - self.fees - self.spent - self.granted - self.refunded

    @property
    def available(self) -> Money:
        """What is in hand and not promised."""
        return self.in_hand - self.held


@dataclass(slots=True)
class _Sums:
    """Fen of one fund as the tables give them."""

    placed: int = 0
    placed_count: int = 0
    held: int = 0
    pending: int = 0
    pending_count: int = 0
    left: dict[OutflowKind, int] = field(default_factory=dict)
    #: What came back to the fund, and in how many inflows.
    back: int = 0
    back_count: int = 0

    def position(self) -> FundPosition:
        """The same in the words of a page."""
        kinds = self.left
        return FundPosition(
            raised=Money(self.placed + self.pending - self.back),
            fees=Money(kinds.get(OutflowKind.FEE, 0)),
            spent=Money(kinds.get(OutflowKind.EXPENSE, 0)),
            granted=Money(kinds.get(OutflowKind.GRANT, 0)),
            refunded=Money(kinds.get(OutflowKind.REFUND, 0) + kinds.get(OutflowKind.REVERSAL, 0)),
            held=Money(self.held),
            pending=Money(self.pending),
            gifts=self.placed_count + self.pending_count - self.back_count,
        )


def positions(session: Session, fund_ids: Iterable[int]) -> dict[int, FundPosition]:
    """The positions of these funds, in three queries; a fund without money stands at zero."""
    ids = list(fund_ids)
    sums: Mapping[int, _Sums] = defaultdict(_Sums)
    _placed(session, ids, sums)
    _waiting(session, ids, sums)
    _left(session, ids, sums)
    return {fund_id: sums[fund_id].position() for fund_id in ids}


def fund_position(session: Session, fund_id: int) -> FundPosition:
    """Where one fund stands."""
    return positions(session, [fund_id])[fund_id]


def _placed(session: Session, ids: Sequence[int], sums: Mapping[int, _Sums]) -> None:
    rows = session.execute(
        select(
            Line.fund_id,
            func.sum(LineHead.placed_end),
            func.sum(LineHead.placed_count),
            func.sum(LineHead.held),
        )
        .join(LineHead, LineHead.line_id == Line.id)
        .where(Line.fund_id.in_(ids))
        .group_by(Line.fund_id)
    )
    for fund_id, placed, count, held in rows:
        sums[fund_id].placed = int(placed)
        sums[fund_id].placed_count = int(count)
        sums[fund_id].held = int(held)


def _waiting(session: Session, ids: Sequence[int], sums: Mapping[int, _Sums]) -> None:
    rows = session.execute(
        select(Line.fund_id, func.sum(Inflow.amount).label("fen"), func.count())
        .join(Pending, Pending.line_id == Line.id)
        .join(Inflow, Inflow.id == Pending.inflow_id)
        .where(Line.fund_id.in_(ids))
        .group_by(Line.fund_id)
    )
    for fund_id, amount, count in rows:
        sums[fund_id].pending = amount.fen
        sums[fund_id].pending_count = count


def _left(session: Session, ids: Sequence[int], sums: Mapping[int, _Sums]) -> None:
    """What left by kind, less what came back to the same fund."""
    came_back = (
        (Inflow.origin_outflow_id == Outflow.id)
        & (Inflow.income == IncomeSource.INTERNAL)
        & (Inflow.line_id == Line.id)
        & (Line.fund_id == Outflow.fund_id)
    )
    back = select(func.coalesce(func.sum(Inflow.amount), 0)).where(came_back)
    count = select(func.count()).select_from(Inflow).join(Line, Inflow.line_id == Line.id)
    rows = session.execute(
        select(
            Outflow.fund_id,
            Outflow.kind,
            func.sum(Outflow.amount),
            func.sum(back.correlate(Outflow).scalar_subquery()),
            func.sum(count.where(came_back).correlate(Outflow).scalar_subquery()),
        )
        .where(Outflow.fund_id.in_(ids))
        .group_by(Outflow.fund_id, Outflow.kind)
    )
    for fund_id, kind, amount, returned, returns in rows:
        fen = int(getattr(returned, "fen", returned) or 0)
        sums[fund_id].left[kind] = amount.fen - fen
        sums[fund_id].back += fen
        sums[fund_id].back_count += int(returns or 0)
