"""Pages of a project's life: patterns, steps, reports, parties, followers, pause and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Verdict, require
from charity.errors import Denied, DomainError, NotFound
from projects.listings import policy, services
from projects.listings.queries import life
from projects.listings.services.following import named
from web import papers
from web.db import get_session, unit_of_work
from web.forms import BaseForm, attach
from web.labels import sentence
from web.listings.pages import visible
from web.ports import ports
from web.project_life import pages
from web.project_life.forms import (
    ClosingNoteForm,
    DropForm,
    FollowForm,
    MilestoneForm,
    NoteForm,
    ReportForm,
)
from web.security.redirects import safe_next
from web.security.sessions import current_actor

bp = Blueprint("project_life", __name__)


def _done(form: BaseForm, act: Callable[[Session], object], said: str) -> bool:
    """Do what a form that stands says; a refusal is then said in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work() as work:
            act(work)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        attach(form, refusal)
        return False
    flash(said, "success")
    return True


# ── patterns ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/projects/templates")
def templates() -> ResponseReturnValue:
    """Patterns to begin from."""
    wanted = request.args.get("organisation", "")
    context = pages.patterns_context(get_session(), current_actor(), wanted)
    return render_template("project_life/templates.html", **context)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/projects/<int:project_id>/milestones")
def milestones(project_id: int) -> ResponseReturnValue:
    """All steps of a project."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    return pages.milestones_page(session, actor, project, MilestoneForm(formdata=None))


@bp.post("/projects/<int:project_id>/milestones")
def plan(project_id: int) -> ResponseReturnValue:
    """Add a step."""
    session, actor, form = get_session(), current_actor(), MilestoneForm()
    project = visible(session, actor, project_id)
    require(policy.may_steer(actor, project))

    def add(work: Session) -> object:
        return services.plan_milestone(
            work, actor, project_id=project_id, title=form.title.data, due_on=form.day
        )

    if _done(form, add, _("已加上。")):
        return redirect(url_for("project_life.milestones", project_id=project_id), 303)
    return pages.milestones_page(session, actor, visible(session, actor, project_id), form)


@bp.get("/milestones/<int:milestone_id>")
def milestone(milestone_id: int) -> ResponseReturnValue:
    """One step."""
    session, actor = get_session(), current_actor()
    found, project = pages.step(session, actor, milestone_id)
    return pages.milestone_page(session, actor, found, project)


@bp.post("/milestones/<int:milestone_id>/claim")
def claim(milestone_id: int) -> ResponseReturnValue:
    """Say that it is done."""
    return _with_note(
        milestone_id,
        lambda session, found, project: policy.may_report(current_actor(), project),
        services.claim_milestone,
        _("已报上去，等别的组织的人来验收。"),
    )


@bp.post("/milestones/<int:milestone_id>/return")
def send_back(milestone_id: int) -> ResponseReturnValue:
    """Say what is missing."""
    return _with_note(
        milestone_id,
        lambda session, found, project: pages.judging(session, current_actor(), found, project),
        services.return_milestone,
        _("已退回，做的人会看到缺什么。"),
    )


def _with_note(
    milestone_id: int,
    may: Callable[[Session, Any, Any], Verdict],
    verb: Callable[..., object],
    said: str,
) -> ResponseReturnValue:
    """One act on a step that wants a word."""
    session, actor, form = get_session(), current_actor(), NoteForm()
    found, project = pages.step(session, actor, milestone_id)
    require(may(session, found, project))

    def act(work: Session) -> object:
        return verb(work, actor, milestone_id=milestone_id, note=form.note.data or "")

    if _done(form, act, said):
        return _to_step(milestone_id)
    found, project = pages.step(session, actor, milestone_id)
    return pages.milestone_page(session, actor, found, project, note=form)


@bp.post("/milestones/<int:milestone_id>/accept")
def accept(milestone_id: int) -> ResponseReturnValue:
    """It is done."""
    session, actor = get_session(), current_actor()
    found, project = pages.step(session, actor, milestone_id)
    require(pages.judging(session, actor, found, project))
    with unit_of_work() as work:
        services.accept_milestone(work, actor, milestone_id=milestone_id)
    flash(_("已验收，关注的人会收到信。"), "success")
    return _to_step(milestone_id)


@bp.post("/milestones/<int:milestone_id>/drop")
def drop(milestone_id: int) -> ResponseReturnValue:
    """Do without it."""
    session, actor, form = get_session(), current_actor(), DropForm()
    found, project = pages.step(session, actor, milestone_id)
    require(policy.may_steer(actor, project))

    def act(work: Session) -> object:
        return services.drop_milestone(
            work, actor, milestone_id=milestone_id, note=form.reason.data or ""
        )

    if _done(form, act, _("已去掉，理由留在页上。")):
        return redirect(url_for("project_life.milestones", project_id=project.id), 303)
    found, project = pages.step(session, actor, milestone_id)
    return pages.milestone_page(session, actor, found, project, drop=form)


def _to_step(milestone_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_life.milestone", milestone_id=milestone_id), 303)


# ── reports ──────────────────────────────────────────────────────────────────────────────────────


@bp.get("/projects/<int:project_id>/reports")
def reports(project_id: int) -> ResponseReturnValue:
    """All reports."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    context = pages.reports_context(session, actor, project)
    return render_template("project_life/reports.html", **context)


