"""The civil-affairs office at work: make a plan, name people, freeze, announce, draw, publish."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.audits import policy, queries, services
from charity.audits.draw import commitment_of
from charity.audits.models import AuditFinding, AuditFirm, AuditPlan, AuditPlanState
from charity.audits.queries import board, fieldwork
from charity.errors import CommonReason, DomainError, NotFound
from charity.evidence import reencode
from charity.rows import present
from web import papers
from web.audits import plans, shapes
from web.audits.blueprint import bp
from web.audits.forms import (
    AnnounceForm,
    AuditPlanForm,
    ExtensionForm,
    FirmForm,
    InspectorForm,
    OpenForm,
    RecusalForm,
    RefusalForm,
    SealForm,
)
from web.db import get_session, unit_of_work
from web.forms import BaseForm, attach
from web.labels import sentence
from web.ports import ports
from web.security.sessions import current_actor


@bp.route("/audits/plans/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Write a plan."""
    codes = shapes.office_codes(current_actor())
    form = AuditPlanForm(data={"region_code": codes[0] if codes else None, "coverage": 3})
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                plan_id = services.make_plan(session, current_actor(), draft=form.draft()).id
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已保存。接下来放检查员，再看名册。"), "success")
            return redirect(url_for("audits.manage", plan_id=plan_id), 303)
    page = render_template("audits/form.html", form=form, plan=None)
    return page, 422 if form.errors else 200


@bp.route("/audits/plans/<int:plan_id>/edit", methods=["GET", "POST"])
def edit(plan_id: int) -> ResponseReturnValue:
    """Change it while its frame is open."""
    found = _office(plan_id)
    if found.state is not AuditPlanState.DRAFT:
        return redirect(url_for("audits.manage", plan_id=plan_id), 303)
    form = AuditPlanForm(obj=found, data=dict(found.frame_filter))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.change_plan(session, current_actor(), plan_id=plan_id, draft=form.draft())
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("audits.manage", plan_id=plan_id), 303)
    page = render_template("audits/form.html", form=form, plan=found)
    return page, 422 if form.errors else 200


@bp.get("/audits/plans/<int:plan_id>/manage")
def manage(plan_id: int) -> ResponseReturnValue:
    """The desk of one plan."""
    return _manage(_office(plan_id))


@bp.post("/audits/plans/<int:plan_id>/firms")
def add_firm(plan_id: int) -> ResponseReturnValue:
    """Commission a firm, with its letter."""
    found, form = _office(plan_id), FirmForm(prefix="firm-")
    if not form.validate():
        return _manage(found, firm=form)
    kept = reencode(form.sent) if form.sent else None
    try:
        with unit_of_work() as session:
            services.add_firm(
                session, current_actor(), plan_id=plan_id, name=form.name.data or "",
                uscc=form.uscc.data or "", kind=form.kind.data,
                paper_hash=ports().files.put(kept.content) if kept else None,
                paper_media_type=kept.media_type if kept else "",
            )  # fmt: skip
    except DomainError as refusal:
        attach(form, refusal)
        return _manage(found, firm=form)
    return _back(plan_id, _("已加上。"))


@bp.get("/audits/plans/<int:plan_id>/firms/<int:firm_id>/paper")
def firm_paper(plan_id: int, firm_id: int) -> ResponseReturnValue:
    """The engagement letter of a firm."""
    found = _office(plan_id)
    firm: AuditFirm | None = next((each for each in found.firms if each.id == firm_id), None)
    if firm is None or firm.paper_hash is None:
        raise NotFound(CommonReason.NOT_FOUND)
    return papers.send(firm.paper_hash, firm.paper_media_type, name=f"engagement-{firm.id}")


@bp.post("/audits/plans/<int:plan_id>/inspectors")
def add_inspector(plan_id: int) -> ResponseReturnValue:
    """Name somebody who may be drawn."""
    found = _office(plan_id)
    form = _inspector_form(found)
    if not form.validate():
        return _manage(found, inspector=form)
    try:
        with unit_of_work() as session:
            services.add_inspector(
                session, current_actor(), plan_id=plan_id, user_id=form.user_id.data,
                firm_id=form.firm_id.data or None,
            )  # fmt: skip
    except DomainError as refusal:
        attach(form, refusal)
        return _manage(found, inspector=form)
    return _back(plan_id, _("已加上。"))


