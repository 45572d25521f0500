"""The public's vote: one person, one vote, never changed; counted when the time is over."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, Verdict, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.rows import insert_or, present
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import (
    Application,
    Competition,
    CompetitionState,
    PublicVote,
)
from projects.ventures.queries.voting import contenders


def cast_vote(
    session: Session, actor: Actor, *, competition_id: int, application_id: int
) -> PublicVote:
    """Vote for one entry; the same vote again is the vote that stands.

    Persons count, not accounts. Raises `Denied` for visitors, `InvalidState` (NO_VOTE,
    VOTE_NOT_OPEN), `Invalid` for what cannot be voted for, `Conflict` (VOTED_ALREADY).
    """
    if actor.user_id is None or actor.person_id is None:
        require(Verdict.no(CommonReason.SIGN_IN_FIRST))
        raise InvalidState(CommonReason.SIGN_IN_FIRST)
    competition = present(session.get(Competition, competition_id))
    _require_open(competition)
    application = present(session.get(Application, application_id))
    if application.id not in {each.id for each in contenders(session, competition)}:
        raise Invalid(CommonReason.NOT_FOUND, field="application_id")
    standing = session.scalar(
        select(PublicVote).where(
            PublicVote.competition_id == competition_id, PublicVote.person_id == actor.person_id
        )
    )
    if standing is not None:
        if standing.application_id == application_id:
            return standing
        raise Conflict(JudgingReason.VOTED_ALREADY)
    vote = PublicVote(
        competition_id=competition_id,
        application_id=application_id,
        person_id=actor.person_id,
        user_id=actor.user_id,
        cast_at=clock.now(),
    )
    insert_or(session, vote, Conflict(JudgingReason.VOTED_ALREADY))
    outbox.write(session, "competition.voted", competition.subject)
    return vote


def _require_open(competition: Competition) -> None:
    if not competition.terms.vote_permille:
        raise InvalidState(JudgingReason.NO_VOTE)
    today = clock.today()
    begun = competition.vote_from is None or competition.vote_from <= today
    over = competition.vote_until is not None and competition.vote_until < today
    if competition.state is not CompetitionState.VOTE or not begun or over:
        raise InvalidState(JudgingReason.VOTE_NOT_OPEN)
