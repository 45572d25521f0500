"""What waits for a civil-affairs office: steps of its plans, results, appeals, late orders.

Parts of the desk's one question (see `law`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, and_, case, exists

from charity.actor import Actor, Permission
from charity.audits.models import (
    AuditAppeal,
    AuditDraw,
    AuditDrawState,
    AuditFinding,
    AuditPlan,
    AuditPlanState,
    AuditResult,
    FindingState,
    Inspection,
    InspectionState,
)
from charity.registry.models import Organisation
from web.desk.parts import Held, LawTask, row

#: Inspections whose result can be told.
_FINISHED = (
    InspectionState.FINAL,
    InspectionState.RECTIFYING,
    InspectionState.VERIFIED,
    InspectionState.REFERRED,
    InspectionState.OBSTRUCTED,
)


def _plans(actor: Actor) -> Iterator[Select[Any]]:
    """Plans whose next step is the office's own; a running draw waits until its secret is due."""
    office = Held.of(actor, Permission.AUDIT_PLAN)
    if not office:
        return
    running = and_(AuditDraw.plan_id == AuditPlan.id, AuditDraw.state == AuditDrawState.ANNOUNCED)
    due = case(
        (AuditPlan.state == AuditPlanState.FRAMED, AuditDraw.secret_due_on),
        else_=AuditPlan.starts_on,
    )
    steps = (AuditPlanState.DRAFT, AuditPlanState.FRAMED, AuditPlanState.DRAWN)
    yield (
        row("audit_plan", AuditPlan.state, AuditPlan.id, AuditPlan.title, "", None, due)
        .select_from(AuditPlan)
        .outerjoin(AuditDraw, running)
        .where(AuditPlan.state.in_(steps), office.reaches(place=AuditPlan.region_code))
    )
    open_still = exists().where(
        Inspection.plan_id == AuditPlan.id, Inspection.state != InspectionState.CLOSED
    )
    yield (
        row("audit_plan", AuditPlan.state, AuditPlan.id, AuditPlan.title, "", None, None)
        .select_from(AuditPlan)
        .where(
            AuditPlan.state == AuditPlanState.PUBLISHED,
            ~open_still,
            office.reaches(place=AuditPlan.region_code),
        )
    )


def _results(actor: Actor) -> Iterator[Select[Any]]:
    """Finished inspections without a published result, and appeals without an answer."""
    office = Held.of(actor, Permission.AUDIT_PLAN)
    if not office:
        return
    told = exists().where(AuditResult.inspection_id == Inspection.id)
    yield _of_inspection(
        select_part("audit_result"), office, Inspection.state.in_(_FINISHED), ~told
    )
    yield _of_inspection(
        select_part("audit_appeal").join(AuditAppeal, AuditAppeal.inspection_id == Inspection.id),
        office,
        AuditAppeal.answered_at.is_(None),
    )


def _orders(actor: Actor) -> Iterator[Select[Any]]:
    """Orders of 整改 that run, by the day they end."""
    office = Held.of(actor, Permission.AUDIT_PLAN)
    if not office:
        return
    yield _of_inspection(
        row(
            "audit_order",
            AuditFinding.state,
            AuditPlan.id,
            AuditFinding.title,
            Organisation.name,
            AuditFinding.amount,
            AuditFinding.due_on,
        )
        .select_from(Inspection)
        .join(AuditFinding, AuditFinding.inspection_id == Inspection.id),
        office,
        AuditFinding.state == FindingState.ORDERED,
    )


def select_part(part: str) -> Select[Any]:
    """One inspection as a row of the desk."""
    return row(
        part, Inspection.state, AuditPlan.id, Organisation.name, AuditPlan.title, None, None
    ).select_from(Inspection)


def _of_inspection(query: Select[Any], office: Held, *where: Any) -> Select[Any]:
    """Narrow a query of inspections to the plans of the office."""
    return (
        query.join(AuditPlan, AuditPlan.id == Inspection.plan_id)
        .join(Organisation, Organisation.id == Inspection.organisation_id)
        .where(*where, office.reaches(place=AuditPlan.region_code))
    )


AUDIT_PARTS = (_plans, _results, _orders)

_Shape = tuple[str, str, str, str]


def _plan_shape(task: LawTask) -> _Shape:
    said = {
        AuditPlanState.DRAFT.value: _("冻结名册：%(title)s", title=task.title),
        AuditPlanState.FRAMED.value: _("抽签：%(title)s", title=task.title),
        AuditPlanState.DRAWN.value: _("公布名单：%(title)s", title=task.title),
        AuditPlanState.PUBLISHED.value: _("结束计划：%(title)s", title=task.title),
    }
    return _("抽查"), "jade", str(said.get(task.kind.lower(), task.title)), _manage(task)


def _result_shape(task: LawTask) -> _Shape:
    return _("抽查"), "gold", str(_("公布结果：%(name)s", name=task.title)), _manage(task)


def _appeal_shape(task: LawTask) -> _Shape:
    return _("复核申请"), "seal", str(_("答复复核申请：%(name)s", name=task.title)), _manage(task)


def _order_shape(task: LawTask) -> _Shape:
    return _("整改"), "", task.title, _manage(task)


def _manage(task: LawTask) -> str:
    return url_for("audits.manage", plan_id=task.id)


AUDIT_SHAPES: dict[str, Callable[[LawTask], _Shape]] = {
    "audit_plan": _plan_shape,
    "audit_result": _result_shape,
    "audit_appeal": _appeal_shape,
    "audit_order": _order_shape,
}
