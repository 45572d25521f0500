"""`wushe ledger`: seal what waits, verify every book, export what others can check."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from charity.donations import checks as donation_checks
from charity.ledger import checks, export
from charity.ledger import queries as ledger
from charity.ledger.checks import Check, Problem
from web import jobs
from web.db import database

ledger_commands = AppGroup("ledger", help="The book: seal, verify and export.")

#: Ends of a command that was stopped with Ctrl-C, as shells count them.
INTERRUPTED = 130


def _gifts_and_entries(session: Session, _told: checks.Told) -> Iterator[Problem]:
    """Every gift that was paid has its one entry of the same amount."""
    yield from donation_checks.verify(session)


@dataclass
class Bar:
    """How far something is, on one line of a terminal; silent where none is watching."""

    label: str = ""
    shown: bool = field(default_factory=lambda: sys.stderr.isatty())
    _last: float = 0

    def at(self, done: int, whole: int) -> None:
        """Draw `done` of `whole` rows, at most ten times a second."""
        if not self.shown or (time.monotonic() - self._last < 0.1 and done < whole):
            return
        self._last = time.monotonic()
        full = 24 * done // whole if whole else 0
        rows = f" {done:,}/{whole:,}" if whole else ""
        bar = "█" * full + "·" * (24 - full)
        click.echo(f"\\r\\x1b[K{bar} {self.label}{rows}", nl=False, err=True)

    def clear(self) -> None:
        """Leave the line empty."""
        if self.shown:
            click.echo("\\r\\x1b[K", nl=False, err=True)


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
    found: dict[str, list[Problem]] = {}
    problems = 0
    with database().session(reads=True) as session:
        checks.snapshot(session)
        try:
            for number, check in enumerate(wanted, start=1):
                found[check.name] = []
                for problem in _run(session, check, f"{number}/{len(wanted)}", quiet=as_json):
                    problems += 1
                    if as_json:
                        found[check.name].append(problem)
        except KeyboardInterrupt:
            click.echo(f"Stopped after {len(found)} of {len(wanted)} checks.", err=True)
            sys.exit(INTERRUPTED)
        entries = ledger.sealed_count(session)
    if as_json:
        click.echo(_report(wanted, found, entries))
    elif not problems:
        click.echo(f"The book is true: {entries} sealed entries, each recomputed.")
    if problems:
        raise click.ClickException(f"{problems} problems: the book does not tell the truth.")


def _run(session: Session, check: Check, number: str, *, quiet: bool) -> Iterator[Problem]:
    """Run one check and say what it finds as it finds it."""
    bar = Bar(f"{number} {check.name}")
    bar.at(0, 0)
    is_true = True
    try:
        for problem in check.find(session, bar.at):
            is_true = False
            bar.clear()
            if not quiet:
                click.echo(f"LIE {problem.check}: {problem.row}: {problem.detail}")
            yield problem
    finally:
        bar.clear()
    if not quiet:
        click.echo(f"{'ok ' if is_true else 'BAD'} {check.name}: {check.says}")


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
        with _aside(target) as out:
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
