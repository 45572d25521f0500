"""What happened in a project's life: steps, reports, parties, and who follows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.accounts.models import User
from charity.actor import Actor
from charity.registry.models import Organisation, OrganisationKind, OrganisationState
from charity.rows import present
from charity.spending.queries import organisations_of_person
from projects.listings.models import (
    Follow,
    Milestone,
    ProgressReport,
    Project,
    ProjectRole,
    ReportPicture,
)

#: Reports shown on the page of a project; all are one page further.
REPORTS_SHOWN = 3
#: Reports of one page.
REPORTS_MOST = 50
#: Organisations one can choose from.
ORGANISATIONS_MOST = 300


@dataclass(frozen=True, slots=True)
class Followed:
    """Something a person follows, with what it is called."""

    follow: Follow
    project: Project | None


def milestone(session: Session, milestone_id: int) -> Milestone:
    """One step; raises `NotFound`."""
    return present(session.get(Milestone, milestone_id))


def milestones_of(session: Session, project_id: int) -> list[Milestone]:
    """The steps of a project by their days."""
    query = select(Milestone).where(Milestone.project_id == project_id)
    return list(session.scalars(query.order_by(Milestone.due_on, Milestone.position)))


def reports_of(
    session: Session, project_id: int, *, limit: int = REPORTS_MOST
) -> list[ProgressReport]:
    """The reports of a project with their pictures, the newest first; one question."""
    newest = (
        select(ProgressReport.id)
        .where(ProgressReport.project_id == project_id)
        .order_by(ProgressReport.reported_on.desc(), ProgressReport.id.desc())
        .limit(limit)
    )
    query = (
        select(ProgressReport)
        .where(ProgressReport.id.in_(newest.scalar_subquery()))
        .order_by(ProgressReport.reported_on.desc(), ProgressReport.id.desc())
        .options(joinedload(ProgressReport.pictures))
    )
    return list(session.scalars(query).unique())


def report_picture(session: Session, picture_id: int) -> tuple[ReportPicture, int]:
    """One picture and the id of its project; raises `NotFound`."""
    query = select(ReportPicture).where(ReportPicture.id == picture_id)
    found = present(session.scalar(query.options(joinedload(ReportPicture.report))))
    return found, found.report.project_id


def parties_of(session: Session, project_id: int) -> list[ProjectRole]:
    """The organisations in the five roles, in the order of naming."""
    query = (
        select(ProjectRole)
        .where(ProjectRole.project_id == project_id)
        .options(joinedload(ProjectRole.organisation))
        .order_by(ProjectRole.id)
    )
    return list(session.scalars(query))


def party(session: Session, role_id: int) -> ProjectRole:
    """One organisation's role; raises `NotFound`."""
    return present(session.get(ProjectRole, role_id))


def parties_to_choose(session: Session, region_code: str) -> list[Organisation]:
    """Verified organisations of the district a place lies in and above it, by name."""
    county = region_code[:6]
    above = {county[:2], county[:4], county}
    query = select(Organisation).where(
        Organisation.state == OrganisationState.VERIFIED,
        Organisation.kind != OrganisationKind.COMMUNITY_GROUP,
        Organisation.region_code.startswith(county) | Organisation.region_code.in_(above),
    )
    return list(session.scalars(query.order_by(Organisation.name).limit(ORGANISATIONS_MOST)))


def is_following(session: Session, actor: Actor, subject: str) -> bool:
    """Whether this person follows it; a guest follows nothing, unasked."""
    if actor.user_id is None:
        return False
    query = select(Follow.id).where(
        Follow.user_id == actor.user_id, Follow.subject == subject, Follow.ended_at.is_(None)
    )
    return session.scalar(query) is not None


def followed_by(session: Session, actor: Actor) -> list[Followed]:
    """What this person follows, the latest first, projects with their rows."""
    query = select(Follow).where(Follow.user_id == actor.user_id, Follow.ended_at.is_(None))
    follows = list(session.scalars(query.order_by(Follow.id.desc())))
    ids = {each.id: _project_id(each) for each in follows}
    projects = _projects(session, {number for number in ids.values() if number is not None})
    return [Followed(each, projects.get(ids[each.id] or 0)) for each in follows]


def news_of(session: Session, project_ids: Collection[int]) -> dict[int, tuple[datetime, str]]:
    """The newest report of each of these projects: when, and what it is called."""
    if not project_ids:
        return {}
    query = (
        select(ProgressReport.project_id, ProgressReport.published_at, ProgressReport.title)
        .where(ProgressReport.project_id.in_(project_ids))
        .order_by(ProgressReport.id)
    )
    return {project_id: (at, title) for project_id, at, title in session.execute(query)}


def claimers_person(session: Session, step: Milestone) -> int | None:
    """The person who said that the step is done."""
    if step.claimed_by_user_id is None:
        return None
    return session.scalar(select(User.person_id).where(User.id == step.claimed_by_user_id))


def member_of(session: Session, actor: Actor) -> frozenset[int]:
    """Where this person belongs, through whichever account."""
    return organisations_of_person(session, actor.person_id)


def _project_id(follow: Follow) -> int | None:
    kind, _, number = follow.subject.partition(":")
    return int(number) if kind == "project" else None


def _projects(session: Session, ids: Collection[int]) -> dict[int, Project]:
    query = select(Project).where(Project.id.in_(ids)).options(selectinload(Project.region))
    return {found.id: found for found in session.scalars(query)} if ids else {}
