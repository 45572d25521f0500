"""`wushe search …`: build the index, and hold it against the database."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from search import IndexBusy, IndexUnavailable
from web import indexing
from web.db import database
from web.ports import ports
from web.search_jobs import check_index

search_commands = AppGroup("search", help="The search index.")


@search_commands.command("rebuild")
@click.option("--if-missing", is_flag=True, help="Only when the index is empty.")
def search_rebuild(if_missing: bool) -> None:
    """Build the index anew from the database, beside the one in use."""
    if if_missing and not indexing.is_missing(ports().index):
        return
    with database().session(reads=True) as session:
        count = indexing.rebuild(session, ports().index, _progress)
    click.echo(f"Indexed {count} documents.")


@search_commands.command("check")
@click.option("--repair", is_flag=True, help="Put right what differs.")
def search_check(repair: bool) -> None:
    """Hold the index against the database; exit 1 when they differ and are left so."""
    try:
        drift = check_index(repairing=repair)
    except IndexBusy as error:
        raise click.ClickException("something else writes the index; try again later") from error
    except IndexUnavailable as error:
        raise click.ClickException("there is no index: run `wushe search rebuild`") from error
    click.echo(
        f"{drift.documents} documents: {len(drift.missing)} missing, {len(drift.stale)} stale,"
        f" {len(drift.left_over)} left over."
    )
    if drift.ids and not repair:
        raise click.ClickException("repair it with `wushe search check --repair`")


def _progress(done: int) -> None:
    if done and done % 5_000 == 0:
        click.echo(f"{done} …")
