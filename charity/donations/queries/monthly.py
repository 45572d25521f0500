"""Monthly plans as their pages ask for them: the giver's own, and what runs for a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from charity.donations.models import MonthlyPlan, MonthlyTurn, PlanState, TurnState
from charity.donations.queries.together import readable_token
from charity.money import ZERO, Money
from charity.rows import present

#: Days before a turn on which the giver is told of it.
NOTICE_DAYS = 3
#: Days after a turn nobody paid, on which the giver is reminded, once.
REMINDER_DAYS = 3


@dataclass(frozen=True, slots=True)
class Running:
    """How many plans run for a campaign, and what they promise a month."""

    plans: int
    amount: Money


def plan_by_token(session: Session, token: str) -> MonthlyPlan:
    """The plan whose private page this secret opens, with its turns; raises `NotFound`."""
    query = select(MonthlyPlan).where(MonthlyPlan.token == readable_token(token))
    turns = selectinload(MonthlyPlan.turns).joinedload(MonthlyTurn.donation)
    return present(session.scalar(query.options(turns)))


def plans_of_person(session: Session, person_id: int) -> list[MonthlyPlan]:
    """The plans somebody began while signed in, the newest first."""
    query = select(MonthlyPlan).where(MonthlyPlan.person_id == person_id)
    return list(session.scalars(query.order_by(MonthlyPlan.id.desc())))


def running(session: Session, campaign_id: int) -> Running:
    """What gives every month to a campaign now."""
    query = select(func.count(), func.sum(MonthlyPlan.amount)).where(
        MonthlyPlan.campaign_id == campaign_id, MonthlyPlan.state == PlanState.ACTIVE
    )
    plans, amount = session.execute(query).one()
    return Running(plans, amount or ZERO)


def plans_to_turn(session: Session, on: date) -> list[int]:
    """The plans for which something is to do on a day in China: tell, ask, remind, wake up."""
    soon = on + timedelta(days=NOTICE_DAYS)
    near = select(MonthlyPlan.id).where(
        MonthlyPlan.state == PlanState.ACTIVE, MonthlyPlan.next_on <= soon
    )
    rested = select(MonthlyPlan.id).where(
        MonthlyPlan.state == PlanState.PAUSED, MonthlyPlan.paused_until < on
    )
    unpaid = select(MonthlyTurn.plan_id).where(
        MonthlyTurn.state == TurnState.DUE,
        MonthlyTurn.reminded_at.is_(None),
        MonthlyTurn.due_on <= on - timedelta(days=REMINDER_DAYS),
    )
    return sorted({*session.scalars(near), *session.scalars(rested), *session.scalars(unpaid)})
