"""What the pages of published results show, and what one organisation reads of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.audits import policy
from charity.audits.models import AuditFinding, AuditPlan, AuditResult
from charity.audits.queries import board
from charity.paging import Page
from charity.registry import queries as registry
from charity.registry.models import Organisation, Restriction
from web.audits import plans, shapes
from web.audits.forms import AppealAnswerForm, AppealForm
from web.audits.wording import content_rows, finding_rows
from web.filters import day
from web.labels import label


def results_context(session: Session, plan: AuditPlan, number: int) -> dict[str, Any]:
    """Every organisation of a plan with its result."""
    page = board.inspections_page(session, plan.id, number)
    rows = plans.inspection_rows(session, plan, page.items)
    told = board.results_told(session, plan.id)
    return plans.head(plan) | {
        "figures": [
            (page.total, _("抽中的组织")),
            (told.results, _("已公布结果")),
            (told.findings, _("查出的问题")),
            (told.right, _("已改好")),
        ],
        "page": Page(rows, page.number, page.size, page.total),
        "page_url": lambda n: url_for("audits.results", plan_id=plan.id, page=n),
    }


def result_context(
    session: Session,
    actor: Actor,
    result: AuditResult,
    *,
    form: AppealForm | None = None,
    answering: tuple[int, AppealAnswerForm] | None = None,
) -> dict[str, Any]:
    """One version of a result with what it corrected and the appeals against it."""
    inspection = result.inspection
    versions = board.versions_of(session, inspection.id)
    after = next((each for each in versions if each.corrects_id == result.id), None)
    before = next((each for each in versions if each.id == result.corrects_id), None)
    office = bool(policy.may_order(actor, inspection))
    return {
        "result": result,
        "plan": inspection.plan,
        "name": inspection.organisation.name,
        "organisation_id": inspection.organisation_id,
        "version": result.number,
        "successor_url": _url(after),
        "predecessor_url": _url(before),
        "differences": _differences(before, result) if before else [],
        "correction_reason": result.explanation,
        "conclusion": [label(result.conclusion)],
        "digest": result.digest,
        "facts": content_rows(result),
        "findings": finding_rows(result),
        "appeals": _appeals(session, actor, inspection.id, answering),
        "may_appeal": after is None and bool(policy.may_enter_room(actor, inspection))
        and not _has_open(session, inspection.id),
        "may_correct": office and after is None,
        "form": form or AppealForm(formdata=None),
    }  # fmt: skip


def _url(result: AuditResult | None) -> str | None:
    return url_for("audits.result", result_id=result.id) if result else None


def _differences(before: AuditResult, now: AuditResult) -> list[tuple[str, str, str]]:
    """What a correction changed: conclusion, terms, and each finding that is not as it was."""
    rows = [(_("结论"), label(before.conclusion), label(now.conclusion))]
    old, new = dict(content_rows(before)), dict(content_rows(now))
    rows += [(name, str(old.get(name, "—")), str(new.get(name, "—"))) for name in (*old, *new)]
    was, then = _by_number(before), _by_number(now)
    rows += [
        (_("第 %(n)s 个问题", n=n), was.get(n, "—"), then.get(n, "—"))
        for n in sorted({*was, *then})
    ]
    return list(dict.fromkeys(row for row in rows if row[1] != row[2]))


def _by_number(result: AuditResult) -> dict[int, str]:
    """Each finding of a version in one line."""
    return {
        row.number: " · ".join((row.title, row.severity, row.amount, row.state))
        for row in finding_rows(result)
    }


def _has_open(session: Session, inspection_id: int) -> bool:
    return any(each.answered_at is None for each in board.appeals_of(session, inspection_id))


def _appeals(
    session: Session,
    actor: Actor,
    inspection_id: int,
    answering: tuple[int, AppealAnswerForm] | None,
) -> list[dict[str, Any]]:
    """Appeals with their answers, and the form for who may answer."""
    found = []
    for each in board.appeals_of(session, inspection_id):
        may = each.answered_at is None and policy.may_answer_appeal(actor, each.inspection)
        form = None
        if may:
            sent = answering and answering[0] == each.id
            form = answering[1] if answering and sent else AppealAnswerForm(formdata=None)
        found.append(
            {
                "id": each.id,
                "body": each.body,
                "made": day(each.made_at),
                "answer": each.answer,
                "verdict": _("成立") if each.upheld else _("不成立"),
                "manner": "bad" if each.upheld else "good",
                "answered": day(each.answered_at),
                "form": form,
            }
        )
    return found


# ── one organisation ─────────────────────────────────────────────────────────────────────────────


def organisation_context(session: Session, found: Organisation) -> dict[str, Any]:
    """Its inspections, what it was ordered to put right, and what it may not do meanwhile."""
    inspections = board.inspections_of_organisation(session, found.id)
    ids = [each.id for each in inspections]
    tallies, results = board.tallies(session, ids), board.latest_results(session, ids)
    rows = [
        {
            "plan": each.plan.title,
            "plan_url": url_for("audits.plan", plan_id=each.plan_id),
            "row": shapes.inspection_row(
                each,
                tally=tallies.get(each.id, board.Tally()) if each.id in results else board.Tally(),
                result=results.get(each.id),
                names_team=False,
            ),
        }
        for each in inspections
    ]
    orders = board.orders_of_organisation(session, found.id)
    return {
        "organisation": found,
        "restrictions": restrictions_said(session, found.id),
        "inspections": rows,
        "findings": [shapes.finding_row(each, with_plan=False) for each in orders],
    }


def restrictions_said(session: Session, organisation_id: int) -> list[dict[str, str]]:
    """What an order that is late stops, why, and how it ends."""
    rows = [
        row
        for row in registry.restrictions(session, organisation_id=organisation_id)
        if row.source.startswith("finding:")
    ]
    by_source: dict[str, list[Restriction]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row)
    findings = board.findings_by_subject(session, by_source)
    return [_restriction(by_source[subject], finding) for subject, finding in findings.items()]


def _restriction(rows: list[Restriction], finding: AuditFinding) -> dict[str, str]:
    acts = str(_("、")).join(label(row.act) for row in rows)
    late = finding.overdue_days(clock.today())
    return {
        "title": str(_("从 %(day)s 起停止：%(acts)s", day=day(rows[0].since), acts=acts)),
        "reason": str(
            _(
                "因为抽查查出的问题“%(title)s”（规则 %(rule)s）要在 %(due)s 以前改好，"
                "已经超过 %(n)s 天。",
                title=finding.title,
                rule=finding.rule_id,
                due=day(finding.due_on),
                n=late,
            )
        ),
        "way_out": str(_("改好、交来材料、复查通过以后，自动恢复。")),
    }


def latest_line(session: Session, organisation_id: int) -> Mapping[str, str] | None:
    """One line for the organisation's public page; None where it was never drawn."""
    found = board.inspections_of_organisation(session, organisation_id)
    if not found:
        return None
    latest = found[0]
    results = board.latest_results(session, [latest.id])
    said = label(results[latest.id].conclusion) if latest.id in results else label(latest.state)
    return {
        "title": latest.plan.title,
        "said": said,
        "url": url_for("audits.organisation", organisation_id=organisation_id),
    }
