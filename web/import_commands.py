"""`wushe import`: what comes in files. Without `--yes` a dry run, which stores nothing at all."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.donations import services
from charity.donations.models import RowState, Statement, StatementKind
from charity.donations.queries import statements as queries
from charity.donations.reasons import StatementsReason
from charity.donations.services.statement_deciding import PORTION
from charity.donations.statement_reading import Reading, place
from charity.errors import DomainError
from charity.money import Money
from charity.registry import queries as registry
from web.db import database
from web.ports import ports, settings
from web.statements import work
from web.verifying import Bar

import_commands = AppGroup("import", help="Take in files; a dry run without --yes.")

#: Rows with a problem that are named one by one.
_NAMED = 20
#: Exit codes: nothing was taken in; taken in or tried, and some rows or the total need people.
REFUSED, INCOMPLETE = 1, 3


@import_commands.command("statement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in StatementKind]),
    default="bank",
    show_default=True,
)
@click.option("--format", "mapping", help="Name of the format; default the first of the kind.")
@click.option("--campaign", "campaign_id", type=int, help="Where a platform's rows go.")
@click.option("--as", "login", help="Login name of the treasurer who confirms; with --yes.")
@click.option("--yes", is_flag=True, help="Store and apply; without this nothing changes.")
def statement(
    file: Path,
    kind: str,
    mapping: str | None,
    campaign_id: int | None,
    login: str | None,
    yes: bool,
) -> None:
    """Read a bank's or platform's statement (CSV, XLSX); with --yes apply what matches.

    Exit code 0: every row was understood and the printed total ties. 1: the file was refused.
    3: rows that cannot be read, or a total that does not tie; the good rows are applied all the
    same when --yes was said.
    """
    content = file.read_bytes()
    with database().session(reads=True) as session:
        found = [one for one in queries.mappings(session) if one.kind == kind]
        named = [one for one in found if mapping in (None, one.name)]
        if not named:
            names = ", ".join(one.name for one in found)
            raise click.BadParameter(f"there are: {names}", param_hint="--format")
        name, columns = named[0].name, {key: list(words) for key, words in named[0].columns.items()}
        if not yes:
            sys.exit(_try(session, content, StatementKind(kind), columns, campaign_id))
    if login is None:
        raise click.UsageError("--yes wants --as LOGIN: a treasurer confirms what is applied.")
    sys.exit(_take_in(file, content, StatementKind(kind), name, campaign_id, login))


def _try(
    session: Session,
    content: bytes,
    kind: StatementKind,
    columns: dict[str, list[str]],
    campaign_id: int | None,
) -> int:
    """Read and judge the rows in a transaction that only reads."""
    reading = Reading(content, columns, clock.today(), needs_serial=kind is StatementKind.PLATFORM)
    operator = registry.organisation_by_uscc(session, settings().operator_uscc)
    judged = Statement(
        organisation_id=operator.id if operator else 0, kind=kind, campaign_id=campaign_id
    )
    tally: Counter[RowState] = Counter()
    problems: list[tuple[int, str, str]] = []
    bar, rows, done = Bar("rows read"), reading.rows(), 0
    try:
        while chunk := list(islice(rows, PORTION)):
            for row in services.judge_rows(session, work.WORKER, statement=judged, rows=chunk):
                tally[row["state"]] += 1
                if row["state"] is RowState.BAD:
                    problems.append((row["number"], row["field"], row["problem"]))
            done += len(chunk)
            bar.at(done, 0)
    finally:
        bar.clear()
    problems += [
        (number, "balance", StatementsReason.BALANCE_BREAKS.value)
        for number in reading.balance_breaks
    ]
    _say(tally, reading.summed, reading.stated_total, problems)
    for first, last, before in reading.repeated:
        click.echo(f"Rows {first} to {last} repeat those from {before}.")
    click.echo("A dry run: nothing was stored. Say --yes --as LOGIN to apply what matches.")
    ties = reading.stated_total in (None, reading.summed)
    return 0 if ties and not problems and not reading.repeated else INCOMPLETE


def _take_in(
    file: Path,
    content: bytes,
    kind: StatementKind,
    mapping: str,
    campaign_id: int | None,
    login: str,
) -> int:
    """Store, read, confirm and apply, each in portions."""
    with database().unit() as session:
        user = accounts.user_by_login(session, login)
        operator = registry.organisation_by_uscc(session, settings().operator_uscc)
        if user is None or operator is None:
            click.echo(f"There is no account {login}, or no operator yet.", err=True)
            return REFUSED
        actor = accounts.actor_for_user(session, user.id)
        made = services.begin_statement(
            session,
            actor,
            organisation_id=operator.id,
            kind=kind,
            file_name=file.name,
            digest=ports().files.put(content),
            mapping=mapping,
            operator_mode=settings().operator_mode,
            campaign_id=campaign_id,
        )
        statement_id = made.id
    bar = Bar("rows read")
    work.read_statement(statement_id, bar.at)
    bar.clear()
    try:
        with database().unit() as session:
            services.start_applying(session, actor, statement_id=statement_id)
    except DomainError as refusal:
        click.echo(f"Not applied: {refusal.reason}.", err=True)
        return REFUSED
    bar = Bar("gifts")
    done = work.apply_statement(statement_id, bar.at)
    bar.clear()
    return _report(statement_id, done)


def _report(statement_id: int, done: int) -> int:
    with database().session(reads=True) as session:
        made = queries.statement(session, statement_id)
        tallies = queries.tallies(session, [statement_id])[statement_id]
        bad = queries.rows_page(session, statement_id, [RowState.BAD], 1, size=_NAMED)
        _say(
            Counter({state: tally.rows for state, tally in tallies.items()}),
            made.summed_total,
            made.stated_total,
            [(row.number, row.field, row.problem) for row in bad.items],
        )
        ties = made.stated_total in (None, made.summed_total)
    click.echo(f"Statement {statement_id}: {done} rows became gifts now.")
    return 0 if ties and not bad.total else INCOMPLETE


def _say(
    tally: Counter[RowState],
    summed: Money | None,
    stated: Money | None,
    problems: list[tuple[int, str, str]],
) -> None:
    click.echo(", ".join(f"{count} {state}" for state, count in sorted(tally.items())) or "no rows")
    click.echo(f"Sum of the gifts {summed}, printed total {stated if stated else 'none'}.")
    for number, field, reason in sorted(problems)[:_NAMED]:
        sheet, row = place(number)
        where = f"row {row}" if sheet == 1 else f"sheet {sheet} row {row}"
        click.echo(f"{where}, {field or 'row'}: {reason}")
    if len(problems) > _NAMED:
        click.echo(f"… and {len(problems) - _NAMED} more.")