@bp.route("/projects/<int:project_id>/reports/new", methods=["GET", "POST"])
def new_report(project_id: int) -> ResponseReturnValue:
    """Write one."""
    session, actor, form = get_session(), current_actor(), ReportForm()
    project = visible(session, actor, project_id)
    require(policy.may_report(actor, project))

    def publish(work: Session) -> object:
        return services.publish_report(
            work,
            actor,
            client_id=form.client_id.data,
            project_id=project_id,
            title=form.title.data,
            words=form.words.data,
            reported_on=form.reported_on.data,
            pictures=form.drafts(),
            files=ports().files,
        )

    if _done(form, publish, _("已公布，关注的人会收到信。")):
        return redirect(url_for("project_life.reports", project_id=project_id), 303)
    return pages.report_page(visible(session, actor, project_id), form)


@bp.get("/reports/pictures/<int:picture_id>")
def picture(picture_id: int) -> ResponseReturnValue:
    """A picture of a report, for who may read the project."""
    session = get_session()
    found, project_id = life.report_picture(session, picture_id)
    project = visible(session, current_actor(), project_id)
    name = f"report-{found.id}"
    return papers.send(found.digest, found.media_type, name=name, is_public=project.is_public)


# ── parties ──────────────────────────────────────────────────────────────────────────────────────


@bp.get("/projects/<int:project_id>/parties")
def parties(project_id: int) -> ResponseReturnValue:
    """The five roles."""
    session, actor = get_session(), current_actor()
    return pages.parties_page(session, actor, visible(session, actor, project_id))


@bp.post("/projects/<int:project_id>/parties")
def name_party(project_id: int) -> ResponseReturnValue:
    """Name an organisation in a role."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    require(policy.may_steer(actor, project))
    form = pages.party_form(session, project)

    def name(work: Session) -> object:
        return services.name_party(
            work,
            actor,
            project_id=project_id,
            role=form.role.data,
            organisation_id=form.organisation_id.data,
        )

    if _done(form, name, _("已列上，等它自己签认。")):
        return _to_parties(project_id)
    return pages.parties_page(session, actor, visible(session, actor, project_id), form)


@bp.post("/parties/<int:role_id>/sign")
def sign(role_id: int) -> ResponseReturnValue:
    """Sign for one's own organisation."""
    session, actor = get_session(), current_actor()
    found, project = pages.party(session, actor, role_id)
    require(policy.may_sign(actor, found))
    with unit_of_work() as work:
        services.sign_role(work, actor, role_id=role_id)
    flash(_("已签认，写在项目页上。"), "success")
    return _to_parties(project.id)


