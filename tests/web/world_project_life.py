"""The part of the tests' world about the life of a project: steps, a report, a role, a follower."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.evidence import reencode
from charity.files import LocalFileStore
from projects.listings import services
from projects.listings.models import PartyRole, Project
from tests.fixtures.pictures import good_jpeg


def make_project_life(
    session: Session, folder: Path, project: Project, editor: Actor, follower: Actor
) -> dict[str, int | str]:
    """A planned and a claimed step, a report with a picture, a role without a signature."""
    step, claimed = (
        services.plan_milestone(
            session,
            editor,
            project_id=project.id,
            title=title,
            due_on=clock.today() + timedelta(days=30),
        )
        for title in ("第二批十户装完", "第一批十户装完")
    )
    services.claim_milestone(session, editor, milestone_id=claimed.id, note="十户都装好了")
    report = services.publish_report(
        session,
        editor,
        client_id=str(uuid.UUID(int=6)),
        project_id=project.id,
        title="第一批装好了",
        words="十户老人家里的扶手都装好了。",
        pictures=[services.PictureDraft(reencode(good_jpeg()), "浴室的扶手", consent_stated=True)],
        files=LocalFileStore(folder),
    )
    role = services.name_party(
        session,
        editor,
        project_id=project.id,
        role=PartyRole.AGENCY_DELIVERY,
        organisation_id=project.organisation_id,
    )
    services.follow(session, follower, subject=f"project:{project.id}")
    return {
        "milestone": step.id,
        "claimed_milestone": claimed.id,
        "report_picture": report.pictures[0].id,
        "project_role": role.id,
    }
