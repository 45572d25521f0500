"""Let a competition go on to its next step, or cancel it before anything is announced.

Which step is next is data (`steps.next_step`); here stands what must be done before each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor
from charity.errors import CommonReason, InvalidState
from charity.ledger import services as ledger
from charity.ledger.positions import fund_position
from charity.rows import present
from projects.ventures import queries
from projects.ventures.models import (
    JUDGED_STATES,
    Application,
    ApplicationState,
    Award,
    AwardState,
    Competition,
    CompetitionState,
    JudgingRound,
)
from projects.ventures.reasons import VentureReason
from projects.ventures.services.locking import lock_competition
from projects.ventures.steps import next_step

#: Awards that are over, one way or another.
ENDED_AWARDS = (AwardState.SETTLED, AwardState.TERMINATED, AwardState.DROPPED)
_BOOK = Actor.system("award")


def move_on(session: Session, actor: Actor, *, competition_id: int) -> Competition:
    """Go on to the next step this competition uses.

    Raises `InvalidState` where something before it is not done: the call still runs, applications
    are undecided (UNDECIDED, `number`), the ranking is not published, awards are open. Opening and
    announcing have verbs of their own (NEXT_IS_DONE_OTHERWISE).
    """
    found = lock_competition(session, actor, competition_id=competition_id)
    step = next_step(found.state, found.terms)
    if step is None:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    check = _CHECKS.get(step)
    if check is None:
        raise InvalidState(VentureReason.NEXT_IS_DONE_OTHERWISE, step=step)
    check(session, found)
    found.move_to(step)
    if step is CompetitionState.CLOSED:
        found.closed_at = clock.now()
        _end_funds(session, found)
    session.flush()
    outbox.write(session, "competition.moved", found.subject, state=step.value)
    return found


def cancel_competition(
    session: Session, actor: Actor, *, competition_id: int, reason: str
) -> Competition:
    """Call it off with a reason everybody reads, before awards are announced.

    Raises `Invalid` on `reason`, `InvalidState` once awards stand.
    """
    found = lock_competition(session, actor, competition_id=competition_id)
    found.state_note = texts.prose(reason, field="reason", limit=1000, required=True)
    if _open_awards(session, found):
        raise InvalidState(VentureReason.AWARDS_OPEN, number=_open_awards(session, found))
    found.move_to(CompetitionState.CANCELLED)
    found.closed_at = clock.now()
    session.flush()
    outbox.write(session, "competition.cancelled", found.subject)
    return found


def _call_is_over(session: Session, found: Competition) -> None:
    if clock.today() <= found.call_until:
        raise InvalidState(VentureReason.CALL_RUNNING, day=found.call_until)


def _all_are_decided(session: Session, found: Competition) -> None:
    states = queries.counts(session, found.id)
    if undecided := states.get(ApplicationState.SUBMITTED, 0):
        raise InvalidState(VentureReason.UNDECIDED, number=undecided)
    if not states.get(ApplicationState.ELIGIBLE):
        raise InvalidState(VentureReason.NOBODY_LEFT)


def _name_the_shortlist(session: Session, found: Competition) -> None:
    """The best of the review go on, as many as the terms say."""
    ranking = queries.published_ranking(session, found.id, JudgingRound.REVIEW)
    if ranking is None:
        raise InvalidState(VentureReason.RANKING_MISSING)
    chosen = {row.application_id for row in ranking.rows if row.place <= found.terms.shortlist}
    for application in _judged(session, found):
        into = application.id in chosen
        application.move_to(
            ApplicationState.SHORTLISTED if into else ApplicationState.NOT_SHORTLISTED
        )


def _somebody_is_left(session: Session, found: Competition) -> None:
    """Before a defence or a vote nothing is asked but that somebody is left."""
    if not _judged(session, found):
        raise InvalidState(VentureReason.NOBODY_LEFT)


def _final_is_published(session: Session, found: Competition) -> None:
    if found.terms.vote_permille and found.vote_until and clock.today() <= found.vote_until:
        raise InvalidState(VentureReason.VOTE_RUNNING, day=found.vote_until)
    ranking = queries.published_ranking(session, found.id, queries.final_round(found))
    if ranking is None or ranking.file["rules"]["vote_permille"] != found.terms.vote_permille:
        raise InvalidState(VentureReason.RANKING_MISSING)


def _notices_are_over(session: Session, found: Competition) -> None:
    """Every award is signed or given up; who has none was not awarded."""
    waiting = (AwardState.PROPOSED, AwardState.NOTICE)
    number = _count(session, found, waiting)
    if number:
        raise InvalidState(VentureReason.AWARDS_OPEN, number=number)
    for application in _judged(session, found):
        application.move_to(ApplicationState.NOT_AWARDED)


def _end_funds(session: Session, found: Competition) -> None:
    """End the funds of terminated awards that owe nothing; settled ones ended before."""
    for award in queries.awards_of_competition(session, found.id):
        if award.state is not AwardState.TERMINATED or award.fund_id is None:
            continue
        owes = any(each.missing for each in award.recoveries)
        open_ = queries.open_expenses(session, present(award.budget_id))
        if not (owes or open_ or fund_position(session, award.fund_id).in_hand):
            ledger.close_fund(session, _BOOK, fund_id=award.fund_id)


def _awards_are_over(session: Session, found: Competition) -> None:
    if number := _open_awards(session, found):
        raise InvalidState(VentureReason.AWARDS_OPEN, number=number)


_CHECKS: Mapping[CompetitionState, Callable[[Session, Competition], None]] = {
    CompetitionState.ELIGIBILITY: _call_is_over,
    CompetitionState.REVIEW: _all_are_decided,
    CompetitionState.SHORTLISTED: _name_the_shortlist,
    CompetitionState.DEFENCE: _somebody_is_left,
    CompetitionState.VOTE: _somebody_is_left,
    CompetitionState.RANKED: _final_is_published,
    CompetitionState.AWARDED: _notices_are_over,
    CompetitionState.CLOSED: _awards_are_over,
}


def _judged(session: Session, found: Competition) -> list[Application]:
    query = select(Application).where(
        Application.competition_id == found.id, Application.state.in_(JUDGED_STATES)
    )
    return list(session.scalars(query.order_by(Application.number)))


def _open_awards(session: Session, found: Competition) -> int:
    return _count(session, found, tuple(set(AwardState) - set(ENDED_AWARDS)))


def _count(session: Session, found: Competition, states: tuple[AwardState, ...]) -> int:
    query = select(func.count(Award.id)).where(
        Award.competition_id == found.id, Award.state.in_(states)
    )
    return session.scalar(query) or 0
