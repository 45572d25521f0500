"""The organisation's room: the notice, the list of vouchers, its answers, more time."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.audits import services
from charity.audits.models import TOLD_STATES
from charity.audits.queries import fieldwork as queries
from charity.audits.voucher_reading import VoucherFlaw
from charity.errors import Denied, DomainError, NotFound
from charity.rows import present
from web import papers as paper_files
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.fieldwork import notices, room_pages
from web.fieldwork.blueprint import bp, submit
from web.fieldwork.forms import AskForm, PutRightForm, RespondForm, VoucherListForm
from web.fieldwork.frame import room as enter
from web.fieldwork.frame import workspace
from web.forms import BaseForm, attach
from web.labels import sentence
from web.labels.checklist import LIST_COLUMNS
from web.labels.flags import spoken
from web.ports import ports
from web.security.sessions import current_actor

#: Flaws of a list that are told at once.
_FLAWS = 20


@bp.get("/desk/inspections")
def rooms() -> ResponseReturnValue:
    """Inspections of my organisations."""
    context = room_pages.list_context(get_session(), current_actor())
    return render_template("fieldwork/rooms.html", **context)


@bp.get("/desk/inspections/<int:inspection_id>")
def room(inspection_id: int) -> ResponseReturnValue:
    """What is asked of us, what we answered, and why we are held up."""
    return _room(inspection_id, {}, 200)


def _room(inspection_id: int, forms: dict[str, BaseForm], status: int) -> ResponseReturnValue:
    session = get_session()
    inspection = enter(session, current_actor(), inspection_id)
    context = room_pages.room_context(session, inspection, forms)
    return render_template("fieldwork/room.html", **context), status


@bp.get("/desk/inspections/<int:inspection_id>/notice")
def room_notice(inspection_id: int) -> ResponseReturnValue:
    """检查通知书 as the organisation reads it."""
    inspection = enter(get_session(), current_actor(), inspection_id)
    back = (inspection.plan.title, url_for("fieldwork.room", inspection_id=inspection_id))
    return render_template("fieldwork/notice.html", **notices.context(inspection, back))


@bp.get("/audits/inspections/<int:inspection_id>/notice")
def notice(inspection_id: int) -> ResponseReturnValue:
    """检查通知书 for the printer."""
    inspection = workspace(get_session(), current_actor(), inspection_id)
    back = (inspection.organisation.name, url_for("fieldwork.detail", inspection_id=inspection_id))
    return render_template("fieldwork/notice.html", **notices.context(inspection, back))


@bp.post("/desk/inspections/<int:inspection_id>/list")
def hand_in(inspection_id: int) -> ResponseReturnValue:
    """Hand in the list of vouchers; it is frozen as it is."""
    enter(get_session(), current_actor(), inspection_id)
    form = VoucherListForm()
    if form.validate():
        try:
            with unit_of_work() as work:
                taken = services.hand_in(
                    work,
                    current_actor(),
                    inspection_id=inspection_id,
                    content=form.content,
                    file_name=form.file_name,
                    media_type=form.file.data.mimetype,
                    files=ports().files,
                )
                count = len(taken.read.rows)
        except (Denied, NotFound):
            raise
        except DomainError as refusal:
            attach(form, refusal)
            return _room(inspection_id, {"list": form}, status_of(refusal))
        if not taken.flaws:
            flash(_("清单已交上并锁定，共 %(n)s 笔。", n=count), "success")
            return redirect(url_for("fieldwork.room", inspection_id=inspection_id), 303)
        form.file.errors = [flaw_words(each) for each in taken.flaws[:_FLAWS]]
    return _room(inspection_id, {"list": form}, 422)


def flaw_words(flaw: VoucherFlaw) -> str:
    """What is wrong with a row, and in which column."""
    column = LIST_COLUMNS.get(flaw.column, "")
    said = sentence(flaw.reason, spoken(flaw.params))
    return str(_("第 %(n)s 行 %(column)s：%(words)s", n=flaw.number, column=column, words=said))


@bp.post("/desk/inspections/<int:inspection_id>/response")
def respond(inspection_id: int) -> ResponseReturnValue:
    """Say what we think of the draft findings."""
    actor = current_actor()
    enter(get_session(), actor, inspection_id)
    form = RespondForm()

    def say(work: Session) -> None:
        services.respond(work, actor, inspection_id=inspection_id, response=form.words.data or "")

    return submit(
        form,
        say,
        _("已交给检查组。"),
        url_for("fieldwork.room", inspection_id=inspection_id),
        lambda status: _room(inspection_id, {"respond": form}, status),
    )


@bp.post(
    "/desk/inspections/<int:inspection_id>/findings/<int:finding_id>/<any(answer, extension):act>"
)
def answer(inspection_id: int, finding_id: int, act: str) -> ResponseReturnValue:
    """Say what was put right, with the proof; or ask for more time."""
    session, actor = get_session(), current_actor()
    inspection = enter(session, actor, inspection_id)
    found = queries.finding_in(session, inspection.id, finding_id)
    present(found if found.state in TOLD_STATES else None)
    # drawing a paper takes seconds: the database is let go meanwhile
    session.rollback()
    key = f"{act}-{finding_id}"
    form: Any = PutRightForm(prefix=f"{key}-") if act == "answer" else AskForm(prefix=f"{key}-")

    def do(work: Session) -> None:
        if act == "extension":
            services.ask_extension(
                work,
                actor,
                finding_id=finding_id,
                until=form.until.data,
                reason=form.reason.data or "",
            )
        else:
            services.answer_order(
                work,
                actor,
                finding_id=finding_id,
                answer=form.words.data or "",
                evidence=form.paper.evidence,
                files=ports().files,
            )

    said = _("已请求延期，等答复。") if act == "extension" else _("材料交上了，等检查组复查。")
    back = url_for("fieldwork.room", inspection_id=inspection_id)
    return submit(form, do, said, back, partial(_again, inspection_id, key, form))


def _again(inspection_id: int, key: str, form: BaseForm, status: int) -> ResponseReturnValue:
    return _room(inspection_id, {key: form}, status)


@bp.get("/desk/inspections/<int:inspection_id>/evidence/<int:paper_id>")
def room_evidence(inspection_id: int, paper_id: int) -> ResponseReturnValue:
    """A paper beside a finding that the organisation was told of."""
    session = get_session()
    enter(session, current_actor(), inspection_id)
    found = queries.finding_paper(session, inspection_id, paper_id)
    present(found if found.finding.state in TOLD_STATES else None)
    return paper_files.send(found.file_hash, found.media_type, name=f"evidence-{found.id}")
