"""Found a team, show how far it is, print its poster; the captain changes words and closes it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.donations import services
from charity.donations.models import GivingTeam
from charity.donations.queries import together as queries
from charity.errors import DomainError
from charity.rows import present
from projects.listings import queries as listings
from projects.listings.models import Project
from web import posters, qr
from web.db import get_session, unit_of_work
from web.donations import pages as donation_pages
from web.errors import status_of
from web.filters import yuan
from web.fonts import faces
from web.listings.filters import page_number
from web.listings.pages import visible
from web.paper import NoFont
from web.ports import settings
from web.private import PRIVATE
from web.security.sessions import current_actor
from web.teams.forms import TeamForm

bp = Blueprint("teams", __name__)


@bp.get("/teams")
def index() -> ResponseReturnValue:
    """The teams that gather gifts now."""
    session = get_session()
    page = queries.open_teams(session, page=page_number(request.args.get("page", "")))
    standings = queries.standings_of_teams(session, [team.id for team in page.items])
    projects = {
        team.id: listings.project_of_campaign(session, team.campaign_id) for team in page.items
    }
    return render_template(
        "teams/index.html",
        page=page,
        page_url=lambda number: url_for("teams.index", page=number),
        standings=standings,
        projects=projects,
    )


@bp.route("/projects/<int:project_id>/teams/new", methods=["GET", "POST"])
def new(project_id: int) -> ResponseReturnValue:
    """Found a team for a project."""
    project, campaign = donation_pages.open_project(get_session(), current_actor(), project_id)
    closed = donation_pages.why_not_now(current_actor(), campaign)
    form = TeamForm()
    status = 200
    if form.is_submitted() and closed is None:
        status = 422
        if form.validate():
            try:
                with unit_of_work() as session:
                    token = services.found_team(
                        session,
                        current_actor(),
                        client_id=form.client_id.data or "",
                        campaign_id=campaign.id,
                        kind=form.kind.data,
                        operator_mode=settings().operator_mode,
                        **form.words(),
                    ).captain_token
            except DomainError as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                flash(_("队建好了。把队伍的链接发给大家，这一页的链接请自己存好。"), "success")
                return redirect(url_for("teams.manage", token=token), 303)
    return render_template("teams/new.html", form=form, project=project, closed=closed), status


@bp.get("/teams/<code>")
def team(code: str) -> ResponseReturnValue:
    """A team: what for, how far, who gave."""
    session = get_session()
    found = queries.team_by_code(session, code)
    project = _project(found)
    return render_template(
        "teams/team.html",
        team=found,
        project=project,
        standing=queries.team_standing(session, found.id),
        gifts=queries.gifts_of_team(session, found.id),
        code=qr.svg(_address(found), _("这支队的二维码")),
        has_font=faces() is not None,
    )


@bp.get("/teams/<code>/poster.png")
def poster(code: str) -> ResponseReturnValue:
    """The team's poster with its code, for a chat group or a wall."""
    found = queries.team_by_code(get_session(), code)
    project = _project(found)
    lines = [_("给“%(title)s”", title=project.title), found.message]
    if found.target is not None:
        lines.append(_("一起捐到 %(sum)s", sum=yuan(found.target)))
    words = posters.Poster(
        kicker=_("一起捐"),
        title=found.name,
        lines=[line for line in lines if line],
        scan=_("扫码进队，每一笔都直接进慈善组织的账户，队长不经手钱。"),
        link=_address(found),
        foot=_("队长：%(name)s", name=found.captain_name),
    )
    try:
        drawn = posters.draw(words)
    except NoFont:
        return redirect(url_for("teams.team", code=code), 303)
    return Response(drawn, content_type="image/png")


@bp.route("/teams/manage/<token>", methods=["GET", "POST"])
def manage(token: str) -> ResponseReturnValue:
    """The captain's page: change the words, get the link and the poster."""
    found = queries.team_of_captain(get_session(), token)
    form = TeamForm.of_team(found)
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as session:
                    services.edit_team(
                        session,
                        current_actor(),
                        team_id=found.id,
                        captain_token=token,
                        **form.words(),
                    )
            except DomainError as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                flash(_("改好了。"), "success")
                return redirect(url_for("teams.manage", token=token), 303)
    html = render_template(
        "teams/manage.html",
        team=found,
        form=form,
        project=_project(found),
        address=_address(found),
        own=settings().base_url + url_for("teams.manage", token=token),
        standing=queries.team_standing(get_session(), found.id),
    )
    return html, status, PRIVATE


@bp.post("/teams/manage/<token>/close")
def close(token: str) -> ResponseReturnValue:
    """Take no more gifts through the team."""
    with unit_of_work() as session:
        found = queries.team_of_captain(session, token)
        services.close_team(session, current_actor(), team_id=found.id, captain_token=token)
    flash(_("队伍已经结束，页面还在，捐款去向照常公开。"), "success")
    return redirect(url_for("teams.manage", token=token), 303)


def _project(found: GivingTeam) -> Project:
    """The project a team gives to; 404 where this visitor may not read it."""
    session = get_session()
    project = present(listings.project_of_campaign(session, found.campaign_id))
    return visible(session, current_actor(), project.id)


def _address(found: GivingTeam) -> str:
    return settings().base_url + url_for("teams.team", code=found.code)
