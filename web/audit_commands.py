"""`wushe audits`: draw from a frozen frame before an audience, and repeat a published draw."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from charity.audits import draw as drawing
from charity.audits import replaying

audit_commands = AppGroup("audits", help="Spot checks: draw, and repeat a draw.")

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
