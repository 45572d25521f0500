"""What the database itself refuses, tried with raw statements as the site's own role."""

import re

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from charity.ledger import checks
from charity.ledger.guards import triggers
from charity.ledger.models import FACTS
from tests.charity.ledger.conftest import Bookkeeper, open_bookkeeper


@pytest.fixture
def story(session: Session) -> Bookkeeper:
    """One gift placed, partly spent, partly held, sealed; one gift waiting."""
    books = open_bookkeeper(session)
    books.give(1_000)
    books.pay(400)
    books.hold(100, "expense:held")
    books.seal()
    books.give(50)
    return books


def refusal(session: Session, statement: str) -> str:
    """What the database says against it, nothing where it does not; undone either way."""
    savepoint = session.begin_nested()
    try:
        session.execute(text(statement))
        # What PostgreSQL checks at commit is checked now.
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    except DBAPIError as error:
        return str(error.orig)
    else:
        return ""
    finally:
        savepoint.rollback()


def refused(session: Session, statement: str) -> bool:
    """Whether the database refuses."""
    return bool(refusal(session, statement))


@pytest.mark.parametrize("table", FACTS)
def test_facts_are_neither_changed_nor_deleted(
    session: Session, story: Bookkeeper, table: str
) -> None:
    column = {"seal": "number", "sealed_entry": "position", "placement": "line_id"}.get(table)
    column = column or {"transfer": "number", "piece": "start"}.get(table, "id")
    assert refused(session, f"UPDATE {table} SET {column} = {column}")
    assert refused(session, f"DELETE FROM {table}")


