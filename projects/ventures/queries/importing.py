"""What would become of the rows of a list of score sheets: judged by reading alone."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.actor import Actor, require
from charity.registry.reading import Flaw
from charity.rows import present
from projects.ventures import judging_policy as policy
from projects.ventures.judging_reasons import JudgingReason, SheetListReason, told
from projects.ventures.models import (
    Application,
    Assignment,
    AssignmentState,
    Competition,
    Judge,
    JudgeState,
    JudgingRound,
)
from projects.ventures.queries import judging as queries
from projects.ventures.reading import Line, ReadSheet


class SheetOutcome(enum.StrEnum):
    """What becomes, or became, of a row."""

    #: All criteria are there: written and locked.
    LOCKED = "locked"
    #: Blanks are left: written, and open.
    SAVED = "saved"
    #: The sheet is locked with just these points.
    THERE = "there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class JudgedSheet:
    """A row with what becomes of it, and the sheet it is for."""

    row: ReadSheet
    outcome: SheetOutcome
    flaws: tuple[Flaw, ...]
    assignment_id: int | None = None


def rubric(competition: Competition) -> list[Line]:
    """The rubric as the reader of lists knows it."""
    return [Line(each.id, each.number, each.title, each.weight) for each in competition.criteria]


def judge_score_sheets(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    judging_round: JudgingRound,
    rows: Sequence[ReadSheet],
) -> list[JudgedSheet]:
    """Judge the rows of a list; raises `Denied` for whoever does not run the competition."""
    competition = present(session.get(Competition, competition_id))
    require(policy.may_run_judging(actor, competition))
    judges: dict[str, list[Judge]] = {}
    for judge in queries.judges(session, competition_id):
        if judge.state is JudgeState.ACCEPTED:
            judges.setdefault(judge.name, []).append(judge)
    entries = {
        number: entry_id
        for number, entry_id in session.execute(
            select(Application.number, Application.id).where(
                Application.competition_id == competition_id, Application.number.is_not(None)
            )
        )
    }
    sheets = _sheets(session, competition_id, judging_round)
    bound = {
        (each.judge_id, each.application_id) for each in queries.conflicts(session, competition_id)
    }
    own = {
        judge.id: queries.member_of(session, judge.person_id)
        for named in judges.values()
        for judge in named
    }
    lines = rubric(competition)
    return [_judged(row, judges, entries, sheets, bound, own, lines) for row in rows]


def _judged(
    row: ReadSheet,
    judges: Mapping[str, list[Judge]],
    entries: Mapping[int | None, int],
    sheets: Mapping[tuple[int, int], Assignment],
    bound: set[tuple[int, int]],
    own: Mapping[int, frozenset[int]],
    lines: Sequence[Line],
) -> JudgedSheet:
    def refused(
        column: str, reason: SheetListReason | JudgingReason, **params: object
    ) -> JudgedSheet:
        flaws = (*row.flaws, Flaw(row.number, column, reason, params))
        return JudgedSheet(row, SheetOutcome.REFUSED, flaws)

    if row.flaws:
        return JudgedSheet(row, SheetOutcome.REFUSED, row.flaws)
    named = judges.get(row.judge, [])
    if len(named) != 1:
        reason = SheetListReason.JUDGE_UNCLEAR if named else SheetListReason.JUDGE_UNKNOWN
        return refused("judge", reason, text=row.judge)
    entry_id = entries.get(row.entry)
    if entry_id is None:
        return refused("entry", SheetListReason.ENTRY_UNKNOWN, text=str(row.entry))
    pair = (named[0].id, entry_id)
    sheet = sheets.get(pair)
    if pair in bound:
        return refused("judge", JudgingReason.IN_CONFLICT)
    if sheet is None:
        return refused("judge", SheetListReason.NOT_ASSIGNED)
    applicant = sheet.application.organisation
    if {applicant.id, applicant.host_id} & own[named[0].id]:
        return refused("judge", JudgingReason.OWN_ENTRY)
    if sheet.state is AssignmentState.RECUSED:
        return refused("judge", JudgingReason.RECUSED)
    if sheet.state is AssignmentState.LOCKED:
        there = {score.criterion_id: score.points for score in sheet.scores}
        if there == row.points:
            flaw = Flaw(row.number, "entry", SheetListReason.SAME_ALREADY, {}, refuses=False)
            return JudgedSheet(row, SheetOutcome.THERE, (flaw,), sheet.id)
        return refused("entry", JudgingReason.SHEET_LOCKED)
    missing = [line.number for line in lines if line.id not in row.points]
    if missing:
        params = {"missing": told(missing)}
        flaw = Flaw(row.number, "entry", SheetListReason.BLANKS, params, refuses=False)
        return JudgedSheet(row, SheetOutcome.SAVED, (flaw,), sheet.id)
    return JudgedSheet(row, SheetOutcome.LOCKED, (), sheet.id)


def _sheets(
    session: Session, competition_id: int, judging_round: JudgingRound
) -> dict[tuple[int, int], Assignment]:
    query = (
        select(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(Application.competition_id == competition_id, Assignment.round == judging_round)
        .options(
            selectinload(Assignment.scores),
            joinedload(Assignment.application).joinedload(Application.organisation),
        )
    )
    return {(each.judge_id, each.application_id): each for each in session.scalars(query)}
