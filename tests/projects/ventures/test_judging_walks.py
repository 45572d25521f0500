"""Any sequence of what judges and organiser may try: locked stays locked, unseen stays unseen."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from charity import clock
from charity.errors import DomainError
from projects.ventures.models import Assignment, AssignmentState, JudgingRound
from projects.ventures.queries import judging as queries
from projects.ventures.reading import ReadSheet
from projects.ventures.services.importing import import_score_sheets
from projects.ventures.services.judging import assign_judges, declare_conflict, recuse
from projects.ventures.services.sheets import hand_in, lock_sheet, save_scores
from tests.projects.ventures.panel import AT, PanelWorld, make_panel_world

REVIEW = JudgingRound.REVIEW
VERBS = ("save", "lock", "hand_in", "recuse", "declare", "import", "as_other")


def attempt(
    session: Session, world: PanelWorld, sheet: Assignment, verb: str, percent: int
) -> None:
    """Try one act; a refusal is an answer like any other."""
    place = [judge.id for judge in world.judges].index(sheet.judge_id)
    actor, points = world.actors[place], world.points(percent)
    if verb == "save":
        save_scores(session, actor, assignment_id=sheet.id, points=points)
    elif verb == "lock":
        lock_sheet(session, actor, assignment_id=sheet.id)
    elif verb == "hand_in":
        hand_in(session, actor, assignment_id=sheet.id, client_id=str(uuid4()), points=points)
    elif verb == "recuse":
        recuse(session, world.organiser, assignment_id=sheet.id, because="tried")
    elif verb == "declare":
        declare_conflict(
            session, actor, judge_id=sheet.judge_id, application_id=sheet.application_id, note="x"
        )
    elif verb == "import":
        row = ReadSheet(2, sheet.application.number or 0, sheet.judge.name, points, "")
        import_score_sheets(
            session, world.organiser, competition_id=world.competition.id,
            judging_round=REVIEW, rows=[row],
        )  # fmt: skip
    else:
        other = world.actors[(place + 1) % len(world.actors)]
        save_scores(session, other, assignment_id=sheet.id, points=points)


def locked_ones(
    sheets: list[Assignment],
) -> Mapping[int, tuple[str | None, tuple[tuple[int, int], ...]]]:
    return {
        sheet.id: (sheet.digest, tuple(sorted((s.criterion_id, s.points) for s in sheet.scores)))
        for sheet in sheets
        if sheet.state is AssignmentState.LOCKED
    }


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from(VERBS), st.integers(0, 100)),
        min_size=5,
        max_size=20,
    )
)
@settings(max_examples=10)
def test_whatever_is_tried_locked_sheets_stay_and_open_rounds_hide_them(
    connection: Connection, acts: list[tuple[int, str, int]]
) -> None:
    undone = connection.begin_nested()
    with (
        clock.at(AT),
        Session(connection, join_transaction_mode="create_savepoint") as session,
    ):
        world = make_panel_world(session, entries=3, judges=3, judges_per_application=3)
        assign_judges(
            session, world.organiser, competition_id=world.competition.id, judging_round=REVIEW
        )
        sheets = list(session.scalars(select(Assignment).order_by(Assignment.id)))
        before: Mapping[int, object] = {}
        for place, verb, percent in acts:
            bound = {
                (each.judge_id, each.application_id)
                for each in queries.conflicts(session, world.competition.id)
            }
            try:
                with session.begin_nested():
                    attempt(session, world, sheets[place], verb, percent)
            except DomainError:
                session.expire_all()
            after = locked_ones(sheets)
            assert before.items() <= after.items()
            new = [each for each in sheets if each.id in after.keys() - before.keys()]
            assert not bound & {(each.judge_id, each.application_id) for each in new}
            assert verb in ("lock", "hand_in", "import") or not new
            before = after
        is_open = any(sheet.state is AssignmentState.OPEN for sheet in sheets)
        for judge, actor in zip(world.judges, world.actors, strict=True):
            for entry in world.entries:
                seen = queries.sheets_of(session, actor, entry.id, REVIEW)
                assert not is_open or {each.judge_id for each in seen} <= {judge.id}
    undone.rollback()
