"""Pages of the project bank."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.errors import Denied, DomainError, Invalid
from charity.registry.reasons import RegistryReason
from projects.listings import policy, queries, services
from projects.listings.models import Project, ProjectCategory
from projects.listings.patterns import pattern
from web.db import get_session, unit_of_work
from web.forms import attach
from web.frame import operator_id
from web.labels import choices, sentence
from web.listings import pages, posting, shapes
from web.listings.filters import Filters, place_options, sorts
from web.listings.forms import ProjectForm, ReviewForm
from web.listings.plan_fields import known_of_plan
from web.ports import settings
from web.security.sessions import current_actor

bp = Blueprint("listings", __name__)


@bp.get("/projects")
def index() -> ResponseReturnValue:
    """All published projects, by place and category."""
    session, chosen = get_session(), Filters.read(request.args)
    page = queries.published_page(
        session,
        region_code=chosen.place,
        category=chosen.category,
        sort=chosen.sort,
        page=chosen.page,
    )
    return render_template(
        "listings/index.html",
        page=page,
        cards=[shapes.card_view(card) for card in page.items],
        chosen=chosen,
        page_url=chosen.url,
        places=place_options(session, chosen.place, posting.home_region()),
        categories=choices(ProjectCategory),
        sorts=sorts(),
        may_post=bool(posting.organisations_of(session, current_actor())),
    )


@bp.get("/projects/<int:project_id>")
def detail(project_id: int) -> ResponseReturnValue:
    """One project."""
    session, actor = get_session(), current_actor()
    project = pages.visible(session, actor, project_id)
    return render_template("listings/detail.html", **pages.detail_context(session, actor, project))


@bp.get("/projects/<int:project_id>/flow")
def flow(project_id: int) -> ResponseReturnValue:
    """Where the money of a project came from and went, down to every voucher."""
    session = get_session()
    project = pages.visible(session, current_actor(), project_id)
    return render_template("listings/flow.html", **pages.flow_context(session, project))


@bp.route("/projects/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Begin a project for one of my organisations."""
    session, actor = get_session(), current_actor()
    mine = posting.organisations_of(session, actor)
    organisation = posting.chosen(mine, request.args.get("organisation", ""))
    if organisation is None:
        return render_template("listings/choose.html", organisations=mine)
    begun = pattern(request.args.get("template", ""))
    form = ProjectForm()
    if request.method == "GET":
        known = known_of_plan(session, actor, organisation, operator_id())
        form = ProjectForm.begun(begun, known)
    if request.method == "POST" and not form.change_rows(request.form) and form.validate():
        try:
            with unit_of_work() as work:
                project = services.draft_project(
                    work,
                    actor,
                    organisation_id=organisation.id,
                    **form.content(begun),
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return _kept(project)
    return posting.form_page(form, organisation, begun=begun)


@bp.route("/projects/<int:project_id>/edit", methods=["GET", "POST"])
def edit(project_id: int) -> ResponseReturnValue:
    """Change a draft or a returned project."""
    session, actor = get_session(), current_actor()
    project = pages.visible(session, actor, project_id)
    require(policy.may_edit(actor, project))
    if not project.is_editable:
        return redirect(url_for("listings.detail", project_id=project_id), 303)
    form = ProjectForm() if request.method == "POST" else ProjectForm.of_project(project)
    if request.method == "POST" and not form.change_rows(request.form) and form.validate():
        try:
            with unit_of_work() as work:
                services.edit_project(work, actor, project_id=project_id, **form.content())
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return _kept(project)
    return posting.form_page(form, project.organisation, project)


def _kept(project: Project) -> ResponseReturnValue:
    flash(_("草稿已保存。检查一遍，再送去审核。"), "success")
    for found in queries.aid_findings(project):
        flash(sentence(found.reason, found.params), "warning")
    return redirect(url_for("listings.detail", project_id=project.id), 303)


@bp.post("/projects/<int:project_id>/submit")
def submit(project_id: int) -> ResponseReturnValue:
    """Send a project for review; who is held up reads why, and the draft stays."""
    try:
        with unit_of_work() as session:
            services.submit_project(session, current_actor(), project_id=project_id)
    except Denied as refusal:
        if refusal.reason is not RegistryReason.RESTRICTED:
            raise
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已送去审核，结果会出现在你的待办里。"), "success")
    return redirect(url_for("listings.detail", project_id=project_id), 303)


@bp.get("/projects/<int:project_id>/review")
def review(project_id: int) -> ResponseReturnValue:
    """The whole project beside the checks."""
    session, actor = get_session(), current_actor()
    project = pages.visible(session, actor, project_id)
    require(policy.may_review(actor, project))
    if project.state in posting.DECIDED:
        return redirect(url_for("listings.detail", project_id=project_id), 303)
    return posting.review_page(session, project, ReviewForm())


@bp.post("/projects/<int:project_id>/review")
def decide(project_id: int) -> ResponseReturnValue:
    """Publish it, or send it back with reasons."""
    actor, form = current_actor(), ReviewForm()
    publishes = request.form.get("decision") == "publish"
    if not publishes and not form.validate():
        project = pages.visible(get_session(), actor, project_id)
        require(policy.may_review(actor, project))
        return posting.review_page(get_session(), project, form)
    if publishes:
        return _publish(project_id, form)
    with unit_of_work() as session:
        services.return_project(session, actor, project_id=project_id, reasons=form.reasons.data)
    flash(_("已退回，发起方会看到理由。"), "success")
    return redirect(url_for("listings.detail", project_id=project_id), 303)


def _publish(project_id: int, form: ReviewForm) -> ResponseReturnValue:
    """Judge it, in a unit of its own so that a refusal is kept, then open it for gifts."""
    actor, mode = current_actor(), settings().operator_mode
    with unit_of_work() as session:
        services.judge_project(
            session, actor, project_id=project_id, operator_id=operator_id(), operator_mode=mode
        )
    try:
        with unit_of_work() as session:
            services.publish_project(
                session,
                actor,
                project_id=project_id,
                operator_id=operator_id(),
                operator_mode=mode,
                judgement=form.reasons.data or "",
            )
    except Invalid as missing:
        attach(form, missing)
        project = pages.visible(get_session(), actor, project_id)
        return posting.review_page(get_session(), project, form)
    flash(_("已公布，募捐开始。"), "success")
    return redirect(url_for("listings.detail", project_id=project_id), 303)
