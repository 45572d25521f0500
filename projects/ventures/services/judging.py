"""Conflicts and sheets: who is bound, and who gets what to judge (VEN-04).

What binds a judge to an applicant is looked for before
sheets are given out and again each time; a sheet whose judge stands back leaves the denominator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.rows import insert_many, insert_or, locked, present
from projects.ventures import judging_policy as policy
from projects.ventures.assigning import Candidate, Reader, assign
from projects.ventures.judging_reasons import JudgingReason, told
from projects.ventures.models import (
    Application,
    Assignment,
    AssignmentState,
    Competition,
    CompetitionState,
    ConflictKind,
    Judge,
    JudgeConflict,
    JudgeState,
    JudgingRound,
)
from projects.ventures.queries import judging as queries
from projects.ventures.services.binding import (
    bind,
    recuse_bound,
    recuse_sheet,
    require_step,
    run,
    standing,
)

#: Steps in which the sheets of a round are given out.
_GIVING = {
    JudgingRound.REVIEW: frozenset({CompetitionState.REVIEW}),
    JudgingRound.DEFENCE: frozenset({CompetitionState.SHORTLISTED, CompetitionState.DEFENCE}),
}


def declare_conflict(
    session: Session, actor: Actor, *, judge_id: int, application_id: int, note: str
) -> JudgeConflict:
    """A judge says what binds to an entry, or the organiser who heard of it; said once for all.

    An open sheet is recused; a locked one stays as it is and counts no more.
    """
    judge = locked(session, select(Judge).where(Judge.id == judge_id))
    require(policy.may_declare(actor, judge))
    application = present(session.get(Application, application_id))
    if application.competition_id != judge.competition_id:
        raise Invalid(CommonReason.NOT_FOUND, field="application_id")
    if not note.strip():
        raise Invalid(CommonReason.REQUIRED, field="note")
    known = session.scalar(
        select(JudgeConflict).where(
            JudgeConflict.judge_id == judge_id,
            JudgeConflict.application_id == application_id,
            JudgeConflict.kind == ConflictKind.DECLARED,
        )
    )
    if known is not None:
        return known
    conflict = JudgeConflict(
        judge_id=judge.id,
        application_id=application.id,
        kind=ConflictKind.DECLARED,
        note=note.strip(),
        found_at=clock.now(),
        declared_by_user_id=actor.user_id,
    )
    session.add(conflict)
    session.flush()
    recuse_bound(session, [conflict])
    outbox.write(session, "judge.conflict", f"judge:{judge.id}", application_id=application.id)
    return conflict


def find_conflicts(session: Session, actor: Actor, *, competition_id: int) -> list[JudgeConflict]:
    """Look for what binds judges to applicants; answers what is new, open sheets are recused."""
    competition = run(session, actor, competition_id)
    return bind(session, competition, standing(session, competition_id))


def assign_judges(
    session: Session, actor: Actor, *, competition_id: int, judging_round: JudgingRound
) -> int:
    """Give out the sheets that are missing; answers how many. Again gives only what is missing.

    In the review as many for each entry as the terms say; in the defence every judge hears every
    entry. Raises `InvalidState`, and `Invalid` (TOO_FEW_JUDGES) with the entries that cannot have
    enough judges without a conflict.
    """
    competition = run(session, actor, competition_id)
    require_step(competition, _GIVING[judging_round])
    judges = standing(session, competition_id)
    bind(session, competition, judges)
    entries = queries.in_round(session, competition, judging_round)
    bound = {
        (each.judge_id, each.application_id) for each in queries.conflicts(session, competition_id)
    }
    given = _given(session, competition_id, judging_round)
    if judging_round is JudgingRound.DEFENCE:
        pairs = [
            (judge.id, entry.id)
            for entry in entries
            for judge in judges
            if (judge.id, entry.id) not in bound | given.keys()
        ]
        _require_enough(competition, entries, [*pairs, *_counting(given, bound)])
    else:
        pairs = _balanced(competition, entries, judges, bound, given)
    now = clock.now()
    insert_many(
        session,
        Assignment,
        [
            {
                "round": judging_round,
                "judge_id": judge_id,
                "application_id": entry_id,
                "state": AssignmentState.OPEN,
                "assigned_at": now,
            }
            for judge_id, entry_id in pairs
        ],
    )
    subject = competition.subject
    outbox.write(session, "competition.assigned", subject, round=judging_round, sheets=len(pairs))
    return len(pairs)


def give_sheet(
    session: Session,
    actor: Actor,
    *,
    judge_id: int,
    application_id: int,
    judging_round: JudgingRound,
    because: str,
) -> Assignment:
    """Give one judge one more sheet by hand, with a reason that stays: to join a panel's parts.

    Raises `InvalidState`, `Invalid` (NOT_A_JUDGE, IN_CONFLICT on `judge_id`), `Conflict` where the
    judge has or had the sheet.
    """
    judge = present(session.get(Judge, judge_id))
    competition = run(session, actor, judge.competition_id)
    require_step(competition, _GIVING[judging_round])
    said = texts.prose(because, field="because", limit=1000, required=True)
    if judge.state is not JudgeState.ACCEPTED:
        raise Invalid(JudgingReason.NOT_A_JUDGE, field="judge_id")
    bind(session, competition, [judge])
    if queries.in_conflict(session, judge_id, application_id):
        raise Invalid(JudgingReason.IN_CONFLICT, field="judge_id")
    if application_id not in {
        each.id for each in queries.in_round(session, competition, judging_round)
    }:
        raise Invalid(CommonReason.NOT_FOUND, field="application_id")
    sheet = Assignment(
        round=judging_round,
        judge_id=judge_id,
        application_id=application_id,
        assigned_at=clock.now(),
    )
    insert_or(session, sheet, Conflict(JudgingReason.ASSIGNED_ALREADY, field="judge_id"))
    outbox.write(
        session, "competition.sheet_given", competition.subject, assignment=sheet.id, because=said
    )
    return sheet


def recuse(session: Session, actor: Actor, *, assignment_id: int, because: str) -> Assignment:
    """Take one sheet from its judge: it leaves the denominator. By the judge or the organiser.

    Raises `InvalidState` (SHEET_LOCKED) once it is locked.
    """
    sheet = locked(session, select(Assignment).where(Assignment.id == assignment_id))
    require(policy.may_declare(actor, sheet.judge))
    if not because.strip():
        raise Invalid(CommonReason.REQUIRED, field="because")
    if sheet.state is AssignmentState.LOCKED:
        raise InvalidState(JudgingReason.SHEET_LOCKED)
    if sheet.state is AssignmentState.OPEN:
        recuse_sheet(sheet, because)
        session.flush()
    return sheet


def _given(
    session: Session, competition_id: int, judging_round: JudgingRound
) -> dict[tuple[int, int], AssignmentState]:
    """The sheets of a round by judge and entry, recused ones too: nobody gets one back."""
    query = (
        select(Assignment.judge_id, Assignment.application_id, Assignment.state)
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(Judge.competition_id == competition_id, Assignment.round == judging_round)
    )
    return {(judge_id, entry_id): state for judge_id, entry_id, state in session.execute(query)}


def _counting(
    given: Mapping[tuple[int, int], AssignmentState], bound: Collection[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The sheets that count for their entries."""
    return [
        pair
        for pair, state in given.items()
        if state is not AssignmentState.RECUSED and pair not in bound
    ]


