"""Is this installation fit to work: findings by name, for `/readyz` and `wushe doctor`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from charity.ledger import guards
from web import migrate
from web.db import database
from web.ports import ports, settings


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; an empty sentence means it is well."""

    name: str
    sentence: str = ""
    is_fatal: bool = False


def findings() -> list[Finding]:
    """Look at everything, the database first: without it the rest is not asked."""
    try:
        with database().reading_engine.connect() as connection:
            return [
                Finding("database"),
                _revision(connection),
                _guards(connection),
                _rights(connection),
                *_around(),
            ]
    except SQLAlchemyError as error:
        return [Finding("database", f"does not answer ({type(error).__name__})", is_fatal=True)]


def _revision(connection: Connection) -> Finding:
    at, newest = migrate.current(connection), migrate.newest()
    if at == newest:
        return Finding("revision")
    said = f"the database is at {at}, the code at {newest}: run `wushe db upgrade`"
    return Finding("revision", said, is_fatal=True)


def _guards(connection: Connection) -> Finding:
    """Every trigger that keeps the book append-only must be there."""
    dialect = connection.dialect.name
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    missing = guards.triggers(dialect) - set(connection.scalars(text(query)))
    if not missing:
        return Finding("guards")
    return Finding("guards", f"missing: {', '.join(sorted(missing))}", is_fatal=True)


def _rights(connection: Connection) -> Finding:
    """On PostgreSQL the site's role must not be able to rewrite the book."""
    if connection.dialect.name == "sqlite":
        return Finding("rights", "who can write wushe.db can rewrite the book; triggers guard it")
    if not inspect(connection).has_table("entry"):
        return Finding("rights")
    may = connection.scalar(
        text(
            "SELECT has_table_privilege('entry', 'UPDATE')"
            " OR has_table_privilege('entry', 'DELETE')"
            " OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'entry'::regclass),"
            " 'USAGE')"
        )
    )
    if not may:
        return Finding("rights")
    return Finding(
        "rights",
        "this role could rewrite the book: give the site its own role (WUSHE_DATABASE_URL) and "
        "keep the owner's for migrations (WUSHE_OWNER_DATABASE_URL)",
    )


def _around() -> list[Finding]:
    payments = "the sandbox: no real money moves" if ports().gateway.is_sandbox else ""
    secure = "" if settings().is_secure else "plain http: for this machine only"
    return [Finding("payments", payments), Finding("transport", secure)]
