"""Sheets and judges: one's own sheets, the progress in counts, and what is seen after the lock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.accounts.models import Membership, User
from charity.actor import Actor, Role, require
from charity.rows import present
from projects.ventures import judging_policy as policy
from projects.ventures.models import (
    Application,
    ApplicationState,
    Assignment,
    AssignmentState,
    Competition,
    CompetitionState,
    DefenceSlot,
    Judge,
    JudgeConflict,
    JudgingRound,
    Score,
)
from projects.ventures.steps import has_reached


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one judge, or one entry, is; nothing of what was given."""

    id: int
    name: str
    open: int
    begun: int
    locked: int
    recused: int

    @property
    def sheets(self) -> int:
        """Sheets that count: a recused one leaves the denominator."""
        return self.open + self.locked


def judge(session: Session, judge_id: int) -> Judge:
    """One judge; raises `NotFound`."""
    return present(session.get(Judge, judge_id))


def judges(session: Session, competition_id: int) -> list[Judge]:
    """All who were invited, in the order of their invitations."""
    query = select(Judge).where(Judge.competition_id == competition_id).order_by(Judge.id)
    return list(session.scalars(query))


def judge_of(session: Session, actor: Actor, competition_id: int) -> Judge | None:
    """The row by which this person judges the competition, or was asked to."""
    if actor.person_id is None:
        return None
    return session.scalar(
        select(Judge).where(
            Judge.competition_id == competition_id, Judge.person_id == actor.person_id
        )
    )


def judged_by(session: Session, actor: Actor) -> list[Judge]:
    """Every competition this person is or was asked to judge, the latest first."""
    if actor.person_id is None:
        return []
    query = (
        select(Judge)
        .where(Judge.person_id == actor.person_id)
        .options(joinedload(Judge.competition))
        .order_by(Judge.id.desc())
    )
    return list(session.scalars(query))


def member_of(session: Session, person_id: int | None) -> frozenset[int]:
    """Where a person belongs by any account; who audits an organisation does not."""
    query = (
        select(Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.person_id == person_id,
            Membership.revoked_at.is_(None),
            Membership.role != Role.AUDITOR,
            Membership.organisation_id.is_not(None),
        )
    )
    return frozenset(each for each in session.scalars(query) if each is not None)


def sheet(session: Session, actor: Actor, assignment_id: int) -> Assignment:
    """One sheet with its scores; raises `NotFound`, and `Denied` before the round's locks.

    Its judge sees it always; the organiser, and who judged the same entry, once no sheet of the
    round is open any more (VEN-11).
    """
    found = present(
        session.scalar(
            select(Assignment)
            .where(Assignment.id == assignment_id)
            .options(selectinload(Assignment.scores), joinedload(Assignment.judge))
        )
    )
    own = own_sheet(session, actor, found.application_id, found.round)
    require(
        policy.may_see_sheet(
            actor,
            found,
            is_round_over=open_sheets(session, found.judge.competition_id, found.round) == 0,
            has_own=own is not None and own.state is AssignmentState.LOCKED,
        )
    )
    return found


