"""The schema as migrations make it: from nothing, like the models, guarded, and back again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.engine.interfaces import ReflectedIndex
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import checks, guards, queries
from charity.ledger.models import Entry
from charity.ledger.services import pay, post_gift, seal
from charity.ledger.services.posting import Giver
from charity.money import Money
from tests.charity.ledger.storybook import SYSTEM
from tests.fixtures import first_book
from tests.support.databases import Address
from web import db, migrate
from web.tables import ALL

assert ALL, "every table is known"

#: What the site's role could do to each table if it were granted everything.
POWERS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


@pytest.fixture
def owner_engine(empty_database: Address) -> Iterator[Engine]:
    """An empty database, reached as migrations reach it."""
    engine = db.make_engine(empty_database.owner_url)
    yield engine
    engine.dispose()


def shape(connection: Connection) -> dict[str, object]:
    """Every table with its columns, keys, indexes and checks, and every trigger, comparably."""
    inspector = inspect(connection)
    found: dict[str, object] = {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(name)],
            sorted(index_in_words(index) for index in inspector.get_indexes(name)),
            sorted(str(key) for key in inspector.get_foreign_keys(name)),
            sorted(str(check["name"]) for check in inspector.get_check_constraints(name)),
        )
        for name in inspector.get_table_names()
    }
    return found | {"triggers": sorted(triggers(connection))}


def index_in_words(index: ReflectedIndex) -> str:
    """Say what an index is, the condition of a partial one included."""
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return f"{index['name']} {index['column_names']} {index['unique']} {options}"


def triggers(connection: Connection) -> set[str]:
    """The names of the triggers that are there and switched on."""
    statement = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    )
    return set(connection.execute(text(statement)).scalars())


def test_migrations_make_what_the_models_say(empty_database: Address, owner_engine: Engine) -> None:
    migrate.upgrade(empty_database.owner_url)
    with owner_engine.connect() as connection:
        assert migrate.differences(connection) == []
        assert migrate.current(connection) == migrate.newest()


def test_an_upgrade_may_be_repeated(empty_database: Address, owner_engine: Engine) -> None:
    migrate.upgrade(empty_database.owner_url)
    with owner_engine.connect() as connection:
        before = shape(connection)
    migrate.upgrade(empty_database.owner_url)
    with owner_engine.connect() as connection:
        assert shape(connection) == before


def test_migrations_lead_down_to_nothing_and_up_again(
    empty_database: Address, owner_engine: Engine
) -> None:
    migrate.upgrade(empty_database.owner_url)
    with owner_engine.connect() as connection:
        before = shape(connection)
    migrate.downgrade(empty_database.owner_url, revision="base")
    with owner_engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        assert triggers(connection) == set()
    migrate.upgrade(empty_database.owner_url)
    with owner_engine.connect() as connection:
        assert shape(connection) == before


def test_a_book_of_the_first_revision_stays_true(
    empty_database: Address, owner_engine: Engine
) -> None:
    """Entries keep the form they were hashed in, up, down and up again; new ones follow them."""
    migrate.upgrade(empty_database.owner_url, revision="0001")
    with owner_engine.begin() as connection:
        first_book.write_first_book(connection)
    migrate.upgrade(empty_database.owner_url)
    migrate.downgrade(empty_database.owner_url, revision="0001")
    migrate.upgrade(empty_database.owner_url, application_role=migrate.role_of(empty_database.url))
    engine = db.make_engine(empty_database.url)
    with clock.at(first_book.POSTED), Session(engine) as session:
        assert checks.verify(session) == []
        assert set(session.scalars(select(Entry.form))) == {1}
        assert queries.fund_position(session, 1).in_hand == Money.yuan(10_500 - 60 - 6_000)
        told = {"fund_id": 1, "occurred_on": first_book.DAY}
        giver = Giver("donation:9", "individual")
        post_gift(session, SYSTEM, **told, amount=Money(7), source="payment:9", giver=giver)
        pay(session, SYSTEM, **told, amount=Money.yuan(4_000), source="expense:9", cost="5101")
        assert seal(session, SYSTEM, book_id=1) == 3
        session.commit()
        assert checks.verify(session) == []
    engine.dispose()


def test_every_guard_is_there(engine: Engine) -> None:
    with engine.connect() as connection:
        assert guards.triggers(engine.dialect.name) <= triggers(connection)


@pytest.mark.parametrize("table", sorted(guards.facts()))
def test_nobody_rewrites_a_fact(engine: Engine, table: str) -> None:
    """SQLite has triggers alone; on PostgreSQL the site's role has not even the right."""
    with engine.connect() as connection:
        assert {f"guard_{table}_update", f"guard_{table}_delete"} <= triggers(connection)
        if connection.dialect.name == "postgresql":
            held = {
                power
                for power in POWERS
                if connection.scalar(
                    text("SELECT has_table_privilege(current_user, :table, :power)"),
                    {"table": table, "power": power},
                )
            }
            assert held == {"SELECT", "INSERT"}


def test_the_site_may_not_change_the_schema(engine: Engine, database_url: str) -> None:
    """On PostgreSQL the suite runs as the application's role, which owns nothing."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert migrate.role_of(database_url) is None
            return
        owned = connection.scalar(
            text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        )
        assert owned == 0
        assert migrate.role_of(database_url) == connection.scalar(text("SELECT current_user"))
        assert not connection.scalar(
            text("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        )
