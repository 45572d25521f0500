"""What a process remembers of funds is never taken for more than it is."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from charity.errors import Conflict, Invalid, InvalidState, NotFound
from charity.ledger import checks
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import Closing, Entry, Fund, FundClosing, FundKind, IncomeSource
from charity.ledger.reasons import LedgerReason
from charity.ledger.services import memory
from charity.ledger.services.memory import Wanted, remembered
from charity.ledger.services.posting import gift_codes
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper, open_bookkeeper

WANTED = Wanted("", gift_codes(IncomeSource.DONATION, AccountCode.OTHER_MONETARY_FUNDS, fee=False))


@pytest.fixture
def books(fresh_engine: Engine) -> Bookkeeper:
    """A book to which one gift was given, so that its funds are known."""
    session = Session(fresh_engine, expire_on_commit=False)
    books = open_bookkeeper(session)
    give(session, books.fund, "first")
    session.commit()
    yield books
    session.close()


def give(session: Session, fund: Fund, source: str, fen: int = 100, **more: str) -> Entry:
    return ledger.post_gift(
        session,
        SYSTEM,
        fund_id=fund.id,
        amount=Money(fen),
        source=source,
        occurred_on=DAY,
        giver=ledger.Giver(source, "individual"),
        **more,
    )


def knows(books: Bookkeeper, fund: Fund) -> bool:
    return remembered(books.session, fund.id, WANTED) is not None


def test_the_funds_of_a_book_are_known_after_its_first_gift(books: Bookkeeper) -> None:
    """On SQLite nothing is remembered: it may give a number of what was undone again."""
    on_postgresql = books.session.get_bind().dialect.name == "postgresql"
    assert knows(books, books.fund) is knows(books, books.other) is on_postgresql
    later = ledger.open_fund(
        books.session, SYSTEM, book_id=books.book.id, name="新", kind=FundKind.PROJECT
    )
    assert not knows(books, later)
    entry = give(books.session, later, "second")
    assert knows(books, later) is on_postgresql
    assert give(books.session, later, "third").id > entry.id
    assert checks.verify(books.session) == []


def test_a_fund_that_ended_since_takes_no_gift(books: Bookkeeper) -> None:
    given = give(books.session, books.other, "before")
    books.pay(100, fund=books.other)
    books.session.add(FundClosing(fund_id=books.other.id, closed_on=DAY))
    books.session.flush()
    with pytest.raises(InvalidState) as refusal:
        give(books.session, books.other, "after")
    assert refusal.value.reason is LedgerReason.FUND_CLOSED
    assert give(books.session, books.other, "before").id == given.id


def test_a_gift_after_a_closing_counts_for_the_first_open_day(books: Bookkeeper) -> None:
    through = date(DAY.year, DAY.month, 28)
    books.session.add(Closing(book_id=books.book.id, through=through, of_year=False))
    books.session.flush()
    for source in ("second", "third"):
        assert give(books.session, books.fund, source).booked_on > through


def test_a_source_that_is_known_is_one_entry(books: Bookkeeper) -> None:
    entry = give(books.session, books.fund, "second")
    assert give(books.session, books.fund, "second").id == entry.id
    with pytest.raises(Conflict) as refusal:
        give(books.session, books.fund, "second", 101)
    assert refusal.value.reason is LedgerReason.SOURCE_DIFFERS


def test_what_was_undone_is_unknown(books: Bookkeeper) -> None:
    savepoint = books.session.begin_nested()
    undone = ledger.open_fund(
        books.session, SYSTEM, book_id=books.book.id, name="未成", kind=FundKind.PROJECT
    )
    give(books.session, undone, "second")
    savepoint.rollback()
    another = ledger.open_fund(
        books.session,
        SYSTEM,
        book_id=books.book.id,
        name="成",
        kind=FundKind.NAMED,
        restricted=True,
    )
    give(books.session, another, "third")
    assert checks.verify(books.session) == []
    with pytest.raises(NotFound):
        give(books.session, Fund(id=another.id + 100), "fourth")


def test_an_account_opened_since_is_found(books: Bookkeeper) -> None:
    code = f"{AccountCode.OTHER_MONETARY_FUNDS}.7"
    with pytest.raises(Invalid):
        give(books.session, books.fund, "early", account=code)
    ledger.open_account(books.session, SYSTEM, book_id=books.book.id, code=code, name="新网关")
    assert give(books.session, books.fund, "second", account=code).id
    assert checks.verify(books.session) == []


def test_an_earmark_opened_since_is_found(books: Bookkeeper) -> None:
    with pytest.raises(Invalid):
        give(books.session, books.fund, "early", earmark="书桌")
    ledger.open_earmark(books.session, SYSTEM, fund_id=books.fund.id, earmark="书桌")
    assert give(books.session, books.fund, "second", earmark="书桌").id


def test_memory_has_an_end(books: Bookkeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 1)
    later = ledger.open_fund(
        books.session, SYSTEM, book_id=books.book.id, name="新", kind=FundKind.PROJECT
    )
    give(books.session, later, "second")
    assert not knows(books, books.other)
    assert give(books.session, books.other, "third").id
