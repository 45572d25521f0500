"""What the pages of findings show: the list, one finding with what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import Actor
from charity.audits import policy
from charity.audits.models import (
    AuditFinding,
    FindingPaper,
    FindingState,
    Inspection,
    InspectionState,
    PaperSide,
)
from charity.audits.queries import fieldwork as queries
from charity.money import Money
from web.fieldwork import words
from web.fieldwork.forms import NoteForm, OrderForm, RecheckForm
from web.fieldwork.frame import head_of
from web.fieldwork.pages import item_words, signed
from web.filters import day, moment
from web.forms import BaseForm
from web.labels import label

#: States in which findings are written.
WRITING = (InspectionState.FIELDWORK, InspectionState.DRAFT_FINDINGS)


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding in words and colours."""

    id: int
    title: str
    body: str
    rule: str
    severity: str
    severity_manner: str
    state: str
    manner: str
    amount: Money
    due: str
    clock: str
    is_late: bool
    url: str


def view_of(finding: AuditFinding) -> FindingView:
    """The finding in words."""
    clock, is_late = words.finding_clock(finding)
    return FindingView(
        id=finding.id,
        title=finding.title,
        body=finding.body,
        rule=rule_words(finding),
        severity=label(finding.severity),
        severity_manner=words.SEVERITY_MANNERS[finding.severity],
        state=label(finding.state),
        manner=words.FINDING_MANNERS.get(finding.state, "wait"),
        amount=finding.amount,
        due=clock or (day(finding.due_on) if finding.due_on else ""),
        clock=clock,
        is_late=is_late,
        url=url_for(
            "fieldwork.finding", inspection_id=finding.inspection_id, finding_id=finding.id
        ),
    )


def rule_words(finding: AuditFinding) -> str:
    """The item of the checklist, and the rule where it is another one."""
    item = item_words(finding.item)
    return item if finding.rule_id in ("", finding.item) else f"{item} · {finding.rule_id}"


