"""The desk of who keeps the register: stations, volunteer teams, and who runs a place."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.errors import DomainError
from charity.registry import policy, queries, services
from charity.registry.models import StationModule
from web.db import get_session, unit_of_work
from web.forces import pages
from web.forces.blueprint import bp
from web.forces.forms import (
    CheckFields,
    DayForm,
    ManagedForm,
    StationForm,
    VolunteerTeamForm,
    said,
)
from web.forms import attach
from web.labels import sentence
from web.security.sessions import current_actor


@bp.get("/desk/register")
def desk() -> ResponseReturnValue:
    """What is kept in the register, and where each thing is entered."""
    session = get_session()
    return render_template(
        "forces/desk.html",
        stations=queries.station_counts(session),
        teams=queries.volunteer_teams_page(session).total,
        incubations=queries.incubation_counts(session),
        trusts=queries.trusts_page(session).total,
    )


@bp.route("/desk/register/stations/new", methods=["GET", "POST"])
def new_station() -> ResponseReturnValue:
    """Enter a station or a room."""
    form = StationForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                made = services.open_station(work, current_actor(), **said(form))
                station_id = made.id
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已登记。接着可以逐项检查五大模块。"), "success")
            return redirect(url_for("forces.keep_station", station_id=station_id), 303)
    return render_template("forces/station_form.html", form=form), 422 if form.errors else 200


@bp.route("/desk/register/stations/<int:station_id>", methods=["GET", "POST"])
def keep_station(station_id: int) -> ResponseReturnValue:
    """Look at the five modules of a station and say which are in place."""
    session, actor = get_session(), current_actor()
    found = queries.station(session, station_id)
    require(policy.may_keep_register(actor, found.region_code))
    context = pages.station_context(session, actor, found)
    known = {f"ready_{module}": check.is_ready for module, check in context["modules"] if check}
    known |= {f"note_{module}": check.note for module, check in context["modules"] if check}
    form = CheckFields(data=known)
    if form.validate_on_submit():
        ready = {module: bool(box.data) for module, box, _note in form.modules}
        notes = {module: note.data or "" for module, _box, note in form.modules}
        try:
            with unit_of_work() as work:
                services.check_station(work, actor, station_id=station_id, ready=ready, notes=notes)
        except DomainError as refusal:
            attach(form, refusal)
        else:
            done = sum(ready.values())
            flash(_("已记下：%(n)s / %(all)s 项落实。", n=done, all=len(StationModule)), "success")
            return redirect(url_for("forces.station", station_id=station_id), 303)
    html = render_template("forces/station_check.html", form=form, closing=DayForm(), **context)
    return html, 422 if form.errors else 200


@bp.post("/desk/register/stations/<int:station_id>/close")
def close_station(station_id: int) -> ResponseReturnValue:
    """It no longer serves."""
    form = DayForm()
    if form.validate():
        try:
            with unit_of_work() as work:
                services.close_station(
                    work, current_actor(), station_id=station_id, closed_on=said(form)["on"]
                )
        except DomainError as refusal:
            flash(sentence(refusal.reason, refusal.params), "error")
        else:
            flash(_("已关闭，做过的事都留着。"), "success")
    else:
        flash(_("请写日期，例如 2026-11-22。"), "error")
    return redirect(url_for("forces.station", station_id=station_id), 303)


@bp.route("/desk/register/volunteer-teams/new", methods=["GET", "POST"])
def new_team() -> ResponseReturnValue:
    """Enter a main team or a branch."""
    form = VolunteerTeamForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.form_team(work, current_actor(), **said(form))
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已登记。"), "success")
            return redirect(url_for("forces.volunteer_teams"), 303)
    return render_template("forces/team_form.html", form=form), 422 if form.errors else 200


@bp.route("/desk/register/volunteer-teams/<int:team_id>", methods=["GET", "POST"])
def keep_team(team_id: int) -> ResponseReturnValue:
    """A team that is no more."""
    session, actor = get_session(), current_actor()
    found = queries.volunteer_team(session, team_id)
    require(policy.may_keep_register(actor, found.region_code))
    form = DayForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.disband_team(work, actor, team_id=team_id, disbanded_on=said(form)["on"])
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已记下，这支队伍解散了。"), "success")
            return redirect(url_for("forces.volunteer_teams"), 303)
    html = render_template("forces/team.html", form=form, team=found)
    return html, 422 if form.errors else 200


@bp.route("/desk/register/places/<code>", methods=["GET", "POST"])
def place(code: str) -> ResponseReturnValue:
    """Say which zone runs a place (DIV-01)."""
    session, actor = get_session(), current_actor()
    found = queries.region(session, code)
    require(policy.may_keep_register(actor, found.code))
    form = ManagedForm(data={"managed_by_code": found.managed_by_code})
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.set_managed_by(
                    work, actor, region_code=code, managed_by_code=form.managed_by_code.data
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("registry.region", code=found.code), 303)
    html = render_template("forces/place.html", form=form, place=found)
    return html, 422 if form.errors else 200
