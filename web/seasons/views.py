"""A season's page for everybody, and the desk on which it is planned and published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.donations import policy, services
from charity.donations.models import GivingSeason
from charity.donations.queries import together as queries
from charity.errors import CommonReason, DomainError, NotFound
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import BaseForm, attach
from web.frame import operator_id
from web.labels import sentence
from web.seasons import pages
from web.seasons.forms import JoinForm, SeasonForm
from web.security.sessions import current_actor

bp = Blueprint("seasons", __name__)


@bp.get("/seasons")
def index() -> ResponseReturnValue:
    """The seasons that are published, the latest first."""
    return render_template("seasons/index.html", seasons=queries.seasons(get_session()))


@bp.get("/seasons/<int:season_id>")
def season(season_id: int) -> ResponseReturnValue:
    """One season in figures: whole, by kind of giver, its campaigns and its leaderboards."""
    session = get_session()
    found = queries.season(session, season_id)
    may_hold = policy.may_hold_season(current_actor(), operator_id())
    if found.published_at is None and not may_hold:
        raise NotFound(CommonReason.NOT_FOUND)
    context = pages.season_context(session, found)
    return render_template("seasons/season.html", may_hold=may_hold, **context)


@bp.get("/desk/seasons")
def desk() -> ResponseReturnValue:
    """All seasons, published or not."""
    require(policy.may_hold_season(current_actor(), operator_id()))
    found = queries.seasons(get_session(), published=False)
    return render_template("seasons/desk.html", seasons=found)


@bp.route("/desk/seasons/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Plan a season."""
    require(policy.may_hold_season(current_actor(), operator_id()))
    form = SeasonForm.among(pages.organisers(get_session()))

    def plan(session: Any) -> GivingSeason:
        return services.plan_season(
            session, current_actor(), operator_id=operator_id(), **form.said()
        )

    return _write(form, plan, _("新的公益季"))


@bp.route("/desk/seasons/<int:season_id>", methods=["GET", "POST"])
def edit(season_id: int) -> ResponseReturnValue:
    """Change a season, say who takes part, publish it."""
    require(policy.may_hold_season(current_actor(), operator_id()))
    found = queries.season(get_session(), season_id)
    form = SeasonForm.among(pages.organisers(get_session()), found)

    def change(session: Any) -> GivingSeason:
        return services.edit_season(
            session,
            current_actor(),
            operator_id=operator_id(),
            season_id=season_id,
            **form.said(),
        )

    return _write(form, change, found.name, found)


@bp.post("/desk/seasons/<int:season_id>/join")
def join(season_id: int) -> ResponseReturnValue:
    """Add a campaign."""
    require(policy.may_hold_season(current_actor(), operator_id()))
    session = get_session()
    form = JoinForm.among(pages.may_join(session, queries.season(session, season_id)))
    if not form.validate():
        flash(_("请选一个项目。"), "error")
        return redirect(url_for("seasons.edit", season_id=season_id), 303)
    return _act(season_id, services.join_season, _("已经加入。"), campaign_id=form.campaign.data)


@bp.post("/desk/seasons/<int:season_id>/leave/<int:campaign_id>")
def leave(season_id: int, campaign_id: int) -> ResponseReturnValue:
    """Take a campaign out."""
    return _act(season_id, services.leave_season, _("已经移出。"), campaign_id=campaign_id)


@bp.post("/desk/seasons/<int:season_id>/publish")
def publish(season_id: int) -> ResponseReturnValue:
    """Show it to everybody."""
    return _act(season_id, services.publish_season, _("已经公布。"))


def _write(
    form: SeasonForm,
    write: Callable[[Any], GivingSeason],
    heading: str,
    found: GivingSeason | None = None,
) -> ResponseReturnValue:
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as session:
                    season_id = write(session).id
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                flash(_("已保存。"), "success")
                return redirect(url_for("seasons.edit", season_id=season_id), 303)
    return _form_page(form, heading, found), status


def _form_page(form: BaseForm, heading: str, found: GivingSeason | None) -> str:
    session = get_session()
    joining = JoinForm.among(pages.may_join(session, found)) if found is not None else None
    return render_template(
        "seasons/form.html",
        form=form,
        heading=heading,
        season=found,
        joining=joining,
        campaigns=pages.campaigns(session, found) if found is not None else [],
    )


def _act(
    season_id: int, verb: Callable[..., object], said: str, **words: Any
) -> ResponseReturnValue:
    """One button of the desk; a refusal is said on top of the page."""
    require(policy.may_hold_season(current_actor(), operator_id()))
    try:
        with unit_of_work() as session:
            verb(
                session,
                current_actor(),
                operator_id=operator_id(),
                season_id=season_id,
                **words,
            )
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(said, "success")
    return redirect(url_for("seasons.edit", season_id=season_id), 303)
