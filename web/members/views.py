"""The page on which a campaign's own people are named: 定向募捐 and mutual aid."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.accounts.queries import user_by_login
from charity.actor import require
from charity.errors import CommonReason, DomainError, Invalid, NotFound
from charity.registry import policy, queries, services
from charity.registry.models import MEMBERS_MODES, Campaign
from charity.registry.reasons import RegistryReason
from charity.registry.services.members import CAPACITIES
from projects.listings.models import Project
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import attach
from web.listings.pages import visible
from web.members.forms import MemberForm
from web.security.sessions import current_actor

bp = Blueprint("members", __name__)


@bp.route("/projects/<int:project_id>/members", methods=["GET", "POST"])
def index(project_id: int) -> ResponseReturnValue:
    """Those the campaign is for, and one more."""
    project, campaign = _campaign(project_id)
    form = MemberForm.among(CAPACITIES[campaign.mode])
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                _add(campaign, form)
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                flash(_("已经加进来，对方登录后就能看到并捐款。"), "success")
                return redirect(url_for("members.index", project_id=project_id), 303)
    members = queries.members_of(get_session(), campaign.id)
    html = render_template("members/index.html", form=form, project=project, members=members)
    return html, status


@bp.post("/projects/<int:project_id>/members/<int:person_id>/remove")
def remove(project_id: int, person_id: int) -> ResponseReturnValue:
    """The campaign is no longer for this person."""
    _project, campaign = _campaign(project_id)
    with unit_of_work() as session:
        services.remove_member(
            session, current_actor(), campaign_id=campaign.id, person_id=person_id
        )
    flash(_("已经移出。以前捐的款不受影响。"), "success")
    return redirect(url_for("members.index", project_id=project_id), 303)


def _campaign(project_id: int) -> tuple[Project, Campaign]:
    project = visible(get_session(), current_actor(), project_id)
    campaign = project.campaign
    if campaign is None or campaign.mode not in MEMBERS_MODES:
        raise NotFound(CommonReason.NOT_FOUND)
    require(policy.may_name_members(current_actor(), campaign))
    return project, campaign


def _add(campaign: Campaign, form: MemberForm) -> None:
    with unit_of_work() as session:
        user = user_by_login(session, (form.person.data or "").strip())
        if user is None:
            raise Invalid(RegistryReason.MEMBER_UNKNOWN, field="person")
        services.add_member(
            session,
            current_actor(),
            campaign_id=campaign.id,
            person_id=user.person_id,
            capacity=form.capacity.data,
        )
