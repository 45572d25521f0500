"""Inspections that wait for their team, or for the organisation they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, and_, case, or_

from charity.actor import Actor, Permission
from charity.audits.models import (
    AuditFinding,
    AuditPlan,
    AuditPlanState,
    FindingState,
    Inspection,
    InspectionMember,
    InspectionState,
)
from charity.registry.models import Organisation
from web.desk.parts import Held, LawTask, row

_SHOWN = (AuditPlanState.PUBLISHED, AuditPlanState.CLOSED)
#: Where the next step is the team's own.
_TEAMS = (
    InspectionState.DRAWN, InspectionState.NOTIFIED, InspectionState.FIELDWORK,
    InspectionState.DRAFT_FINDINGS,
)  # fmt: skip


def _team(actor: Actor) -> Iterator[Select[Any]]:
    """Inspections whose next step is mine, and answers to look at by who did not find the thing."""
    if not actor.holds_anywhere(Permission.AUDIT_INSPECT):
        return
    mine = and_(
        InspectionMember.inspection_id == Inspection.id,
        InspectionMember.person_id == actor.person_id,
        InspectionMember.left_at.is_(None),
    )
    answered = and_(
        Inspection.state == InspectionState.ORG_RESPONSE, Inspection.responded_at.is_not(None)
    )
    due = case((Inspection.state == InspectionState.DRAWN, AuditPlan.starts_on), else_=None)
    yield _shown(
        row(
            "inspection", Inspection.state, Inspection.id, Organisation.name, AuditPlan.title,
            None, due,
        )
        .select_from(Inspection)
        .join(InspectionMember, mine)
    ).where(or_(Inspection.state.in_(_TEAMS), answered))  # fmt: skip
    yield _shown(
        row(
            "recheck", AuditFinding.state, Inspection.id, AuditFinding.title, Organisation.name,
            AuditFinding.amount, None,
        )
        .select_from(Inspection)
        .join(InspectionMember, mine)
        .join(AuditFinding, AuditFinding.inspection_id == Inspection.id)
    ).where(
        AuditFinding.state == FindingState.ANSWERED,
        AuditFinding.found_by_person_id != actor.person_id,
    )  # fmt: skip


def _room(actor: Actor) -> Iterator[Select[Any]]:
    """Draft findings to answer and orders to put right, by the day they end."""
    answers = Held.of(actor, Permission.AUDIT_ANSWER)
    if not answers:
        return
    waits = and_(
        Inspection.state == InspectionState.ORG_RESPONSE, Inspection.responded_at.is_(None)
    )
    yield _shown(
        row(
            "inspection_room", Inspection.state, Inspection.id, AuditPlan.title,
            Organisation.name, None, Inspection.response_due_on,
        ).select_from(Inspection)
    ).where(
        or_(Inspection.state == InspectionState.NOTIFIED, waits),
        answers.reaches(Inspection.organisation_id),
    )  # fmt: skip
    yield _shown(
        row(
            "put_right", AuditFinding.state, Inspection.id, AuditFinding.title,
            Organisation.name, AuditFinding.amount, AuditFinding.due_on,
        )
        .select_from(Inspection)
        .join(AuditFinding, AuditFinding.inspection_id == Inspection.id)
    ).where(
        AuditFinding.state == FindingState.ORDERED, answers.reaches(Inspection.organisation_id)
    )  # fmt: skip


def _shown(query: Select[Any]) -> Select[Any]:
    """Inspections of plans whose list is before everybody."""
    return (
        query.join(AuditPlan, AuditPlan.id == Inspection.plan_id)
        .join(Organisation, Organisation.id == Inspection.organisation_id)
        .where(AuditPlan.state.in_(_SHOWN))
    )


FIELDWORK_PARTS = (_team, _room)

_Shape = tuple[str, str, str, str]


def _inspection(task: LawTask) -> _Shape:
    said = {
        InspectionState.DRAWN.value: _("送达通知书：%(name)s", name=task.title),
        InspectionState.NOTIFIED.value: _("开始检查：%(name)s", name=task.title),
        InspectionState.FIELDWORK.value: _("正在检查：%(name)s", name=task.title),
        InspectionState.DRAFT_FINDINGS.value: _("告知初步意见：%(name)s", name=task.title),
        InspectionState.ORG_RESPONSE.value: _("写最终意见：%(name)s", name=task.title),
    }
    title = str(said.get(task.kind.lower(), task.title))
    return _("抽查"), "jade", title, url_for("fieldwork.detail", inspection_id=task.id)


def _recheck(task: LawTask) -> _Shape:
    where = url_for("fieldwork.findings", inspection_id=task.id)
    return _("整改"), "gold", str(_("复查整改：%(title)s", title=task.title)), where


def _to_answer(task: LawTask) -> _Shape:
    waits = task.kind.lower() == InspectionState.ORG_RESPONSE.value
    said = _("说明情况：%(title)s") if waits else _("准备检查：%(title)s")
    where = url_for("fieldwork.room", inspection_id=task.id)
    return _("抽查"), "gold", str(said % {"title": task.title}), where


def _put_right(task: LawTask) -> _Shape:
    where = url_for("fieldwork.room", inspection_id=task.id)
    return _("整改"), "seal", str(_("整改：%(title)s", title=task.title)), where


FIELDWORK_SHAPES: dict[str, Callable[[LawTask], _Shape]] = {
    "inspection": _inspection,
    "recheck": _recheck,
    "inspection_room": _to_answer,
    "put_right": _put_right,
}
