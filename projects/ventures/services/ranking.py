"""Rankings: computed from locked sheets by the frozen terms, published with their file (VEN-05).

Nobody's hand is in between: what goes in is locked, how it is reckoned was fixed at the opening,
and the number that parts the last ties is a public one that was drawn after the last sheet was
locked. The first number entered stands.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, InvalidState
from charity.rows import locked
from projects.ventures import judging_policy as policy
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import (
    Application,
    Assignment,
    CompetitionState,
    JudgingRound,
    Ranking,
    RankingRow,
)
from projects.ventures.queries import ranking as queries
from projects.ventures.queries.competitions import final_round
from projects.ventures.replaying import Given, file_of, ranked
from projects.ventures.services.binding import require_step, run
from projects.ventures.terms import digest

#: Steps in which a round is ranked.
_RANKING = frozenset(
    {
        CompetitionState.REVIEW,
        CompetitionState.SHORTLISTED,
        CompetitionState.DEFENCE,
        CompetitionState.VOTE,
    }
)
_MILLION = 1_000_000


def rank(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    judging_round: JudgingRound,
    number: str = "",
    number_name: str = "",
    number_on: date | None = None,
) -> Ranking:
    """Compute a round's ranking and keep it with its file; the same again is the one there is.

    `number` is the public number of the draw, `number_name` where it was drawn, `number_on` the
    day: needed only where a tie is left. Raises `InvalidState` (SHEETS_OPEN, VOTE_NOT_OVER,
    NOT_NOW), `Invalid` (TOO_FEW_SHEETS, PANEL_DISCONNECTED, DRAW_NEEDS_NUMBER; NUMBER_TOO_EARLY
    on `number_on` for a number drawn before the last lock), `Conflict` where another number was
    entered, or the round is published.
    """
    competition = run(session, actor, competition_id)
    require_step(competition, _RANKING)
    before = queries.rankings(session, competition_id, judging_round)
    number, number_name = " ".join(number.split()), " ".join(number_name.split())
    if number:
        last = _last_lock(session, competition_id, judging_round)
        number_name = _named(before, number, number_name, number_on, last)
    given = queries.given(
        session, competition, judging_round, number=number, number_name=number_name
    )
    content = file_of(given)
    told = digest(content)
    if before and before[0].digest == told:
        return before[0]
    _refuse_published(before, given)
    ranking = Ranking(
        competition_id=competition_id,
        round=judging_round,
        method=given.rules.method,
        file=content,
        digest=told,
        made_at=clock.now(),
        made_by_user_id=actor.user_id,
    )
    session.add(ranking)
    session.flush()
    _write_rows(session, ranking, given)
    outbox.write(session, "competition.ranked", competition.subject, round=judging_round)
    return ranking


def publish_ranking(session: Session, actor: Actor, *, ranking_id: int) -> Ranking:
    """Show a ranking and its file to everybody; it never changes from now on.

    Raises `Conflict` where the round has a published one, `InvalidState` where a sheet was taken
    out since (NO_RANKING): then it is ranked again.
    """
    ranking = locked(session, select(Ranking).where(Ranking.id == ranking_id))
    require(policy.may_run_judging(actor, ranking.competition))
    if ranking.published_at is not None:
        return ranking
    before = queries.rankings(session, ranking.competition_id, ranking.round)
    draw = ranking.file["draw"]
    now = queries.given(
        session, ranking.competition, ranking.round,
        number=draw["number"], number_name=draw["number_name"],
    )  # fmt: skip
    _refuse_published(before, now)
    if before[0].id != ranking.id or digest(file_of(now)) != ranking.digest:
        raise InvalidState(JudgingReason.NO_RANKING)
    ranking.published_at = clock.now()
    session.flush()
    outbox.write(
        session, "competition.ranking_published", ranking.competition.subject,
        round=ranking.round, ranking_id=ranking.id,
        is_final=ranking.round is final_round(ranking.competition),
    )  # fmt: skip
    return ranking


def _refuse_published(before: list[Ranking], given: Given) -> None:
    """One ranking of a round is published; a second only where the public's votes come to it."""
    for each in before:
        counted = each.file["rules"]["vote_permille"]
        if each.published_at is not None and counted == given.rules.vote_permille:
            raise Conflict(JudgingReason.ALREADY_PUBLISHED)


def _named(
    before: list[Ranking], number: str, name: str, on: date | None, last: date | None
) -> str:
    """Where and when the number was drawn; the first one entered stands, none older than locks."""
    used = next((each.file["draw"] for each in before if each.file["draw"]["number"]), None)
    if used is not None:
        if used["number"] != number:
            raise Conflict(JudgingReason.NUMBER_STANDS, field="number")
        return str(used["number_name"])
    if not name:
        raise Invalid(JudgingReason.NUMBER_UNNAMED, field="number_name")
    if on is None or (last is not None and on <= last) or on > clock.today():
        raise Invalid(JudgingReason.NUMBER_TOO_EARLY, field="number_on", day=last)
    return f"{name} {on.isoformat()}"


def _last_lock(session: Session, competition_id: int, judging_round: JudgingRound) -> date | None:
    """The day in China on which the last sheet of a round was locked."""
    at = session.scalar(
        select(func.max(Assignment.locked_at))
        .join(Application, Application.id == Assignment.application_id)
        .where(Application.competition_id == competition_id, Assignment.round == judging_round)
    )
    return None if at is None else clock.day_of(at)


def _write_rows(session: Session, ranking: Ranking, given: Given) -> None:
    """The places as rows beside the file."""
    ids = {
        queries.entry_code(number): application_id
        for application_id, number in session.execute(
            select(Application.id, Application.number).where(
                Application.competition_id == ranking.competition_id,
                Application.number.is_not(None),
            )
        )
    }
    session.add_all(
        RankingRow(
            ranking_id=ranking.id,
            application_id=ids[each.entry],
            place=each.place,
            points=_millionths(each.total),
            sheets=each.sheets,
        )
        for each in ranked(given)
    )
    session.flush()


def _millionths(points: Fraction) -> int:
    return round(points * _MILLION)
