"""What the life of projects makes wait: steps due, steps to be looked at, roles to be signed.

Parts of the desk's one question (see `law`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select

from charity import clock
from charity.actor import Actor, Permission
from charity.registry.models import Organisation
from projects.listings.models import Milestone, MilestoneState, Project, ProjectRole, ProjectState
from web.desk.parts import Held, LawTask, row

#: Days before a step is due from which it stands on the desk.
AHEAD_DAYS = 14
_RUNNING = (ProjectState.PUBLISHED, ProjectState.PAUSED)


def _due(actor: Actor) -> Iterator[Select[Any]]:
    """Steps of our projects that are due soon, or late."""
    ours = Held.of(actor, Permission.PROJECT_EDIT)
    if ours:
        yield _steps("milestone_due", MilestoneState.PLANNED).where(
            Milestone.due_on <= clock.today() + timedelta(days=AHEAD_DAYS),
            ours.reaches(Project.organisation_id),
        )


def _claimed(actor: Actor) -> Iterator[Select[Any]]:
    """Steps others say are done, for who accepts in the place and is not of the doers."""
    here = Held.of(actor, Permission.DELIVERY_ACCEPT)
    if not here:
        return
    reached = here.reaches(place=Project.region_code)
    if here.organisations:
        reached = reached | Project.organisation_id.not_in(here.organisations)
    yield _steps("milestone_claimed", MilestoneState.CLAIMED).where(
        reached,
        Project.organisation_id.not_in(actor.organisation_ids),
        Milestone.claimed_by_user_id != (actor.user_id or 0),
    )


def _roles(actor: Actor) -> Iterator[Select[Any]]:
    """Roles in which our organisation is named and has not signed."""
    ours = Held.of(actor, Permission.LISTING_MANAGE)
    if ours:
        yield (
            row(
                "role_unsigned",
                ProjectRole.role,
                Project.id,
                Project.title,
                Organisation.name,
                None,
                None,
            )
            .select_from(ProjectRole)
            .join(Project, Project.id == ProjectRole.project_id)
            .join(Organisation, Organisation.id == ProjectRole.organisation_id)
            .where(
                ProjectRole.signed_at.is_(None),
                Project.state.in_(_RUNNING),
                ours.reaches(ProjectRole.organisation_id),
            )
        )


def _steps(part: str, state: MilestoneState) -> Select[Any]:
    return (
        row(
            part,
            Milestone.state,
            Project.id,
            Milestone.title,
            Project.title,
            None,
            Milestone.due_on,
        )
        .select_from(Milestone)
        .join(Project, Project.id == Milestone.project_id)
        .where(Milestone.state == state, Project.state.in_(_RUNNING))
    )


LIFE_PARTS = (_due, _claimed, _roles)


def due_shape(task: LawTask) -> tuple[str, str, str, str]:
    """A step that is due."""
    return _("步骤"), "jade", task.title, _steps_of(task)


def claimed_shape(task: LawTask) -> tuple[str, str, str, str]:
    """A step to look at."""
    return _("验收步骤"), "gold", task.title, _steps_of(task)


def role_shape(task: LawTask) -> tuple[str, str, str, str]:
    """A role to sign for."""
    url = url_for("project_life.parties", project_id=task.id)
    return _("签认"), "gold", task.title, url


def _steps_of(task: LawTask) -> str:
    return url_for("project_life.milestones", project_id=task.id)


LIFE_SHAPES = {
    "milestone_due": due_shape,
    "milestone_claimed": claimed_shape,
    "role_unsigned": role_shape,
}
