"""`wushe import organisations`: a registrar's list, tried first and then applied in portions."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from charity.accounts import queries as accounts
from charity.registry import queries as registry
from charity.registry.models import RegistryImport
from charity.registry.queries import Outcome
from charity.registry.reading import RegisterList
from web.db import database
from web.forces import lists
from web.forces.lists import Tally
from web.import_commands import INCOMPLETE, REFUSED, import_commands
from web.ports import settings
from web.verifying import Bar

#: Rows with a problem that are named one by one.
_NAMED = 30


@import_commands.command("organisations")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--within", help="Code of the place the list is of; default the operator's county.")
@click.option("--as", "login", help="Login name of who vouches for the list; with --yes.")
@click.option("--yes", is_flag=True, help="Apply it; without this nothing changes.")
def organisations(file: Path, within: str | None, login: str | None, yes: bool) -> None:
    """Read a list of organisations (CSV, XLSX); with --yes apply the rows that are right.

    An interrupted import goes on where it stood when the command is given again. Exit code 0: every
    row was taken and the stated totals tie. 1: the file was refused. 3: rows that are not taken,
    or totals that do not tie; the other rows are applied all the same when --yes was said.
    """
    if yes and login is None:
        raise click.UsageError("--yes wants --as LOGIN: a person vouches for what is applied.")
    content = file.read_bytes()
    with database().session(reads=True) as session:
        operator = registry.organisation_by_uscc(session, settings().operator_uscc)
        if within is None and operator is None:
            raise click.UsageError("There is no operator yet: say --within CODE.")
        home = within or (operator.region_code[:6] if operator else "")
        found = lists.read(session, content, registry.region(session, home).code)
        if not yes:
            bar = Bar("rows tried")
            tally = lists.try_out(session, found, bar.at)
            bar.clear()
            _say(found, tally)
            click.echo("A dry run: nothing was stored. Say --yes --as LOGIN to apply the rows.")
            sys.exit(_code(found, tally))
        user = accounts.user_by_login(session, login or "")
        if user is None:
            click.echo(f"There is no account {login}.", err=True)
            sys.exit(REFUSED)
        actor = accounts.actor_for_user(session, user.id)
    bar = Bar("rows applied")
    try:
        import_id, tally = lists.bring_in(actor, content, file.name, found, bar.at)
    except KeyboardInterrupt:
        bar.clear()
        click.echo("Interrupted: what was told is stored; the same command goes on.", err=True)
        sys.exit(INCOMPLETE)
    bar.clear()
    with database().session(reads=True) as session:
        entered = session.get_one(RegistryImport, import_id)
        tally.outcomes = lists.counts(entered)
    _say(found, tally)
    sys.exit(_code(found, tally))


def _say(found: RegisterList, tally: Tally) -> None:
    counted = ", ".join(f"{tally.outcomes[outcome]} {outcome}" for outcome in Outcome)
    click.echo(f"{len(found.rows)} rows: {counted}.")
    for what, stated, summed in lists.gap_lines(found.gaps):
        click.echo(f"{what}: stated {stated}, summed {summed}. Both are kept, neither is changed.")
    said = [*tally.refusing, *tally.telling]
    for flaw in said[:_NAMED]:
        where = f"{lists.row_name(flaw.number)}, {lists.column_name(flaw, found.head)}"
        click.echo(f"{where}: {lists.words(flaw)}")
    if len(said) > _NAMED:
        click.echo(f"… and {len(said) - _NAMED} more.")


def _code(found: RegisterList, tally: Tally) -> int:
    whole = not tally.outcomes[Outcome.REFUSED] and not lists.gap_lines(found.gaps)
    return 0 if whole else INCOMPLETE
