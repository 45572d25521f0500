"""Samples of vouchers and red flags: draw, look at each voucher, evaluate, ask and answer."""

from __future__ import annotations

from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.audits import policy, services
from charity.audits.queries import fieldwork as queries
from charity.audits.queries import flags as flag_queries
from charity.errors import Denied, DomainError, NotFound
from charity.rows import present
from web import papers as paper_files
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.fieldwork import flag_pages, sampling_pages, voucher
from web.fieldwork.blueprint import bp, perform, submit
from web.fieldwork.forms import CheckForm, NoteForm, SampleForm
from web.fieldwork.frame import workspace
from web.forms import attach
from web.ports import ports
from web.security.sessions import current_actor
from web.spending.marks import hash_account

#: Expenses of an organisation that are looked through while the page waits: two seconds at most.
AT_ONCE = 200


@bp.get("/audits/inspections/<int:inspection_id>/samples")
def samples(inspection_id: int) -> ResponseReturnValue:
    """What was drawn, and the lists that were handed in."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    context = sampling_pages.list_context(session, actor, inspection)
    return render_template("fieldwork/samples.html", **context)


@bp.route("/audits/inspections/<int:inspection_id>/samples/new", methods=["GET", "POST"])
def draw(inspection_id: int) -> ResponseReturnValue:
    """Choose method and confidence; the size follows, the seed draws."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    require(policy.may_inspect(actor, inspection))
    form = SampleForm(sources=sampling_pages.sources(session, inspection))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with unit_of_work() as work:
                    made = services.draw_sample(
                        work, actor, inspection_id=inspection_id, **form.said()
                    )
                    there = sampling_pages.sample_url(made)
            except (Denied, NotFound):
                raise
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                return redirect(there, 303)
    inspection = workspace(get_session(), actor, inspection_id)
    context = sampling_pages.draw_context(get_session(), inspection, form)
    return render_template("fieldwork/sample_new.html", **context), status


