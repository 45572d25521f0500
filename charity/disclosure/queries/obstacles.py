"""What stands in the way of a project's end: open expenses, promises, matches, refunds, goods."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.donations.models import (
    STANDING_PLEDGES,
    Donation,
    InKindGift,
    InKindState,
    Match,
    MatchReturn,
    MatchState,
    Pledge,
    Refund,
    RefundBatch,
    RefundBatchState,
)
from charity.donations.queries.refunds import UNDER_WAY
from charity.ledger.models import Hold, Line, LineHead, LineKind
from charity.money import ZERO, Money
from charity.spending.models import Budget, BudgetLine, Expense, ExpenseState


class ObstacleKind(enum.StrEnum):
    """What must be settled before a project can end."""

    EXPENSES = "expenses"
    ADVANCES = "advances"
    HOLDS = "holds"
    PLEDGES = "pledges"
    MATCHES = "matches"
    REFUNDS = "refunds"
    OFFERS = "offers"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """So many things of a kind that stand in the way, what they come to, and the first of them."""

    kind: ObstacleKind
    number: int
    amount: Money = ZERO
    ids: tuple[int, ...] = ()


def obstacles(session: Session, fund_id: int, campaign_id: int | None) -> list[Obstacle]:
    """Everything that must be settled first (CHA-162: nothing promised is moved away)."""
    found = [*_of_spending(session, fund_id)]
    if campaign_id is not None:
        found += _of_giving(session, campaign_id)
    return [each for each in found if each.number]


def _of_spending(session: Session, fund_id: int) -> list[Obstacle]:
    mine = (
        select(Expense.id, Expense.amount)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Budget, Budget.id == BudgetLine.budget_id)
        .where(Budget.fund_id == fund_id)
        .order_by(Expense.id)
    )
    open_ = (ExpenseState.SUBMITTED, ExpenseState.APPROVED)
    waiting = session.execute(mine.where(Expense.state.in_(open_))).all()
    advances = session.execute(
        mine.join(
            Requirement, Requirement.subject == literal("expense:").concat(cast(Expense.id, String))
        ).where(
            Requirement.kind == RequirementKind.ADVANCE_SETTLED,
            Requirement.state == RequirementState.OPEN,
            Expense.state == ExpenseState.PAID,
        )
    ).all()
    approved = {f"expense:{each.id}" for each in waiting}
    holds = session.execute(
        select(Hold.line_id, Hold.amount, Hold.source)
        .join(Line, Line.id == Hold.line_id)
        .where(Line.fund_id == fund_id)
    ).all()
    others = [row for row in holds if row.source not in approved]
    goods = goods_in_hand(session, fund_id)
    return [
        _heap(ObstacleKind.EXPENSES, [(row.id, row.amount) for row in waiting]),
        _heap(ObstacleKind.ADVANCES, [(row.id, row.amount) for row in advances]),
        _heap(ObstacleKind.HOLDS, [(row.line_id, row.amount) for row in others]),
        Obstacle(ObstacleKind.GOODS, 1 if goods else 0, goods),
    ]


def _of_giving(session: Session, campaign_id: int) -> list[Obstacle]:
    pledges = session.scalars(
        select(Pledge).where(Pledge.campaign_id == campaign_id, Pledge.state.in_(STANDING_PLEDGES))
    ).all()
    matches = session.scalars(
        select(Match).where(
            Match.campaign_id == campaign_id,
            Match.state.in_((MatchState.ASKED, MatchState.RESERVED)),
        )
    ).all()
    returns = session.scalars(
        select(MatchReturn.id)
        .join(Match, Match.id == MatchReturn.match_id)
        .where(Match.campaign_id == campaign_id, MatchReturn.done_at.is_(None))
    ).all()
    refunds = session.execute(
        select(Refund.id, Refund.amount)
        .join(Donation, Donation.id == Refund.donation_id)
        .where(Donation.campaign_id == campaign_id, Refund.state.in_(UNDER_WAY))
        .order_by(Refund.id)
    ).all()
    batches = session.scalars(
        select(RefundBatch).where(
            RefundBatch.campaign_id == campaign_id,
            RefundBatch.state.in_(
                (RefundBatchState.REQUESTED, RefundBatchState.RUNNING, RefundBatchState.STOPPED)
            ),
        )
    ).all()
    offers = session.scalars(
        select(InKindGift.id).where(
            InKindGift.campaign_id == campaign_id,
            InKindGift.state.in_(
                (InKindState.OFFERED, InKindState.ACCEPTED, InKindState.HALF_CONFIRMED)
            ),
        )
    ).all()
    asked = [(each.id, each.amount or ZERO) for each in matches]
    return [
        _heap(ObstacleKind.PLEDGES, [(pledge.id, ZERO) for pledge in pledges]),
        _heap(ObstacleKind.MATCHES, [*asked, *((each, ZERO) for each in returns)]),
        _heap(
            ObstacleKind.REFUNDS,
            [
                *((row.id, row.amount) for row in refunds),
                *((batch.id, batch.total) for batch in batches),
            ],
        ),
        _heap(ObstacleKind.OFFERS, [(each, ZERO) for each in offers]),
    ]


def _heap(kind: ObstacleKind, rows: Iterable[tuple[int, Money]]) -> Obstacle:
    rows = list(rows)
    return Obstacle(
        kind,
        len(rows),
        Money.total(amount for _, amount in rows),
        tuple(id_ for id_, _ in rows)[:20],
    )


def goods_in_hand(session: Session, fund_id: int) -> Money:
    """The value of goods in hand."""
    query = (
        select(func.sum(LineHead.placed_end - LineHead.spent))
        .join(Line, Line.id == LineHead.line_id)
        .where(Line.fund_id == fund_id, Line.kind == LineKind.GOODS)
    )
    return Money(int(session.scalar(query) or 0))
