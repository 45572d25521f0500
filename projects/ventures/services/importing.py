"""Score sheets from a list: judged first, then written through the same door as a judge's own.

The organiser brings in what was filled in on paper. A row of a judge in conflict is refused here
as on every page, a locked sheet stays as it is, and the same list again brings nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import outbox
from charity.actor import Actor
from charity.errors import DomainError
from charity.registry.reading import Flaw
from charity.rows import locked
from projects.ventures.models import Assignment, JudgingRound
from projects.ventures.queries.importing import JudgedSheet, SheetOutcome, judge_score_sheets
from projects.ventures.reading import ReadSheet
from projects.ventures.services.sheets import close, write


def import_score_sheets(
    session: Session,
    actor: Actor,
    *,
    competition_id: int,
    judging_round: JudgingRound,
    rows: Sequence[ReadSheet],
) -> list[JudgedSheet]:
    """Write the rows that are right; whole ones are locked, those with blanks stay open.

    Raises `Denied`; what is refused is told and left.
    """
    judged = judge_score_sheets(
        session, actor, competition_id=competition_id, judging_round=judging_round, rows=rows
    )
    found = [_bring(session, each) for each in judged]
    outbox.write(
        session, "competition.sheets_imported", f"competition:{competition_id}",
        round=judging_round, by=actor.user_id,
        sheets=[each.assignment_id for each in found if each.outcome in _WRITTEN],
    )  # fmt: skip
    return found


_WRITTEN = frozenset({SheetOutcome.LOCKED, SheetOutcome.SAVED})


def _bring(session: Session, each: JudgedSheet) -> JudgedSheet:
    if each.outcome not in _WRITTEN or each.assignment_id is None:
        return each
    sheet = locked(session, select(Assignment).where(Assignment.id == each.assignment_id))
    try:
        with session.begin_nested():
            write(session, sheet, each.row.points, {}, each.row.comment or None)
            if each.outcome is SheetOutcome.LOCKED:
                close(session, sheet, None)
    except DomainError as refusal:
        flaw = Flaw(each.row.number, "entry", refusal.reason, refusal.params)
        return replace(each, outcome=SheetOutcome.REFUSED, flaws=(*each.flaws, flaw))
    return each
