"""Budgets that change, programmes over many sites, and households."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import Actor, Permission, require
from charity.errors import DomainError
from charity.rows import present
from charity.spending import policy, queries, services
from charity.spending.models import BudgetChange, BudgetChangeState
from projects.listings.models import Project
from web.budgets import pages
from web.budgets.forms import DecisionForm, ProgrammeForm, change_form
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import attach
from web.labels import sentence
from web.listings.pages import visible
from web.security.sessions import current_actor

bp = Blueprint("budgets", __name__)


@bp.route("/projects/<int:project_id>/budget", methods=["GET", "POST"])
def budget(project_id: int) -> ResponseReturnValue:
    """Budget against actual, its changes; and for who may, a change."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    if request.method == "GET":
        return pages.budget_page(session, actor, project)
    require(policy.may_change_budget(actor, queries.case_of_budget(session, project.budget)))
    form = change_form(project.budget)
    if form.validate():
        try:
            with unit_of_work() as work:
                made = services.change_budget(
                    work, actor, budget_id=project.budget_id, becomes=form.becomes,
                    reason=form.reason.data or "",
                )  # fmt: skip
                at_once = made.state is BudgetChangeState.MADE
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("预算已改。") if at_once else _("已提交，等两位审批人同意。"), "success")
            return _to_budget(project_id)
    return pages.budget_page(session, actor, project, form)


@bp.post("/projects/<int:project_id>/budget/<int:change_id>/agree")
def agree(project_id: int, change_id: int) -> ResponseReturnValue:
    """Agree to exactly this change."""
    _change(project_id, change_id)
    with unit_of_work() as session:
        made = services.decide_budget_change(
            session, current_actor(), change_id=change_id, agreed=True, reason=""
        )
        done = made.state is BudgetChangeState.MADE
    flash(_("预算已改。") if done else _("你已同意，还要另一位审批人同意。"), "success")
    return _to_budget(project_id)


@bp.post("/projects/<int:project_id>/budget/<int:change_id>/refuse")
def refuse(project_id: int, change_id: int) -> ResponseReturnValue:
    """Refuse a change, with the reason."""
    session, actor, form = get_session(), current_actor(), DecisionForm()
    project, change = _change(project_id, change_id)
    case = queries.case_of_budget(session, project.budget)
    require(policy.may_decide_change(actor, case, change))
    if not form.validate():
        return pages.budget_page(session, actor, project, refusing=form)
    with unit_of_work() as work:
        services.decide_budget_change(
            work, actor, change_id=change_id, agreed=False, reason=form.reason.data or ""
        )
    flash(_("已退回，预算不变。"), "success")
    return _to_budget(project_id)


@bp.post("/projects/<int:project_id>/budget/<int:change_id>/withdraw")
def withdraw(project_id: int, change_id: int) -> ResponseReturnValue:
    """Take a waiting change back."""
    _change(project_id, change_id)
    with unit_of_work() as session:
        services.withdraw_budget_change(session, current_actor(), change_id=change_id)
    flash(_("已撤回，预算不变。"), "success")
    return _to_budget(project_id)


def _change(project_id: int, change_id: int) -> tuple[Project, BudgetChange]:
    session = get_session()
    project = visible(session, current_actor(), project_id)
    change = queries.budget_change(session, change_id)
    return project, present(change if change.budget_id == project.budget_id else None)


@bp.route("/projects/<int:project_id>/households/<int:deliverable_id>", methods=["GET", "POST"])
def households(project_id: int, deliverable_id: int) -> ResponseReturnValue:
    """The households of a deliverable, without identities."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    deliverable = pages.deliverable_of(session, project, deliverable_id)
    if request.method == "GET":
        return pages.households_page(session, actor, project, deliverable)
    require(policy.may_report_delivery(actor, queries.case_of_budget(session, project.budget)))
    form = pages.household_form(session, deliverable.budget)
    if form.validate():
        try:
            with unit_of_work() as work:
                services.list_household(
                    work, actor, deliverable_id=deliverable_id,
                    masked_name=form.masked_name.data or "", region_code=form.region_code.data,
                    plan=form.plan.data or "", items=form.parsed,
                )  # fmt: skip
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已加上这一户。"), "success")
            return redirect(request.path, 303)
    return pages.households_page(session, actor, project, deliverable, form)


# ── programmes ───────────────────────────────────────────────────────────────────────────────────


@bp.get("/programmes")
def programmes() -> ResponseReturnValue:
    """Every programme."""
    return render_template(
        "budgets/programmes.html",
        page=queries.programmes_page(get_session(), request.args.get("page", 1, type=int)),
        page_url=lambda number: url_for("budgets.programmes", page=number),
        may_new=current_actor().holds_anywhere(Permission.PROGRAMME_MANAGE),
    )


@bp.get("/programmes/<int:programme_id>")
def programme(programme_id: int) -> ResponseReturnValue:
    """One programme: each site's share, and what was paid of it."""
    session, actor = get_session(), current_actor()
    found = queries.programme(session, programme_id)
    return render_template(
        "budgets/programme.html", **pages.programme_context(session, actor, found)
    )


@bp.route("/desk/programmes/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Allot a sum to its sites."""
    session, actor = get_session(), current_actor()
    form, funders, status = ProgrammeForm(), pages.funders(session, actor), 200
    form.offer(funders, pages.funds_of(session, funders))
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                programme_id = _open(actor, form)
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                flash(_("已建立。每个站点的额度加起来正好是总额。"), "success")
                return redirect(url_for("budgets.programme", programme_id=programme_id), 303)
    return render_template("budgets/new_programme.html", form=form), status


def _open(actor: Actor, form: ProgrammeForm) -> int:
    total, starts_on, ends_on = form.total.data, form.starts_on.data, form.ends_on.data
    if total is None or starts_on is None or ends_on is None:
        raise ValueError("the form was validated")
    with unit_of_work() as session:
        return services.open_programme(
            session,
            actor,
            funder_id=form.funder_id.data,
            fund_id=form.fund_id.data or None,
            name=form.name.data or "",
            total=total,
            starts_on=starts_on,
            ends_on=ends_on,
            sites=form.parsed,
        ).id


@bp.route("/desk/programmes/sites/<int:site_id>", methods=["GET", "POST"])
def bind(site_id: int) -> ResponseReturnValue:
    """Say which project spends a site's share."""
    session, actor = get_session(), current_actor()
    site = pages.site(session, site_id)
    require(policy.may_manage_programme(actor, site.programme.funder_id))
    form, status = pages.bind_form(session, site), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as work:
                    services.bind_site(work, actor, site_id=site_id, budget_id=form.budget_id.data)
            except DomainError as refusal:
                flash(sentence(refusal.reason, refusal.params), "error")
            else:
                flash(_("已定下由哪个项目使用。"), "success")
                return redirect(url_for("budgets.programme", programme_id=site.programme_id), 303)
    return render_template("budgets/bind.html", form=form, site=site), status


def _to_budget(project_id: int) -> ResponseReturnValue:
    return redirect(url_for("budgets.budget", project_id=project_id), 303)
