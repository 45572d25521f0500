"""What the page of a monthly plan shows: its months, and where each month's gift went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from charity.donations.models import MonthlyPlan, MonthlyTurn, PlanState, TurnState
from charity.money import ZERO, Money
from charity.registry import queries as registry
from projects.listings import queries as listings
from web.ports import settings

#: Months shown, the latest first.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class MonthView:
    """One month: its gift, and how much of it is spent."""

    turn: MonthlyTurn
    #: The page of the gift; None for a month that has none yet.
    url: str | None
    spent: Money


def own_context(session: Session, plan: MonthlyPlan) -> dict[str, Any]:
    """Everything on the giver's page of a plan."""
    months = [_month(session, turn) for turn in reversed(plan.turns[-SHOWN:])]
    paid = [turn for turn in plan.turns if turn.state is TurnState.PAID]
    return {
        "plan": plan,
        "campaign": registry.campaign(session, plan.campaign_id),
        "project": listings.project_of_campaign(session, plan.campaign_id),
        "months": months,
        "paid": len(paid),
        "given": Money.total(turn.donation.kept for turn in paid if turn.donation),
        "due": next((m for m in months if m.turn.state is TurnState.DUE and m.url), None),
        "runs": plan.state is PlanState.ACTIVE,
        "is_mailed": "@" in plan.contact,
        "link": settings().base_url + url_for("monthly.own", token=plan.token),
    }


def _month(session: Session, turn: MonthlyTurn) -> MonthView:
    gift = turn.donation
    if gift is None:
        return MonthView(turn, None, ZERO)
    url = url_for("donations.trail", token=gift.trail_token)
    if turn.state is not TurnState.PAID:
        return MonthView(turn, url, ZERO)
    trail = listings.donation_trail(session, gift)
    return MonthView(turn, url, trail.spent)
