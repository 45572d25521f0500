"""Begin to give every month, and change, rest or stop it from the plan's own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.donations import services
from charity.donations.models import MonthlyPlan, PlanState
from charity.donations.queries import monthly as queries
from charity.errors import DomainError, NotFound
from charity.money import Money
from web.db import get_session, unit_of_work
from web.donations import pages as donation_pages
from web.donations.forms import readable_amount
from web.errors import status_of
from web.forms import BaseForm, attach
from web.labels import sentence
from web.monthly import pages
from web.monthly.forms import AmountAndDay, MonthlyForm, PauseForm
from web.ports import ports, settings
from web.private import PRIVATE
from web.security.sessions import current_actor

bp = Blueprint("monthly", __name__)


@bp.route("/projects/<int:project_id>/monthly", methods=["GET", "POST"])
def new(project_id: int) -> ResponseReturnValue:
    """Begin a plan; the first gift is paid at once, from its own page."""
    project, campaign = donation_pages.open_project(get_session(), current_actor(), project_id)
    closed = donation_pages.why_not_now(current_actor(), campaign)
    form = MonthlyForm()
    asked = readable_amount(request.args.get("amount"))
    if asked and not form.is_submitted():
        form.amount.data = Money.yuan(asked)
    status = 200
    if form.is_submitted() and closed is None:
        status = 422
        if form.validate():
            try:
                token = _begin(form, campaign.id)
            except DomainError as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                flash(_("月捐已经设好。第一笔现在付，以后每月提醒你。"), "success")
                return redirect(url_for("monthly.own", token=token), 303)
    html = render_template("monthly/new.html", form=form, project=project, closed=closed)
    return html, status


@bp.get("/monthly/<token>")
def own(token: str) -> ResponseReturnValue:
    """The giver's page of a plan: each month, where it went, and what one can do."""
    return _own_page(token)


@bp.post("/monthly/<token>/change")
def change(token: str) -> ResponseReturnValue:
    """Another sum or day from the next month on."""
    form = AmountAndDay()
    if not form.validate():
        return _own_page(token, 422, change=form)
    return _act(
        token,
        services.change_plan,
        _("改好了，从下一次开始。"),
        form,
        **form.turn(),
    )


@bp.post("/monthly/<token>/pause")
def pause(token: str) -> ResponseReturnValue:
    """Rest for a while."""
    form = PauseForm()
    if not form.validate():
        return _own_page(token, 422, pause=form)
    return _act(
        token, services.pause_plan, _("已经停下，什么时候恢复都可以。"), form, until=form.until.data
    )


@bp.post("/monthly/<token>/resume")
def resume(token: str) -> ResponseReturnValue:
    """Go on."""
    return _act(token, services.resume_plan, _("已经恢复，谢谢你。"))


@bp.post("/monthly/<token>/skip")
def skip(token: str) -> ResponseReturnValue:
    """Leave this month out."""
    return _act(token, services.skip_turn, _("这个月不用付了。"))


@bp.post("/monthly/<token>/stop")
def stop(token: str) -> ResponseReturnValue:
    """End it, in one tap."""
    return _act(token, services.stop_plan, _("月捐已经停止，以后不会再提醒。谢谢你一路的支持。"))


def _begin(form: MonthlyForm, campaign_id: int) -> str:
    with unit_of_work() as session:
        return services.start_plan(
            session,
            current_actor(),
            client_id=form.client_id.data or "",
            campaign_id=campaign_id,
            **form.turn(),
            giver=form.giver(),
            gateway=ports().gateway,
            operator_mode=settings().operator_mode,
        ).token


def _own_page(token: str, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session = get_session()
    plan = queries.plan_by_token(session, token)
    filled = {"amount": plan.amount, "day_of_month": plan.day_of_month}
    context: dict[str, Any] = {
        "change": AmountAndDay(formdata=None, data=filled),
        "pause": PauseForm(formdata=None),
        **forms,
    }
    context |= pages.own_context(session, plan)
    return render_template("monthly/own.html", PlanState=PlanState, **context), status, PRIVATE


def _act(
    token: str,
    verb: Callable[..., MonthlyPlan],
    said: str,
    form: BaseForm | None = None,
    **words: Any,
) -> ResponseReturnValue:
    """Let the giver do one thing; a refusal stands beside what was typed, or on top."""
    try:
        with unit_of_work() as session:
            plan_id = queries.plan_by_token(session, token).id
            verb(session, current_actor(), plan_id=plan_id, **words)
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        if form is None:
            flash(sentence(refusal.reason, refusal.params), "error")
            return redirect(url_for("monthly.own", token=token), 303)
        attach(form, refusal)
        name = "pause" if isinstance(form, PauseForm) else "change"
        return _own_page(token, status_of(refusal), **{name: form})
    flash(said, "success")
    return redirect(url_for("monthly.own", token=token), 303)