#: Each with the wall that must stop it, by its words: another one behind it is no substitute.
ATTACKS = {
    "late transfer": (
        "guard: late transfer",
        "INSERT INTO transfer SELECT entry_id, number + 9, book_id, debit_account_id,"
        " debit_fund_id, credit_account_id, credit_fund_id, amount FROM transfer",
    ),
    "amount of zero": (
        "ck_transfer_amount_positive",
        "INSERT INTO transfer SELECT entry_id, number, book_id, debit_account_id,"
        " debit_fund_id, credit_account_id, credit_fund_id, 0 FROM transfer",
    ),
    "same source twice": (
        "(?i)unique.*book_id.*source",
        "INSERT INTO entry SELECT id + 1000, book_id, source, kind, occurred_on,"
        " posted_at, posted_by, transfers, note_digest, digest FROM entry",
    ),
    "place with a gap": (
        "(?i)foreign key",
        "INSERT INTO placement (line_id, start, stop, number, inflow_id)"
        " SELECT line_id, 2000, 2050, 2, id FROM inflow WHERE amount = 50",
    ),
    "place over another": (
        "(?i)foreign key",
        "INSERT INTO placement (line_id, start, stop, number, inflow_id)"
        " SELECT line_id, 990, 1040, 2, id FROM inflow WHERE amount = 50",
    ),
    "place of another length": (
        "guard: placement differs",
        "INSERT INTO placement (line_id, start, stop, number, inflow_id)"
        " SELECT line_id, 1000, 1060, 2, id FROM inflow WHERE amount = 50",
    ),
    "fen consumed twice": (
        "guard: consumed twice",
        "INSERT INTO piece (outflow_id, start_offset, line_id, start, stop)"
        " SELECT outflow_id, 400, line_id, 100, 101 FROM piece",
    ),
    "fen beyond the line": (
        "guard: beyond the line",
        "INSERT INTO piece (outflow_id, start_offset, line_id, start, stop)"
        " SELECT outflow_id, 400, line_id, 1000, 1001 FROM piece",
    ),
    "fen beyond the outflow": (
        "guard: beyond the outflow",
        "INSERT INTO piece (outflow_id, start_offset, line_id, start, stop)"
        " SELECT outflow_id, 400, line_id, 400, 401 FROM piece",
    ),
    "head beyond what is placed": (
        "not_overspent",
        "UPDATE line_head SET spent = placed_end + 1",
    ),
    "hold beyond what is free": (
        "not_overspent",
        "INSERT INTO hold (source, line_id, amount) SELECT 'expense:x', line_id, 501 FROM hold",
    ),
    "hold changed": (
        "guard: a hold",
        "UPDATE hold SET amount = amount - 1",
    ),
    "outflow of another amount": (
        "(?i)foreign key",
        "INSERT INTO outflow (id, entry_id, number, fund_id, amount, kind)"
        " SELECT 900, entry_id, 1, fund_id, amount + 1, kind FROM outflow",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_is_refused(session: Session, story: Bookkeeper, attack: str) -> None:
    words, statement = ATTACKS[attack]
    assert re.search(words, refusal(session, statement))


def test_an_entry_cannot_reach_into_another_book(session: Session, story: Bookkeeper) -> None:
    session.execute(
        text(
            "INSERT INTO organisation (id, name, kind, uscc, region_code, introduction,"
            " contact_name, contact_phone, is_charity, state, registered_at, verification_note)"
            " SELECT 900, '乙', kind, '52420704MJH000027A', region_code, '', '', '', is_charity,"
            " state, registered_at, '' FROM organisation"
        )
    )
    session.execute(
        text("INSERT INTO book (id, organisation_id, name, opened_on)"
             " SELECT 900, 900, '乙账', opened_on FROM book")
    )  # fmt: skip
    session.execute(text("INSERT INTO account (id, book_id, code) VALUES (900, 900, '1002')"))
    assert refused(
        session,
        "INSERT INTO transfer SELECT entry_id, number, book_id, 900, NULL, credit_account_id,"
        " NULL, 7 FROM transfer WHERE number = 0",
    )


def test_replace_and_truncate(session: Session, story: Bookkeeper) -> None:
    if session.get_bind().dialect.name == "sqlite":
        assert refused(session, "INSERT OR REPLACE INTO entry SELECT * FROM entry")
    else:
        assert refused(session, "TRUNCATE entry CASCADE")
        assert refused(session, "TRUNCATE entry_note")


def test_every_guard_is_in_the_migrated_database(engine: Engine) -> None:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        present = set(connection.scalars(text(query[engine.dialect.name])))
    assert triggers(engine.dialect.name) <= present


def test_an_uncovered_outflow_is_refused_at_commit(fresh_engine: Engine) -> None:
    """PostgreSQL refuses at commit; on SQLite the checks find it (docs/architecture.md)."""
    with Session(fresh_engine) as session:
        books = open_bookkeeper(session)
        entry = books.give(1_000)
        books.pay(100)
        session.commit()
        row = {"e": entry.id, "f": books.fund.id}
        session.execute(
            text(
                "INSERT INTO outflow (entry_id, number, fund_id, amount, kind)"
                " SELECT :e, 0, :f, amount, 'expense' FROM transfer"
                " WHERE entry_id = :e AND number = 0"
            ),
            row,
        )
        if fresh_engine.dialect.name == "postgresql":
            with pytest.raises(IntegrityError):
                session.commit()
        else:
            session.commit()
            assert "pieces" in {problem.check for problem in checks.verify(session)}


def test_an_entry_without_its_transfers_is_refused_at_commit(fresh_engine: Engine) -> None:
    """PostgreSQL refuses at commit; on SQLite the checks find it (docs/architecture.md)."""
    with Session(fresh_engine) as session:
        open_bookkeeper(session).give(1_000)
        session.commit()
        session.execute(
            text(
                "INSERT INTO entry SELECT id + 1000, book_id, 'gift:hollow', kind, occurred_on,"
                " posted_at, posted_by, transfers, note_digest, digest FROM entry"
            )
        )
        if fresh_engine.dialect.name == "postgresql":
            with pytest.raises(IntegrityError, match="lacks transfers"):
                session.commit()
        else:
            session.commit()
            assert "transfers" in {problem.check for problem in checks.verify(session)}


def test_a_piece_added_to_what_was_committed_is_refused(fresh_engine: Engine) -> None:
    """No later act widens an outflow that is covered already."""
    with Session(fresh_engine) as session:
        books = open_bookkeeper(session)
        books.give(1_000)
        books.pay(400)
        session.commit()
        words, statement = ATTACKS["fen beyond the outflow"]
        assert re.search(words, refusal(session, statement))
