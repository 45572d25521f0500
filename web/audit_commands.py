"""`wushe audits`: draw before an audience, repeat a published draw, ask questions of a book."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from charity.audits import draw as drawing
from charity.audits import replaying
from charity.registry import queries as registry
from web import audit_jobs
from web.db import database

audit_commands = AppGroup("audits", help="Spot checks: draw, repeat a draw, look through a book.")

#: Ends of a command: something does not hold; the file is none.
WRONG, UNREADABLE = 1, 2


@audit_commands.command("draw", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--secret", default="", help="The opened secret; empty where the number decides.")
@click.option("--number", required=True, help="The public number, as it is written.")
def draw(file: Path, secret: str, number: str) -> None:
    """Draw from a frame's text (frame.txt): hash, seed, then each target with its team.

    Nothing is stored; needs no database. Exit code 2: the file is no frame.
    """
    text = file.read_bytes().decode(errors="replace")
    try:
        frame = drawing.read_frame(text)
    except ValueError as error:
        click.echo(f"{file.name}: {error}", err=True)
        sys.exit(UNREADABLE)
    seed = drawing.seed_of(secret, number)
    click.echo(drawing.sha256(text))
    click.echo(seed)
    for each in drawing.draw(frame, seed):
        click.echo(" ".join((each.id, *each.team)))


@audit_commands.command("replay", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(file: Path) -> None:
    """Repeat a published draw (draw.json) and compare: hash, secret, seed, targets, teams.

    Needs no database. Exit code 0: everything holds; 1: something does not; 2: no draw's file.
    """
    try:
        found = replaying.problems(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        click.echo(f"{file.name}: {error}", err=True)
        sys.exit(UNREADABLE)
    for problem in found:
        click.echo(problem)
    if found:
        sys.exit(WRONG)
    click.echo("Everything holds: frame, secret, seed, targets and teams are the same.")


@audit_commands.command("flags")
@click.argument("code")
def flags(code: str) -> None:
    """Look through the book of the organisation with this credit code, telling each rule.

    The first look sees everything, a later one what is new. What it asks stands in the workspace
    of the inspection; it is a question, never a finding.
    """
    with database().session(reads=True) as session:
        found = registry.organisation_by_uscc(session, code)
        organisation_id = None if found is None else found.id
    if organisation_id is None:
        raise click.ClickException(f"There is no organisation {code}.")
    raised = audit_jobs.ask_book(organisation_id, progress=click.echo)
    click.echo(f"Questions that are new: {raised}.")
