"""Score sheets: filled in line by line, saved as often as wanted, locked once (VEN-11).

A blank is no score. A sheet is locked whole: with it goes its digest, and from then on the database
refuses every change. A sheet handed in twice by one phone is one sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import CommonReason, Invalid, InvalidState
from charity.rows import locked
from projects.ventures import judging_policy as policy
from projects.ventures.judging_reasons import JudgingReason, told
from projects.ventures.models import (
    Assignment,
    AssignmentState,
    CompetitionState,
    Criterion,
    JudgingRound,
    Score,
)
from projects.ventures.queries import judging as queries
from projects.ventures.terms import digest

#: The step in which the sheets of a round are filled in.
SCORING = {
    JudgingRound.REVIEW: CompetitionState.REVIEW,
    JudgingRound.DEFENCE: CompetitionState.DEFENCE,
}
_COMMENT = 2000


def save_scores(
    session: Session,
    actor: Actor,
    *,
    assignment_id: int,
    points: Mapping[int, int | None],
    comments: Mapping[int, str] | None = None,
    comment: str | None = None,
) -> Assignment:
    """Write points (tenths, by criterion) into one's own open sheet; None takes a score back.

    Criteria that are not named stay as they are; `comment` is of the whole sheet. Raises
    `NotFound` for the sheets of others, `Denied` (OWN_ENTRY, IN_CONFLICT), `InvalidState`
    (SHEET_LOCKED, NOT_NOW), `Invalid` on `points` (POINTS_BEYOND, OTHER_CRITERION).
    """
    sheet = _own(session, actor, assignment_id)
    if sheet.state is AssignmentState.LOCKED:
        raise InvalidState(JudgingReason.SHEET_LOCKED)
    write(session, sheet, points, comments or {}, comment)
    return sheet


def lock_sheet(
    session: Session, actor: Actor, *, assignment_id: int, client_id: str | None = None
) -> Assignment:
    """Lock one's own sheet for ever; with the `client_id` it was locked by, again changes nothing.

    Raises as `save_scores`, and `Invalid` (SHEET_INCOMPLETE) with the numbers of blank criteria.
    """
    sheet = _own(session, actor, assignment_id)
    if sheet.state is AssignmentState.LOCKED:
        if client_id and sheet.client_id == client_id:
            return sheet
        raise InvalidState(JudgingReason.SHEET_LOCKED)
    close(session, sheet, client_id)
    return sheet


def hand_in(
    session: Session,
    actor: Actor,
    *,
    assignment_id: int,
    client_id: str,
    points: Mapping[int, int | None],
    comments: Mapping[int, str] | None = None,
    comment: str | None = None,
) -> Assignment:
    """Save and lock in one act: what a phone sends, and may send again until it is answered.

    The same `client_id` (a UUID) again answers the sheet as it was locked. Raises as the two above.
    """
    if not client_id or len(client_id) > 36:
        raise Invalid(CommonReason.REQUIRED, field="client_id")
    sheet = _own(session, actor, assignment_id)
    if sheet.state is AssignmentState.LOCKED:
        if sheet.client_id == client_id:
            return sheet
        raise InvalidState(JudgingReason.SHEET_LOCKED)
    write(session, sheet, points, comments or {}, comment)
    close(session, sheet, client_id)
    return sheet


def write(
    session: Session,
    sheet: Assignment,
    points: Mapping[int, int | None],
    comments: Mapping[int, str],
    comment: str | None,
) -> None:
    """Put points and words on an open, locked-for-writing sheet; the caller asked who may."""
    _require_time(sheet)
    criteria = {each.id: each for each in sheet.application.competition.criteria}
    there = {score.criterion_id: score for score in sheet.scores}
    now = clock.now()
    for criterion_id in {*points, *comments}:
        criterion = criteria.get(criterion_id)
        if criterion is None:
            raise Invalid(JudgingReason.OTHER_CRITERION, field="points")
        score = there.get(criterion_id)
        given = points.get(criterion_id, score.points if score else None)
        _require_points(criterion, given)
        said = _words(comments.get(criterion_id, score.comment if score else ""))
        if given is None:
            if score is not None:
                sheet.scores.remove(score)
                session.delete(score)
        elif score is None:
            sheet.scores.append(
                Score(criterion_id=criterion_id, points=given, comment=said, saved_at=now)
            )
        elif (score.points, score.comment) != (given, said):
            score.points, score.comment, score.saved_at = given, said, now
    if comment is not None:
        sheet.comment = _words(comment)
    session.flush()


def close(session: Session, sheet: Assignment, client_id: str | None) -> None:
    """Lock a whole sheet; raises `Invalid` (SHEET_INCOMPLETE)."""
    _require_time(sheet)
    there = {score.criterion_id: score for score in sheet.scores}
    criteria = sheet.application.competition.criteria
    missing = [each.number for each in criteria if each.id not in there]
    if missing:
        raise Invalid(JudgingReason.SHEET_INCOMPLETE, field="points", missing=told(missing))
    sheet.locked_at = clock.now()
    sheet.client_id = client_id
    sheet.digest = digest(sheet_content(sheet, criteria))
    sheet.move_to(AssignmentState.LOCKED)
    session.flush()
    outbox.write(session, "sheet.locked", f"assignment:{sheet.id}")


def sheet_content(sheet: Assignment, criteria: Sequence[Criterion]) -> dict[str, object]:
    """What the digest of a sheet is taken of: who gave what to whom, with every word, and when."""
    there = {score.criterion_id: score for score in sheet.scores}
    return {
        "assignment": sheet.id,
        "round": sheet.round.value,
        "judge": sheet.judge_id,
        "application": sheet.application_id,
        "scores": [
            [each.number, there[each.id].points, there[each.id].comment] for each in criteria
        ],
        "comment": sheet.comment,
        "locked_at": None if sheet.locked_at is None else clock.microseconds(sheet.locked_at),
    }


def _own(session: Session, actor: Actor, assignment_id: int) -> Assignment:
    """The sheet, locked for writing, if the actor may score it now."""
    sheet = locked(session, select(Assignment).where(Assignment.id == assignment_id))
    require(
        policy.may_score(
            actor,
            sheet,
            in_conflict=queries.in_conflict(session, sheet.judge_id, sheet.application_id),
            member_of=queries.member_of(session, actor.person_id),
        )
    )
    return sheet


def _require_time(sheet: Assignment) -> None:
    if sheet.application.competition.state is not SCORING[sheet.round]:
        raise InvalidState(JudgingReason.NOT_NOW)


def _require_points(criterion: Criterion, points: int | None) -> None:
    if points is not None and not 0 <= points <= criterion.weight * 10:
        raise Invalid(JudgingReason.POINTS_BEYOND, field="points", most=criterion.weight)


def _words(said: str) -> str:
    words = said.strip()
    if len(words) > _COMMENT:
        raise Invalid(CommonReason.TOO_LONG, field="comment", maximum=_COMMENT)
    return words
