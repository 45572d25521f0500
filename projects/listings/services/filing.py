"""The filing of an emergency plan that follows its start (CHA-113)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.registry import services as registry
from charity.registry.models import Campaign, FundraisingPlan
from projects.listings.models import Project


def file_emergency_plan(
    session: Session, actor: Actor, *, plan_id: int, number: str, filed_on: date
) -> FundraisingPlan:
    """Record the registrar's number in the plan and in every project that raises money under it.

    Raises as `registry.complete_filing` does.
    """
    plan = registry.complete_filing(
        session, actor, plan_id=plan_id, number=number, filed_on=filed_on
    )
    projects = (
        select(Project)
        .join(Campaign, Campaign.id == Project.campaign_id)
        .where(Campaign.plan_id == plan_id)
    )
    for project in session.scalars(projects):
        project.plan_number, project.plan_filed_on = plan.number, plan.filed_on
    session.flush()
    return plan
