"""`wushe ledger`: seal what waits, verify every book, export what others can check."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from charity.collecting import few_collections
from charity.donations import checks as donation_checks
from charity.ledger import checks, export
from charity.ledger import queries as ledger
from charity.ledger.checks import Check, Problem
from web import jobs
from web.db import database
from web.verifying import Bar, Verification

ledger_commands = AppGroup("ledger", help="The book: seal, verify and export.")

#: Ends of a command that was stopped with Ctrl-C, as shells count them.
INTERRUPTED = 130


def _gifts_and_entries(session: Session, _told: checks.Told) -> Iterator[Problem]:
    """Every gift that was paid has its one entry of the same amount."""
    yield from donation_checks.verify(session)


@ledger_commands.command("seal")
def seal() -> None:
    """Seal every entry that waits."""
    click.echo(f"Sealed {jobs.seal_books()} entries.")


@ledger_commands.command("verify")
@click.option(
    "--heads",
    "heads_file",
    type=click.File(encoding="utf-8"),
    help="Heads kept outside (`DAY HEAD` or `seal BOOK NUMBER HEAD` a line): they must still hold.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def verify(heads_file: Iterator[str] | None, as_json: bool) -> None:
    """Recompute everything from the rows; exit 1 and name the row of every lie. Reads only."""
    try:
        kept = tuple(checks.read_heads(heads_file or ()))
    except ValueError as error:
        raise click.BadParameter(f"no head: {error}", param_hint="--heads") from None
    wanted = (*checks.checks(kept), Check("gifts_and_entries", _gifts_and_entries))
    run = Verification(wanted, tells=not as_json)
    here, beside = (database().session(reads=True) for _ in range(2))
    try:
        run.run(here, beside)
    except KeyboardInterrupt:
        run.bar.clear()
        click.echo(f"Stopped after {len(run.found)} of {len(wanted)} checks.", err=True)
        # at once: what the other thread asks the database is not waited for
        sys.stdout.flush()
        os._exit(INTERRUPTED)
    with database().session(reads=True) as session:
        entries = ledger.sealed_count(session)
    run.bar.clear()
    if as_json:
        click.echo(_report(wanted, run.found, entries))
    elif not run.problems:
        click.echo(f"The book is true: {entries} sealed entries, each recomputed.")
    if run.problems:
        raise click.ClickException(f"{run.problems} problems: the book does not tell the truth.")


def _report(wanted: tuple[Check, ...], found: dict[str, list[Problem]], entries: int) -> str:
    report = {
        "true": not any(found.values()),
        "sealed_entries": entries,
        "checks": [
            {
                "name": check.name,
                "says": check.says,
                "problems": [
                    {"check": one.check, "row": one.row, "detail": one.detail}
                    for one in found[check.name]
                ],
            }
            for check in wanted
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=1)


@ledger_commands.command("export")
@click.option("--book", "book_id", type=int, help="Only this book; else all.")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True))
def export_book(book_id: int | None, target: str) -> None:
    """Write what is sealed to FILE (- for the standard output), without personal data.

    `python3 docs/check_book.py < FILE` checks it with nothing but Python.
    """
    bar = Bar("export")
    with database().session(reads=True) as session:
        checks.snapshot(session)
        with few_collections(), _aside(target) as out:
            for line in export.lines(session, book_id, bar.at):
                out.write(line)
    bar.clear()


@contextmanager
def _aside(target: str) -> Iterator[BinaryIO]:
    """A file that takes its name only once it is whole and on the disk."""
    if target == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
