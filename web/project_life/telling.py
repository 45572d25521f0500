"""Those who follow a project or a need hear of it: one letter each for what happened.

A consumer of the outbox (see `web.jobs`); the row's id is the source, so that a row handed on again
writes no second letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.outbox import Outbox
from projects.listings import services
from projects.listings.models import Claim, Need, Project

TELLER = Actor.system("followers")

#: What followers of a project are told of, and the letter that says it.
OF_PROJECTS: Mapping[str, str] = {
    "project.reported": "follow.reported",
    "project.milestone_accepted": "follow.milestone",
    "project.paused": "follow.paused",
    "project.resumed": "follow.resumed",
    "project.closed": "follow.closed",
}
#: What followers of a need are told of: somebody comes, and it is done.
OF_NEEDS = frozenset(
    {"need.accepted", "need.served", "need.confirmed", "need.fulfilled", "need.closed"}
)


def tell_followers(session: Session, rows: Sequence[Outbox]) -> None:
    """Owe a letter to each follower of what these rows speak of."""
    for row in rows:
        if row.event in OF_PROJECTS:
            _of_project(session, row)
        elif row.event in OF_NEEDS:
            _of_need(session, row)


def _of_project(session: Session, row: Outbox) -> None:
    project = session.get(Project, _number(row.subject))
    if project is None:
        return
    services.tell_followers(
        session,
        TELLER,
        subject=row.subject,
        source=f"outbox:{row.id}",
        kind=OF_PROJECTS[row.event],
        project_id=project.id,
        project=project.title,
        note=str(row.data.get("note", "")),
        title=str(row.data.get("title", "")),
    )


def _of_need(session: Session, row: Outbox) -> None:
    """A row about a claim speaks of its need."""
    kind, number = row.subject.partition(":")[0], _number(row.subject)
    if kind == "claim":
        claim = session.get(Claim, number)
        number = claim.need_id if claim is not None else 0
    need = session.get(Need, number)
    if need is None:
        return
    services.tell_followers(
        session,
        TELLER,
        subject=f"need:{need.id}",
        source=f"outbox:{row.id}",
        kind="follow.need",
        need_id=need.id,
        need=need.title,
        event=row.event.partition(".")[2],
    )


def _number(subject: str) -> int:
    number = subject.partition(":")[2]
    return int(number) if number.isdecimal() else 0
