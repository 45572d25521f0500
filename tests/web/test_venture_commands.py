"""`wushe ventures replay`: true, not true, and no ranking at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from projects.ventures.models import Assignment, AssignmentState, JudgingRound
from projects.ventures.queries.importing import rubric
from projects.ventures.ranking import Entry, Rules
from projects.ventures.reading import template_heads
from projects.ventures.replaying import Given, file_of
from projects.ventures.scoring import Panel, Sheet
from projects.ventures.services import assign_judges
from tests.projects.ventures.panel import AT, make_panel_world
from web.venture_commands import replay_ranking, scores


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({}, 0, "true: 2 places by trimmed"),
        ({"sheets": [["J1", "1", 700], ["J1", "2", 900]]}, 1, "does not follow: places.1"),
        ({"format": "another"}, 2, "not a ranking"),
    ],
)
def test_a_file_is_judged_by_itself(
    app: Flask, tmp_path: Path, change: dict[str, object], code: int, said: str
) -> None:
    panel = Panel((Sheet("J1", "1", 800), Sheet("J1", "2", 700)))
    given = Given("venture", "venture 1", {}, Rules(), panel, [Entry("1"), Entry("2")])
    file = tmp_path / "ranking.json"
    file.write_text(json.dumps(file_of(given) | change), encoding="utf-8")
    done = app.test_cli_runner().invoke(replay_ranking, [str(file)])
    assert (done.exit_code, said in done.output) == (code, True), done.output


def test_what_is_no_json_is_said(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "ranking.json"
    for text in ("no json", "[1]"):
        file.write_text(text, encoding="utf-8")
        assert app.test_cli_runner().invoke(replay_ranking, [str(file)]).exit_code == 2


def test_sheets_on_paper_are_tried_first_and_then_written(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    with clock.at(AT):
        world = make_panel_world(session, entries=2)
        world.competition.criteria[0].title = "需求"
        said = {"competition_id": world.competition.id, "judging_round": JudgingRound.REVIEW}
        assign_judges(session, world.organiser, **said)
        session.commit()
        head = ",".join(template_heads(rubric(world.competition)))
        file = tmp_path / "sheets.csv"
        file.write_text(
            f"{head}\n1,judge 1,20,25,15,15,15,10,\n2,judge 1,20,,,,,,\n1,nobody,1,1,1,1,1,1,\n",
            encoding="gb18030",
        )
        login = session.get_one(User, world.organiser.user_id).login_name
        options = [str(file), "--competition", str(world.competition.id), "--as", login]
        locked = select(func.count()).where(Assignment.state == AssignmentState.LOCKED)
        for more, count in (([], 0), (["--yes"], 1)):
            done = app.test_cli_runner().invoke(scores, [*options, *more])
            assert (done.exit_code, session.scalar(locked)) == (3, count), done.output
            assert "3 rows: 1 locked, 1 saved, 0 there, 1 refused." in done.output
            assert "nobody" in done.output
        file.write_text("a,b\n", encoding="utf-8")
        assert app.test_cli_runner().invoke(scores, options).exit_code == 1
