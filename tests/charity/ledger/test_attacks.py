"""What the owner of the database can do to sealed rows with every guard off, and who finds it.

Columns come from the metadata, so that a new one is attacked from the day it is there. Each attack
changes one row of a book in which everything has happened, and is undone. `verify` must find each;
where an export shows it, the script of the standard library must too.
"""

import io
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Enum,
    Table,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import clock
from charity.base import Base
from charity.ledger import checks
from charity.ledger import services as ledger
from charity.ledger.models import (
    ERASABLE,
    FACTS,
    AccountDay,
    BookHead,
    DayHead,
    FundFlow,
    FundMonth,
    LineHead,
    OutflowShare,
    OutflowTotal,
    Piece,
    Placement,
    Seal,
    SealedEntry,
)
from charity.ledger.services.flows import keep_flows
from charity.ledger.services.totals import keep_totals
from charity.money import Money
from tests.charity.ledger.conftest import SYSTEM
from tests.charity.ledger.owner import Target, open_target, undone
from tests.support.databases import Databases
from tests.support.source import ROOT

TABLES = [Base.metadata.tables[name] for name in FACTS]
#: What the database computes itself cannot be changed even by its owner.
COLUMNS = [column for table in TABLES for column in table.columns if column.computed is None]
BESIDE = [Base.metadata.tables[name] for name in ERASABLE]
#: A date, key or number nobody has.
FAR = 1_000_003
SCRIPT = compile((ROOT / "docs" / "check_book.py").read_text(), "check_book.py", "exec")


@pytest.fixture(scope="module")
def whole(databases: Databases) -> Iterator[Target]:
    """About 60 entries of every kind."""
    yield from open_target(databases, rounds=1)


@pytest.fixture(scope="module")
def thousand(databases: Databases) -> Iterator[Target]:
    """About 1,000 entries."""
    yield from open_target(databases, rounds=3, many=900)


@pytest.fixture
def target(whole: Target) -> Iterator[Target]:
    with undone(whole):
        yield whole


# ── columns ──────────────────────────────────────────────────────────────────────────────────────


def forged(column: Column[Any], value: Any, others: list[Any]) -> Iterator[Any]:
    """Values an owner might write instead: first what another row has, then what none has."""
    if not isinstance(column.type, Enum) and column.foreign_keys:
        yield from (other for other in others if other not in (value, None))
    if value is None:
        yield {int: 1, bytes: bytes(32), date: date(2027, 1, 1)}.get(column.type.python_type, "x")
    elif isinstance(column.type, Enum):
        yield from (one for one in column.type.enum_class or () if one is not value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, Money):
        yield Money(value.fen + 1)
    elif isinstance(value, int):
        yield from (value + 1, value + FAR)
    elif isinstance(value, bytes):
        yield bytes(255 - byte for byte in value)
    elif isinstance(value, date):
        yield from (value + timedelta(days=1), value + timedelta(days=FAR % 1000))
    else:
        yield value + "x"


def change(connection: Connection, column: Column[Any], chance: random.Random) -> str:
    """Change the column in one row; what was done, in words."""
    rows = connection.execute(select(column.table).order_by(*column.table.primary_key)).all()
    filled = [row for row in rows if getattr(row, column.name) is not None] or rows
    row = chance.choice(filled)
    value = getattr(row, column.name)
    others = [getattr(one, column.name) for one in chance.sample(rows, min(4, len(rows)))]
    where = [key == getattr(row, key.name) for key in column.table.primary_key]
    for new in forged(column, value, others):
        try:
            with connection.begin_nested():
                statement = update(column.table).where(*where).values({column.name: new})
                assert connection.execute(statement).rowcount == 1
        except IntegrityError:
            continue
        return f"{column}: {value!r} → {new!r} at {row}"
    raise AssertionError(f"no change of {column} was possible")


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_of_every_fact(target: Target, column: Column[Any]) -> None:
    done = change(target.connection, column, random.Random(str(column)))
    assert target.problems(), done
    if (exported := target.export()) != target.exported:
        assert refuses(exported), done


@pytest.mark.parametrize(
    "column", [c for table in BESIDE for c in table.columns if not c.primary_key], ids=str
)
def test_every_column_of_what_lies_beside(target: Target, column: Column[Any]) -> None:
    done = change(target.connection, column, random.Random(str(column)))
    assert target.problems(), done


