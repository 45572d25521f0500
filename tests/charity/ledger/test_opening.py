"""What a book begins with: one entry, before anything else, and no fen without a place."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.errors import Conflict, Invalid, InvalidState
from charity.ledger import checks, queries
from charity.ledger import services as ledger
from charity.ledger.models import Entry, Fund, FundKind, IncomeSource, Inflow, ValuationBasis
from charity.ledger.reasons import LedgerReason
from charity.ledger.services import Balance
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper


def opening(session: Session, books: Bookkeeper, *balances: Balance) -> Entry:
    return ledger.post_opening(session, SYSTEM, book_id=books.book.id, balances=balances)


def balances_of(session: Session, books: Bookkeeper) -> dict[str, int]:
    rows = queries.trial_balance(session, books.book.id)
    return {row.code: row.balance.fen for row in rows if row.balance}


def free_fund(session: Session, books: Bookkeeper) -> Fund:
    return ledger.open_fund(
        session, SYSTEM, book_id=books.book.id, name="非限定", kind=FundKind.UNRESTRICTED
    )


def test_what_was_there_is_carried_in(session: Session, books: Bookkeeper) -> None:
    free = free_fund(session, books)
    ledger.open_earmark(session, SYSTEM, fund_id=books.fund.id, earmark="三号楼")
    entry = opening(
        session,
        books,
        Balance("1002", Money(900_000), True, books.fund.id),
        Balance("1002", Money(50_000), True, books.fund.id, "三号楼"),
        Balance("1001", Money(7_000), True, free.id),
        Balance("1501", Money(300_000), True),
        Balance("1502", Money(100_000), False),
        Balance("2202", Money(20_000), False, books.fund.id),
    )
    assert entry.occurred_on == books.book.opened_on
    assert balances_of(session, books) == {
        "1001": 7_000,
        "1002": 950_000,
        "1501": 300_000,
        "1502": -100_000,
        "2202": -20_000,
        "3101": -207_000,
        "3102": -930_000,
    }
    inflows = session.execute(select(Inflow.income, Inflow.giver_digest)).all()
    assert {tuple(row) for row in inflows} == {(IncomeSource.OPENING, None)}
    assert queries.fund_position(session, books.fund.id).in_hand == Money(950_000)
    books.pay(900_000)
    assert checks.verify(session) == []


def test_what_is_passed_on_is_owed(session: Session, books: Bookkeeper) -> None:
    """ACC-07: money for somebody named is a liability, not net assets."""
    fund = ledger.open_fund(
        session, SYSTEM, book_id=books.book.id, name="代收", kind=FundKind.AGENCY
    )
    opening(session, books, Balance("1002", Money(500), True, fund.id))
    assert balances_of(session, books) == {"1002": 500, "2601": -500}
    assert checks.verify(session) == []


def test_an_opening_is_posted_once(session: Session, books: Bookkeeper) -> None:
    money = Balance("1002", Money(500), True, books.fund.id)
    entry = opening(session, books, money)
    assert opening(session, books, money).id == entry.id
    books.give(100)
    assert opening(session, books, money).id == entry.id
    with pytest.raises(Conflict):
        opening(session, books, Balance("1002", Money(501), True, books.fund.id))


def test_nothing_is_carried_into_a_book_in_use(session: Session, books: Bookkeeper) -> None:
    books.give(100)
    with pytest.raises(InvalidState) as refusal:
        opening(session, books, Balance("1002", Money(500), True, books.fund.id))
    assert refusal.value.reason is LedgerReason.BOOK_IN_USE
    with pytest.raises(InvalidState) as refusal:
        old_goods(session, books)
    assert refusal.value.reason is LedgerReason.BOOK_IN_USE


def old_goods(session: Session, books: Bookkeeper) -> Entry:
    return ledger.receive_goods(
        session,
        SYSTEM,
        fund_id=books.fund.id,
        name="棉被",
        quantity=10,
        unit="床",
        value=Money(100_000),
        basis=ValuationBasis.VOUCHER,
        evidence="盘点表 1",
        giver=None,
        source="stock:1",
        occurred_on=DAY,
        income=IncomeSource.OPENING,
    )


def test_goods_on_stock_are_carried_in_as_lots(session: Session, books: Bookkeeper) -> None:
    opening(session, books, Balance("1002", Money(500), True, books.fund.id))
    old_goods(session, books)
    assert balances_of(session, books) == {"1002": 500, "1201": 100_000, "3102": -100_500}
    assert checks.verify(session) == []


def test_the_day_may_be_said(session: Session, books: Bookkeeper) -> None:
    entry = ledger.post_opening(
        session,
        SYSTEM,
        book_id=books.book.id,
        balances=[Balance("1501", Money(1), True)],
        occurred_on=date(2026, 1, 1),
    )
    assert entry.occurred_on == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("account", "debit", "of_fund", "reason"),
    [
        ("1003", True, True, LedgerReason.UNKNOWN_ACCOUNT),
        ("1002", False, True, LedgerReason.WRONG_ACCOUNT),
        ("1002", True, False, "common.required"),
        ("1201", True, True, LedgerReason.WRONG_ACCOUNT),
        ("1701", True, False, LedgerReason.WRONG_ACCOUNT),
        ("3101", False, False, LedgerReason.WRONG_ACCOUNT),
        ("4101.1", False, True, LedgerReason.WRONG_ACCOUNT),
        ("5101", True, True, LedgerReason.WRONG_ACCOUNT),
    ],
)
def test_what_is_no_opening_balance(
    session: Session, books: Bookkeeper, account: str, debit: bool, of_fund: bool, reason: str
) -> None:
    before = session.scalar(select(func.count()).select_from(Entry))
    balance = Balance(account, Money(5), debit, books.fund.id if of_fund else None)
    with pytest.raises(Invalid) as refusal:
        opening(session, books, Balance("1501", Money(5), True), balance)
    assert refusal.value.reason == reason
    assert session.scalar(select(func.count()).select_from(Entry)) == before


def test_balances_that_are_none(session: Session, books: Bookkeeper) -> None:
    agency = ledger.open_fund(
        session, SYSTEM, book_id=books.book.id, name="代收", kind=FundKind.AGENCY
    )
    wrong = [
        Balance("1002", Money(0), True, books.fund.id),
        Balance("1002", Money(-5), True, books.fund.id),
        Balance("1002", Money(5), True, books.fund.id, "没有"),
        Balance("2601", Money(5), False, agency.id),
        Balance("1002", Money(5), True, 10**6),
    ]
    for balance in wrong:
        with pytest.raises(Invalid):
            opening(session, books, balance)
    with pytest.raises(Invalid):
        opening(session, books)
