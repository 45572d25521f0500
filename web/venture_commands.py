"""`wushe ventures replay` finds results again; `wushe import scores` takes sheets from paper."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import IO

import click
from flask.cli import AppGroup

from charity.accounts import queries as accounts
from charity.errors import DomainError
from charity.rows import present
from projects.ventures import queries
from projects.ventures.models import JudgingRound
from projects.ventures.queries.importing import (
    JudgedSheet,
    SheetOutcome,
    judge_score_sheets,
    rubric,
)
from projects.ventures.reading import SheetList, read_score_sheets
from projects.ventures.replaying import replay
from projects.ventures.services import import_score_sheets
from web.db import database
from web.forces.lists import row_name
from web.import_commands import INCOMPLETE, REFUSED, import_commands
from web.labels import sentence

venture_commands = AppGroup("ventures", help="Competitions: find published results again.")

#: Rows with a problem that are named one by one.
_NAMED = 30


@venture_commands.command("replay")
@click.argument("file", type=click.File("rb"))
def replay_ranking(file: IO[bytes]) -> None:
    """Find the places of a published ranking again from its file alone; no database is asked.

    Exit code 0: everything in the file follows from its inputs; 1: what does not is named; 2: it is
    no such file.
    """
    try:
        content = json.load(file)
        if not isinstance(content, dict):
            raise ValueError("not a ranking")
        wrong = replay(content)
    except ValueError as broken:
        raise click.UsageError(str(broken)) from broken
    if wrong:
        for part in wrong:
            click.echo(f"does not follow: {part}")
        sys.exit(1)
    click.echo(f"true: {len(content['places'])} places by {content['rules']['method']}")


@import_commands.command("scores")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--competition", "competition_id", type=int, required=True, help="Its number.")
@click.option(
    "--round",
    "round_name",
    type=click.Choice([each.value for each in JudgingRound]),
    default=JudgingRound.REVIEW.value,
    show_default=True,
)
@click.option("--as", "login", required=True, help="Login name of the organiser who brings it.")
@click.option("--yes", is_flag=True, help="Write them; without this nothing changes.")
def scores(file: Path, competition_id: int, round_name: str, login: str, yes: bool) -> None:
    """Read score sheets filled in on paper (CSV, XLSX); with --yes write the rows that are right.

    Whole sheets are locked for ever, those with blanks stay open. Exit code 0: every row was taken
    or is there; 1: the file was refused; 3: rows that are not taken, the others come in with --yes.
    """
    try:
        found, judged = _brought(file, competition_id, JudgingRound(round_name), login, yes)
    except DomainError as refusal:
        click.echo(f"Refused: {sentence(refusal.reason, refusal.params)}", err=True)
        sys.exit(REFUSED)
    outcomes = Counter(each.outcome for each in judged)
    counted = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in SheetOutcome)
    click.echo(f"{len(found.rows)} rows: {counted}.")
    told = [flaw for each in judged for flaw in each.flaws if flaw.refuses]
    for flaw in told[:_NAMED]:
        where = found.head.get(flaw.column, flaw.column)
        said = sentence(flaw.reason, flaw.params)
        click.echo(f"{row_name(flaw.number)}, {where}: {said}")
    if len(told) > _NAMED:
        click.echo(f"… and {len(told) - _NAMED} more.")
    if not yes:
        click.echo("A dry run: nothing was stored. Say --yes to write the sheets.")
    sys.exit(INCOMPLETE if outcomes[SheetOutcome.REFUSED] else 0)


def _brought(
    file: Path, competition_id: int, judging_round: JudgingRound, login: str, yes: bool
) -> tuple[SheetList, list[JudgedSheet]]:
    """The list and what became of its rows, or would become, in one transaction."""
    with database().session(reads=not yes) as session:
        user = present(accounts.user_by_login(session, login))
        actor = accounts.actor_for_user(session, user.id)
        lines = rubric(queries.competition(session, competition_id))
        found = read_score_sheets(file.read_bytes(), lines)
        bring = import_score_sheets if yes else judge_score_sheets
        judged = bring(
            session, actor, competition_id=competition_id, judging_round=judging_round,
            rows=found.rows,
        )  # fmt: skip
        session.commit()
        return found, judged
