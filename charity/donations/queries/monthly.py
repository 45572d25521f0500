"""Monthly plans as their pages ask for them: the giver's own, and what runs for a campaign."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from charity.donations.models import MonthlyPlan, MonthlyTurn, PlanState
from charity.donations.queries.together import readable_token
from charity.money import ZERO, Money
from charity.rows import present


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