def test_a_thousand_sealed_rows(thousand: Target) -> None:
    """At the size of a small book: a column here and there, of any row."""
    chance = random.Random(1000)
    sealed = thousand.connection.scalar(select(func.count()).select_from(SealedEntry))
    assert sealed is not None
    assert sealed > 1000
    thousand.connection.rollback()
    for column in chance.sample(COLUMNS, 12):
        with undone(thousand):
            done = change(thousand.connection, column, chance)
            assert thousand.problems(), done


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def rows_of(connection: Connection, table: Table) -> list[Any]:
    return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def remove(connection: Connection, table: Table, row: Any) -> None:
    where = [key == getattr(row, key.name) for key in table.primary_key]
    assert connection.execute(delete(table).where(*where)).rowcount == 1


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_a_deleted_row(target: Target, table: Table) -> None:
    rows = rows_of(target.connection, table)
    row = random.Random(table.name).choice(rows[:-1] or rows)
    remove(target.connection, table, row)
    assert target.problems(), row
    if (exported := target.export()) != target.exported:
        assert refuses(exported), row


def test_the_last_head_of_a_day_deleted(target: Target) -> None:
    """It might not be made yet; whoever kept it knows better."""
    published = list(checks.read_heads(kept_heads(target.connection)))
    last = rows_of(target.connection, Base.metadata.tables["day_head"])[-1]
    remove(target.connection, Base.metadata.tables["day_head"], last)
    with target.session() as session:
        lost = [one.row for one in checks.heads_stand(session, published)]
    assert lost == [f"day_head:{last.day}"]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_two_rows_swapped(target: Target, table: Table) -> None:
    connection, keys = target.connection, {key.name for key in table.primary_key}
    rows = rows_of(connection, table)
    names = [c.name for c in table.columns if c.name not in keys and c.computed is None]

    def rest(row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in names}

    different = [pair for pair in pairwise(rows) if rest(pair[0]) != rest(pair[1])]
    if table.name in {"book", "fund_closing", "purpose_decision", "closing"}:
        assert len(rows) <= 2  # of the great acts there are one or two
    if not different:
        return
    one, other = different[len(different) // 2]
    for row in (one, other):
        remove(connection, table, row)
    for row, partner in ((one, other), (other, one)):
        key = {name: getattr(row, name) for name in keys}
        connection.execute(insert(table).values(**key, **rest(partner)))
    assert target.problems(), (one, other)
    if (exported := target.export()) != target.exported:
        assert refuses(exported), (one, other)


@pytest.mark.parametrize(
    ("table", "check"),
    [
        (AccountDay, "totals"),
        (FundMonth, "totals"),
        (FundFlow, "flows_kept"),
        (OutflowTotal, "backing"),
        (OutflowShare, "backing"),
    ],
)
def test_a_kept_total(target: Target, table: type[Base], check: str) -> None:
    find = next(one.find for one in checks.CHECKS if one.name == check)
    for column in table.__table__.columns:
        with target.connection.begin_nested() as savepoint:
            done = change(target.connection, column, random.Random(str(column)))
            with target.session() as session:
                assert list(find(session, lambda *_: None)), done
            savepoint.rollback()


# ── the tail ─────────────────────────────────────────────────────────────────────────────────────


def kept_heads(connection: Connection) -> list[str]:
    """What somebody wrote down from /proof."""
    days = connection.execute(select(DayHead.day, DayHead.head)).all()
    seals = connection.execute(select(Seal.book_id, Seal.number, Seal.head)).all()
    return [f"{day} {head.hex()}" for day, head in days] + [
        f"seal {book} {number} {head.hex()}" for book, number, head in seals
    ]


def cut_tail(session: Session) -> None:
    """Take the last day off, and make everything that is kept or computed fit again."""
    connection = session.connection()
    last = connection.execute(select(DayHead).order_by(DayHead.day.desc()).limit(1)).one()
    first = checks.published.start_of(last.day)
    connection.execute(delete(DayHead).where(DayHead.day == last.day))
    for seal in connection.execute(select(Seal.__table__).where(Seal.sealed_at >= first)).all():
        cut_seal(connection, seal)
        before = connection.execute(
            select(Seal.__table__).where(
                Seal.book_id == seal.book_id, Seal.number == seal.number - 1
            )
        ).one()
        connection.execute(
            update(BookHead)
            .where(BookHead.book_id == seal.book_id)
            .values(
                seals=before.number,
                head=before.head,
                positions=before.first_position + before.entries,
            )
        )
    for table in (AccountDay, FundMonth, FundFlow, OutflowShare, OutflowTotal):
        connection.execute(delete(table))
    for head in connection.execute(select(BookHead.__table__)).all():
        keep_totals(session, book_id=head.book_id, first=0, end=head.positions)
        keep_flows(session, book_id=head.book_id, first=0, end=head.positions)


def cut_seal(connection: Connection, seal: Any) -> None:
    """Take one seal off with its entries: gifts, each the last on its line."""
    among = (SealedEntry.book_id == seal.book_id) & (SealedEntry.position >= seal.first_position)
    entry_ids = connection.scalars(select(SealedEntry.entry_id).where(among)).all()
    tables = Base.metadata.tables
    inflow = tables["inflow"]
    inflows = connection.execute(select(inflow).where(inflow.c.entry_id.in_(entry_ids))).all()
    for row in inflows:
        place = connection.execute(
            select(Placement.__table__).where(Placement.inflow_id == row.id)
        ).one()
        reach = select(func.max(Piece.stop)).where(Piece.line_id == place.line_id)
        assert (connection.scalar(reach) or 0) <= place.start
        connection.execute(delete(Placement).where(Placement.inflow_id == row.id))
        connection.execute(
            update(LineHead)
            .where(LineHead.line_id == place.line_id)
            .values(placed_end=place.start, placed_count=place.number - 1)
        )
        connection.execute(
            delete(tables["inflow_giver"]).where(tables["inflow_giver"].c.inflow_id == row.id)
        )
    connection.execute(delete(SealedEntry).where(among))
    connection.execute(delete(Seal).where(Seal.book_id == seal.book_id, Seal.number == seal.number))
    for name in ("inflow", "transfer", "entry_note"):
        connection.execute(delete(tables[name]).where(tables[name].c.entry_id.in_(entry_ids)))
    connection.execute(delete(tables["entry"]).where(tables["entry"].c.id.in_(entry_ids)))


def test_a_tail_cut_off_with_every_figure_made_to_fit(target: Target) -> None:
    """Nothing inside the database tells; a head that somebody kept does, and tells the row."""
    published = list(checks.read_heads(kept_heads(target.connection)))
    with target.session() as session:
        assert not list(checks.heads_stand(session, published))
        cut_tail(session)
        session.commit()
    assert not target.problems()
    assert not refuses(target.export())
    with target.session() as session:
        lost = {one.row for one in checks.heads_stand(session, published)}
    days = [one.row for one in published if one.day]
    assert max(days) in lost
    assert lost & {one.row for one in published if not one.day}


def test_a_tail_written_anew(target: Target) -> None:
    """Who cuts the tail off and writes another makes other heads."""
    published = list(checks.read_heads(kept_heads(target.connection)))
    with target.session() as session:
        cut_tail(session)
        with clock.at(clock.instant(1_770_190_000_000_000)):
            fund_id = session.scalar(text("SELECT min(id) FROM fund")) or 0
            ledger.post_gift(
                session,
                SYSTEM,
                fund_id=fund_id,
                amount=Money(411),
                source="payment:other",
                occurred_on=date(2026, 2, 4),
                giver=ledger.Giver("x", "individual"),
            )
            ledger.seal(session, SYSTEM, book_id=1)
        with clock.at(clock.instant(1_770_400_000_000_000)):
            ledger.publish_days(session, SYSTEM, before=date(2026, 2, 7))
            assert not [one for one in checks.verify(session) if one.check != "guards"]
        found = {one.row: one.detail for one in checks.heads_stand(session, published)}
    assert "day_head:2026-02-04" in found


def refuses(exported: bytes) -> str | int | None:
    """What the forty lines say against an export; nothing when they find it true.

    They are run in this process, because they are run so often; test_export.py starts them as one
    does on another machine.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(exported.decode()))
        patch.setattr(sys, "stdout", io.StringIO())
        try:
            exec(SCRIPT, {})  # noqa: S102  # a file of ours
        except SystemExit as ended:
            return ended.code
    raise AssertionError("it ends with a verdict")


def test_the_books_are_true_before(target: Target) -> None:
    assert not target.problems()
    assert not refuses(target.exported)
