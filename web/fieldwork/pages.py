"""What the pages of an inspection show: the overview, the checklist, papers and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import Actor, Verdict
from charity.audits import policy
from charity.audits.models import (
    ChecklistAnswer,
    ChecklistVerdict,
    ExtensionAsk,
    Inspection,
    InspectionState,
    WorkPaper,
)
from charity.audits.queries import fieldwork as queries
from web.fieldwork import words
from web.fieldwork.forms import ConclusionForm, DeliverForm, NoteForm, VerdictForm
from web.fieldwork.frame import head_of
from web.filters import day, moment
from web.forms import BaseForm
from web.labels import label
from web.labels.checklist import CHECKLIST_WORDS

# ── one inspection ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Next:
    """The one act that comes next, with what is missing for it."""

    url: str
    title: str
    words: str
    label: str
    confirm: str | None = None
    lacking: list[str] = field(default_factory=list)


def may_step(actor: Actor, inspection: Inspection, step: str) -> Verdict:
    """The team takes the steps; the office delivers and refers as well."""
    inspects = policy.may_inspect(actor, inspection)
    if step in ("deliver", "refer"):
        return inspects or policy.may_order(actor, inspection)
    return inspects


def overview_context(
    session: Session, actor: Actor, inspection: Inspection, forms: Mapping[str, BaseForm]
) -> dict[str, Any]:
    """How far it is and what comes next; forms that were sent stand with what was typed."""
    works = bool(policy.may_inspect(actor, inspection))
    orders = bool(policy.may_order(actor, inspection))
    state = inspection.state
    deliver = (works or orders) and state is InspectionState.DRAWN
    concludes = works and state is InspectionState.ORG_RESPONSE
    return {
        "head": head_of(inspection),
        "part": "overview",
        "steps": words.inspection_steps(inspection),
        "reads_only": not policy.is_on_team(actor, inspection) and not orders,
        "deliver": forms.get("deliver", DeliverForm.fresh()) if deliver else None,
        "next": _next(inspection) if works else _closing(inspection) if orders else None,
        "conclude": forms.get("conclude", ConclusionForm(formdata=None)) if concludes else None,
        "waits": _waits(inspection),
        "answer": inspection.response or None,
        "short": _short(inspection),
        "facts": _facts(inspection),
        "progress": _progress(session, inspection),
        "team": [
            {
                "name": member.inspector.name,
                "firm": member.inspector.firm.name if member.inspector.firm else None,
                "note": _("接替别人") if member.replaces_id else None,
                "id": member.id,
                "replace": _replacing(member.id, forms) if orders else None,
            }
            for member in inspection.team
        ],
        "stuck": _stuck(inspection, forms, works=works) if works or orders else [],
    }


def _short(inspection: Inspection) -> str | None:
    """How many a team lacks after somebody left and nobody was next in line."""
    lacking = inspection.plan.team_size - len(inspection.team)
    if lacking <= 0 or inspection.state is InspectionState.CLOSED:
        return None
    return str(_("还差 %(n)s 人，抽签的名单里没有人能接替了。不足两人不能检查。", n=lacking))


def _replacing(member_id: int, forms: Mapping[str, BaseForm]) -> BaseForm:
    name = f"replace-{member_id}"
    return forms.get(name) or NoteForm(formdata=None, prefix=f"{name}-")


def _closing(inspection: Inspection) -> Next | None:
    """What the office does at the end: the result is public, and nothing is left."""
    if inspection.state not in (InspectionState.VERIFIED, InspectionState.REFERRED):
        return None
    said = _("先公布结果，再结案。结案以后，检查组不再看这家组织的账。")
    there = url_for("audits.close_inspection", inspection_id=inspection.id)
    return Next(there, _("可以结案了"), said, _("结案"))


def _next(inspection: Inspection) -> Next | None:
    state = inspection.state
    to = partial(_step_url, inspection)
    if state is InspectionState.NOTIFIED:
        return Next(
            to("start"), _("可以开始检查了"), _("到场的检查人员不少于两人。"), _("开始检查")
        )
    if state is InspectionState.FIELDWORK:
        open_items = len(CHECKLIST_WORDS) - len(inspection.answers)
        lacking = [_("检查清单还有 %(n)s 项没有填。", n=open_items)] if open_items else []
        said = _("查完了，就把问题和清单整理成初步意见。")
        return Next(to("draft"), _("正在检查"), said, _("整理初步意见"), None, lacking)
    if state is InspectionState.DRAFT_FINDINGS:
        said = _("组织会看到写好的问题，有 %(n)s 个工作日说明情况。")
        said = said % {"n": inspection.plan.response_days}
        confirm = _("告诉组织以后，问题的内容不能再改。")
        return Next(to("tell"), _("初步意见写好了"), said, _("告诉组织"), confirm)
    return None


def _step_url(inspection: Inspection, step: str) -> str:
    return url_for("fieldwork.step", inspection_id=inspection.id, step=step)


def _waits(inspection: Inspection) -> str | None:
    state = inspection.state
    if state is InspectionState.ORG_RESPONSE and inspection.responded_at is None:
        return str(_("等组织说明情况。%(clock)s", clock=words.inspection_clock(inspection)[0]))
    if state in (InspectionState.FINAL, InspectionState.RECTIFYING):
        return str(_("等组织整改。每一条问题改好以后，由不是发现它的人来复查。"))
    if state in (InspectionState.VERIFIED, InspectionState.REFERRED):
        return str(_("等主管部门公布结果并结案。"))
    return None


def _facts(inspection: Inspection) -> list[tuple[str, object]]:
    receipt = _("有回执") if inspection.receipt_hash else _("没有回执")
    delivered = inspection.notice_delivered_on
    return [
        (_("怎么查"), label(inspection.procedure)),
        (_("通知书"), inspection.notice_number or _("还没有送达")),
        (_("送达"), f"{day(delivered)} · {receipt}" if delivered else None),
        (_("查什么"), inspection.plan.scope or None),
        (_("结论"), inspection.conclusion or None),
        (_("说明"), inspection.state_note or None),
    ]


def _progress(session: Session, inspection: Inspection) -> list[tuple[str, object]]:
    issues = sum(1 for each in inspection.answers if each.verdict is ChecklistVerdict.ISSUE)
    samples = queries.samples_of(session, inspection.id)
    items = [item for sample in samples for item in sample.items]
    looked = sum(1 for item in items if item.checked_at)
    findings = queries.findings_by_inspection(session, [inspection.id])[inspection.id]
    answered, every = len(inspection.answers), len(CHECKLIST_WORDS)
    return [
        (
            _("检查清单"),
            _("填了 %(n)s 项，共 %(all)s 项，%(bad)s 项有问题", n=answered, all=every, bad=issues),
        ),
        (_("抽查凭证"), _("抽了 %(n)s 张，看过 %(done)s 张", n=len(items), done=looked)),
        (_("问题"), _("%(n)s 条", n=len(findings))),
        (_("底稿"), _("%(n)s 份", n=len(queries.papers_of(session, inspection.id)))),
    ]


def _stuck(
    inspection: Inspection, forms: Mapping[str, BaseForm], *, works: bool
) -> list[dict[str, Any]]:
    """The ways out where a check cannot go on."""
    state, found = inspection.state, []
    if works and state in (InspectionState.NOTIFIED, InspectionState.FIELDWORK):
        hint = _("写清是谁、怎样不配合。会写进结果。")
        found.append(("obstruct", _("组织不配合"), hint))
    referring = (
        InspectionState.FIELDWORK, InspectionState.OBSTRUCTED, InspectionState.ORG_RESPONSE,
        InspectionState.FINAL, InspectionState.RECTIFYING,
    )  # fmt: skip
    if state in referring:
        found.append(("refer", _("移交别的部门"), _("写明移交给谁、因为什么。")))
    return [
        {
            "step": step,
            "title": title,
            "hint": hint,
            "form": forms.get(step, NoteForm(formdata=None, prefix=f"{step}-")),
        }
        for step, title, hint in found
    ]


# ── the checklist ────────────────────────────────────────────────────────────────────────────────


def checklist_context(
    session: Session, actor: Actor, inspection: Inspection, sent: Mapping[str, VerdictForm]
) -> dict[str, Any]:
    """Every item with what was seen of it, its papers, and its form for who may fill it in."""
    answers = {each.item: each for each in inspection.answers}
    papers: dict[str, list[WorkPaper]] = {}
    for paper in queries.papers_of(session, inspection.id):
        papers.setdefault(paper.item, []).append(paper)
    users = [each.answered_by_user_id for each in answers.values()]
    names = accounts.display_names(session, users)
    writes = bool(policy.may_inspect(actor, inspection))
    writes = writes and inspection.state is InspectionState.FIELDWORK
    items = [
        _item(inspection, code, answers.get(code), papers.get(code, []), names)
        | {"form": sent.get(code) or _verdict_form(code, answers.get(code)) if writes else None}
        for code in CHECKLIST_WORDS
    ]
    return {
        "head": head_of(inspection),
        "part": "checklist",
        "items": items,
        "answered": len(answers),
    }


def _item(
    inspection: Inspection,
    code: str,
    answer: ChecklistAnswer | None,
    papers: list[WorkPaper],
    names: Mapping[int, str],
) -> dict[str, Any]:
    title, question = CHECKLIST_WORDS[code]
    return {
        "code": code,
        "title": str(title),
        "question": str(question),
        "verdict": label(answer.verdict) if answer else "",
        "manner": words.VERDICT_MANNERS[answer.verdict] if answer else "",
        "note": answer.note if answer else "",
        "by": signed(names, answer.answered_by_user_id, answer.answered_at) if answer else "",
        "papers": [{"title": each.title, "url": paper_url(each)} for each in papers],
    }


def _verdict_form(code: str, answer: ChecklistAnswer | None) -> VerdictForm:
    form = VerdictForm(formdata=None, prefix=f"{code}-")
    if answer is not None:
        form.verdict.data, form.note.data = answer.verdict.value, answer.note
    return form


# ── papers and notes ─────────────────────────────────────────────────────────────────────────────


def papers_context(session: Session, actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """The work papers, and for the team its own notes."""
    papers = queries.papers_of(session, inspection.id)
    mine = policy.is_on_team(actor, inspection)
    notes = queries.notes_of(session, inspection.id) if mine else []
    users = {each.filed_by_user_id for each in papers} | {each.written_by_user_id for each in notes}
    names = accounts.display_names(session, users)
    return {
        "head": head_of(inspection),
        "part": "papers",
        "papers": [
            {
                "title": f"{each.number}. {_paper_title(each)}",
                "url": paper_url(each),
                "body": each.body,
                "item": item_words(each.item),
                "by": signed(names, each.filed_by_user_id, each.filed_at),
                "digest": each.file_hash.hex() if each.file_hash else "",
            }
            for each in papers
        ],
        "sees_notes": mine,
        "notes": [
            (f"{names.get(each.written_by_user_id, '')} · {moment(each.written_at)}", each.body)
            for each in notes
        ],
    }


def _paper_title(paper: WorkPaper) -> str:
    """The title of a paper; one that refuses a request says so."""
    if paper.about.startswith(ExtensionAsk.SUBJECT):
        return str(_("没有同意延期：%(title)s", title=paper.title))
    return paper.title


def paper_url(paper: WorkPaper) -> str | None:
    """Where the file of a work paper is read; None where it has none."""
    if paper.file_hash is None:
        return None
    return url_for("fieldwork.paper", inspection_id=paper.inspection_id, paper_id=paper.id)


def item_words(code: str) -> str:
    """An item of the checklist with its name; empty for none."""
    found = CHECKLIST_WORDS.get(code)
    return f"{code} {found[0]}" if found else code


def item_choices() -> list[tuple[str, str]]:
    """Every item of the checklist to choose from."""
    return [(code, item_words(code)) for code in CHECKLIST_WORDS]


def signed(names: Mapping[int, str], user_id: int | None, at: Any) -> str:
    """Who did something, and when."""
    name = names.get(user_id, "") if user_id is not None else ""
    return f"{name} · {moment(at)}" if name else moment(at)
