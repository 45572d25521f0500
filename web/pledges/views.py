"""Promise on one page, keep it from one's own page, and manage promises at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.donations import policy, services
from charity.donations.models import STANDING_PLEDGES, Pledge, PledgeKind
from charity.donations.queries import pledges as queries
from charity.donations.services import Side
from charity.errors import DomainError
from charity.money import Money
from charity.registry import queries as registry
from projects.listings import queries as listings
from projects.listings.models import Project
from web.db import get_session, unit_of_work
from web.donations import pages as donation_pages
from web.errors import status_of
from web.forms import BaseForm, attach
from web.labels import sentence
from web.pledges import pages
from web.pledges.forms import AnswerForm, PleaForm, PledgeForm, ReleaseForm, WorkedForm
from web.ports import settings
from web.private import PRIVATE
from web.security.sessions import current_actor

bp = Blueprint("pledges", __name__)


@bp.route("/projects/<int:project_id>/pledge", methods=["GET", "POST"])
def new(project_id: int) -> ResponseReturnValue:
    """Promise money, units of a result, goods or time; one page, no account."""
    actor = current_actor()
    project, campaign = donation_pages.open_project(get_session(), actor, project_id)
    closed = pages.why_no_promise(actor, campaign)
    asked = request.args.get("way")
    form = PledgeForm.for_project(project.budget.deliverables, campaign.ends_on, asked)
    status = 200
    if form.is_submitted() and closed is None:
        status = 422
        if form.validate():
            try:
                with unit_of_work() as session:
                    token = services.make_pledge(
                        session,
                        actor,
                        campaign_id=campaign.id,
                        operator_mode=settings().operator_mode,
                        **form.promise(),
                    ).token
            except DomainError as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                flash(_("已经记下，谢谢你。请存好这一页的链接。"), "success")
                return redirect(url_for("pledges.own", token=token), 303)
    html = render_template("pledges/new.html", form=form, project=project, closed=closed)
    return html, status


@bp.get("/pledges/<token>")
def own(token: str) -> ResponseReturnValue:
    """The giver's page of a promise: what was kept, and everything one can do about it."""
    return _own_page(token)


