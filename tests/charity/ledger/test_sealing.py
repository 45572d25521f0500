"""The chain: every entry once, in order, proved, and every lie found."""

import importlib.util
from collections import Counter

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, create_engine, inspect, select, text, update
from sqlalchemy.orm import Session

from charity.ledger import checks, merkle, tracing
from charity.ledger.canonical import link_content
from charity.ledger.guards import triggers
from charity.ledger.models import (
    Account,
    AccountDay,
    BookHead,
    FundMonth,
    Seal,
    SealedEntry,
    Unsealed,
)
from tests.charity.ledger.conftest import DAY, Bookkeeper, open_bookkeeper
from tests.conftest import SetClock
from tests.support.databases import Address
from tests.support.source import ROOT

#: Entries a bookkeeper's book begins with, sealed: the book and two funds are opened.
DEEDS = 3


def test_every_entry_is_sealed_once_in_order(session: Session, books: Bookkeeper) -> None:
    books.seal()  # the deeds that opened it
    ids = [books.give(100 + n).id for n in range(5)]
    assert books.seal() == 5
    assert books.seal() == 0
    later = books.pay(120).id
    assert books.seal() == 1
    rows = session.execute(select(SealedEntry.position, SealedEntry.entry_id)).all()
    sealed = [entry_id for _, entry_id in sorted(rows)]
    assert [position for position, _ in sorted(rows)] == list(range(DEEDS + 6))
    assert sealed[DEEDS:] == [*ids, later]
    assert not session.scalars(select(Unsealed)).all()
    assert not checks.verify(session)


def test_a_proof_leads_to_the_published_root(session: Session, books: Bookkeeper) -> None:
    entries = [books.give(100 + n) for n in range(7)]
    books.seal()
    for entry in entries:
        proof = tracing.proof_of_entry(session, entry.id)
        assert proof is not None
        assert merkle.root_of_proof(proof.leaf, proof.steps) == proof.seal.root
    assert tracing.proof_of_entry(session, books.give(1).id) is None


def test_heads_are_chained(session: Session, books: Bookkeeper) -> None:
    for fen in (10, 20, 30):
        books.give(fen)
        books.seal()
    seals = session.scalars(select(Seal).order_by(Seal.number)).all()
    assert [seal.previous for seal in seals] == [merkle.GENESIS, *[s.head for s in seals[:-1]]]
    latest = tracing.latest_seal(session, books.book.id)
    assert latest is not None
    assert latest.head == seals[-1].head


def test_a_tail_that_waits_too_long_is_reported(
    session: Session, books: Bookkeeper, clock: SetClock
) -> None:
    entry = books.give(100)
    assert not checks.verify(session)
    clock.advance(minutes=11)
    assert [(p.check, p.row) for p in checks.verify(session)] == [("unsealed", f"entry:{entry.id}")]


# ── what the owner of the database may try ───────────────────────────────────────────────────────


def guards_off(owner: Engine) -> None:
    """Take the guards away, as only the owner can; on SQLite everybody is the owner."""
    with owner.begin() as connection:
        if owner.dialect.name == "sqlite":
            for name in sorted(triggers("sqlite")):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


LIES = [
    ("UPDATE transfer SET amount = amount + 1 WHERE entry_id = 5 AND number = 0", "entry:5"),
    ("UPDATE transfer SET credit_account_id = debit_account_id + 1 WHERE entry_id = 5", "entry:5"),
    ("UPDATE entry SET occurred_on = '2026-01-01' WHERE id = 4", "entry:4"),
    ("UPDATE entry SET source = 'payment:9:succeeded' WHERE id = 6", "entry:6"),
    ("UPDATE entry SET posted_at = posted_at + 1 WHERE id = 6", "entry:6"),
    ("UPDATE entry SET posted_by = 7 WHERE id = 6", "entry:6"),
    ("UPDATE entry_note SET note = 'x' WHERE entry_id = 4", "entry_note:4"),
    ("UPDATE inflow_giver SET giver_kind = 'enterprise' WHERE inflow_id = 1", "inflow_giver:1"),
    ("UPDATE outflow SET kind = 'grant' WHERE entry_id = 6", "entry:6"),
    ("UPDATE piece SET stop = stop - 1 WHERE outflow_id = 1", "entry:6"),
    ("UPDATE sealed_entry SET leaf = digest FROM entry WHERE entry_id = id", "entry:1"),
    ("UPDATE seal SET sealed_at = sealed_at + 1 WHERE number = 1", "seal:1:1"),
    ("DELETE FROM sealed_entry WHERE position = 2", "seal:1:1"),
    ("UPDATE book_head SET seals = seals + 1", "book_head:1"),
    ("UPDATE line_head SET spent = spent + 1 WHERE line_id = 1", "line_head:1"),
    # two gifts of one amount change places: every sum still holds
    (
        "UPDATE placement SET inflow_id = -1 WHERE inflow_id = 2;"
        "UPDATE placement SET inflow_id = 2 WHERE inflow_id = 3;"
        "UPDATE placement SET inflow_id = 3 WHERE inflow_id = -1",
        "entry:5",
    ),
    # the last entry waits for the sealer
    ("UPDATE entry SET source = 'payment:9:succeeded' WHERE id = 8", "entry:8"),
    ("DELETE FROM unsealed", "entry:8"),
    (
        "INSERT INTO sealed_entry (book_id, position, entry_id, leaf)"
        " SELECT book_id, 9, 8, leaf FROM sealed_entry WHERE position = 0",
        "sealed_entry:1:9",
    ),
]