def list_context(session: Session, actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """The findings of an inspection that were not dropped."""
    found = queries.findings_by_inspection(session, [inspection.id])[inspection.id]
    writes = bool(policy.may_inspect(actor, inspection)) and inspection.state in WRITING
    return {
        "head": head_of(inspection),
        "part": "findings",
        "findings": [view_of(each) for each in found],
        "may_write": writes,
    }


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done about a finding now."""

    name: str
    title: str
    label: str
    words: str = ""
    form: BaseForm | None = None
    is_main: bool = False
    #: Where the act has a page of its own.
    url: str | None = None


def detail_context(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    finding: AuditFinding,
    forms: Mapping[str, BaseForm],
) -> dict[str, Any]:
    """One finding with the proof of both sides and what comes next."""
    users = _users(finding)
    names = accounts.display_names(session, users)
    inspects = bool(policy.may_inspect(actor, inspection))
    asked = queries.open_ask(session, finding)
    return {
        "head": head_of(inspection),
        "part": "findings",
        "finding": view_of(finding),
        "steps": words.finding_steps(finding),
        "facts": [
            (_("依据"), rule_words(finding)),
            (_("涉及金额"), finding.amount or None),
            (_("要求整改"), finding.order or None),
            (_("说明"), finding.end_note or None),
        ],
        "asked": _("希望延到 %(day)s：%(why)s", day=day(asked.until), why=asked.reason)
        if asked
        else None,
        "response": (
            {"words": finding.answer, "at": day(finding.answered_on)} if finding.answer else None
        ),
        "papers": [paper_row(each, names, "fieldwork.evidence") for each in finding.papers],
        "acts": _acts(actor, inspection, finding, forms),
        "may_change": inspects and finding.state is FindingState.DRAFT,
        "log": _log(finding, names),
        "refusals": _refusals(actor, finding) if inspects else [],
    }


def paper_row(paper: FindingPaper, names: Mapping[int, str], endpoint: str) -> dict[str, Any]:
    """A paper beside a finding: which side filed it, and where it is read."""
    inspection_id = paper.finding.inspection_id
    side = _("检查组") if paper.side is PaperSide.TEAM else _("被查的组织")
    who = signed(names, paper.filed_by_user_id, paper.filed_at)
    return {
        "title": paper.title,
        "url": url_for(endpoint, inspection_id=inspection_id, paper_id=paper.id),
        "by": f"{side} · {who}",
    }


def _users(finding: AuditFinding) -> set[int]:
    found = {finding.found_by_user_id, *(each.filed_by_user_id for each in finding.papers)}
    found |= {each.granted_by_user_id for each in finding.extensions}
    return found | {each.checked_by_user_id for each in finding.checks}


def _refusals(actor: Actor, finding: AuditFinding) -> list[str]:
    """Why this person does not look at it again."""
    waits = finding.state is FindingState.ANSWERED
    if waits and finding.found_by_person_id == actor.person_id:
        return [str(_("问题是你发现的，要由检查组里的另一个人来复查。"))]
    return []


def _acts(
    actor: Actor, inspection: Inspection, finding: AuditFinding, forms: Mapping[str, BaseForm]
) -> list[Act]:
    """What this person may do about it now, the usual first."""
    found: list[Act] = []
    state = finding.state
    orders = bool(policy.may_order(actor, inspection))
    inspects = bool(policy.may_inspect(actor, inspection))
    told = inspection.state in (InspectionState.FINAL, InspectionState.RECTIFYING)
    if state is FindingState.TOLD and orders and told:
        days = inspection.plan.rectification_days
        said = _("从今天起 %(n)s 个工作日内改好。逾期会限制募捐和付款。", n=days)
        found.append(_act("order", _("责令整改"), _("下达整改"), said, OrderForm, forms, main=True))
    if (
        state is FindingState.ANSWERED
        and inspects
        and finding.found_by_person_id != (actor.person_id)
    ):
        said = _("看过材料、去过现场再写。")
        found.append(_act("check", _("复查"), _("记下复查"), said, RecheckForm, forms, main=True))
    if state is FindingState.VERIFIED and (orders or inspects):
        said = _("结案以后，因为它设的限制就解除了。")
        found.append(Act("close", _("结案"), _("结案"), said, None, is_main=True))
    if state is FindingState.ORDERED and orders:
        there = url_for("audits.extend", finding_id=finding.id)
        found.append(Act("extend", _("延长期限"), _("延长期限"), _("理由会公开。"), url=there))
    if orders and state in (FindingState.TOLD, FindingState.ORDERED, FindingState.ANSWERED):
        said = _("写明移交给谁、因为什么。")
        found.append(_act("refer", _("移交别的部门"), _("移交"), said, NoteForm, forms))
    if state in (FindingState.DRAFT, FindingState.TOLD) and inspects:
        said = _("查清楚了，不算问题。写明为什么。")
        found.append(_act("drop", _("撤掉这条"), _("撤掉"), said, NoteForm, forms))
    return found


def _act(
    name: str,
    title: str,
    button: str,
    said: str,
    kind: type[BaseForm],
    forms: Mapping[str, BaseForm],
    *,
    main: bool = False,
) -> Act:
    form = forms.get(name) or kind(formdata=None, prefix=f"{name}-")
    return Act(name, title, button, said, form, is_main=main)


def _log(finding: AuditFinding, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What happened to it, the newest first."""
    said: list[tuple[datetime, str]] = [
        (finding.found_at, _("%(name)s写下", name=names.get(finding.found_by_user_id, "")))
    ]
    for each in finding.extensions:
        name = names.get(each.granted_by_user_id, "")
        what = _(
            "%(name)s把期限延到 %(day)s：%(why)s", name=name, day=day(each.until), why=each.reason
        )
        said.append((each.granted_at, what))
    for check in finding.checks:
        name = names.get(check.checked_by_user_id, "")
        what = (
            _("%(name)s复查，改好了：%(why)s")
            if check.is_right
            else _("%(name)s复查，没改好：%(why)s")
        )
        said.append((check.checked_at, what % {"name": name, "why": check.note}))
    return [(moment(at), str(line)) for at, line in sorted(said, reverse=True)]
