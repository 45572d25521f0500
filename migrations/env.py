"""Runs migrations in the connection it is given, then sets the guards and the grants.

One transaction on both databases: a migration that fails leaves nothing. The owner runs it. At the
newest revision every guard of `charity.ledger.guards` is set anew, so a rebuilt table can never
lose its triggers unseen; on PostgreSQL the application's role then gets its rights, and no more.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from charity.base import FenType, UtcDateTime
from charity.ledger import guards
from web import migrate

#: Serialises two upgrades started at once on PostgreSQL ("wushe" in ASCII).
ADVISORY_LOCK = 0x7775736865


def run() -> None:
    """Migrate inside the caller's transaction."""
    connection: Connection = context.config.attributes["connection"]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    context.configure(
        connection=connection,
        target_metadata=migrate.metadata(),
        compare_type=True,
        render_item=render_plainly,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if migrate.current(connection) == migrate.newest() is not None:
        set_guards(connection)
        grant(connection, context.config.attributes.get("application_role"))


def render_plainly(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write the database's own types into a migration: ours may change later, it may not."""
    if kind == "type" and isinstance(thing, FenType):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def set_guards(connection: Connection) -> None:
    """Take every guard away and set them as the code says."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard%'")
        for name in connection.scalars(query).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for statement in guards.removal(connection.dialect.name):
        connection.exec_driver_sql(statement)
    for statement in guards.statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def grant(connection: Connection, role: str | None) -> None:
    """Give the application's role its rights, where it is not the owner itself."""
    owner = make_url(str(connection.engine.url)).username
    if role is None or role == owner or connection.dialect.name != "postgresql":
        return
    for statement in guards.grants(role, inspect(connection).get_table_names()):
        connection.exec_driver_sql(statement)


run()