@pytest.mark.parametrize(("lie", "row"), LIES, ids=[lie for lie, _ in LIES])
def test_a_changed_row_is_named(
    fresh_database: Address, fresh_engine: Engine, lie: str, row: str
) -> None:
    with Session(fresh_engine) as session:
        books = open_bookkeeper(session)
        books.give(1_000)
        books.give(500)
        books.pay(1_200)
        books.give(500)
        books.seal()
        books.give(500)
        session.commit()
        assert not checks.verify(session)
    owner = create_engine(fresh_database.owner_url)
    guards_off(owner)
    with owner.begin() as connection:
        if owner.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        for statement in lie.split(";"):
            connection.execute(text(statement))
    owner.dispose()
    with Session(fresh_engine) as session:
        problems = [p for p in checks.verify(session) if p.check != "guards"]
    assert row in {problem.row for problem in problems}, problems


@pytest.mark.parametrize("column", ["previous", "root"])
def test_a_link_forged_with_all_that_follows_from_it_is_named(
    fresh_database: Address, fresh_engine: Engine, column: str
) -> None:
    """Who rewrites the last link knows how heads are made, and makes a fitting one."""
    with Session(fresh_engine) as session:
        books = open_bookkeeper(session)
        for fen in (1_000, 500):
            books.give(fen)
            books.seal()
        last = session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).one()
        number = last.number
        forged = {"previous": last.previous, "root": last.root, column: bytes(32)}
        content = link_content(
            book=last.book_id,
            number=last.number,
            first=last.first_position,
            entries=last.entries,
            root=forged["root"],
            sealed_at=last.sealed_at,
        )
        forged["head"] = merkle.link(forged["previous"], content)
        session.commit()
    owner = create_engine(fresh_database.owner_url)
    guards_off(owner)
    with owner.begin() as connection:
        if owner.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(update(Seal).where(Seal.number == number).values(**forged))
        connection.execute(update(BookHead).values(head=forged["head"]))
    owner.dispose()
    with Session(fresh_engine) as session:
        rows = {problem.row for problem in checks.verify(session) if problem.check != "guards"}
    assert rows == {f"seal:1:{number}"}


def test_missing_guards_are_named(fresh_database: Address, fresh_engine: Engine) -> None:
    owner = create_engine(fresh_database.owner_url)
    guards_off(owner)
    owner.dispose()
    with Session(fresh_engine) as session:
        rows = {problem.row for problem in checks.verify(session)}
    assert {f"trigger:{name}" for name in triggers(fresh_engine.dialect.name)} == rows


# ── totals ───────────────────────────────────────────────────────────────────────────────────────

KEPT = ("account_day", "fund_month", "outflow_total", "outflow_share")


def kept(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """What sealing keeps, table by table."""
    return {
        table: sorted(
            (tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=str
        )
        for table in KEPT
    }


def test_turnover_is_kept_by_the_day_an_entry_is_booked_on(
    session: Session, books: Bookkeeper
) -> None:
    books.give(1_000, fee=6)
    books.seal()
    books.give(500)
    books.pay(300)
    books.seal()
    days = session.scalars(select(AccountDay)).all()
    months = session.scalars(select(FundMonth)).all()
    codes = dict(session.execute(select(Account.id, Account.code)).all())
    for rows in (days, months):
        debit, credit = Counter[str](), Counter[str]()
        for row in rows:
            debit[codes[row.account_id]] += row.debit.fen
            credit[codes[row.account_id]] += row.credit.fen
        assert +debit == {"1009": 1_500, "5101": 300, "5301": 6, "3102": 306}
        assert +credit == {"4101.1": 1_500, "1002": 300, "1009": 6, "3101": 306}
    assert {row.day for row in days} == {DAY}
    assert {(row.month, row.fund_id) for row in months} == {(DAY.replace(day=1), books.fund.id)}


def test_the_migration_adds_up_what_was_sealed_before(
    fresh_database: Address, fresh_engine: Engine
) -> None:
    """Over a book as form 1 knew it, it keeps what sealing would have kept."""
    with Session(fresh_engine) as session:
        books = open_bookkeeper(session)
        books.give(1_000, fee=6)
        books.give(500)
        books.give(700, fund=books.other)
        books.pay(1_200)
        books.pay(650, fund=books.other)
        books.seal()
        books.give(70)
        books.pay(30)
        session.commit()
    path = next(ROOT.glob("migrations/versions/*_0002_*.py"))
    spec = importlib.util.spec_from_file_location("whole_book", path)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    owner = create_engine(fresh_database.owner_url)
    with owner.begin() as connection:
        before = kept(connection)
        assert all(before.values())
        for table in KEPT:
            connection.execute(text(f"DELETE FROM {table}"))
        with Operations.context(MigrationContext.configure(connection)):
            migration.add_up_what_is_sealed()
        assert kept(connection) == before
    owner.dispose()
