"""The owner of the database, who has taken every wall away that an owner can take away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import checks, export
from charity.ledger import services as ledger
from charity.ledger.guards import triggers
from tests.charity.ledger.conftest import SYSTEM
from tests.charity.ledger.whole_book import populate
from tests.support.databases import Databases


@dataclass
class Target:
    """A committed book, its connection as the owner, and what a true export says."""

    connection: Connection
    exported: bytes

    def session(self) -> Session:
        return Session(self.connection, join_transaction_mode="create_savepoint")

    def problems(self) -> list[checks.Problem]:
        with self.session() as session:
            return [one for one in checks.verify(session) if one.check != "guards"]

    def export(self) -> bytes:
        with self.session() as session:
            return b"".join(export.lines(session))


def open_target(databases: Databases, *, rounds: int, many: int = 0) -> Iterator[Target]:
    address = databases.migrated()
    engine = create_engine(address.owner_url)
    if databases.kind == "sqlite":
        event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with Session(engine) as session:
        populate(session, rounds=rounds, many=many)
        with clock.at(clock.instant(1_770_400_000_000_000)):
            ledger.publish_days(session, SYSTEM, before=date(2026, 2, 7))
        session.commit()
    with engine.begin() as connection:
        take_walls_away(connection)
    with engine.connect() as connection:
        yield Target(connection, Target(connection, b"").export())
    engine.dispose()
    databases.drop(address)


def take_walls_away(connection: Connection) -> None:
    """Drop what the owner of the tables can drop: triggers, references, checks, unique keys.

    One key stays, by which posting knows what is posted: a tail is written anew with our verbs.
    """
    if connection.dialect.name == "sqlite":
        for name in sorted(triggers("sqlite")):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    query = """
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype IN ('f', 'c', 'u') AND connamespace = 'public'::regnamespace
          AND conname <> 'uq_entry_book_id_source'
        ORDER BY contype <> 'f'
    """
    for table, name in connection.exec_driver_sql(query).all():
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for table in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@contextmanager
def undone(target: Target) -> Iterator[None]:
    """A transaction of the owner that is undone in the end."""
    if target.connection.dialect.name == "sqlite":
        target.connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        target.connection.rollback()
