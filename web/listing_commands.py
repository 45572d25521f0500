"""`wushe import needs|resources`: lists from spreadsheets, tried first and then brought in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from charity.accounts import queries as accounts
from charity.actor import Actor
from charity.errors import DomainError
from charity.registry import queries as registry
from charity.registry.models import Organisation
from projects.listings.queries.importing import Bringing, ListingOutcome
from projects.listings.reading import ListingList, ListKind
from web.db import database
from web.forces.lists import row_name
from web.import_commands import INCOMPLETE, REFUSED, import_commands
from web.labels import sentence
from web.listing_imports import lists
from web.listing_imports.lists import ListingTally
from web.ports import settings
from web.verifying import Bar

#: Rows with a problem that are named one by one.
_NAMED = 30


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands take."""
    for option in reversed(
        (
            click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
            click.option("--as", "login", required=True, help="Login name of who brings it."),
            click.option("--organisation", type=int, help="Number of the posting organisation."),
            click.option("--within", help="Code of the place the list is of."),
            click.option("--source", default="", help="Where its row numbers are unique."),
            click.option("--yes", is_flag=True, help="Bring it in; without this nothing changes."),
        )
    ):
        command = option(command)
    return command


@import_commands.command("needs")
@_options
@click.option("--confirm", is_flag=True, help="Confirm what this person dispatches, at once.")
@click.option("--campaign", "campaign_id", type=int, help="Where money and goods go.")
def needs(**said: Any) -> None:
    """Read a list of needs (CSV, XLSX); with --yes bring in the rows that are right.

    The same list again brings nothing twice. Exit code 0: every row was taken or is there; 1: the
    file was refused; 3: rows that are not taken, the others come in when --yes was said.
    """
    _run(ListKind.NEEDS, **said)


@import_commands.command("resources")
@_options
def resources(**said: Any) -> None:
    """Read a list of resources (CSV, XLSX); with --yes bring in the rows that are right.

    Exit codes as of `needs`.
    """
    _run(ListKind.RESOURCES, confirm=False, campaign_id=None, **said)


def _run(
    kind: ListKind,
    *,
    file: Path,
    login: str,
    organisation: int | None,
    within: str | None,
    source: str,
    yes: bool,
    confirm: bool,
    campaign_id: int | None,
) -> None:
    bringing = Bringing(kind, organisation, source[:50], confirm, campaign_id)
    try:
        actor, found, tally = _tried(file.read_bytes(), login, within, bringing)
        if yes:
            bar = Bar("rows brought in")
            tally = lists.bring_in(actor, found, bringing, bar.at)
            bar.clear()
    except DomainError as refusal:
        click.echo(f"Refused: {sentence(refusal.reason, refusal.params)}", err=True)
        sys.exit(REFUSED)
    _say(found, tally)
    if not yes:
        click.echo("A dry run: nothing was stored. Say --yes to bring in the rows.")
    sys.exit(INCOMPLETE if tally.outcomes[ListingOutcome.REFUSED] else 0)


def _tried(
    content: bytes, login: str, within: str | None, bringing: Bringing
) -> tuple[Actor, ListingList, ListingTally]:
    """Who brings it, the list, and what would become of it, in a transaction that only reads."""
    with database().session(reads=True) as session:
        user = accounts.user_by_login(session, login)
        if user is None:
            raise click.UsageError(f"There is no account {login}.")
        operator: Organisation | None = None
        if within is None:
            operator = registry.organisation_by_uscc(session, settings().operator_uscc)
        home = within or (operator.region_code[:6] if operator else "")
        if not home:
            raise click.UsageError("There is no operator yet: say --within CODE.")
        actor = accounts.actor_for_user(session, user.id)
        found = lists.read(session, content, bringing.kind, registry.region(session, home).code)
        return actor, found, lists.try_out(session, actor, found, bringing)


def _say(found: ListingList, tally: ListingTally) -> None:
    counted = ", ".join(f"{tally.outcomes[outcome]} {outcome}" for outcome in ListingOutcome)
    click.echo(f"{len(found.rows)} rows: {counted}.")
    for reason, count in tally.kinds:
        click.echo(f"{count} x {sentence(reason)}")
    told = [flaw for flaw in tally.told if flaw.refuses]
    for flaw in told[:_NAMED]:
        where = f"{row_name(flaw.number)}, {lists.column_name(flaw, found.head)}"
        click.echo(f"{where}: {sentence(flaw.reason, flaw.params)}")
    if len(told) > _NAMED:
        click.echo(f"… and {len(told) - _NAMED} more.")
