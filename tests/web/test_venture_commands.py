"""`wushe ventures replay`: true, not true, and no ranking at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from projects.ventures.ranking import Entry, Rules
from projects.ventures.replaying import Given, file_of
from projects.ventures.scoring import Panel, Sheet
from web.venture_commands import replay_ranking


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
