"""Judges are invited, answer, and may stand back again (VEN-01).

Organiser, judge and applicant are three: nobody of the organiser's own people is asked.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.accounts.models import User
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, InvalidState
from charity.rows import locked, present
from projects.ventures import judging_policy as policy
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import Assignment, CompetitionState, Judge, JudgeState
from projects.ventures.queries import judging as queries
from projects.ventures.services.binding import bind, open_ones, recuse_sheet, require_step, run

#: Steps in which judges are asked and answer.
_INVITING = frozenset(
    {
        CompetitionState.CALL,
        CompetitionState.ELIGIBILITY,
        CompetitionState.REVIEW,
        CompetitionState.SHORTLISTED,
        CompetitionState.DEFENCE,
    }
)


def invite_judge(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    user_id: int,
    affiliation: str = "",
    expertise: str = "",
) -> Judge:
    """Ask somebody to judge; who declined may be asked again.

    Raises `Denied`, `InvalidState` before the call and after the judging, `Invalid` on `user_id`
    where the person belongs to the organiser (VEN-01), `Conflict` where the person was asked.
    """
    competition = run(session, actor, competition_id)
    require_step(competition, _INVITING)
    user = present(session.get(User, user_id))
    if competition.organiser_id in queries.member_of(session, user.person_id):
        raise Invalid(JudgingReason.BELONGS_TO_ORGANISER, field="user_id")
    asked = session.scalar(
        select(Judge).where(
            Judge.competition_id == competition_id, Judge.person_id == user.person_id
        )
    )
    if asked is not None and asked.state is not JudgeState.DECLINED:
        raise Conflict(JudgingReason.ALREADY_INVITED, field="user_id")
    invited = asked or Judge(competition_id=competition_id, person_id=user.person_id)
    if asked is not None:
        asked.move_to(JudgeState.INVITED)
        asked.answered_at = None
    invited.user_id, invited.name = user.id, user.display_name
    invited.affiliation, invited.expertise = affiliation.strip(), " ".join(expertise.split())
    invited.invited_at, invited.invited_by_user_id = clock.now(), actor.user_id or user.id
    session.add(invited)
    session.flush()
    outbox.write(session, "judge.invited", f"judge:{invited.id}", user_id=user.id)
    return invited


def answer_invitation(session: Session, actor: Actor, *, judge_id: int, accepts: bool) -> Judge:
    """Say yes or no; the same answer again changes nothing.

    Raises `NotFound` for everybody else, `InvalidState` where another answer was given.
    """
    judge = locked(session, select(Judge).where(Judge.id == judge_id))
    require(policy.may_answer(actor, judge))
    wanted = JudgeState.ACCEPTED if accepts else JudgeState.DECLINED
    if judge.state is wanted:
        return judge
    if judge.state is not JudgeState.INVITED:
        raise InvalidState(JudgingReason.ALREADY_ANSWERED)
    judge.move_to(wanted)
    judge.answered_at = clock.now()
    session.flush()
    if accepts:
        bind(session, judge.competition, [judge])
    outbox.write(session, "judge.answered", f"judge:{judge.id}")
    return judge


def withdraw_judge(session: Session, actor: Actor, *, judge_id: int, because: str) -> Judge:
    """A judge stands back from the competition: open sheets are recused, locked ones stay."""
    judge = locked(session, select(Judge).where(Judge.id == judge_id))
    require(policy.may_declare(actor, judge))
    if judge.state is JudgeState.WITHDRAWN:
        return judge
    judge.move_to(JudgeState.WITHDRAWN)
    judge.answered_at = judge.answered_at or clock.now()
    for sheet in session.scalars(open_ones().where(Assignment.judge_id == judge.id)):
        recuse_sheet(sheet, because)
    session.flush()
    outbox.write(session, "judge.withdrawn", f"judge:{judge.id}")
    return judge
