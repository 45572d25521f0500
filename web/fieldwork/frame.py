"""The head of an inspection's pages, and who may open them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.audits import policy
from charity.audits import queries as audits
from charity.audits.models import Inspection
from web.fieldwork import words
from web.labels import label


@dataclass(frozen=True, slots=True)
class Head:
    """Whose inspection, of which plan, how far, and the parts of its pages."""

    id: int
    organisation: str
    plan: str
    plan_url: str | None
    period: str
    clock: str
    state: str
    manner: str
    #: Key, name and address of each part.
    tabs: list[tuple[str, str, str]]


def workspace(session: Session, actor: Actor, inspection_id: int) -> Inspection:
    """The inspection for those who may read its workspace; 404 for everybody else."""
    inspection = audits.inspection(session, inspection_id)
    require(policy.may_read(actor, inspection))
    return inspection


def room(session: Session, actor: Actor, inspection_id: int) -> Inspection:
    """The inspection for those who answer for the organisation, once its notice was delivered."""
    inspection = audits.inspection(session, inspection_id)
    require(policy.may_enter_room(actor, inspection))
    return inspection


def head_of(inspection: Inspection) -> Head:
    """The head of the workspace's pages."""
    here = inspection.id
    clock, _is_late = words.inspection_clock(inspection)
    parts = (
        ("overview", _("概况"), "fieldwork.detail"),
        ("checklist", _("检查清单"), "fieldwork.checklist"),
        ("samples", _("抽查凭证"), "fieldwork.samples"),
        ("flags", _("疑点"), "fieldwork.flags"),
        ("findings", _("问题"), "fieldwork.findings"),
        ("papers", _("底稿和笔记"), "fieldwork.papers"),
    )
    return Head(
        id=here,
        organisation=inspection.organisation.name,
        plan=inspection.plan.title,
        plan_url=url_for("audits.plan", plan_id=inspection.plan_id),
        period=words.period(inspection),
        clock=clock,
        state=label(inspection.state),
        manner=words.INSPECTION_MANNERS.get(inspection.state, "wait"),
        tabs=[(key, str(name), url_for(end, inspection_id=here)) for key, name, end in parts],
    )