@bp.post("/audits/plans/<int:plan_id>/inspectors/<int:inspector_id>/remove")
def remove_inspector(plan_id: int, inspector_id: int) -> ResponseReturnValue:
    """Take somebody off the list again."""
    found = _office(plan_id)
    if inspector_id not in {each.id for each in found.inspectors}:
        raise NotFound(CommonReason.NOT_FOUND)
    try:
        with unit_of_work() as session:
            services.remove_inspector(session, current_actor(), inspector_id=inspector_id)
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
        return redirect(url_for("audits.manage", plan_id=plan_id), 303)
    return _back(plan_id, _("已去掉。"))


@bp.post("/audits/plans/<int:plan_id>/recusals")
def recuse(plan_id: int) -> ResponseReturnValue:
    """Somebody does not go to one organisation."""
    found = _office(plan_id)
    form = _recusal_form(found)
    if not form.validate():
        return _manage(found, recusal=form)
    try:
        with unit_of_work() as session:
            services.declare_recusal(
                session, current_actor(), plan_id=plan_id, note=form.note.data or "",
                organisation_id=form.organisation_id.data, inspector_id=form.inspector_id.data,
            )  # fmt: skip
    except DomainError as refusal:
        attach(form, refusal)
        return _manage(found, recusal=form)
    return _back(plan_id, _("已记下回避。"))


@bp.post("/audits/plans/<int:plan_id>/freeze")
def freeze(plan_id: int) -> ResponseReturnValue:
    """Freeze the frame; its hash is public from now on."""
    _office(plan_id)
    return _do(services.freeze_frame, plan_id, _("名册已冻结，名册指纹已公开。"))


@bp.route("/audits/plans/<int:plan_id>/announce", methods=["GET", "POST"])
def announce(plan_id: int) -> ResponseReturnValue:
    """Seal a secret and name a public number."""
    found = _office(plan_id)
    alone = bool(found.draws)
    form = AnnounceForm(data={"commitment": request.args.get("commitment", "")})
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.announce_draw(
                    session, current_actor(), plan_id=plan_id,
                    commitment=form.commitment.data or "", number_name=form.number_name.data or "",
                    number_on=present(form.number_on.data), secret_due_on=form.secret_due_on.data,
                )  # fmt: skip
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return _back(plan_id, _("抽签办法已公布。"))
    page = render_template("audits/announce.html", form=form, plan=found, alone=alone)
    return page, 422 if form.errors else 200


@bp.route("/audits/plans/<int:plan_id>/seal", methods=["GET", "POST"])
def seal(plan_id: int) -> ResponseReturnValue:
    """Compute the hash of a secret; the secret is kept nowhere and not shown again."""
    found, form = _office(plan_id), SealForm()
    commitment = commitment_of(form.secret.data or "") if form.validate_on_submit() else None
    page = render_template("audits/seal.html", form=form, plan=found, commitment=commitment)
    return page, 422 if form.errors else 200


@bp.route("/audits/plans/<int:plan_id>/open", methods=["GET", "POST"])
def open_draw(plan_id: int) -> ResponseReturnValue:
    """Open the secret and put in the number: this draws."""
    found, form = _office(plan_id), OpenForm()
    running = shapes.running_draw(found)
    if running is None:
        return redirect(url_for("audits.manage", plan_id=plan_id), 303)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.open_draw(
                    session, current_actor(), plan_id=plan_id, secret=form.secret.data or "",
                    public_number=form.public_number.data or "",
                )  # fmt: skip
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return _back(plan_id, _("抽好了。请核对以后公布名单。"))
    said = shapes.draw_said(found, running, opened=False)
    page = render_template(
        "audits/open.html", form=form, plan=found, rows=said.rows, alone=not running.commitment
    )
    return page, 422 if form.errors else 200


@bp.post("/audits/plans/<int:plan_id>/publish")
def publish_list(plan_id: int) -> ResponseReturnValue:
    """Publish whom and by whom."""
    _office(plan_id)
    return _do(services.publish_list, plan_id, _("名单已公布。"))


@bp.post("/audits/plans/<int:plan_id>/close")
def close(plan_id: int) -> ResponseReturnValue:
    """Nothing of it is left to do."""
    _office(plan_id)
    return _do(services.close_plan, plan_id, _("计划已结束。"))


