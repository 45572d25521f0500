"""Stand-ins for web.db and web.migrate while they are being written; this file goes away."""

import importlib
import pkgutil

import sqlalchemy as sa

from charity.base import Base


def load_models() -> None:
    for package in ("charity", "projects"):
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if found.name.endswith("models") or found.name.count(".") == 1:
                importlib.import_module(found.name)


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
    try:
        Base.metadata.create_all(engine)
    except sa.exc.NoReferencedTableError:
        for table in Base.metadata.tables.values():
            for key in list(table.foreign_key_constraints):
                if any(
                    e.target_fullname.split(".")[0] not in Base.metadata.tables
                    for e in key.elements
                ):
                    table.constraints.discard(key)
                    for c in key.columns:
                        c.foreign_keys = {f for f in c.foreign_keys if f.constraint is not key}
        Base.metadata.create_all(engine)
    if application_role:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {application_role}"
            )
            connection.exec_driver_sql(
                f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {application_role}"
            )
    engine.dispose()
