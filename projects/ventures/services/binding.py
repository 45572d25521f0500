"""What the services of judging share: the competition locked, conflicts written, sheets taken."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.errors import InvalidState
from charity.rows import locked
from projects.ventures import judging_policy as policy
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import (
    Application,
    Assignment,
    AssignmentState,
    Competition,
    CompetitionState,
    Judge,
    JudgeConflict,
    JudgeState,
)
from projects.ventures.queries import judging as queries
from projects.ventures.queries.conflicts import bindings


def run(session: Session, actor: Actor, competition_id: int) -> Competition:
    """The competition, locked; raises `Denied` for whoever does not run it."""
    competition = locked(session, select(Competition).where(Competition.id == competition_id))
    require(policy.may_run_judging(actor, competition))
    return competition


def require_step(competition: Competition, steps: Collection[CompetitionState]) -> None:
    """Raise `InvalidState` (NOT_NOW) unless it stands at one of the steps."""
    if competition.state not in steps:
        raise InvalidState(JudgingReason.NOT_NOW)


def standing(session: Session, competition_id: int) -> list[Judge]:
    """The judges who said yes and are still there."""
    return [
        judge
        for judge in queries.judges(session, competition_id)
        if judge.state is JudgeState.ACCEPTED
    ]


def bind(
    session: Session, competition: Competition, judges: Sequence[Judge]
) -> list[JudgeConflict]:
    """Write down what is found and not known yet, and take the open sheets of those pairs."""
    entries = session.scalars(
        select(Application).where(
            Application.competition_id == competition.id, Application.number.is_not(None)
        )
    ).all()
    known = {
        (each.judge_id, each.application_id, each.kind)
        for each in queries.conflicts(session, competition.id)
    }
    today = clock.today()
    found = [
        JudgeConflict(
            judge_id=each.judge_id,
            application_id=each.application_id,
            kind=each.kind,
            found_at=clock.now(),
        )
        for each in bindings(session, competition, judges=judges, applications=entries, on=today)
        if each not in known
    ]
    session.add_all(found)
    session.flush()
    recuse_bound(session, found)
    return found


def recuse_bound(session: Session, found: Sequence[JudgeConflict]) -> None:
    """Take the open sheets of these pairs from their judges."""
    if not found:
        return
    pairs = {(each.judge_id, each.application_id): each.kind for each in found}
    query = open_ones().where(Assignment.judge_id.in_({judge_id for judge_id, _ in pairs}))
    for sheet in session.scalars(query):
        kind = pairs.get((sheet.judge_id, sheet.application_id))
        if kind is not None:
            recuse_sheet(sheet, kind.value)
    session.flush()


def recuse_sheet(sheet: Assignment, because: str) -> None:
    """An open sheet leaves the denominator."""
    sheet.move_to(AssignmentState.RECUSED)
    sheet.recused_at, sheet.recused_because = clock.now(), because.strip()


def open_ones() -> Select[Assignment]:
    """The sheets that are not locked."""
    return select(Assignment).where(Assignment.state == AssignmentState.OPEN)