def _require_enough(
    competition: Competition, entries: Sequence[Application], pairs: Sequence[tuple[int, int]]
) -> None:
    """At least as many sheets for each entry as the terms ask for (VEN-05)."""
    least = competition.terms.least_judges
    counts = Counter(entry_id for _, entry_id in pairs)
    short = [str(each.number) for each in entries if counts[each.id] < least]
    if short:
        raise Invalid(JudgingReason.TOO_FEW_JUDGES, each=least, entries=told(short))


def _balanced(
    competition: Competition,
    entries: Sequence[Application],
    judges: Sequence[Judge],
    bound: Collection[tuple[int, int]],
    given: Mapping[tuple[int, int], AssignmentState],
) -> list[tuple[int, int]]:
    """New pairs of the review, loads alike and experts first."""
    names = {entry.id: f"{entry.number:06}" for entry in entries}
    ids = {name: entry_id for entry_id, name in names.items()}
    there = {judge.id for judge in judges}
    kept = [
        (f"{judge_id:09}", names[entry_id])
        for judge_id, entry_id in _counting(given, bound)
        if entry_id in names and judge_id in there
    ]
    barred = [
        (f"{judge_id:09}", names[entry_id])
        for judge_id, entry_id in {*bound, *given}
        if entry_id in names
    ]
    found = assign(
        [Candidate(names[entry.id], _topic(entry)) for entry in entries],
        [Reader(f"{judge.id:09}", frozenset(judge.expertise.split())) for judge in judges],
        each=competition.terms.judges_per_application,
        barred=barred,
        kept=kept,
        seed=f"{competition.rules_sha256}\n{len(given)}",
    )
    return [(int(judge), ids[entry]) for judge, entry in found]


def _topic(entry: Application) -> str:
    """What an entry is about, as judges name their fields: its track, blanks left out."""
    return "".join(entry.track.name.split()) if entry.track is not None else ""