@bp.route("/audits/findings/<int:finding_id>/extend", methods=["GET", "POST"])
def extend(finding_id: int) -> ResponseReturnValue:
    """More time for an order, with a reason that everybody reads."""
    finding, form = _ordered(finding_id), ExtensionForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.extend_order(
                    session, current_actor(), finding_id=finding_id, until=present(form.until.data),
                    reason=form.reason.data or "",
                )  # fmt: skip
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return _back(finding.inspection.plan_id, _("已延期，理由已公开。"))
    return _extension(finding, form, RefusalForm(prefix="refusal-", formdata=None))


@bp.post("/audits/findings/<int:finding_id>/refuse")
def refuse_extension(finding_id: int) -> ResponseReturnValue:
    """No more time: the organisation reads why."""
    finding, form = _ordered(finding_id), RefusalForm(prefix="refusal-")
    if form.validate():
        try:
            with unit_of_work() as session:
                services.refuse_extension(
                    session, current_actor(), finding_id=finding_id, reason=form.reason.data or ""
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return _back(finding.inspection.plan_id, _("已答复，组织会看到理由。"))
    return _extension(finding, ExtensionForm(formdata=None), form)


def _ordered(finding_id: int) -> AuditFinding:
    """The finding, for the office that ordered it; 403 or 404 for others."""
    found: AuditFinding = queries.finding(get_session(), finding_id)
    require(policy.may_order(current_actor(), found.inspection))
    return found


def _extension(
    finding: AuditFinding, form: ExtensionForm, refusal: RefusalForm
) -> ResponseReturnValue:
    """The request with both answers; what was sent keeps what was typed."""
    session, inspection = get_session(), finding.inspection
    page = render_template(
        "audits/extend.html",
        form=form,
        refusal=refusal,
        finding=finding,
        ask=fieldwork.open_ask(session, finding),
        refused=fieldwork.refused_asks(session, finding),
        plan=inspection.plan,
        name=inspection.organisation.name,
    )
    return page, 422 if form.errors or refusal.errors else 200


def _office(plan_id: int) -> AuditPlan:
    """The plan, for the office that runs it; 403 or 404 for others."""
    found: AuditPlan = queries.plan(get_session(), plan_id)
    require(policy.may_manage(current_actor(), found))
    return found


def _back(plan_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("audits.manage", plan_id=plan_id), 303)


def _do(verb: Any, plan_id: int, words: str) -> ResponseReturnValue:
    """An act on a plan without a page of its own; a refusal is told on the plan's desk."""
    try:
        with unit_of_work() as session:
            verb(session, current_actor(), plan_id=plan_id)
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
        return redirect(url_for("audits.manage", plan_id=plan_id), 303)
    return _back(plan_id, words)


def _inspector_form(plan: AuditPlan, **kwargs: Any) -> InspectorForm:
    form = InspectorForm(prefix="inspector-", **kwargs)
    people = board.available_inspectors(get_session(), plan)
    form.user_id.choices = [(each.id, each.display_name) for each in people]
    form.firm_id.choices = [(0, _("民政部门")), *((each.id, each.name) for each in plan.firms)]
    return form


def _recusal_form(plan: AuditPlan, **kwargs: Any) -> RecusalForm:
    form = RecusalForm(prefix="recusal-", **kwargs)
    form.inspector_id.choices = [(each.id, each.name) for each in plan.inspectors]
    form.organisation_id.choices = plans.organisations_of(get_session(), plan)
    return form


def _manage(plan: AuditPlan, **sent: BaseForm) -> ResponseReturnValue:
    """The desk of a plan with its forms; what was sent keeps what was typed."""
    forms: dict[str, BaseForm] = {}
    if plan.state is AuditPlanState.DRAFT:
        forms["firm"] = sent.get("firm") or FirmForm(prefix="firm-", formdata=None)
        forms["inspector"] = sent.get("inspector") or _inspector_form(plan, formdata=None)
    if plan.state is not AuditPlanState.CLOSED:
        forms["recusal"] = sent.get("recusal") or _recusal_form(plan, formdata=None)
    page = render_template(
        "audits/manage.html", forms=forms, **plans.manage_context(get_session(), plan)
    )
    return page, 422 if sent else 200
