"""Published results: per plan, per organisation, corrected by successors, appealed against."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.audits import policy, queries, services
from charity.audits.models import AuditAppeal, AuditPlan, AuditResult
from charity.audits.queries import board
from charity.errors import DomainError
from charity.rows import present
from web.audits import results as pages
from web.audits.blueprint import bp
from web.audits.forms import AppealAnswerForm, AppealForm, CorrectionForm
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import attach
from web.labels import sentence
from web.listings.filters import page_number
from web.registry.pages import visible
from web.security.sessions import current_actor


@bp.get("/audits/plans/<int:plan_id>/results")
def results(plan_id: int) -> ResponseReturnValue:
    """What came of a plan whose list is published."""
    session, actor = get_session(), current_actor()
    found: AuditPlan = queries.plan(session, plan_id)
    require(policy.may_see_list(actor, found))
    number = page_number(request.args.get("page", ""))
    context = pages.results_context(session, found, number)
    return render_template("audits/results.html", **context)


@bp.get("/audits/results/<int:result_id>")
def result(result_id: int) -> ResponseReturnValue:
    """One version of one result."""
    session = get_session()
    found = board.result(session, result_id)
    return _page(found)


@bp.get("/audits/organisations/<int:organisation_id>")
def organisation(organisation_id: int) -> ResponseReturnValue:
    """One organisation's inspections, and what it may not do meanwhile."""
    session, actor = get_session(), current_actor()
    found = visible(session, actor, organisation_id)
    context = pages.organisation_context(session, found)
    return render_template("audits/organisation.html", **context)


@bp.post("/audits/inspections/<int:inspection_id>/publish")
def publish_result(inspection_id: int) -> ResponseReturnValue:
    """Tell everybody what an inspection came to."""
    session, actor = get_session(), current_actor()
    inspection = queries.inspection(session, inspection_id)
    require(policy.may_order(actor, inspection))
    try:
        with unit_of_work() as work:
            made = services.publish_result(work, actor, inspection_id=inspection_id).id
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
        return redirect(url_for("audits.manage", plan_id=inspection.plan_id), 303)
    flash(_("结果已公布。"), "success")
    return redirect(url_for("audits.result", result_id=made), 303)


@bp.post("/audits/inspections/<int:inspection_id>/close")
def close_inspection(inspection_id: int) -> ResponseReturnValue:
    """Nothing of one inspection is left to do; its team reads no more."""
    session, actor = get_session(), current_actor()
    inspection = queries.inspection(session, inspection_id)
    require(policy.may_order(actor, inspection))
    back = url_for("audits.manage", plan_id=inspection.plan_id, _anchor="inspections")
    try:
        with unit_of_work() as work:
            services.close_inspection(work, actor, inspection_id=inspection_id)
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("这家的检查办结了。"), "success")
    return redirect(back, 303)


@bp.route("/audits/results/<int:result_id>/correct", methods=["GET", "POST"])
def correct(result_id: int) -> ResponseReturnValue:
    """Publish a successor; the old version stays."""
    session, actor = get_session(), current_actor()
    found = board.result(session, result_id)
    require(policy.may_order(actor, found.inspection))
    form = CorrectionForm(data={"conclusion": found.conclusion.value})
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                made = services.correct_result(
                    work, actor, result_id=result_id, explanation=form.explanation.data or "",
                    conclusion=form.conclusion.data,
                ).id  # fmt: skip
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("更正已公布。"), "success")
            return redirect(url_for("audits.result", result_id=made), 303)
    page = render_template(
        "audits/correct.html", form=form, result=found, name=found.inspection.organisation.name
    )
    return page, 422 if form.errors else 200


@bp.post("/audits/results/<int:result_id>/appeals")
def appeal(result_id: int) -> ResponseReturnValue:
    """The organisation does not agree."""
    session, actor = get_session(), current_actor()
    found, form = board.result(session, result_id), AppealForm()
    require(policy.may_enter_room(actor, found.inspection))
    if not form.validate():
        return _page(found, form=form), 422
    try:
        with unit_of_work() as work:
            services.appeal(
                work, actor, inspection_id=found.inspection_id, body=form.body.data or ""
            )
    except DomainError as refusal:
        attach(form, refusal)
        return _page(found, form=form), status_of(refusal)
    flash(_("复核申请已收到。答复会写在这一页上。"), "success")
    return redirect(url_for("audits.result", result_id=result_id, _anchor="appeals"), 303)


@bp.post("/audits/appeals/<int:appeal_id>/answer")
def answer_appeal(appeal_id: int) -> ResponseReturnValue:
    """Somebody of the office who was not on the team answers."""
    session, actor = get_session(), current_actor()
    found = present(session.get(AuditAppeal, appeal_id))
    require(policy.may_order(actor, found.inspection))
    latest = board.latest_results(session, [found.inspection_id])[found.inspection_id]
    form, upheld = AppealAnswerForm(), request.form.get("upheld") == "yes"
    if not form.validate():
        return _page(latest, answering=(appeal_id, form)), 422
    try:
        with unit_of_work() as work:
            services.answer_appeal(
                work, actor, appeal_id=appeal_id, answer=form.answer.data or "", upheld=upheld
            )
    except DomainError as refusal:
        attach(form, refusal)
        return _page(latest, answering=(appeal_id, form)), status_of(refusal)
    flash(_("答复已写在结果页上。申请成立的，请接着更正结果。"), "success")
    return redirect(url_for("audits.result", result_id=latest.id, _anchor="appeals"), 303)


def _page(
    found: AuditResult,
    *,
    form: AppealForm | None = None,
    answering: tuple[int, AppealAnswerForm] | None = None,
) -> str:
    context = pages.result_context(
        get_session(), current_actor(), found, form=form, answering=answering
    )
    return render_template("audits/result.html", **context)