def own_sheet(
    session: Session, actor: Actor, application_id: int, judging_round: JudgingRound
) -> Assignment | None:
    """This person's sheet for an entry in a round."""
    return session.scalar(
        select(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(
            Judge.person_id == actor.person_id,
            Assignment.application_id == application_id,
            Assignment.round == judging_round,
        )
    )


def own_sheets(
    session: Session, actor: Actor, competition_id: int, judging_round: JudgingRound
) -> list[Assignment]:
    """This person's sheets in a round with scores and entries; in the defence by its schedule."""
    query = (
        select(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Application, Application.id == Assignment.application_id)
        .outerjoin(DefenceSlot, DefenceSlot.application_id == Application.id)
        .where(
            Judge.competition_id == competition_id,
            Judge.person_id == actor.person_id,
            Assignment.round == judging_round,
        )
        .options(selectinload(Assignment.scores), joinedload(Assignment.application))
    )
    if judging_round is JudgingRound.DEFENCE:
        query = query.order_by(DefenceSlot.starts_at, Application.number)
    return list(session.scalars(query.order_by(Application.number)))


def sheets_of(
    session: Session, actor: Actor, application_id: int, judging_round: JudgingRound
) -> list[Assignment]:
    """All locked sheets of one entry, for those who may see them; others see only their own."""
    query = (
        select(Assignment)
        .where(
            Assignment.application_id == application_id,
            Assignment.round == judging_round,
            Assignment.state == AssignmentState.LOCKED,
        )
        .options(selectinload(Assignment.scores), joinedload(Assignment.judge))
        .order_by(Assignment.judge_id)
    )
    found = list(session.scalars(query))
    if not found:
        return []
    is_over = open_sheets(session, found[0].judge.competition_id, judging_round) == 0
    has_own = any(each.judge.person_id == actor.person_id for each in found)
    return [
        each
        for each in found
        if policy.may_see_sheet(actor, each, is_round_over=is_over, has_own=has_own)
    ]


def open_sheets(session: Session, competition_id: int, judging_round: JudgingRound) -> int:
    """How many sheets of entries still in the competition are not locked yet."""
    query = (
        select(func.count())
        .select_from(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Application.competition_id == competition_id,
            Application.state != ApplicationState.WITHDRAWN,
            Assignment.round == judging_round,
            Assignment.state == AssignmentState.OPEN,
        )
    )
    return session.scalar(query) or 0


def progress(
    session: Session, actor: Actor, competition_id: int, judging_round: JudgingRound
) -> tuple[list[Progress], list[Progress]]:
    """How far each judge and each entry is, for the organiser: counts and no points."""
    competition = present(session.get(Competition, competition_id))
    require(policy.may_run_judging(actor, competition))
    scored = select(Score.assignment_id).distinct().scalar_subquery()
    is_open = Assignment.state == AssignmentState.OPEN
    counts = (
        func.sum(case((is_open, 1), else_=0)),
        func.sum(case((is_open & Assignment.id.in_(scored), 1), else_=0)),
        func.sum(case((Assignment.state == AssignmentState.LOCKED, 1), else_=0)),
        func.sum(case((Assignment.state == AssignmentState.RECUSED, 1), else_=0)),
    )
    joined = (
        select(Judge.id, Judge.name, *counts)
        .join(Assignment, Assignment.judge_id == Judge.id)
        .where(Judge.competition_id == competition_id, Assignment.round == judging_round)
        .group_by(Judge.id, Judge.name)
        .order_by(Judge.id)
    )
    by_entry = (
        select(Application.id, Application.title, *counts)
        .join(Assignment, Assignment.application_id == Application.id)
        .where(Application.competition_id == competition_id, Assignment.round == judging_round)
        .group_by(Application.id, Application.title, Application.number)
        .order_by(Application.number)
    )
    return (
        [Progress(*row) for row in session.execute(joined)],
        [Progress(*row) for row in session.execute(by_entry)],
    )


def conflicts(
    session: Session, competition_id: int, judge_ids: Collection[int] | None = None
) -> list[JudgeConflict]:
    """What binds judges of a competition to its entries."""
    query = select(JudgeConflict).join(Judge, Judge.id == JudgeConflict.judge_id)
    query = query.where(Judge.competition_id == competition_id)
    if judge_ids is not None:
        query = query.where(Judge.id.in_(judge_ids))
    return list(session.scalars(query.order_by(JudgeConflict.id)))


def in_conflict(session: Session, judge_id: int, application_id: int) -> bool:
    """Whether anything binds the judge to the entry."""
    query = select(JudgeConflict.id).where(
        JudgeConflict.judge_id == judge_id, JudgeConflict.application_id == application_id
    )
    return session.scalar(query.limit(1)) is not None


def in_round(
    session: Session, competition: Competition, judging_round: JudgingRound
) -> Sequence[Application]:
    """The entries a round looks at: all that were admitted, or once it is named the shortlist."""
    named = judging_round is JudgingRound.DEFENCE or has_reached(
        competition.state, CompetitionState.SHORTLISTED
    )
    state = ApplicationState.ELIGIBLE
    if named and competition.terms.shortlist:
        state = ApplicationState.SHORTLISTED
    query = (
        select(Application)
        .where(Application.competition_id == competition.id, Application.state == state)
        .order_by(Application.number)
    )
    return session.scalars(query).all()
