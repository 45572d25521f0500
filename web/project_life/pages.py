"""What the pages of a project's life show, and what their reader may do there."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, Verdict
from charity.disclosure.queries import closings
from charity.registry.models import Organisation
from projects.listings import policy, queries
from projects.listings.models import (
    SHOWN_STATES,
    Milestone,
    MilestoneState,
    PartyRole,
    ProgressReport,
    Project,
    ProjectRole,
    ProjectState,
)
from projects.listings.patterns import Pattern, patterns
from projects.listings.queries import life
from web.forms import BaseForm
from web.labels import label
from web.listings import pages as listings
from web.listings import posting
from web.project_life.forms import (
    ClosingNoteForm,
    DropForm,
    FollowForm,
    MilestoneForm,
    NoteForm,
    PartyForm,
)
from web.project_life.sections import done_of, step_rows


def step(session: Session, actor: Actor, milestone_id: int) -> tuple[Milestone, Project]:
    """A step and its project; absent for whom the project is."""
    found = life.milestone(session, milestone_id)
    return found, listings.visible(session, actor, found.project_id)


def party(session: Session, actor: Actor, role_id: int) -> tuple[ProjectRole, Project]:
    """A role and its project; absent for whom the project is."""
    found = life.party(session, role_id)
    return found, listings.visible(session, actor, found.project_id)


def crumbs(project: Project, here: str) -> list[tuple[str, str | None]]:
    """The way back to the project."""
    return [
        (_("项目"), url_for("listings.index")),
        (project.title, url_for("listings.detail", project_id=project.id)),
        (here, None),
    ]


def milestones_page(
    session: Session, actor: Actor, project: Project, form: MilestoneForm
) -> ResponseReturnValue:
    """All steps, and the form for one more."""
    steps = queries.milestones_of(session, project.id)
    html = render_template(
        "project_life/milestones.html",
        project=project,
        rows=step_rows(steps),
        done=done_of(steps),
        may_plan=policy.may_steer(actor, project)
        and project.state not in (ProjectState.SUBMITTED, ProjectState.CLOSED),
        form=form,
        crumbs=crumbs(project, _("一步一步")),
    )
    return html, 422 if form.errors else 200


def judging(session: Session, actor: Actor, found: Milestone, project: Project) -> Verdict:
    """Whether this person may accept the step."""
    return policy.may_accept_milestone(
        actor,
        project,
        member_of=life.member_of(session, actor),
        claimer_person_id=life.claimers_person(session, found),
    )


def milestone_page(
    session: Session,
    actor: Actor,
    found: Milestone,
    project: Project,
    *,
    note: BaseForm | None = None,
    drop: BaseForm | None = None,
) -> ResponseReturnValue:
    """One step, and the one thing this person can do about it."""
    runs = project.state in (ProjectState.PUBLISHED, ProjectState.PAUSED)
    planned = found.state is MilestoneState.PLANNED
    claimed = found.state is MilestoneState.CLAIMED
    note, drop = note or NoteForm(formdata=None), drop or DropForm(formdata=None)
    html = render_template(
        "project_life/milestone.html",
        project=project,
        row=step_rows([found])[0],
        step=found,
        may_claim=runs and planned and policy.may_report(actor, project),
        may_drop=planned and policy.may_steer(actor, project),
        may_judge=runs and claimed and judging(session, actor, found, project),
        note=note,
        drop=drop,
        crumbs=crumbs(project, _("一步一步")),
    )
    return html, 422 if note.errors or drop.errors else 200


def report_page(project: Project, form: BaseForm) -> ResponseReturnValue:
    """The form of a report; 422 when something is wrong with it."""
    html = render_template(
        "project_life/report.html",
        project=project,
        form=form,
        crumbs=crumbs(project, _("写进展")),
    )
    return html, 422 if form.errors else 200


def reports_context(session: Session, actor: Actor, project: Project) -> dict[str, Any]:
    """All reports of a project."""
    found: list[ProgressReport] = queries.reports_of(session, project.id)
    return {
        "project": project,
        "reports": found,
        "may_report": project.state in SHOWN_STATES and policy.may_report(actor, project),
        "crumbs": crumbs(project, _("进展")),
    }


def party_form(session: Session, project: Project) -> PartyForm:
    """The form of naming, with the verified organisations of the district and above."""
    found: dict[int, Organisation] = {
        each.id: each for each in life.parties_to_choose(session, project.region_code)
    }
    for own in (project.organisation, project.campaign.charity if project.campaign else None):
        if own is not None:
            found[own.id] = own
    return PartyForm.among(sorted(found.values(), key=lambda each: each.name))


def parties_page(
    session: Session, actor: Actor, project: Project, form: PartyForm | None = None
) -> ResponseReturnValue:
    """The five roles, who is named in them, and who has signed."""
    may_steer = policy.may_steer(actor, project) and project.state is not ProjectState.CLOSED
    if form is None and may_steer:
        form = party_form(session, project)
    named = queries.parties_of(session, project.id)
    open_ones = [e for e in named if e.signed_at is None and policy.may_sign(actor, e)]
    html = render_template(
        "project_life/parties.html",
        project=project,
        roles=[(label(role), [e for e in named if e.role is role]) for role in PartyRole],
        may_name=may_steer,
        mine=set() if project.state is ProjectState.CLOSED else {each.id for each in open_ones},
        form=form,
        crumbs=crumbs(project, _("五方签认")),
    )
    return html, 422 if form is not None and form.errors else 200


def steer_page(
    session: Session,
    actor: Actor,
    project: Project,
    *,
    note: NoteForm | None = None,
    ending: ClosingNoteForm | None = None,
) -> ResponseReturnValue:
    """What those who lead a project can do: report, steps, parties, pause, resume, close."""
    campaign = project.campaign
    closing = closings.closing_of_fund(session, campaign.fund_id) if campaign else None
    left = closings.figures(session, campaign.fund_id).surplus if campaign else None
    note = note or NoteForm(formdata=None)
    ending = ending or ClosingNoteForm(formdata=None)
    html = render_template(
        "project_life/steer.html",
        project=project,
        state_label=label(project.state),
        runs=project.state is ProjectState.PUBLISHED,
        paused=project.state is ProjectState.PAUSED,
        left=left,
        closing=closing,
        may_report=policy.may_report(actor, project),
        note=note,
        ending=ending,
        crumbs=crumbs(project, _("管理项目")),
    )
    return html, 422 if note.errors or ending.errors else 200


def patterns_context(session: Session, actor: Actor, organisation: str) -> dict[str, Any]:
    """All patterns, for one of my organisations where there are several."""
    chosen = posting.chosen(posting.organisations_of(session, actor), organisation)
    return {
        "patterns": [_pattern_view(each) for each in patterns().values()],
        "organisation_id": chosen.id if chosen is not None else None,
    }


def _pattern_view(each: Pattern) -> dict[str, Any]:
    first = each.deliverables[0]
    return {
        "pattern": each,
        "category": label(each.category),
        "first": first,
        "lines": each.lines,
    }


def follows_context(session: Session, actor: Actor) -> dict[str, Any]:
    """What one follows, with the newest report of each project."""
    followed = queries.followed_by(session, actor)
    news = queries.news_of(session, {each.project.id for each in followed if each.project})
    return {
        "rows": [
            {
                "subject": each.follow.subject,
                "title": each.project.title if each.project else _("一个需求"),
                "state": label(each.project.state) if each.project else "",
                "url": subject_url(each.follow.subject),
                "news": news.get(each.project.id) if each.project else None,
                "address": each.follow.address,
                "since": each.follow.since,
            }
            for each in followed
        ],
        "form": FollowForm(formdata=None),
    }


def subject_url(subject: str) -> str:
    """The page of what is followed."""
    kind, _colon, number = subject.partition(":")
    if kind == "project":
        return url_for("listings.detail", project_id=int(number))
    return f"/needs/{number}"
