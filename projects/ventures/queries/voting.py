"""The public's vote: what stands for it, one's own vote, and the count once it is over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import InvalidState
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import (
    Application,
    Competition,
    CompetitionState,
    PublicVote,
)
from projects.ventures.queries.competitions import final_round
from projects.ventures.queries.judging import in_round
from projects.ventures.steps import has_reached


def contenders(session: Session, competition: Competition) -> Sequence[Application]:
    """The entries the public may vote for: those of the deciding round."""
    return in_round(session, competition, final_round(competition))


def own_vote(session: Session, actor: Actor, competition_id: int) -> PublicVote | None:
    """This person's vote, if there is one."""
    return session.scalar(
        select(PublicVote).where(
            PublicVote.competition_id == competition_id, PublicVote.person_id == actor.person_id
        )
    )


def is_over(competition: Competition) -> bool:
    """Whether no vote can come any more."""
    if has_reached(competition.state, CompetitionState.RANKED):
        return True
    until = competition.vote_until
    return (
        competition.state is CompetitionState.VOTE and until is not None and until < clock.today()
    )


def votes(session: Session, competition: Competition) -> dict[int, int]:
    """Votes by entry; raises `InvalidState` (VOTE_NOT_OVER) while people vote."""
    if not is_over(competition):
        raise InvalidState(JudgingReason.VOTE_NOT_OVER)
    query = (
        select(PublicVote.application_id, func.count())
        .where(PublicVote.competition_id == competition.id)
        .group_by(PublicVote.application_id)
    )
    return {application_id: count for application_id, count in session.execute(query)}
