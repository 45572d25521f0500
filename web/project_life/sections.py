"""What the page of a project says of its life: steps, reports, the five roles, who follows."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from projects.listings import policy, queries
from projects.listings.models import Milestone, MilestoneState, PartyRole, Project, ProjectRole
from projects.listings.queries.life import REPORTS_SHOWN
from web.filters import day
from web.labels import label

#: Steps named on the page of a project itself.
STEPS_SHOWN = 6
#: The manner of a step's tag.
MANNERS = {
    MilestoneState.PLANNED: "",
    MilestoneState.CLAIMED: "wait",
    MilestoneState.ACCEPTED: "good",
    MilestoneState.DROPPED: "",
}


def detail_sections(session: Session, actor: Actor, project: Project) -> dict[str, Any]:
    """What the page of a project says of its life: steps, reports, parties, following."""
    steps = queries.milestones_of(session, project.id)
    return {
        "steps": step_rows(steps)[:STEPS_SHOWN],
        "steps_done": done_of(steps),
        "reports": queries.reports_of(session, project.id, limit=REPORTS_SHOWN),
        "parties_named": five_roles(queries.parties_of(session, project.id)),
        "signed_in": actor.is_signed_in,
        "follows": queries.is_following(session, actor, f"project:{project.id}"),
        "may_steer": policy.may_steer(actor, project),
    }


def done_of(steps: list[Milestone]) -> tuple[int, int]:
    """How many steps are accepted, of how many that are still meant."""
    meant = [each for each in steps if each.state is not MilestoneState.DROPPED]
    return sum(each.state is MilestoneState.ACCEPTED for each in meant), len(meant)


def step_rows(steps: list[Milestone]) -> list[dict[str, Any]]:
    """Steps as a table draws them."""
    return [
        {
            "step": each,
            "state": label(each.state),
            "manner": "bad" if is_late(each) else MANNERS[each.state],
            "when": _when(each),
        }
        for each in steps
    ]


def is_late(each: Milestone, today: date | None = None) -> bool:
    """Whether its day is over and nobody has said that it is done."""
    return each.state is MilestoneState.PLANNED and each.due_on < (today or clock.today())


def _when(each: Milestone) -> str:
    if each.state is MilestoneState.ACCEPTED and each.accepted_at is not None:
        return str(_("%(day)s 验收", day=day(each.accepted_at)))
    if each.state is MilestoneState.CLAIMED and each.claimed_on is not None:
        return str(_("%(day)s 报上来", day=day(each.claimed_on)))
    if is_late(each):
        return str(_("应在 %(day)s 以前，已经晚了", day=day(each.due_on)))
    return str(_("%(day)s 以前", day=day(each.due_on)))


def five_roles(named: list[ProjectRole]) -> list[tuple[str, list[ProjectRole]]]:
    """The five roles in their order, each with who is named; empty where nobody is named at all."""
    if not named:
        return []
    return [(label(role), [each for each in named if each.role is role]) for role in PartyRole]
