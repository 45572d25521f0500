"""Samples of budgets: a change that waits for agreement, and a programme with one site."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from charity.actor import Actor, ActorKind
from charity.money import Money
from charity.spending import services as spending
from charity.spending.models import SiteKind
from charity.spending.services import Site
from projects.listings.models import Project


def make_budgets(
    session: Session, project: Project, doer: Actor, treasurer: Actor, funder_id: int
) -> dict[str, int | str]:
    """Ask for a large change of the project's budget, and open a programme for its place."""
    assert doer.kind is ActorKind.USER
    first, second, *_ = project.budget.lines
    moved = Money(second.amount.fen // 2)
    change = spending.change_budget(
        session,
        doer,
        budget_id=project.budget_id,
        becomes={first.id: first.amount + moved, second.id: second.amount - moved},
        reason="多做几户",
    )
    programme = spending.open_programme(
        session,
        treasurer,
        funder_id=funder_id,
        fund_id=None,
        name="五社联动资助计划",
        total=Money.yuan(100_000),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        sites=[Site(project.region_code, SiteKind.COMMUNITY)],
    )
    return {
        "budget_change": change.id,
        "programme": programme.id,
        "site": programme.sites[0].id,
    }
