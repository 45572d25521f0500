"""A filed plan with its changes, for who raises the charity's money."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.errors import DomainError
from charity.registry import policy, queries, services
from charity.registry.eligibility import change_findings, supplement_by
from charity.registry.models import FundraisingPlan, PlanField
from charity.rows import present
from projects.listings import services as listings
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.forms import BaseForm, attach
from web.labels import label, sentence
from web.listings.pages import plan_rows
from web.plans.forms import ChangeForm, LateFilingForm, SupplementForm
from web.security.sessions import current_actor

bp = Blueprint("plans", __name__)


@bp.route("/plans/<int:plan_id>", methods=["GET", "POST"])
def detail(plan_id: int) -> ResponseReturnValue:
    """What was filed, what changed since then, and a form for one more change (CHA-115)."""
    plan, actor = _own(plan_id), current_actor()
    form = ChangeForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.change_plan(
                    work,
                    actor,
                    plan_id=plan_id,
                    fields=form.fields.data or (),
                    changed_on=present(form.changed_on.data),
                    reasons=form.reasons.data or "",
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下。请在期限内向民政部门补充，再回来填回执。"), "success")
            return redirect(url_for("plans.detail", plan_id=plan_id), 303)
    return _page(get_session(), plan, form)


@bp.post("/plans/<int:plan_id>/supplement")
def supplement(plan_id: int) -> ResponseReturnValue:
    """The registrar has the supplement: its day and its receipt."""
    plan, actor, form = _own(plan_id), current_actor(), SupplementForm()
    change_id = read_id(form.change.data)
    if change_id not in {change.id for change in queries.plan_changes(get_session(), plan_id)}:
        return redirect(url_for("plans.detail", plan_id=plan_id), 303)
    if form.validate():
        try:
            with unit_of_work() as work:
                services.supplement_plan(
                    work,
                    actor,
                    change_id=present(change_id),
                    supplemented_on=present(form.supplemented_on.data),
                    receipt=form.receipt.data or "",
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下补充。"), "success")
            return redirect(url_for("plans.detail", plan_id=plan_id), 303)
    return _page(get_session(), plan, ChangeForm(formdata=None), form)


@bp.post("/plans/<int:plan_id>/file")
def file(plan_id: int) -> ResponseReturnValue:
    """The registrar has the plan of an emergency: its number and day (CHA-113)."""
    plan, actor, form = _own(plan_id), current_actor(), LateFilingForm()
    if form.validate():
        try:
            with unit_of_work() as work:
                listings.file_emergency_plan(
                    work,
                    actor,
                    plan_id=plan_id,
                    number=form.number.data or "",
                    filed_on=present(form.filed_on.data),
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下备案。"), "success")
            return redirect(url_for("plans.detail", plan_id=plan_id), 303)
    return _page(get_session(), plan, ChangeForm(formdata=None), form)


def _own(plan_id: int) -> FundraisingPlan:
    session, actor = get_session(), current_actor()
    plan = queries.plan(session, plan_id)
    require(may_keep(session, actor, plan))
    return plan


def may_keep(session: Session, actor: Actor, plan: FundraisingPlan) -> Any:
    """Who raises the charity's money keeps its plans."""
    return policy.may_raise_funds(actor, queries.organisation(session, plan.charity_id))


def _page(
    session: Session, plan: FundraisingPlan, form: ChangeForm, wrong: BaseForm | None = None
) -> ResponseReturnValue:
    changes = queries.plan_changes(session, plan.id)
    html = render_template(
        "plans/detail.html",
        plan=plan,
        charity=queries.organisation(session, plan.charity_id),
        rows=plan_rows(plan.sheet),
        changes=[
            (change, _columns(change.fields), supplement_by(change.changed_on))
            for change in changes
        ],
        warnings=[
            sentence(finding.reason, finding.params)
            for finding in change_findings(changes, clock.today())
        ],
        form=form,
        filing=LateFilingForm(formdata=None) if plan.awaits_filing else None,
        wrong=wrong,
    )
    return html, 422 if request.method == "POST" else 200


def _columns(kept: str) -> str:
    return str(_("、")).join(label(PlanField(value)) for value in kept.split(","))