@bp.post("/parties/<int:role_id>/drop")
def drop_party(role_id: int) -> ResponseReturnValue:
    """Take back a name that has not signed."""
    session, actor = get_session(), current_actor()
    _found, project = pages.party(session, actor, role_id)
    require(policy.may_steer(actor, project))
    with unit_of_work() as work:
        services.drop_party(work, actor, role_id=role_id)
    flash(_("已去掉。"), "success")
    return _to_parties(project.id)


def _to_parties(project_id: int) -> ResponseReturnValue:
    return redirect(url_for("project_life.parties", project_id=project_id), 303)


# ── pause, resume, close ─────────────────────────────────────────────────────────────────────────


@bp.get("/projects/<int:project_id>/steer")
def steer(project_id: int) -> ResponseReturnValue:
    """What those who lead it can do."""
    session, actor = get_session(), current_actor()
    project = visible(session, actor, project_id)
    require(policy.may_steer(actor, project))
    return pages.steer_page(session, actor, project)


@bp.post("/projects/<int:project_id>/pause")
def pause(project_id: int) -> ResponseReturnValue:
    """Take no gifts for a while."""
    return _turn(project_id, services.pause_project, _("已暂停募款，理由写在项目页上。"))


@bp.post("/projects/<int:project_id>/resume")
def resume(project_id: int) -> ResponseReturnValue:
    """Take gifts again."""
    return _turn(project_id, services.resume_project, _("已恢复募款。"))


def _turn(project_id: int, verb: Callable[..., object], said: str) -> ResponseReturnValue:
    """Pause or resume, with a word."""
    session, actor, form = get_session(), current_actor(), NoteForm()
    require(policy.may_steer(actor, visible(session, actor, project_id)))

    def act(work: Session) -> object:
        return verb(work, actor, project_id=project_id, note=form.note.data or "")

    if _done(form, act, said):
        return _to_project(project_id)
    project = visible(session, actor, project_id)
    return pages.steer_page(session, actor, project, note=form)


@bp.post("/projects/<int:project_id>/close")
def close(project_id: int) -> ResponseReturnValue:
    """It is over."""
    session, actor, form = get_session(), current_actor(), ClosingNoteForm()
    require(policy.may_steer(actor, visible(session, actor, project_id)))

    def act(work: Session) -> object:
        return services.close_project(
            work, actor, project_id=project_id, note=form.ending.data or ""
        )

    if _done(form, act, _("已结项，这一页留着，谁都能看。")):
        return _to_project(project_id)
    project = visible(session, actor, project_id)
    return pages.steer_page(session, actor, project, ending=form)


def _to_project(project_id: int) -> ResponseReturnValue:
    return redirect(url_for("listings.detail", project_id=project_id), 303)


# ── following ────────────────────────────────────────────────────────────────────────────────────


@bp.post("/follows")
def follow() -> ResponseReturnValue:
    """Follow a project or a need (`subject`: project:5, need:7), and where letters go."""
    form, actor = FollowForm(), current_actor()
    subject = form.subject.data or ""
    if not subject:
        return redirect(url_for("project_life.follows"), 303)
    named(subject)
    try:
        with unit_of_work() as work:
            services.follow(work, actor, subject=subject, address=form.address.data or "")
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("已关注。有进展会告诉你，在“我的账户”里也看得到。"), "success")
    return redirect(safe_next(request.form.get("next"), pages.subject_url(subject)), 303)


@bp.post("/follows/end")
def unfollow() -> ResponseReturnValue:
    """Follow it no longer."""
    subject = request.form.get("subject", "")
    if not subject:
        return redirect(url_for("project_life.follows"), 303)
    named(subject)
    with unit_of_work() as work:
        services.unfollow(work, current_actor(), subject=subject)
    flash(_("不再关注，留下的邮箱也删掉了。"), "success")
    return redirect(safe_next(request.form.get("next"), pages.subject_url(subject)), 303)


@bp.get("/account/follows")
def follows() -> ResponseReturnValue:
    """What I follow."""
    context = pages.follows_context(get_session(), current_actor())
    return render_template("project_life/follows.html", **context)
