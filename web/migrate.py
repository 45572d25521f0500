"""The schema of the database: Alembic driven from code, and the application's grants."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url

import migrations
from charity.base import Base
from web import tables
from web.db import make_engine


def metadata() -> MetaData:
    """Every table of the house."""
    return Base.metadata if tables.ALL else MetaData()


def configuration(
    connection: Connection | None = None, application_role: str | None = None
) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option(
        "file_template",
        "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(rev)s_%%(slug)s",
    )
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, application_role=application_role)
    return config


def role_of(url: str) -> str | None:
    """The role a PostgreSQL URL signs in as; None for SQLite, which has no roles."""
    parsed = make_url(url)
    return parsed.username if parsed.get_backend_name() == "postgresql" else None


def upgrade(url: str, *, application_role: str | None = None, revision: str = "head") -> None:
    """Bring the database, reached as its owner, to a revision; grant to the application's role."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            command.upgrade(configuration(connection, application_role), revision)
    finally:
        engine.dispose()


def downgrade(url: str, *, revision: str) -> None:
    """Take the database back to an earlier revision (`base` for none)."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            command.downgrade(configuration(connection), revision)
    finally:
        engine.dispose()


def newest() -> str | None:
    """The newest revision the code knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection) -> list[str]:
    """What the models say and the migrated database does not, one line each."""

    def here(thing: object, *_: object) -> bool:
        """Whether the models mean this database (`charity.base.sqlite_only`)."""
        return getattr(thing, "info", {}).get("only") in {None, connection.dialect.name}

    opts = {"compare_type": True, "include_object": here}
    context = MigrationContext.configure(connection, opts=opts)
    return [repr(difference) for difference in compare_metadata(context, metadata())]