def _own_page(token: str, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session = get_session()
    pledge = queries.pledge_by_token(session, token)
    context = pages.own_context(session, pledge)
    context |= {"plea": PleaForm(formdata=None), "worked": WorkedForm(formdata=None), **forms}
    return render_template("pledges/own.html", **context), status, PRIVATE


@bp.get("/pledges/<token>/pay")
def pay(token: str) -> ResponseReturnValue:
    """On to what keeps the promise: the form of giving, or of goods, with the rest filled in."""
    session = get_session()
    pledge = queries.pledge_by_token(session, token)
    project = listings.project_of_campaign(session, pledge.campaign_id)
    own_page = url_for("pledges.own", token=token)
    if project is None or pledge.state not in STANDING_PLEDGES:
        return redirect(own_page, 303)
    return redirect(_way_to_keep(project, pledge) or own_page, 303)


def _way_to_keep(project: Project, pledge: Pledge) -> str | None:
    if pledge.kind is PledgeKind.GOODS:
        return url_for("goods.new", project_id=project.id, pledge=pledge.token)
    if pledge.kind is PledgeKind.MONEY and policy.may_give(
        current_actor(), settings().operator_mode
    ):
        rest = str(Money(pledge.rest)).replace(",", "")
        return url_for("donations.donate", project_id=project.id, pledge=pledge.token, amount=rest)
    return None


def _by_giver(
    token: str, act: Callable[..., Any], said: str, form: BaseForm | None = None, **words: Any
) -> ResponseReturnValue:
    """Let the giver do one thing; a refusal stands on the page, with what was typed."""
    try:
        with unit_of_work() as session:
            pledge_id = queries.pledge_by_token(session, token).id
            act(session, current_actor(), pledge_id=pledge_id, **words)
    except DomainError as refusal:
        if form is None:
            flash(sentence(refusal.reason, refusal.params), "error")
            return redirect(url_for("pledges.own", token=token), 303)
        attach(form, refusal)
        name = "plea" if isinstance(form, PleaForm) else "worked"
        return _own_page(token, status_of(refusal), **{name: form})
    flash(said, "success")
    return redirect(url_for("pledges.own", token=token), 303)


@bp.post("/pledges/<token>/withdraw")
def withdraw(token: str) -> ResponseReturnValue:
    """Take the promise back."""
    return _by_giver(token, services.withdraw_pledge, _("认捐已撤回。"))


@bp.post("/pledges/<token>/reminders")
def reminders(token: str) -> ResponseReturnValue:
    """Switch the letters on or off."""
    on = request.form.get("on") == "1"
    said = _("以后会提醒你。") if on else _("以后不再提醒。")
    return _by_giver(token, services.switch_reminders, said, on=on)


@bp.post("/pledges/<token>/release")
def ask_release(token: str) -> ResponseReturnValue:
    """Ask to be released for hardship."""
    form = PleaForm()
    if not form.validate():
        return _own_page(token, 422, plea=form)
    said = _("已经告诉机构，回复会写在这一页上。这期间不再提醒。")
    return _by_giver(token, services.ask_release, said, form, plea=form.plea.data)


@bp.post("/pledges/<token>/hours")
def report(token: str) -> ResponseReturnValue:
    """Say what time was given."""
    form = WorkedForm()
    if not form.validate():
        return _own_page(token, 422, worked=form)
    said = _("已经记下，等机构确认。")
    return _by_giver(token, services.report_hours, said, form, by=Side.GIVER, **form.said())


@bp.post("/pledges/<token>/hours/<int:hours_id>")
def answer(token: str, hours_id: int) -> ResponseReturnValue:
    """Confirm or refuse time the staff wrote down."""
    with unit_of_work() as session:
        pledge = queries.pledge_by_token(session, token)
        queries.hours_of(session, pledge.id, hours_id)
        _judge(session, hours_id, Side.GIVER)
    return redirect(url_for("pledges.own", token=token), 303)


def _judge(session: Any, hours_id: int, by: Side) -> None:
    """The word of one side about a report of time."""
    verb = services.refuse_hours if "refuse" in request.form else services.confirm_hours
    verb(session, current_actor(), hours_id=hours_id, by=by)
    flash(_("已记下。"), "success")


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/desk/pledges")
def desk() -> ResponseReturnValue:
    """Promises that stand, by how long their day is past."""
    context = pages.desk_context(get_session(), current_actor(), request.args.get("band"))
    return render_template("pledges/desk.html", **context)


@bp.get("/desk/pledges/<int:pledge_id>")
def manage(pledge_id: int) -> ResponseReturnValue:
    """One promise, with what the staff may do about it."""
    return _manage_page(pledge_id)


def _manage_page(pledge_id: int, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    pledge = queries.pledge(session, pledge_id)
    campaign = registry.campaign(session, pledge.campaign_id)
    require(policy.may_manage_giving(actor, campaign))
    context = pages.own_context(session, pledge) | {
        "giver": pages.giver_for_staff(actor, campaign, pledge),
        "tobacco": pages.advertised(pledge.giver_name, pledge.message),
        "release": ReleaseForm(formdata=None),
        "decline": AnswerForm(formdata=None, prefix="decline-"),
        "lapse": AnswerForm(formdata=None, prefix="lapse-"),
        "worked": WorkedForm(formdata=None),
        **forms,
    }
    return render_template("pledges/manage.html", **context), status


def _by_staff(
    pledge_id: int, name: str, form: BaseForm, act: Callable[..., Any], said: str, **words: Any
) -> ResponseReturnValue:
    """Let the staff do one thing with a form; a refusal stands beside its field."""
    try:
        with unit_of_work() as session:
            act(session, current_actor(), pledge_id=pledge_id, **words)
    except DomainError as refusal:
        if status_of(refusal) in (403, 404):
            raise
        attach(form, refusal)
        return _manage_page(pledge_id, status_of(refusal), **{name: form})
    flash(said, "success")
    return redirect(url_for("pledges.manage", pledge_id=pledge_id), 303)


@bp.post("/desk/pledges/<int:pledge_id>/release")
def release(pledge_id: int) -> ResponseReturnValue:
    """Release the giver for hardship; reported, and published on the project's page."""
    form = ReleaseForm()
    if not form.validate():
        return _manage_page(pledge_id, 422, release=form)
    words = {name: form[name].data for name in ("reported_on", "reported_to", "public_note")}
    said = _("已免除，并公布在项目页上。")
    return _by_staff(pledge_id, "release", form, services.release_pledge, said, **words)


@bp.post("/desk/pledges/<int:pledge_id>/decline")
def decline(pledge_id: int) -> ResponseReturnValue:
    """Answer that the promise stands."""
    form = AnswerForm(prefix="decline-")
    if not form.validate():
        return _manage_page(pledge_id, 422, decline=form)
    said = _("已回复，认捐人会在自己的页面上看到。")
    return _by_staff(
        pledge_id, "decline", form, services.decline_release, said, note=form.note.data
    )


@bp.post("/desk/pledges/<int:pledge_id>/lapse")
def lapse(pledge_id: int) -> ResponseReturnValue:
    """Close a promise whose day is long past."""
    form = AnswerForm(prefix="lapse-")
    if not form.validate():
        return _manage_page(pledge_id, 422, lapse=form)
    said = _("已作过期关闭。")
    return _by_staff(pledge_id, "lapse", form, services.lapse_pledge, said, note=form.note.data)


@bp.post("/desk/pledges/<int:pledge_id>/hours")
def report_for(pledge_id: int) -> ResponseReturnValue:
    """Write down time a giver gave; it counts when the giver confirms it."""
    form = WorkedForm()
    if not form.validate():
        return _manage_page(pledge_id, 422, worked=form)
    said = _("已经记下，等认捐人确认。")
    return _by_staff(
        pledge_id, "worked", form, services.report_hours, said, by=Side.STAFF, **form.said()
    )


@bp.post("/desk/pledges/hours/<int:hours_id>")
def judge(hours_id: int) -> ResponseReturnValue:
    """Confirm or refuse time a giver reported."""
    with unit_of_work() as session:
        _judge(session, hours_id, Side.STAFF)
        pledge_id = queries.hours_of(session, None, hours_id).pledge_id
    return redirect(url_for("pledges.manage", pledge_id=pledge_id), 303)
