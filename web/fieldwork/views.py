"""The workspace of an inspection: my list, one inspection and its steps, checklist, papers."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import require
from charity.audits import policy, services
from charity.audits.models import ChecklistVerdict
from charity.audits.queries import fieldwork as queries
from charity.rows import present
from web import papers as paper_files
from web.db import get_session
from web.fieldwork import (
    downloads,
    list_pages,
    pages,
    views_findings,
    views_room,
    views_samples,
)
from web.fieldwork.blueprint import bp, perform, submit
from web.fieldwork.forms import (
    ConclusionForm,
    DeliverForm,
    KeepFilterForm,
    NoteForm,
    PaperForm,
    TeamNoteForm,
    VerdictForm,
)
from web.fieldwork.frame import workspace
from web.forms import BaseForm
from web.labels.checklist import CHECKLIST_WORDS
from web.ports import ports
from web.security.sessions import current_actor

__all__ = ["bp"]

#: Views of the other parts; importing them registers their routes.
PARTS = (downloads, views_findings, views_room, views_samples)


# ── my inspections ───────────────────────────────────────────────────────────────────────────────


@bp.get("/audits/inspections")
def index() -> ResponseReturnValue:
    """My inspections, narrowed by filters that can be kept."""
    return _index(KeepFilterForm(formdata=None))


def _index(keeping: KeepFilterForm, status: int = 200) -> ResponseReturnValue:
    context = list_pages.index_context(get_session(), current_actor(), request.args)
    if not keeping.is_submitted():
        keeping.query.data = context["query"]
    html = render_template("fieldwork/index.html", keeping=keeping, **context)
    return html, status


@bp.post("/audits/inspections/filters")
def keep_filter() -> ResponseReturnValue:
    """Keep a filter under a name."""
    form = KeepFilterForm()
    back = url_for("fieldwork.index")

    def keep(work: Session) -> None:
        services.keep_filter(
            work, current_actor(), area=queries.AREA, name=form.name.data, query=form.query.data
        )

    return submit(form, keep, _("筛选存好了。"), back, lambda status: _index(form, status))


@bp.post("/audits/inspections/filters/<int:filter_id>/drop")
def drop_filter(filter_id: int) -> ResponseReturnValue:
    """Keep a filter no longer."""
    return perform(
        lambda work: services.drop_filter(work, current_actor(), filter_id=filter_id),
        _("不再保留这个筛选。"),
        url_for("fieldwork.index"),
    )


# ── one inspection ───────────────────────────────────────────────────────────────────────────────


@bp.get("/audits/inspections/<int:inspection_id>")
def detail(inspection_id: int) -> ResponseReturnValue:
    """How far it is and what comes next."""
    return _overview(inspection_id)


def _overview(inspection_id: int, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    context = pages.overview_context(session, actor, inspection, forms)
    return render_template("fieldwork/overview.html", **context), status


@bp.post("/audits/inspections/<int:inspection_id>/notice")
def deliver(inspection_id: int) -> ResponseReturnValue:
    """检查通知书 has reached the organisation."""
    actor = current_actor()
    require(pages.may_step(actor, workspace(get_session(), actor, inspection_id), "deliver"))
    form = DeliverForm()

    def record(work: Session) -> None:
        services.deliver_notice(
            work,
            actor,
            inspection_id=inspection_id,
            delivered_on=present(form.delivered_on.data),
            text="",
            receipt=form.paper.evidence,
            files=ports().files,
        )

    return submit(
        form,
        record,
        _("已记下，组织会收到通知。"),
        url_for("fieldwork.detail", inspection_id=inspection_id),
        lambda status: _overview(inspection_id, status, deliver=form),
    )


@bp.post(
    "/audits/inspections/<int:inspection_id>/"
    "<any(start, draft, tell, finish, obstruct, refer):step>"
)
def step(inspection_id: int, step: str) -> ResponseReturnValue:
    """Take the next step, or one of the ways out."""
    actor = current_actor()
    require(pages.may_step(actor, workspace(get_session(), actor, inspection_id), step))
    back = url_for("fieldwork.detail", inspection_id=inspection_id)
    plain: dict[str, Any] = {
        "start": (services.start_fieldwork, _("检查开始了。")),
        "draft": (services.draft_findings, _("初步意见整理好了，看过再告诉组织。")),
        "tell": (services.tell_organisation, _("已告诉组织，等他们说明。")),
    }
    if step in plain:
        act, said = plain[step]
        return perform(lambda work: act(work, actor, inspection_id=inspection_id), said, back)
    with_words: dict[str, Any] = {
        "finish": (services.finish, "conclusion", _("最终意见定下了。")),
        "obstruct": (services.obstruct, "note", _("已记下不配合。")),
        "refer": (services.refer, "note", _("已移交。")),
    }
    act, name, said = with_words[step]
    form = ConclusionForm() if step == "finish" else NoteForm(prefix=f"{step}-")
    key = "conclude" if step == "finish" else step

    def take(work: Session) -> None:
        act(work, actor, inspection_id=inspection_id, **{name: form.note.data or ""})

    again = partial(_again, inspection_id, key, form)
    return submit(form, take, said, back, again)


def _again(inspection_id: int, key: str, form: BaseForm, status: int) -> ResponseReturnValue:
    return _overview(inspection_id, status, **{key: form})


@bp.post("/audits/inspections/<int:inspection_id>/members/<int:member_id>/replace")
def replace(inspection_id: int, member_id: int) -> ResponseReturnValue:
    """Somebody leaves the team; the next in line follows."""
    actor = current_actor()
    inspection = workspace(get_session(), actor, inspection_id)
    require(policy.may_order(actor, inspection))
    present(next((each for each in inspection.team if each.id == member_id), None))
    form = NoteForm(prefix=f"replace-{member_id}-")
    followers = []

    def leave(work: Session) -> None:
        follower = services.replace_member(
            work, actor, member_id=member_id, reason=form.note.data or ""
        )
        followers.append(follower.inspector.name if follower else "")

    def said() -> str:
        if not followers[-1]:
            return str(_("记下了。抽签的名单里没有人能接替。"))
        return str(_("换好了，按抽签的顺序由%(name)s接替。", name=followers[-1]))

    return submit(
        form,
        leave,
        said,
        url_for("fieldwork.detail", inspection_id=inspection_id),
        lambda status: _overview(inspection_id, status, **{f"replace-{member_id}": form}),
    )


# ── the checklist ────────────────────────────────────────────────────────────────────────────────


@bp.get("/audits/inspections/<int:inspection_id>/checklist")
def checklist(inspection_id: int) -> ResponseReturnValue:
    """AUD-01 to AUD-13 with what was seen of each."""
    return _checklist(inspection_id, {})


def _checklist(
    inspection_id: int, sent: dict[str, VerdictForm], status: int = 200
) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    context = pages.checklist_context(session, actor, inspection, sent)
    return render_template("fieldwork/checklist.html", **context), status


@bp.post("/audits/inspections/<int:inspection_id>/checklist/<item>")
def answer_item(inspection_id: int, item: str) -> ResponseReturnValue:
    """Say what was seen of one item."""
    actor = current_actor()
    require(policy.may_inspect(actor, workspace(get_session(), actor, inspection_id)))
    form = VerdictForm(prefix=f"{item}-")

    def answer(work: Session) -> None:
        services.answer_item(
            work,
            actor,
            inspection_id=inspection_id,
            item=item,
            verdict=ChecklistVerdict(form.verdict.data),
            note=form.note.data or "",
        )

    back = url_for("fieldwork.checklist", inspection_id=inspection_id)
    known = {item: form} if item in CHECKLIST_WORDS else {}
    return submit(
        form,
        answer,
        _("记下了。"),
        f"{back}#{item}" if known else back,
        lambda status: _checklist(inspection_id, known, status),
    )


# ── papers and notes ─────────────────────────────────────────────────────────────────────────────


@bp.route("/audits/inspections/<int:inspection_id>/papers", methods=["GET", "POST"])
def papers(inspection_id: int) -> ResponseReturnValue:
    """The work papers, and one more of them."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    if request.method == "GET":
        return _papers(inspection_id)
    require(policy.may_inspect(actor, inspection))
    # drawing a paper takes seconds: the database is let go meanwhile
    session.rollback()
    form = PaperForm()
    form.offer(pages.item_choices())

    def file(work: Session) -> None:
        services.file_paper(
            work,
            actor,
            inspection_id=inspection_id,
            item=form.item.data or "",
            title=form.title.data or "",
            body=form.body.data or "",
            evidence=form.paper.evidence,
            files=ports().files,
        )

    back = url_for("fieldwork.papers", inspection_id=inspection_id)
    return submit(
        form,
        file,
        _("底稿存好了。"),
        back,
        lambda status: _papers(inspection_id, status, form=form),
    )


