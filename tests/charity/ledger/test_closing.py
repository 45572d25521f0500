"""Months and years are closed in order, and what comes late is booked on the first open day.

The control of the race takes the guard away and must show the gift that a closing then loses.
"""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from threading import Event

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor
from charity.errors import Denied, DomainError
from charity.ledger import checks
from charity.ledger import services as ledger
from charity.ledger.chart import AccountClass, class_of
from charity.ledger.models import (
    Account,
    Closing,
    Entry,
    EntryKind,
    Fund,
    FundKind,
    Inflow,
    LineHead,
    Outflow,
    Transfer,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services import closing
from charity.ledger.services.drafts import Draft, Posting, salt_source
from charity.ledger.services.entries import append
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper, open_bookkeeper
from tests.conftest import SetClock
from tests.support.databases import Address
from web import db

NEW_YEAR = datetime(2027, 1, 5, 2, tzinfo=UTC)
YEAR_END = date(2026, 12, 31)


def close(session: Session, books: Bookkeeper, through: date) -> Closing:
    return ledger.close_period(session, SYSTEM, book_id=books.book.id, through=through)


def verified(session: Session, books: Bookkeeper) -> list[checks.Problem]:
    """What is wrong with the book once everything is sealed: months have passed."""
    books.seal()
    return checks.verify(session)


def balances(session: Session) -> dict[tuple[str, int | None], int]:
    """Debits less credits by account and fund, from the transfers themselves."""
    found: dict[tuple[str, int | None], int] = {}
    for account, fund, sign in (
        (Transfer.debit_account_id, Transfer.debit_fund_id, 1),
        (Transfer.credit_account_id, Transfer.credit_fund_id, -1),
    ):
        rows = session.execute(
            select(Account.code, fund, func.sum(Transfer.amount))
            .join(Account, Account.id == account)
            .group_by(Account.code, fund)
        )
        for code, fund_id, amount in rows:
            found[code, fund_id] = found.get((code, fund_id), 0) + sign * amount.fen
    return {key: fen for key, fen in found.items() if fen}


def of_the_year(session: Session) -> dict[tuple[str, int | None], int]:
    """What stands on income and cost accounts."""
    carried = {AccountClass.INCOME, AccountClass.COSTS}
    return {key: fen for key, fen in balances(session).items() if class_of(key[0]) in carried}


def test_months_are_closed_in_order(clock: SetClock, session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    clock.set(datetime(2026, 6, 10, 2, tzinfo=UTC))

    def refusal(through: date) -> str:
        with pytest.raises(DomainError) as refused:
            close(session, books, through)
        return refused.value.reason

    assert refusal(date(2026, 3, 30)) == LedgerReason.CLOSE_IN_ORDER
    assert refusal(date(2026, 4, 30)) == LedgerReason.CLOSE_IN_ORDER
    assert refusal(date(2026, 6, 30)) == LedgerReason.NOT_OVER
    assert not close(session, books, date(2026, 3, 31)).of_year
    assert refusal(date(2026, 3, 31)) == LedgerReason.ALREADY_CLOSED
    assert refusal(date(2026, 2, 28)) == LedgerReason.ALREADY_CLOSED
    assert refusal(date(2026, 5, 31)) == LedgerReason.CLOSE_IN_ORDER
    close(session, books, date(2026, 4, 30))
    assert session.scalars(select(Closing.through).order_by(Closing.id)).all() == [
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    # A month leaves income where it is.
    assert of_the_year(session) == {("4101.1", books.fund.id): -1_000}
    assert verified(session, books) == []


def test_a_period_is_over_after_its_last_day(
    clock: SetClock, session: Session, books: Bookkeeper
) -> None:
    """The day in China counts: on the 31st at 23:59 there the month is not over."""
    books.give(1_000)
    clock.set(datetime(2026, 3, 31, 15, 59, tzinfo=UTC))
    with pytest.raises(DomainError) as refused:
        close(session, books, date(2026, 3, 31))
    assert refused.value.reason == LedgerReason.NOT_OVER
    clock.advance(minutes=1)
    close(session, books, date(2026, 3, 31))


def test_what_was_before_the_book_may_be_closed(
    clock: SetClock, session: Session, books: Bookkeeper
) -> None:
    books.give(1_000)
    close(session, books, date(2025, 12, 31))
    with pytest.raises(DomainError) as refused:
        close(session, books, date(2026, 2, 28))
    assert refused.value.reason == LedgerReason.CLOSE_IN_ORDER
    close(session, books, date(2026, 1, 31))


def test_a_late_event_keeps_its_day(clock: SetClock, session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    clock.set(datetime(2026, 4, 10, 2, tzinfo=UTC))
    close(session, books, date(2026, 3, 31))
    late = books.give(500)
    assert (late.occurred_on, late.booked_on) == (DAY, date(2026, 4, 1))
    assert books.pay(1_500).booked_on == date(2026, 4, 1)
    assert verified(session, books) == []


def test_a_year_is_carried_to_net_assets(
    clock: SetClock, session: Session, books: Bookkeeper
) -> None:
    """The statutory example closed: 10,000 given, 6,000 spent, 3102 = 4,000 and nothing else."""
    free = ledger.open_fund(
        session, SYSTEM, book_id=books.book.id, name="非限定", kind=FundKind.UNRESTRICTED
    )
    books.give(1_000_000, fee=1_000)
    books.give(70_000, fund=free)
    books.pay(599_000)
    books.pay(20_000, fund=free)
    depreciate(session, books, 5_000)
    lines = session.execute(select(LineHead.line_id, LineHead.spent)).all()
    clock.set(NEW_YEAR)
    assert close(session, books, YEAR_END).of_year
    assert of_the_year(session) == {}
    net = {key: fen for key, fen in balances(session).items() if key[0].startswith("31")}
    assert net == {
        ("3102", books.fund.id): -400_000,
        ("3101", free.id): -50_000,
        ("3101", None): 5_000,
    }
    carried = session.scalars(select(Entry).where(Entry.kind == EntryKind.CLOSING)).one()
    assert (carried.source, carried.occurred_on, carried.booked_on) == (
        "closing:2026:1",
        YEAR_END,
        YEAR_END,
    )
    for flow in (Inflow, Outflow):
        assert session.scalars(select(flow).where(flow.entry_id == carried.id)).all() == []
    assert session.execute(select(LineHead.line_id, LineHead.spent)).all() == lines
    assert verified(session, books) == []


def depreciate(session: Session, books: Bookkeeper, fen: int) -> None:
    """A cost that belongs to no fund."""
    draft = Draft(
        book_id=books.book.id,
        source="depreciation:1",
        kind=EntryKind.JOURNAL,
        occurred_on=DAY,
        note="",
        postings=[Posting("5201", None, "1502", None, Money(fen))],
    )
    append(session, SYSTEM, draft)


def test_the_year_may_be_closed_after_its_months(
    clock: SetClock, session: Session, books: Bookkeeper
) -> None:
    books.give(1_000)
    clock.set(NEW_YEAR)
    close(session, books, date(2026, 3, 31))
    close(session, books, YEAR_END)
    assert of_the_year(session) == {}
    books.give(300)
    assert of_the_year(session) == {("4101.1", books.fund.id): -300}
    clock.set(datetime(2028, 1, 5, 2, tzinfo=UTC))
    with pytest.raises(DomainError) as refused:
        close(session, books, date(2027, 2, 28))
    assert refused.value.reason == LedgerReason.CLOSE_IN_ORDER
    close(session, books, date(2027, 12, 31))
    assert of_the_year(session) == {}
    sources = session.scalars(select(Entry.source).where(Entry.kind == EntryKind.CLOSING)).all()
    assert sorted(sources) == ["closing:2026:1", "closing:2027:1"]
    assert balances(session)["3102", books.fund.id] == -1_300
    assert verified(session, books) == []


def test_a_loss_is_carried_the_other_way(
    clock: SetClock, session: Session, books: Bookkeeper
) -> None:
    """Income that was taken back beyond what came in this year is a debit, and carried as one."""
    draft = Draft(
        book_id=books.book.id,
        source="corrected:1",
        kind=EntryKind.JOURNAL,
        occurred_on=DAY,
        note="",
        postings=[Posting("4601.2", None, "1101", None, Money(900))],
    )
    append(session, SYSTEM, draft)
    clock.set(NEW_YEAR)
    close(session, books, YEAR_END)
    assert balances(session) == {("1101", None): -900, ("3101", None): 900}


def test_a_book_of_many_funds_is_closed_by_several_entries(
    clock: SetClock, session: Session, books: Bookkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "TRANSFERS", 2)
    for fund in (books.fund, books.other):
        books.give(1_000, fund=fund, fee=10)
        books.pay(500, fund=fund)
    clock.set(NEW_YEAR)
    close(session, books, YEAR_END)
    carried = session.execute(
        select(Entry.source, Entry.transfers)
        .where(Entry.kind == EntryKind.CLOSING)
        .order_by(Entry.id)
    ).all()
    assert [tuple(row) for row in carried] == [
        ("closing:2026:1", 2),
        ("closing:2026:2", 2),
        ("closing:2026:3", 2),
    ]
    assert of_the_year(session) == {}
    assert verified(session, books) == []


def test_an_idle_year_is_closed_without_an_entry(
    clock: SetClock, session: Session, books: Bookkeeper
) -> None:
    clock.set(NEW_YEAR)
    assert close(session, books, YEAR_END).of_year
    assert not session.scalars(select(Entry).where(Entry.kind == EntryKind.CLOSING)).all()


def test_only_the_books_keeper_closes(session: Session, books: Bookkeeper) -> None:
    with pytest.raises(Denied):
        ledger.close_period(
            session, Actor.guest(), book_id=books.book.id, through=date(2026, 2, 28)
        )


# ── the race ─────────────────────────────────────────────────────────────────────────────────────


PATIENCE = 1.0


def unguarded(address: Address, table: str, trigger: str) -> None:
    """Take one trigger away, as its owner."""
    engine = create_engine(address.owner_url)
    with engine.begin() as owner:
        if engine.dialect.name == "postgresql":
            owner.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))
        else:
            owner.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
    engine.dispose()


def prepare(engine: Engine) -> tuple[int, int]:
    """A book with a fund; their ids."""
    with Session(engine) as session:
        books = open_bookkeeper(session)
        books.give(100)
        session.commit()
        return books.book.id, books.fund.id


def close_year(engine: Engine, book_id: int) -> None:
    with Session(engine) as session, house_clock.at(NEW_YEAR):
        ledger.close_period(session, SYSTEM, book_id=book_id, through=YEAR_END)
        session.commit()


def give(session: Session, fund_id: int) -> Entry:
    return ledger.post_gift(
        session,
        SYSTEM,
        fund_id=fund_id,
        amount=Money(5_000),
        source="gift:late",
        occurred_on=DAY,
        giver=ledger.Giver("late", "individual"),
    )


def give_having_read(engine: Engine, fund_id: int, has_read: Event, may_go: Event) -> str:
    """Post a gift, but stand still between reading that its day is open and writing it."""

    def salt() -> bytes:
        has_read.set()
        may_go.wait(PATIENCE)
        return b"0" * 16

    token = salt_source.set(salt)
    # A process of its own, which remembers nothing: one that does looks again as it writes.
    other = db.make_engine(engine.url.render_as_string(hide_password=False))
    try:
        with Session(other) as session:
            give(session, fund_id)
            session.commit()
    except DBAPIError:
        return "refused"
    finally:
        salt_source.reset(token)
        other.dispose()
    return "booked"


def race_of_reader(engine: Engine) -> str:
    """A year is closed between a giver's look and the giver's act; how the giver fared."""
    book_id, fund_id = prepare(engine)
    has_read, may_go = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        giver = pool.submit(give_having_read, engine, fund_id, has_read, may_go)
        assert has_read.wait(30)
        close_year(engine, book_id)
        may_go.set()
        return giver.result(30)


def race_of_writer(engine: Engine) -> bool:
    """A year is closed while a gift is written but not committed; whether the closing waited."""
    book_id, fund_id = prepare(engine)
    with ThreadPoolExecutor(1) as pool, Session(engine) as session:
        give(session, fund_id)
        closing_ = pool.submit(close_year, engine, book_id)
        done, _ = wait([closing_], timeout=0.5)
        session.commit()
        closing_.result(30)
    return not done


def left_behind(engine: Engine) -> int:
    """What stands on the accounts of a year that is closed, in fen."""
    with Session(engine) as session:
        return sum(of_the_year(session).values())


def test_who_has_read_open_is_refused_or_closed_with_the_rest(fresh_engine: Engine) -> None:
    """PostgreSQL's guard refuses the gift; on SQLite the closing waits for who came first."""
    fared = race_of_reader(fresh_engine)
    assert fared == ("refused" if fresh_engine.dialect.name == "postgresql" else "booked")
    assert left_behind(fresh_engine) == 0
    with Session(fresh_engine) as session:
        fund_id = session.scalars(select(Fund.id).order_by(Fund.id)).first()
        again = give(session, fund_id or 0)
        assert again.booked_on == (date(2027, 1, 1) if fared == "refused" else DAY)
        assert checks.verify(session) == []


def test_a_closing_waits_for_what_is_being_written(fresh_engine: Engine) -> None:
    assert race_of_writer(fresh_engine)
    assert left_behind(fresh_engine) == 0
    with Session(fresh_engine) as session:
        assert checks.verify(session) == []


def test_without_the_guard_a_gift_is_lost_to_its_year(
    fresh_database: Address, fresh_engine: Engine
) -> None:
    """The control; SQLite has one writer at a time, who looks and acts in the same turn."""
    unguarded(fresh_database, "entry", "guard_entry_open")
    assert race_of_reader(fresh_engine) == "booked"
    on_postgresql = fresh_engine.dialect.name == "postgresql"
    assert left_behind(fresh_engine) == (-5_000 if on_postgresql else 0)


def test_without_the_lock_a_closing_does_not_see_what_is_being_written(
    fresh_database: Address, fresh_engine: Engine
) -> None:
    """The control of the other order."""
    unguarded(fresh_database, "closing", "guard_closing_alone")
    on_postgresql = fresh_engine.dialect.name == "postgresql"
    assert race_of_writer(fresh_engine) is not on_postgresql
    assert left_behind(fresh_engine) == (-5_000 if on_postgresql else 0)
