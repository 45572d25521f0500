"""`wushe ledger verify`: the book is true, until the owner of the database changes one row."""

import pytest
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.orm import Session

from charity.ledger.guards import triggers
from charity.ledger.models import Transfer
from charity.money import Money
from tests.flows.village import settle
from tests.support.live import Installation
from web import db


@pytest.fixture
def told(installation: Installation) -> Installation:
    """The main story, committed: gifts, an expense paid, everything sealed by the command."""
    engine = db.make_engine(installation.address.url)
    with Session(engine, expire_on_commit=False) as session:
        village = settle(session, installation.folder / "files")
        partner = village.register_partner()
        village.verify(partner)
        project = village.draft(partner)
        village.publish(project)
        for yuan in ("200", "3000", "1500.50"):
            village.give(project, yuan)
        village.bank("4700.50")
        village.approve_and_pay(village.submit(project, "3000", 1, "记-1"))
        session.commit()
    engine.dispose()
    sealed = installation.wushe("ledger", "seal")
    assert sealed.returncode == 0, sealed.stderr
    return installation


def take_guards_away(installation: Installation, statement: str) -> None:
    """What only the owner can do: the guards off, one row changed, the guards on again."""
    engine = create_engine(installation.address.owner_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
        else:
            query = "SELECT sql FROM sqlite_master WHERE name = 'guard_transfer_update'"
            trigger = connection.scalar(text(query))
            assert trigger is not None
            connection.execute(text("DROP TRIGGER guard_transfer_update"))
            connection.execute(text(statement))
            connection.execute(text(trigger))
    engine.dispose()


def test_a_true_book_says_so(told: Installation) -> None:
    verified = told.wushe("ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "5" in verified.stdout


def test_one_fen_changed_by_the_owner_is_named(told: Installation) -> None:
    engine = create_engine(told.address.url)
    with Session(engine) as session:
        entry_id = session.scalar(
            select(Transfer.entry_id).where(Transfer.amount == Money(300_000))
        )
    engine.dispose()
    take_guards_away(
        told, f"UPDATE transfer SET amount = amount + 1 WHERE entry_id = {entry_id} AND number = 0"
    )
    verified = told.wushe("ledger", "verify")
    assert verified.returncode == 1
    assert f"entry:{entry_id}" in verified.stdout + verified.stderr


def test_guards_left_off_are_named(told: Installation) -> None:
    engine = create_engine(told.address.owner_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE entry DISABLE TRIGGER guard_entry_delete"))
        else:
            connection.execute(text("DROP TRIGGER guard_entry_delete"))
        assert "entry" in inspect(connection).get_table_names()
    assert "guard_entry_delete" in triggers(engine.dialect.name)
    engine.dispose()
    verified = told.wushe("ledger", "verify")
    assert verified.returncode == 1
    assert "guard_entry_delete" in verified.stdout + verified.stderr