def _papers(inspection_id: int, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    context = pages.papers_context(session, actor, inspection)
    if policy.may_inspect(actor, inspection):
        form = PaperForm(formdata=None)
        form.offer(pages.item_choices())
        form.item.data = request.args.get("item", "")
        context |= {"form": form, "note_form": TeamNoteForm(formdata=None)}
    return render_template("fieldwork/papers.html", **(context | forms)), status


@bp.get("/audits/inspections/<int:inspection_id>/papers/<int:paper_id>")
def paper(inspection_id: int, paper_id: int) -> ResponseReturnValue:
    """The file of a work paper."""
    session = get_session()
    workspace(session, current_actor(), inspection_id)
    found = queries.work_paper(session, inspection_id, paper_id)
    return paper_files.send(found.file_hash or b"", found.media_type, name=f"paper-{found.number}")


@bp.post("/audits/inspections/<int:inspection_id>/notes")
def note(inspection_id: int) -> ResponseReturnValue:
    """A note among the team."""
    actor = current_actor()
    require(policy.may_inspect(actor, workspace(get_session(), actor, inspection_id)))
    form = TeamNoteForm()

    def write(work: Session) -> None:
        services.write_note(work, actor, inspection_id=inspection_id, body=form.body.data or "")

    back = url_for("fieldwork.papers", inspection_id=inspection_id)
    return submit(
        form,
        write,
        _("记下了，只有检查组看得到。"),
        back,
        lambda status: _papers(inspection_id, status, note_form=form),
    )
