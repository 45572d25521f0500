"""Steps of a project with their days: planned, claimed by the doer, accepted by another."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.accounts.models import User
from charity.actor import Actor, require
from charity.errors import CommonReason, Invalid, InvalidState
from charity.rows import locked, present
from charity.spending.queries import organisations_of_person
from projects.listings import intake
from projects.listings.models import Milestone, MilestoneState, Project, ProjectState
from projects.listings.policy.life import may_accept_milestone, may_report, may_steer
from projects.listings.reasons import LifeReason

MILESTONES_MAXIMUM = 40
TITLE_MAXIMUM, NOTE_MAXIMUM = 80, 500
#: While a reviewer reads a project, and once it is over, its steps stand still.
PLANNING_STATES = frozenset(ProjectState) - {ProjectState.SUBMITTED, ProjectState.CLOSED}
#: Work goes on while the campaign is paused.
WORKING_STATES = frozenset({ProjectState.PUBLISHED, ProjectState.PAUSED})


def plan_milestone(
    session: Session, actor: Actor, *, project_id: int, title: str, due_on: date, note: str = ""
) -> Milestone:
    """Add a step and the day by which it is to be done (a day in China).

    Raises `Denied`, `InvalidState` while it is reviewed and once it is over, `Invalid` on `title`,
    `note` or `due_on` (before the project begins), and beyond forty steps.
    """
    project = locked(session, select(Project).where(Project.id == project_id))
    require(may_steer(actor, project))
    _require_state(project, PLANNING_STATES)
    if due_on < project.starts_on:
        raise Invalid(LifeReason.DUE_BEFORE_START, field="due_on")
    last = session.scalar(
        select(func.max(Milestone.position)).where(Milestone.project_id == project.id)
    )
    if (last or 0) >= MILESTONES_MAXIMUM:
        limit = MILESTONES_MAXIMUM
        raise Invalid(LifeReason.MILESTONES_TOO_MANY, field="title", maximum=limit)
    milestone = Milestone(
        project_id=project.id,
        position=(last or 0) + 1,
        title=intake.public_line(title, field="title", limit=TITLE_MAXIMUM),
        due_on=due_on,
        state=MilestoneState.PLANNED,
        note=intake.public_prose(note, field="note", limit=NOTE_MAXIMUM),
    )
    session.add(milestone)
    session.flush()
    return milestone


def claim_milestone(session: Session, actor: Actor, *, milestone_id: int, note: str) -> Milestone:
    """Say that it is done and how one can see it (`note`); it counts once another accepts it."""
    milestone, project = _locked(session, milestone_id)
    require(may_report(actor, project))
    _require_state(project, WORKING_STATES)
    milestone.note = intake.public_prose(note, field="note", limit=NOTE_MAXIMUM, required=True)
    milestone.move_to(MilestoneState.CLAIMED)
    milestone.claimed_on = clock.today()
    milestone.claimed_by_user_id = actor.user_id
    return _told(session, "project.milestone_claimed", milestone)


def accept_milestone(
    session: Session, actor: Actor, *, milestone_id: int, note: str = ""
) -> Milestone:
    """Look at it and accept it; never by who claimed it nor by anybody of the doing organisation.

    Raises `Denied`, `InvalidState` unless it was claimed.
    """
    milestone = _judged(session, actor, milestone_id)
    said = intake.public_prose(note, field="note", limit=NOTE_MAXIMUM)
    milestone.move_to(MilestoneState.ACCEPTED)
    milestone.note = said or milestone.note
    milestone.accepted_at = clock.now()
    milestone.accepted_by_user_id = actor.user_id
    return _told(session, "project.milestone_accepted", milestone)


def return_milestone(session: Session, actor: Actor, *, milestone_id: int, note: str) -> Milestone:
    """Send the claim back, saying what is missing (`note`); it is planned again."""
    milestone = _judged(session, actor, milestone_id)
    said = intake.public_prose(note, field="note", limit=NOTE_MAXIMUM, required=True)
    if milestone.state is not MilestoneState.CLAIMED:
        raise InvalidState(CommonReason.WRONG_STATE)
    milestone.move_to(MilestoneState.PLANNED)
    milestone.note = said
    milestone.claimed_on = milestone.claimed_by_user_id = None
    return _told(session, "project.milestone_returned", milestone)


def drop_milestone(session: Session, actor: Actor, *, milestone_id: int, note: str) -> Milestone:
    """Do without a planned step, for a reason that stays readable (`note`)."""
    milestone, project = _locked(session, milestone_id)
    require(may_steer(actor, project))
    _require_state(project, PLANNING_STATES)
    milestone.note = intake.public_prose(note, field="note", limit=NOTE_MAXIMUM, required=True)
    milestone.move_to(MilestoneState.DROPPED)
    return _told(session, "project.milestone_dropped", milestone)


def _judged(session: Session, actor: Actor, milestone_id: int) -> Milestone:
    """The milestone under its lock, for who may judge it."""
    milestone, project = _locked(session, milestone_id)
    claimer = session.get(User, milestone.claimed_by_user_id or 0)
    verdict = may_accept_milestone(
        actor,
        project,
        member_of=organisations_of_person(session, actor.person_id),
        claimer_person_id=claimer.person_id if claimer is not None else None,
    )
    require(verdict)
    _require_state(project, WORKING_STATES)
    return milestone


def _locked(session: Session, milestone_id: int) -> tuple[Milestone, Project]:
    milestone = locked(session, select(Milestone).where(Milestone.id == milestone_id))
    return milestone, present(session.get(Project, milestone.project_id))


def _require_state(project: Project, states: frozenset[ProjectState]) -> None:
    if project.state in states:
        return
    over = project.state is ProjectState.CLOSED
    reason = LifeReason.PROJECT_OVER if over else CommonReason.WRONG_STATE
    if project.state not in PLANNING_STATES and not over:
        raise InvalidState(reason, state=project.state.value)
    raise InvalidState(reason if over else LifeReason.NOT_PUBLISHED)


def _told(session: Session, event: str, milestone: Milestone) -> Milestone:
    subject = f"project:{milestone.project_id}"
    outbox.write(session, event, subject, milestone_id=milestone.id, title=milestone.title)
    session.flush()
    return milestone
