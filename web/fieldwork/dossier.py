"""Everything of an inspection put together: for its report, and for the archive of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.audits.models import (
    AuditFinding,
    AuditSample,
    AuditSampleState,
    FindingState,
    FlagState,
    Inspection,
    RedFlag,
)
from charity.audits.queries import fieldwork as queries
from web.fieldwork import report, sampling_pages, voucher, words
from web.fieldwork.archive import Dossier, Paper
from web.fieldwork.finding_pages import rule_words
from web.fieldwork.flag_pages import flag_words
from web.fieldwork.pages import item_words, signed
from web.fieldwork.report import FoundPart, ReportParts
from web.filters import day, moment, yuan
from web.labels import label
from web.labels.checklist import CHECKLIST_WORDS
from web.spreadsheets import Cell


def report_of(session: Session, inspection: Inspection) -> bytes:
    """检查报告 as a Word file."""
    return report.written(_parts(session, inspection), at=clock.now())


def dossier_of(session: Session, inspection: Inspection) -> Dossier:
    """The whole file: its papers are named here and read when the archive is sent."""
    samples = queries.samples_of(session, inspection.id)
    findings = _findings(session, inspection)
    flags = queries.flags_about(session, inspection.organisation_id)
    return Dossier(
        title=_title(inspection),
        data=_data(inspection, samples, findings, flags),
        tables=[
            ("checklist", _checklist_table(inspection)),
            ("findings", _finding_table(findings)),
            ("flags", _flag_table(flags)),
            *((f"sample-{each.number}", _sample_table(session, each)) for each in samples),
        ],
        report=report_of(session, inspection),
        papers=_papers(session, inspection, samples, findings),
    )


def _title(inspection: Inspection) -> str:
    return str(_("%(name)s检查报告", name=inspection.organisation.name))


def _findings(session: Session, inspection: Inspection) -> list[AuditFinding]:
    return queries.findings_by_inspection(session, [inspection.id])[inspection.id]


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def _parts(session: Session, inspection: Inspection) -> ReportParts:
    samples = queries.samples_of(session, inspection.id)
    flags = queries.flags_about(session, inspection.organisation_id)
    return ReportParts(
        title=_title(inspection),
        facts=_facts(inspection),
        scope=inspection.plan.scope,
        checklist=[[str(cell or "") for cell in row] for row in _checklist_table(inspection)[1:]],
        samples=[_sample_words(each) for each in samples],
        findings=[_found(each) for each in _findings(session, inspection)],
        response=inspection.response,
        conclusion=inspection.conclusion,
        team=[member.inspector.name for member in inspection.team],
        flags=[
            [flag_words(each), label(each.state), each.explanation]
            for each in flags
            if each.state is not FlagState.OPEN
        ],
    )


def _facts(inspection: Inspection) -> list[tuple[str, str]]:
    plan = inspection.plan
    return [
        (_("被检查的组织"), inspection.organisation.name),
        (_("计划"), plan.title),
        (_("查哪一段"), f"{day(plan.period_from)} – {day(plan.period_until)}"),
        (_("怎么查"), label(inspection.procedure)),
        (_("通知书"), inspection.notice_number or ""),
        (_("送达"), day(inspection.notice_delivered_on)),
        (_("开始检查"), day(inspection.fieldwork_from)),
        (_("检查人员"), " · ".join(member.inspector.name for member in inspection.team)),
        (_("到哪一步"), label(inspection.state)),
    ]


def _sample_words(sample: AuditSample) -> tuple[str, list[str]]:
    title = f"{sample.number}. {label(sample.method)}"
    lines = [
        f"{name}{_('：')}{yuan(value) if hasattr(value, 'fen') else value}"  # type: ignore[arg-type]
        for name, value in sampling_pages.drawn_words(sample)
        if value is not None
    ]
    lines += [f"{_('种子')}{_('：')}{sample.seed}", f"{_('清单指纹')}{_('：')}{sample.frame_hash}"]
    if sample.state is AuditSampleState.EVALUATED:
        lines += sampling_pages.result_lines(sample)
    return title, [str(line) for line in lines]


def _found(finding: AuditFinding) -> FoundPart:
    due = day(finding.due_on) if finding.due_on else ""
    late = words.finding_clock(finding)[0]
    facts = [
        (_("依据"), rule_words(finding)),
        (_("轻重"), label(finding.severity)),
        (_("涉及金额"), yuan(finding.amount)),
        (_("到哪一步"), label(finding.state)),
        (_("期限"), late or due),
    ]
    return FoundPart(finding.title, facts, finding.body, finding.order, finding.answer)


# ── tables ───────────────────────────────────────────────────────────────────────────────────────


def _checklist_table(inspection: Inspection) -> list[list[Cell]]:
    answers = {each.item: each for each in inspection.answers}
    rows: list[list[Cell]] = [[_("编号"), _("内容"), _("结果"), _("说明")]]
    for code, (title, _question) in CHECKLIST_WORDS.items():
        answer = answers.get(code)
        verdict = label(answer.verdict) if answer else str(_("没有填"))
        rows.append([code, str(title), verdict, answer.note if answer else ""])
    return rows


def _finding_table(findings: Sequence[AuditFinding]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        [
            _("编号"), _("什么问题"), _("依据"), _("轻重"), _("涉及金额"), _("到哪一步"), _("期限"),
            _("事实和依据"), _("要求整改"), _("整改情况"),
        ]
    ]  # fmt: skip
    for each in findings:
        rows.append(
            [
                each.number,
                each.title,
                rule_words(each),
                label(each.severity),
                each.amount,
                label(each.state),
                each.due_on,
                each.body,
                each.order,
                each.answer,
            ]
        )
    return rows


def _flag_table(flags: Sequence[RedFlag]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[_("规则"), _("疑点"), _("涉及"), _("怎么办的"), _("解释")]]
    for each in flags:
        about = " ".join(each.subjects)
        rows.append([each.rule, flag_words(each), about, label(each.state), each.explanation])
    return rows


def _sample_table(session: Session, sample: AuditSample) -> list[list[Cell]]:
    titles = sampling_pages.titles_of(session, sample)
    rows: list[list[Cell]] = [
        [_("第几张"), _("编号"), _("凭证"), _("付给谁"), _("账面"), _("核实"), _("结果"), _("说明")]
    ]
    for item in sample.items:
        title, payee = titles.get(item.subject, ("", ""))
        seen = sampling_pages.item_words(item)[0]
        rows.append(
            [
                item.number,
                item.subject,
                title,
                payee,
                item.amount,
                item.audited_amount,
                seen,
                item.note,
            ]
        )
    return rows


# ── papers ───────────────────────────────────────────────────────────────────────────────────────


def _papers(
    session: Session,
    inspection: Inspection,
    samples: Sequence[AuditSample],
    findings: Sequence[AuditFinding],
) -> list[Paper]:
    """Every stored file, each once under its own name."""
    work = queries.papers_of(session, inspection.id)
    beside = [paper for each in findings for paper in each.papers]
    users = {each.filed_by_user_id for each in work} | {each.filed_by_user_id for each in beside}
    names = accounts.display_names(session, users)
    found: list[Paper] = []
    if inspection.receipt_hash:
        at = day(inspection.notice_delivered_on)
        kind = inspection.receipt_media_type
        found.append(Paper("notice/receipt", inspection.receipt_hash, kind, _("签收回执"), at))
    for each in work:
        if each.file_hash:
            title = f"{item_words(each.item)} {each.title}".strip()
            by = signed(names, each.filed_by_user_id, each.filed_at)
            place = f"papers/{each.number:03}"
            found.append(Paper(place, each.file_hash, each.media_type, title, by))
    for paper in beside:
        by = f"{label(paper.side)} · {signed(names, paper.filed_by_user_id, paper.filed_at)}"
        place = f"findings/{paper.finding.number:02}-{paper.id}"
        found.append(Paper(place, paper.file_hash, paper.media_type, paper.title, by))
    for made in queries.lists_of(session, inspection.id):
        by = moment(made.handed_in_at)
        place = f"lists/{made.id}"
        found.append(Paper(place, made.file_hash, made.media_type, made.file_name, by))
    return [*found, *_voucher_papers(session, samples)]


def _voucher_papers(session: Session, samples: Sequence[AuditSample]) -> list[Paper]:
    """The pictures of sampled vouchers; a voucher of two samples lies there once."""
    ids = {
        int(item.subject.removeprefix(voucher.EXPENSE))
        for sample in samples
        for item in sample.items
        if item.subject.startswith(voucher.EXPENSE)
    }
    return [
        Paper(
            f"vouchers/expense-{picture.expense_id}-{picture.id}",
            picture.file_hash,
            picture.media_type,
            picture.expense.title,
            day(picture.added_at),
        )
        for picture in queries.vouchers_of(session, ids)
    ]


# ── for programs ─────────────────────────────────────────────────────────────────────────────────


def _data(
    inspection: Inspection,
    samples: Sequence[AuditSample],
    findings: Sequence[AuditFinding],
    flags: Sequence[RedFlag],
) -> dict[str, object]:
    plan = inspection.plan
    return {
        "inspection": inspection.id,
        "organisation": inspection.organisation.name,
        "uscc": inspection.organisation.uscc,
        "plan": plan.title,
        "period": [plan.period_from, plan.period_until],
        "state": inspection.state.value,
        "notice": [inspection.notice_number, inspection.notice_delivered_on],
        "team": [member.inspector.name for member in inspection.team],
        "response": inspection.response,
        "conclusion": inspection.conclusion,
        "checklist": {each.item: [each.verdict.value, each.note] for each in inspection.answers},
        "samples": [_sample_data(each) for each in samples],
        "findings": [_finding_data(each) for each in findings],
        "flags": [
            {
                "rule": each.rule,
                "key": each.key,
                "params": each.params,
                "subjects": each.subjects,
                "state": each.state.value,
                "explanation": each.explanation,
            }
            for each in flags
        ],
    }


def _sample_data(sample: AuditSample) -> Mapping[str, Any]:
    return {
        "number": sample.number,
        "method": sample.method.value,
        "source": sample.source,
        "frame_hash": sample.frame_hash,
        "population": sample.population,
        "book_value_fen": sample.book_value.fen,
        "seed": sample.seed,
        "parameters": sample.parameters,
        "evaluation": sample.evaluation,
        "items": [
            {
                "number": item.number,
                "subject": item.subject,
                "fen": item.amount.fen,
                "audited_fen": item.audited_amount.fen if item.audited_amount is not None else None,
                "deviation": item.deviation,
                "note": item.note,
            }
            for item in sample.items
        ],
    }


def _finding_data(finding: AuditFinding) -> Mapping[str, Any]:
    return {
        "number": finding.number,
        "item": finding.item,
        "rule": finding.rule_id,
        "severity": finding.severity.value,
        "title": finding.title,
        "fen": finding.amount.fen,
        "state": finding.state.value,
        "ordered_on": finding.ordered_on,
        "due_on": finding.due_on,
        "answered_on": finding.answered_on,
        "closed_on": finding.closed_on,
        "overdue_days": (
            finding.overdue_days(clock.today()) if finding.state is not FindingState.DRAFT else 0
        ),
    }
