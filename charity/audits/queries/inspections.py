"""Inspections and findings: one by its number, those of a person, and every finding of one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.actor import Actor
from charity.audits.models import (
    AuditFinding,
    AuditPlan,
    AuditPlanState,
    Inspection,
    InspectionMember,
)
from charity.rows import present

_PUBLIC = (AuditPlanState.PUBLISHED, AuditPlanState.CLOSED)


def inspection(session: Session, inspection_id: int) -> Inspection:
    """One inspection; raises `NotFound`."""
    return present(session.get(Inspection, inspection_id))


def finding(session: Session, finding_id: int) -> AuditFinding:
    """One finding; raises `NotFound`."""
    return present(session.get(AuditFinding, finding_id))


def findings_of(session: Session, inspection_id: int) -> list[AuditFinding]:
    """Every finding of an inspection, drafts and dropped ones too, by number."""
    query = (
        select(AuditFinding)
        .where(AuditFinding.inspection_id == inspection_id)
        .options(
            selectinload(AuditFinding.papers),
            selectinload(AuditFinding.extensions),
            selectinload(AuditFinding.checks),
        )
        .order_by(AuditFinding.number)
    )
    return list(session.scalars(query))


def inspections_of(session: Session, actor: Actor) -> Sequence[Inspection]:
    """The inspections of published lists on whose team this person is, newest first."""
    query = (
        select(Inspection)
        .join(AuditPlan, AuditPlan.id == Inspection.plan_id)
        .join(InspectionMember, InspectionMember.inspection_id == Inspection.id)
        .where(
            AuditPlan.state.in_(_PUBLIC),
            InspectionMember.person_id == actor.person_id,
            InspectionMember.left_at.is_(None),
        )
        .options(joinedload(Inspection.organisation), joinedload(Inspection.plan))
        .order_by(Inspection.id.desc())
    )
    return session.scalars(query).unique().all()
