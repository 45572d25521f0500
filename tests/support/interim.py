"""Stand-ins for web.db and web.migrate while they are being written; this file goes away."""

import sqlalchemy as sa

from charity.base import Base


def load_models() -> None:
    from tests.test_architecture import load_models

    load_models()


def make_engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def connect(raw, record) -> None:  # type: ignore[no-untyped-def]
            raw.isolation_level = None
            for pragma in ("journal_mode=WAL", "foreign_keys=ON", "recursive_triggers=ON"):
                raw.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def begin(connection) -> None:  # type: ignore[no-untyped-def]
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def upgrade(url: str, *, application_role: str | None = None) -> None:
    load_models()
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    from charity.ledger import guards

    with engine.begin() as connection:
        for statement in guards.statements(engine.dialect.name):
            connection.exec_driver_sql(statement)
        if application_role:
            for statement in guards.grants(application_role, list(Base.metadata.tables)):
                connection.exec_driver_sql(statement)
    engine.dispose()