@bp.get("/audits/inspections/<int:inspection_id>/samples/<int:sample_id>")
def sample(inspection_id: int, sample_id: int) -> ResponseReturnValue:
    """One sample with its items and what it says."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    found = queries.sample_in(session, inspection_id, sample_id)
    context = sampling_pages.sample_context(session, actor, inspection, found)
    return render_template("fieldwork/sample.html", **context)


@bp.post("/audits/inspections/<int:inspection_id>/samples/<int:sample_id>/evaluate")
def evaluate(inspection_id: int, sample_id: int) -> ResponseReturnValue:
    """Say what the sample means for the whole."""
    session, actor = get_session(), current_actor()
    require(policy.may_inspect(actor, workspace(session, actor, inspection_id)))
    found = queries.sample_in(session, inspection_id, sample_id)
    return perform(
        lambda work: services.evaluate_sample(work, actor, sample_id=sample_id),
        _("结果算出来了。"),
        sampling_pages.sample_url(found),
    )


@bp.route(
    "/audits/inspections/<int:inspection_id>/samples/<int:sample_id>/<int:number>",
    methods=["GET", "POST"],
)
def item(inspection_id: int, sample_id: int, number: int) -> ResponseReturnValue:
    """One voucher beside its entry, approvals, bank line and gifts; what is seen is written."""
    actor = current_actor()
    inspection = workspace(get_session(), actor, inspection_id)
    found = queries.sample_in(get_session(), inspection_id, sample_id)
    queries.item_in(found, number)
    if request.method == "GET":
        return _item(inspection_id, sample_id, number, None, 200)
    require(policy.may_inspect(actor, inspection))
    form = CheckForm()
    is_last = number == len(found.items)
    back = sampling_pages.sample_url(found)
    if not is_last:
        back = sampling_pages.item_url(found, number + 1)
    return submit(
        form,
        lambda work: services.record_check(
            work,
            actor,
            sample_id=sample_id,
            number=number,
            audited=present(form.audited.data),
            deviation=bool(form.deviation.data),
            note=form.note.data or "",
        ),
        _("记下了。"),
        back,
        partial(_item, inspection_id, sample_id, number, form),
    )


def _item(
    inspection_id: int, sample_id: int, number: int, form: CheckForm | None, status: int
) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    found = queries.item_in(queries.sample_in(session, inspection_id, sample_id), number)
    context = sampling_pages.item_context(session, actor, inspection, found, form)
    return render_template("fieldwork/item.html", **context), status


@bp.get(
    "/audits/inspections/<int:inspection_id>/samples/<int:sample_id>/<int:number>"
    "/vouchers/<int:voucher_id>"
)
def voucher_file(
    inspection_id: int, sample_id: int, number: int, voucher_id: int
) -> ResponseReturnValue:
    """A picture of a sampled voucher: read because it was drawn, whoever else may see it."""
    session = get_session()
    workspace(session, current_actor(), inspection_id)
    found = queries.item_in(queries.sample_in(session, inspection_id, sample_id), number)
    expense = voucher.expense_of(session, found)
    paper = present(next((each for each in expense.vouchers if each.id == voucher_id), None))
    return paper_files.send(paper.file_hash, paper.media_type, name=f"voucher-{paper.id}")


# ── red flags ────────────────────────────────────────────────────────────────────────────────────


@bp.get("/audits/inspections/<int:inspection_id>/flags")
def flags(inspection_id: int) -> ResponseReturnValue:
    """The questions the book raises."""
    return _flags(inspection_id, {}, 200)


def _flags(inspection_id: int, sent: dict[int, NoteForm], status: int) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    context = flag_pages.context(session, actor, inspection, sent)
    headers = {"Refresh": "3"} if context["working"] and not sent else {}
    return render_template("fieldwork/flags.html", **context), status, headers


@bp.post("/audits/inspections/<int:inspection_id>/flags")
def raise_flags(inspection_id: int) -> ResponseReturnValue:
    """Look over the book, from where the last look ended; a large one is the worker's."""
    actor = current_actor()
    inspection = workspace(get_session(), actor, inspection_id)
    require(policy.may_inspect(actor, inspection))
    organisation_id = inspection.organisation_id
    there = url_for("fieldwork.flags", inspection_id=inspection_id)
    if flag_queries.expense_count(get_session(), organisation_id) > AT_ONCE:
        return perform(
            lambda work: services.ask_flags(work, actor, organisation_id=organisation_id),
            _("账比较大，系统在后台查。"),
            there,
        )
    return perform(
        lambda work: services.raise_flags(
            work,
            actor,
            organisation_id=organisation_id,
            files=ports().files,
            hash_account=hash_account,
        ),
        _("账看过一遍了。"),
        there,
    )


@bp.post(
    "/audits/inspections/<int:inspection_id>/flags/<int:flag_id>/<any('explain','take-up'):act>"
)
def flag(inspection_id: int, flag_id: int, act: str) -> ResponseReturnValue:
    """Write down how a question was answered, or take it up as a finding."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    require(policy.may_inspect(actor, inspection))
    queries.flag_about(session, inspection.organisation_id, flag_id)
    back = url_for("fieldwork.flags", inspection_id=inspection_id)
    if act == "take-up":
        return perform(
            lambda work: services.take_up_flag(
                work, actor, flag_id=flag_id, inspection_id=inspection_id
            ),
            _("记下了，请接着写成一条问题。"),
            url_for("fieldwork.new_finding", inspection_id=inspection_id, flag=flag_id),
        )
    form = NoteForm(prefix=f"flag-{flag_id}-")
    return submit(
        form,
        lambda work: services.explain_flag(
            work, actor, flag_id=flag_id, explanation=form.note.data or ""
        ),
        _("解释记下了。"),
        back,
        lambda status: _flags(inspection_id, {flag_id: form}, status),
    )
