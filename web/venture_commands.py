"""`wushe ventures`: what a stranger can find again of a competition's published results."""

from __future__ import annotations

import json
from typing import IO

import click
from flask.cli import AppGroup

from projects.ventures.replaying import replay

venture_commands = AppGroup("ventures", help="Competitions: find published results again.")


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
        raise SystemExit(1)
    click.echo(f"true: {len(content['places'])} places by {content['rules']['method']}")
