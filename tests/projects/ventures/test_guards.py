"""What the database itself refuses: locked sheets, conflicted pairs, frozen terms, old rankings."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from charity import clock
from charity.base import Base
from projects.ventures.models import (
    Assignment,
    AssignmentState,
    ConflictKind,
    Judge,
    JudgeConflict,
    JudgeState,
    JudgingRound,
    PublicVote,
    Score,
)
from tests.factories import make_actor
from tests.projects.ventures.contest import Contest


def make_judge(contest: Contest, competition_id: int) -> Judge:
    """Somebody who accepted to judge."""
    actor = make_actor(contest.session)
    judge = Judge(
        competition_id=competition_id, user_id=actor.user_id, person_id=actor.person_id,
        name="评委", state=JudgeState.ACCEPTED, invited_at=clock.now(),
        invited_by_user_id=contest.manager.user_id, answered_at=clock.now(),
    )  # fmt: skip
    contest.session.add(judge)
    contest.session.flush()
    return judge


def refused(contest: Contest, statement: str, **values: object) -> None:
    """The statement fails in the database, and leaves nothing."""
    with (
        pytest.raises(DBAPIError, match=r"guard|permission denied"),
        contest.session.begin_nested(),
    ):
        contest.session.execute(text(statement), values)


def add_refused(contest: Contest, row: Base) -> None:
    """The row cannot be inserted: its judge is in conflict."""
    with pytest.raises(DBAPIError, match="conflict"), contest.session.begin_nested():
        contest.session.add(row)


def test_ven_11_a_locked_sheet_and_ven_04_a_conflicted_pair_are_refused(contest: Contest) -> None:
    session = contest.session
    found = contest.opened()
    mine, theirs = contest.submitted(found), contest.submitted(found)
    judge = make_judge(contest, found.id)
    sheet = Assignment(
        round=JudgingRound.REVIEW, judge_id=judge.id, application_id=mine.id,
        assigned_at=clock.now(),
    )  # fmt: skip
    session.add(sheet)
    session.flush()
    criterion, other = found.criteria[0].id, found.criteria[1].id
    session.add(
        Score(assignment_id=sheet.id, criterion_id=criterion, points=155, saved_at=clock.now())
    )
    session.flush()
    sheet.move_to(AssignmentState.LOCKED)
    sheet.locked_at, sheet.digest = clock.now(), "0" * 64
    session.flush()
    ids = {"sheet": sheet.id, "line": criterion, "other": other}
    where = "WHERE assignment_id = :sheet AND criterion_id = :line"
    refused(contest, f"UPDATE score SET points = 200 {where}", **ids)
    refused(contest, f"DELETE FROM score {where}", **ids)
    refused(
        contest,
        "INSERT INTO score (assignment_id, criterion_id, points, comment, saved_at)"
        " VALUES (:sheet, :other, 1, '', :now)",
        now=clock.now().replace(tzinfo=None), **ids,
    )  # fmt: skip
    refused(contest, "UPDATE assignment SET comment = 'x' WHERE id = :sheet", **ids)
    refused(contest, "DELETE FROM assignment WHERE id = :sheet", **ids)

    open_sheet = Assignment(
        round=JudgingRound.REVIEW, judge_id=judge.id, application_id=theirs.id,
        assigned_at=clock.now(),
    )  # fmt: skip
    session.add(open_sheet)
    session.flush()
    conflict = JudgeConflict(
        judge_id=judge.id, application_id=theirs.id, kind=ConflictKind.DECLARED,
        found_at=clock.now(),
    )  # fmt: skip
    session.add(conflict)
    session.flush()
    add_refused(
        contest,
        Score(assignment_id=open_sheet.id, criterion_id=criterion, points=1, saved_at=clock.now()),
    )
    add_refused(contest, Assignment(
        round=JudgingRound.DEFENCE, judge_id=judge.id, application_id=theirs.id,
        assigned_at=clock.now(),
    ))  # fmt: skip
    open_sheet.move_to(AssignmentState.RECUSED)
    open_sheet.recused_at = clock.now()
    session.flush()
    refused(contest, "DELETE FROM judge_conflict WHERE id = :id", id=conflict.id)


def test_terms_votes_and_published_rankings_stay_as_they_were(contest: Contest) -> None:
    found = contest.opened()
    application = contest.submitted(found)
    refused(
        contest, "UPDATE competition SET rules = '{\"places\": 99}' WHERE id = :id", id=found.id
    )
    refused(
        contest, "UPDATE competition SET rules_sha256 = :other WHERE id = :id", id=found.id,
        other="1" * 64,
    )  # fmt: skip
    ranking = contest.publish(found, [application])
    refused(contest, "UPDATE ranking SET digest = :d WHERE id = :id", id=ranking.id, d="1" * 64)
    refused(contest, "UPDATE ranking_row SET place = 2 WHERE ranking_id = :id", id=ranking.id)
    vote = PublicVote(
        competition_id=found.id, application_id=application.id,
        person_id=contest.treasurer.person_id, user_id=contest.treasurer.user_id,
        cast_at=clock.now(),
    )  # fmt: skip
    contest.session.add(vote)
    contest.session.flush()
    refused(contest, "DELETE FROM public_vote WHERE id = :id", id=vote.id)
