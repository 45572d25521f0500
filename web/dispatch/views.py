"""The desk of a dispatcher, one need on it, and the plans of whole districts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import require
from charity.errors import DomainError
from projects.listings import policy, services
from projects.listings import queries as listings
from projects.listings.matching import lots
from projects.listings.models import DispatchPlan, DispatchPlanState, Need
from web.db import get_session, unit_of_work
from web.dispatch import pages
from web.dispatch.forms import PlanForm
from web.errors import status_of
from web.forms import attach
from web.labels import sentence
from web.listings.filters import page_number
from web.resources.acts import as_number, refused, typed_quantity
from web.security.sessions import current_actor

bp = Blueprint("dispatch", __name__)


@bp.get("/dispatch")
def index() -> ResponseReturnValue:
    """Orders to confirm, open needs by their clock, proposals nobody answered."""
    context = pages.desk_context(get_session(), current_actor())
    return render_template("dispatch/index.html", **context)


@bp.get("/dispatch/needs/<int:need_id>")
def need(need_id: int) -> ResponseReturnValue:
    """One need with the best units for it; its confirming and ending stand on its own page."""
    found = _led(need_id)
    context = pages.need_context(get_session(), found, _plan_asked(found))
    return render_template("dispatch/need.html", **context)


def _led(need_id: int) -> Need:
    """The need, for a dispatcher of its place; 403 or 404 for others."""
    found = listings.need(get_session(), need_id)
    require(policy.may_dispatch(current_actor(), found))
    return found


def _plan_asked(found: Need) -> DispatchPlan | None:
    """The draft to which a unit is to be added, where the address names one of this place."""
    if "plan" not in request.args:
        return None
    try:
        plan = listings.dispatch_plan(get_session(), as_number(request.args["plan"]))
    except (DomainError, ValueError):
        return None
    here = found.region_code.startswith(plan.region_code)
    return plan if here and plan.state is DispatchPlanState.DRAFT else None


@bp.post("/dispatch/needs/<int:need_id>/send")
def send(need_id: int) -> ResponseReturnValue:
    """派单: send the need to the unit of a resource, which answers."""
    found = _led(need_id)
    try:
        quantity = typed_quantity(found, request.form)
        with unit_of_work() as session:
            services.dispatch_need(
                session,
                current_actor(),
                need_id=need_id,
                resource_id=as_number(request.form.get("resource_id")),
                quantity=quantity,
                client_id=request.form.get("client_id") or None,
            )
    except (DomainError, ValueError) as refusal:
        return refused(refusal, found, url_for("dispatch.need", need_id=need_id))
    flash(_("已派出，等对方答复。"), "success")
    return redirect(url_for("dispatch.need", need_id=need_id), 303)


# ── plans ────────────────────────────────────────────────────────────────────────────────────────


@bp.route("/dispatch/plans", methods=["GET", "POST"])
def plans() -> ResponseReturnValue:
    """Make a plan for a place; the latest ones."""
    session, codes = get_session(), pages.places_of(current_actor())
    home = next(iter(codes or ()), None)
    form, status = PlanForm(data={"region_code": home}), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as work:
                    made = services.make_plan(
                        work, current_actor(), region_code=form.region_code.data or ""
                    )
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                return redirect(url_for("dispatch.plan", plan_id=made.id), 303)
    latest = listings.dispatch_plans(session, codes, limit=pages.PLANS)
    return render_template(
        "dispatch/plans.html", form=form, plans=latest, lots=pages.lots_said()
    ), status


@bp.get("/dispatch/plans/<int:plan_id>")
def plan(plan_id: int) -> ResponseReturnValue:
    """One plan: the optimum beside the greedy one, and its rows."""
    found, number = _planned(plan_id), page_number(request.args.get("page", ""))
    context = pages.plan_context(get_session(), found, number)
    return render_template("dispatch/plan.html", **context)


def _planned(plan_id: int) -> DispatchPlan:
    """The plan, for a dispatcher of its place; 403 for others."""
    found = listings.dispatch_plan(get_session(), plan_id)
    require(policy.may_plan(current_actor(), found.region_code))
    return found


@bp.post("/dispatch/plans/<int:plan_id>/rows")
def change(plan_id: int) -> ResponseReturnValue:
    """Take a row out, put it back, change how much, or add one."""
    _planned(plan_id)
    act, number = request.form.get("act", ""), page_number(request.form.get("page", ""))
    here = url_for("dispatch.plan", plan_id=plan_id, page=number if number > 1 else None)
    need = None
    try:
        need = _need_of_change(plan_id)
        quantity = typed_quantity(need, request.form) if act in ("add", "quantity") else None
        with unit_of_work() as session:
            _change_row(session, plan_id, act, need, quantity)
    except (DomainError, ValueError) as refusal:
        return refused(refusal, need, here)
    flash(_("方案已改。"), "success")
    return redirect(here, 303)


def _need_of_change(plan_id: int) -> Need:
    if "row_id" in request.form:
        return listings.plan_row(get_session(), plan_id, _row_id()).need
    return _led(as_number(request.form.get("need_id")))


def _change_row(session: Session, plan_id: int, act: str, need: Need, many: int | None) -> None:
    actor = current_actor()
    if act == "add":
        services.add_plan_row(
            session,
            actor,
            plan_id=plan_id,
            need_id=need.id,
            resource_id=as_number(request.form.get("resource_id")),
            quantity=many or lots()[need.kind],
        )
    elif act == "quantity":
        services.change_plan_row(session, actor, row_id=_row_id(), quantity=many)
    else:
        services.change_plan_row(session, actor, row_id=_row_id(), is_removed=act == "remove")


def _row_id() -> int:
    return as_number(request.form.get("row_id"))


@bp.post("/dispatch/plans/<int:plan_id>/send")
def send_plan(plan_id: int) -> ResponseReturnValue:
    """Send every row as an offer, which its unit answers; tell which ones could not go."""
    here = url_for("dispatch.plan", plan_id=plan_id)
    try:
        with unit_of_work() as session:
            sent = services.send_plan(session, current_actor(), plan_id=plan_id)
            went = len(sent.claims)
            left = {sentence(error.reason, error.params) for _row, error in sent.refused}
            missed = len(sent.refused)
    except DomainError as refusal:
        return refused(refusal, None, here)
    flash(_("派出了 %(n)s 条，等各家答复。", n=went), "success")
    if missed:
        flash(_("有 %(n)s 条没有派出：", n=missed) + " ".join(sorted(left)), "warning")
    return redirect(here, 303)


@bp.post("/dispatch/plans/<int:plan_id>/discard")
def discard(plan_id: int) -> ResponseReturnValue:
    """Throw the plan away."""
    here = url_for("dispatch.plan", plan_id=plan_id)
    try:
        with unit_of_work() as session:
            services.discard_plan(session, current_actor(), plan_id=plan_id)
    except DomainError as refusal:
        return refused(refusal, None, here)
    flash(_("方案已作废。"), "success")
    return redirect(here, 303)
