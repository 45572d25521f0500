"""`wushe`: one command for everything one does with an installation from a terminal."""

from __future__ import annotations

import os
import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo

from charity import clock
from charity.accounts import factor
from charity.accounts import queries as accounts
from charity.actor import Actor
from charity.errors import DomainError
from charity.registry import queries as registry
from web import (
    create_app,
    founding,
    indexing,
    jobs,
    listing_commands,
    migrate,
    register_commands,
    server,
)
from web import worker as consumer
from web.audit_commands import audit_commands
from web.config import SettingError
from web.db import database
from web.demo import load as demo
from web.demo import people
from web.import_commands import import_commands
from web.labels import sentence
from web.ledger_commands import ledger_commands
from web.ports import ports, settings
from web.readiness import findings
from web.rules import register
from web.search_commands import search_commands
from web.venture_commands import venture_commands

COMMAND = Actor.system("command")


def _make() -> Flask:
    try:
        return create_app()
    except SettingError as error:
        raise click.ClickException(str(error)) from None


group = AppGroup("wushe", help="Wushe (五社汇): the site, its worker and its books.")


def main() -> None:
    """Run the command named on the command line; errors end in a sentence and code 1."""
    try:
        group.main(prog_name="wushe", obj=ScriptInfo(create_app=_make, set_debug_flag=False))
    except DomainError as error:
        with _make().app_context():
            click.echo(sentence(error.reason, error.params), err=True)
        sys.exit(1)


# ── db ───────────────────────────────────────────────────────────────────────────────────────────

db_commands = AppGroup("db", help="The schema of the database.")
group.add_command(db_commands)


@db_commands.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to the newest revision and grant to the application's role."""
    migrate.upgrade(settings().owner_url, application_role=migrate.role_of(settings().url))
    click.echo(f"The database is at {migrate.newest()}.")


@db_commands.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do it; without this nothing changes.")
def db_downgrade(revision: str, yes: bool) -> None:
    """Take the schema back to REVISION (`base`: drop everything)."""
    if not yes:
        click.echo(f"Would go back to {revision} and lose what later tables hold; say --yes.")
        return
    migrate.downgrade(settings().owner_url, revision=revision)
    click.echo(f"The database is at {revision}.")


@db_commands.command("check")
def db_check() -> None:
    """Compare the database with the models; exit 1 when they differ."""
    with database().engine.connect() as connection:
        at = migrate.current(connection)
        found = migrate.differences(connection)
    for line in found:
        click.echo(line)
    if found or at != migrate.newest():
        raise click.ClickException(
            f"at {at}, newest is {migrate.newest()}; {len(found)} differences"
        )
    click.echo("The models and the database say the same.")


# ── the site ─────────────────────────────────────────────────────────────────────────────────────


@group.command("run")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Where to listen; default PORT or 8000."
)
def run(port: int | None) -> None:
    """Serve the site and work, together; Ctrl-C stops both."""
    for finding in findings():
        if finding.is_fatal:
            raise click.ClickException(f"{finding.name}: {finding.sentence}")
    with database().session(reads=True) as session:
        greeting = people.greeting() if people.is_here(session) else []
    database().engine.dispose()
    sys.exit(server.run_together(port or settings().port, greeting))


@group.command("serve")
@click.option("--bind", help="host:port; default 127.0.0.1 and PORT.")
@click.option("--quiet", is_flag=True, help="No line per request.")
def serve(bind: str | None, quiet: bool) -> None:
    """Serve the site with gunicorn."""
    chosen = settings()
    server.serve(bind or f"127.0.0.1:{chosen.port}", chosen.workers, quiet=quiet)


@group.command("worker")
@click.option("--quiet", is_flag=True, help="Speak of failures only.")
def worker(quiet: bool) -> None:
    """Do what no visitor waits for, until stopped."""
    server.log_to_terminal(quiet=quiet)
    consumer.run(_app())


@group.command("doctor")
def doctor() -> None:
    """Look the installation over; exit 1 when something keeps it from working."""
    found = findings()
    for finding in found:
        mark = "ok  " if not finding.sentence else "BAD " if finding.is_fatal else "note"
        click.echo(f"{mark} {finding.name}{': ' if finding.sentence else ''}{finding.sentence}")
    if any(finding.is_fatal for finding in found):
        sys.exit(1)


@group.command("rules")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when it is behind the code.")
def rules(check: bool) -> None:
    """Write docs/rules.md: every rule, its figures, what enforces it and which test holds it."""
    path = register.ROOT / register.PAGE
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    if written == (page := register.page()):
        click.echo(f"{register.PAGE} is up to date.")
        return
    if check:
        raise click.ClickException(f"{register.PAGE} is behind the code: run `wushe rules`")
    path.write_text(page, encoding="utf-8")
    click.echo(f"{register.PAGE} is written.")
    for rule_id in register.unkept():
        click.echo(f"nothing keeps or promises {rule_id}")


# ── the book ─────────────────────────────────────────────────────────────────────────────────────

group.add_command(ledger_commands)


# ── spot checks ──────────────────────────────────────────────────────────────────────────────────

group.add_command(audit_commands)


# ── competitions ─────────────────────────────────────────────────────────────────────────────────

group.add_command(venture_commands)


# ── files that come in ───────────────────────────────────────────────────────────────────────────

group.add_command(import_commands)
#: The commands for lists; importing them hangs them into the group above.
LISTS = (register_commands.organisations, listing_commands.needs, listing_commands.resources)


# ── search, demo, users ──────────────────────────────────────────────────────────────────────────

group.add_command(search_commands)


demo_commands = AppGroup("demo", help="The demo district.")
group.add_command(demo_commands)


@demo_commands.command("load")
@click.option("--once", is_flag=True, help="Do nothing when it is there already.")
def demo_load(once: bool) -> None:
    """Load the demo district through the services; an interrupted loading begins again."""
    if settings().is_production:
        raise click.ClickException("The demo is not loaded when WUSHE_ENV=production.")
    if _is_there() and demo.was_interrupted(settings()):
        click.echo("The last loading was interrupted; beginning again.")
        _empty_again()
    if not _is_there():
        demo.load(_app(), echo=click.echo)
        # the index first, so that what happened while loading finds one
        with database().session(reads=True) as session:
            indexing.rebuild(session, ports().index)
        jobs.catch_up()
    elif not once:
        raise click.ClickException("There are organisations already; the demo wants an empty base.")


@demo_commands.command("code")
@click.argument("account")
def demo_code(account: str) -> None:
    """Print the code that ACCOUNT of the demo gives as its second factor now; each counts once."""
    if settings().is_production:
        raise click.ClickException("There are no demo codes when WUSHE_ENV=production.")
    with database().session(reads=True) as session:
        user = accounts.user_by_login(session, account)
        held = None if user is None else accounts.second_factor(session, user.id)
    known = any(person.login == account for person in people.ACCOUNTS)
    if held is None or not known:
        raise click.ClickException(f"The demo has no account {account} with a second factor.")
    step = max(factor.step_at(clock.now()), held.last_step + 1)
    click.echo(factor.code_of(people.device_secret(account), step))


def _is_there() -> bool:
    with database().session(reads=True) as session:
        return not registry.is_empty(session)


def _empty_again() -> None:
    database().engine.dispose()
    try:
        demo.start_again(settings())
    except demo.NotOurs:
        raise click.ClickException(
            "The database is half full of the demo. Make it anew on the server (dropdb, createdb), "
            "then: wushe db upgrade."
        ) from None


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


group.add_command(founding.operator_commands)

group.add_command(founding.users_commands)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
