"""What the organisation sees of its own inspection: never the sample, never the team's notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.audits.models import (
    TOLD_STATES,
    AuditFinding,
    FindingState,
    Inspection,
    InspectionState,
    VoucherList,
)
from charity.audits.queries import fieldwork as queries
from charity.audits.services.findings import source_of
from charity.registry import queries as registry
from charity.registry.models import RestrictedAct
from web.fieldwork import words
from web.fieldwork.finding_pages import paper_row, rule_words
from web.fieldwork.forms import AskForm, PutRightForm, RespondForm, VoucherListForm
from web.filters import day, moment, yuan
from web.forms import BaseForm
from web.labels import label

#: While these last, lists of vouchers are taken.
_TAKES_LISTS = (InspectionState.NOTIFIED, InspectionState.FIELDWORK)


def answering_for(actor: Actor) -> list[int]:
    """The organisations for which this person answers."""
    return [
        grant.organisation_id
        for grant in actor.grants
        if grant.organisation_id is not None
        and Permission.AUDIT_ANSWER in ROLE_PERMISSIONS[grant.role]
    ]


def list_context(session: Session, actor: Actor) -> dict[str, Any]:
    """The inspections of my organisations, with what waits for us."""
    found = [
        each
        for each in queries.inspections_about(session, answering_for(actor))
        if each.plan.is_public
    ]
    by_inspection = queries.findings_by_inspection(session, [each.id for each in found])
    return {
        "rows": [
            {
                "url": url_for("fieldwork.room", inspection_id=each.id),
                "plan": each.plan.title,
                "organisation": each.organisation.name,
                "state": label(each.state),
                "manner": words.INSPECTION_MANNERS.get(each.state, "wait"),
                "waits": waits(each, by_inspection[each.id], keeps_book=True) or "",
            }
            for each in found
        ]
    }


def room_context(
    session: Session, inspection: Inspection, forms: Mapping[str, BaseForm]
) -> dict[str, Any]:
    """Everything the organisation sees and may do now."""
    findings = _told(session, inspection)
    keeps_book = queries.has_expenses(session, inspection.organisation_id)
    lists = queries.lists_of(session, inspection.id)
    hands_in = not keeps_book and not lists and inspection.state in _TAKES_LISTS
    answers = inspection.state is InspectionState.ORG_RESPONSE and inspection.responded_at is None
    clock, _is_late = words.inspection_clock(inspection)
    return {
        "id": inspection.id,
        "plan": inspection.plan.title,
        "organisation": inspection.organisation.name,
        "state": label(inspection.state),
        "manner": words.INSPECTION_MANNERS.get(inspection.state, "wait"),
        "clock": clock,
        "steps": words.inspection_steps(inspection),
        "stops": stops(session, inspection, findings),
        "waits": waits(inspection, findings, keeps_book=keeps_book or bool(lists))
        or _("现在没有要你们做的事。"),
        "facts": _facts(inspection),
        "lists": [_list_row(each) for each in lists],
        "list_form": forms.get("list", VoucherListForm(formdata=None)) if hands_in else None,
        "respond": forms.get("respond", RespondForm(formdata=None)) if answers else None,
        "said": inspection.response or None,
        "findings": _findings(session, findings, forms),
    }


def waits(inspection: Inspection, findings: list[AuditFinding], *, keeps_book: bool) -> str | None:
    """The one thing the organisation has to do now; None where there is none."""
    ordered = [each for each in findings if each.state is FindingState.ORDERED]
    if ordered:
        return str(_("有 %(n)s 个问题要整改，改好以后在下面交材料。", n=len(ordered)))
    if inspection.state is InspectionState.ORG_RESPONSE and inspection.responded_at is None:
        return str(_("看下面的初步意见，说明情况。"))
    if inspection.state in _TAKES_LISTS and not keeps_book:
        return str(_("交一份凭证清单，检查组从里面抽。"))
    if inspection.state is InspectionState.NOTIFIED:
        return str(_("按通知书准备材料，等检查组来。"))
    return None


def stops(session: Session, inspection: Inspection, findings: list[AuditFinding]) -> list[str]:
    """What the organisation may not do now because of this inspection, and until when."""
    by_source = {source_of(each): each for each in findings}
    standing: dict[str, list[RestrictedAct]] = {}
    for found in registry.restrictions(session, organisation_id=inspection.organisation_id):
        if found.source in by_source:
            standing.setdefault(found.source, []).append(found.act)
    return [
        str(
            _(
                "因为“%(title)s”逾期没有改好，暂停：%(acts)s。复查通过并结案，马上解除。",
                title=by_source[source].title,
                acts=" · ".join(label(act) for act in acts),
            )
        )
        for source, acts in standing.items()
    ]


def _told(session: Session, inspection: Inspection) -> list[AuditFinding]:
    """What the organisation was told of; drafts are the team's own."""
    told = inspection.told_at is not None
    found = queries.findings_by_inspection(session, [inspection.id])[inspection.id]
    return [each for each in found if told and each.state in TOLD_STATES]


def _facts(inspection: Inspection) -> list[tuple[str, object]]:
    team = " · ".join(member.inspector.name for member in inspection.team)
    return [
        (_("谁来查"), team or None),
        (_("查哪一段"), words.period(inspection)),
        (_("通知书"), inspection.notice_number),
        (_("送达"), day(inspection.notice_delivered_on)),
        (_("结论"), inspection.conclusion or None),
    ]


def _list_row(made: VoucherList) -> dict[str, Any]:
    said = _(
        "%(at)s 交来 %(n)s 笔，合计 %(sum)s，已锁定。",
        at=moment(made.handed_in_at),
        n=made.row_count,
        sum=yuan(made.total),
    )
    return {"words": said, "digest": made.rows_hash}


def _findings(
    session: Session, findings: list[AuditFinding], forms: Mapping[str, BaseForm]
) -> list[dict[str, Any]]:
    users = {paper.filed_by_user_id for each in findings for paper in each.papers}
    names = accounts.display_names(session, users)
    rows = []
    for each in findings:
        clock, is_late = words.finding_clock(each)
        asked = queries.open_ask(session, each)
        answers = each.state is FindingState.ORDERED
        put_right, ask = f"answer-{each.id}", f"extension-{each.id}"
        rows.append(
            {
                "id": each.id,
                "title": each.title,
                "rule": rule_words(each),
                "amount": each.amount or None,
                "severity": label(each.severity),
                "severity_manner": words.SEVERITY_MANNERS[each.severity],
                "state": label(each.state),
                "manner": words.FINDING_MANNERS.get(each.state, "wait"),
                "body": each.body,
                "order": each.order,
                "clock": clock,
                "is_late": is_late,
                "papers": [paper_row(p, names, "fieldwork.room_evidence") for p in each.papers],
                "response": each.answer,
                "asked": _("已请求延到 %(day)s，等主管部门答复。", day=day(asked.until))
                if asked
                else None,
                "refused": [
                    _(
                        "没有同意延到 %(day)s：%(why)s",
                        day=day(one.until),
                        why=paper.body,
                    )
                    for one, paper in queries.refused_asks(session, each)
                ],
                "answer": (
                    forms.get(put_right, PutRightForm(formdata=None, prefix=f"{put_right}-"))
                    if answers
                    else None
                ),
                "ask": (
                    forms.get(ask, AskForm(formdata=None, prefix=f"{ask}-")) if answers else None
                ),
            }
        )
    return rows
