"""Keeping what a project said each time it was submitted, so that a reviewer sees what changed."""

from __future__ import annotations

import json

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import CommonReason, Conflict
from charity.rows import insert_or
from projects.listings.models import Project, ProjectRevision
from projects.listings.queries.revisions import content_of


def keep_revision(session: Session, actor: Actor, *, project: Project) -> ProjectRevision:
    """Keep what a project says now as its next revision; called where it is submitted.

    The caller holds the lock of the project, so that numbers follow each other.
    """
    newest = select(func.max(ProjectRevision.number)).where(
        ProjectRevision.project_id == project.id
    )
    kept = ProjectRevision(
        project_id=project.id,
        number=(session.scalar(newest) or 0) + 1,
        content=json.dumps(content_of(project), ensure_ascii=False),
        submitted_by_user_id=actor.user_id,
        submitted_at=clock.now(),
    )
    insert_or(session, kept, Conflict(CommonReason.WRONG_STATE))
    return kept
