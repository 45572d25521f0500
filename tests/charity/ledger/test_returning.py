"""Refunds asked for and refunds compelled, payments that come back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from charity.ledger import services as ledger
from charity.ledger.models import Book, Entry, EntryKind, Fund, FundKind
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.charity.ledger.storybook import Storybook, refused
from tests.charity.ledger.test_granting import arrived, transfers
from tests.charity.ledger.test_paying import pieces
from tests.conftest import SetClock


@pytest.fixture
def tell(session: Session, clock: SetClock) -> Storybook:
    return Storybook(session)


@pytest.fixture
def book(tell: Storybook) -> Book:
    return tell.book("甲慈善会")


@pytest.fixture
def fund(tell: Storybook, book: Book) -> Fund:
    """A project fund with an earmark and no money yet."""
    fund = tell.fund(book)
    tell.do(ledger.open_earmark, fund_id=fund.id, earmark="扶手")
    return fund


@pytest.fixture
def host(tell: Storybook, book: Book) -> Fund:
    """The operator's unrestricted money: ¥500.00."""
    host = tell.fund(book, "本会", FundKind.UNRESTRICTED, restricted=False)
    tell.give(host, 500_00, "会员")
    return host


def refund(tell: Storybook, gift: Entry, fen: int, **more: object) -> Entry:
    entry: Entry = tell.event(ledger.refund, gift_entry_id=gift.id, amount=fen, **more)
    return entry


def compel(tell: Storybook, gift: Entry, host: Fund, fen: int, **more: object) -> Entry:
    entry: Entry = tell.event(
        ledger.compel_refund, gift_entry_id=gift.id, host_fund_id=host.id, amount=fen, **more
    )
    return entry


def come_back(tell: Storybook, paid: Entry, fen: int | None = None, **more: object) -> Entry:
    entry: Entry = tell.event(ledger.return_payment, entry_id=paid.id, amount=fen, **more)
    return entry


def close_2026(tell: Storybook, book: Book, clock: SetClock) -> None:
    clock.set(datetime(2027, 1, 5, 2, tzinfo=UTC))
    tell.close(book, date(2026, 12, 31))


# ── refunds a giver asks for ─────────────────────────────────────────────────────────────────────


def test_a_refund_takes_the_givers_own_unspent_fen(tell: Storybook, book: Book, fund: Fund) -> None:
    first, second = tell.give(fund, 100_00, "甲"), tell.give(fund, 50_00, "乙")
    tell.pay(fund, 70_00)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(30_00)):
        refund(tell, first, 30_01)
    entry = refund(tell, second, 20_00)
    assert pieces(tell.session, entry.id) == [("", 100_00, 120_00)]
    assert transfers(tell.session, entry) == [("4101.1", fund.id, "1002", fund.id, 20_00)]
    # the hole stays: the next expense goes on behind it
    expense = tell.pay(fund, 40_00)
    assert pieces(tell.session, expense.id) == [("", 70_00, 100_00), ("", 120_00, 130_00)]
    assert tell.lines(fund) == {"": 20_00}
    assert tell.is_true()


def test_one_of_two_double_payments_goes_back(tell: Storybook, fund: Fund) -> None:
    first = tell.give(fund, 88_00, "甲", source="payment:1:succeeded")
    second = tell.give(fund, 88_00, "甲", source="payment:2:succeeded")
    refund(tell, second, 88_00, source="refund:2")
    assert tell.way_of(first) == {"": 88_00}
    assert tell.way_of(second) == {"refund:2": 88_00}
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        refund(tell, second, 1)
    assert refund(tell, second, 88_00, source="refund:2").kind is EntryKind.REFUND
    with refused(tell.session, LedgerReason.SOURCE_DIFFERS):
        refund(tell, first, 88_00, source="refund:2")
    assert tell.is_true()


def test_a_fee_is_spent_and_does_not_come_back(tell: Storybook, book: Book, fund: Fund) -> None:
    gift = tell.give(fund, 100_00, fee=60, account="1009")
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(99_40)):
        refund(tell, gift, 100_00)
    refund(tell, gift, 99_40)
    # it leaves from where it arrived
    assert tell.accounts(book) == {"4101.1": -60, "5301": 60, "3102": 60, "3101": -60}
    assert tell.is_true()


def test_held_money_is_not_refunded(tell: Storybook, fund: Fund) -> None:
    gift = tell.give(fund, 100_00)
    tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=80_00)
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(20_00)):
        refund(tell, gift, 20_01)
    refund(tell, gift, 20_00)
    assert tell.is_true()


def test_own_fen_are_found_where_they_were_moved_and_returned(
    tell: Storybook, book: Book, fund: Fund
) -> None:
    gift = tell.give(fund, 100_00, "甲")
    tell.event(ledger.move, fund_id=fund.id, amount=40_00, from_earmark="", to_earmark="扶手")
    paid = tell.pay(fund, 30_00)
    come_back(tell, paid, 10_00)
    pool = tell.fund(book, "街道基金", FundKind.STREET)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(80_00)):
        refund(tell, gift, 80_01)
    entry = refund(tell, gift, 80_00)
    # its own line first: what stayed, then what was returned, then what was moved
    assert pieces(tell.session, entry.id) == [
        ("", 70_00, 100_00),
        ("扶手", 0, 40_00),
        ("", 100_00, 110_00),
    ]
    assert tell.lines(fund) == {"": 0}
    assert tell.lines(pool) == {"": 0}
    assert tell.is_true()


def test_a_grant_given_back_is_the_givers_own_again(tell: Storybook, book: Book) -> None:
    pool = tell.fund(book, "街道基金", FundKind.STREET)
    project = tell.fund(book, "扶手")
    gift = tell.give(pool, 100_00, "甲")
    grant = tell.grant(pool, project, 100_00)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        refund(tell, gift, 1)
    tell.event(ledger.return_grant, entry_id=grant.id, amount=90_00)
    refund(tell, gift, 90_00)
    assert tell.lines(pool) == {"": 0}
    assert tell.lines(project) == {"": 10_00}
    assert tell.is_true()


def test_a_refund_of_last_years_gift_changes_net_assets(
    tell: Storybook, book: Book, fund: Fund, host: Fund, clock: SetClock
) -> None:
    gift, free = tell.give(fund, 100_00), tell.give(host, 10_00)
    close_2026(tell, book, clock)
    tell.seal()
    assert tell.accounts(book) == {"1002": 610_00, "3102": -100_00, "3101": -510_00}
    entry = refund(tell, gift, 40_00)
    assert transfers(tell.session, entry) == [("3102", fund.id, "1002", fund.id, 40_00)]
    entry = refund(tell, free, 10_00)
    assert transfers(tell.session, entry) == [("3101", host.id, "1002", host.id, 10_00)]
    assert tell.accounts(book) == {"1002": 560_00, "3102": -60_00, "3101": -500_00}
    assert tell.is_true()


def test_a_refund_that_happened_in_a_closed_year_is_booked_in_the_next(
    tell: Storybook, book: Book, fund: Fund, clock: SetClock
) -> None:
    gift = tell.give(fund, 100_00)
    close_2026(tell, book, clock)
    entry = refund(tell, gift, 5_00, occurred_on=date(2026, 12, 30))
    assert (entry.occurred_on, entry.booked_on) == (date(2026, 12, 30), date(2027, 1, 1))
    assert transfers(tell.session, entry)[0][0] == "3102"


def test_agency_money_goes_back_out_of_the_debt(tell: Storybook, book: Book) -> None:
    fund = tell.fund(book, "代收", FundKind.AGENCY, restricted=False)
    gift = tell.give(fund, 100_00)
    refund(tell, gift, 100_00)
    assert tell.accounts(book) == {}
    assert tell.is_true()


def test_only_gifts_of_money_are_refunded(tell: Storybook, fund: Fund) -> None:
    gift = tell.give(fund, 100_00)
    expense = tell.pay(fund, 1_00)
    with refused(tell.session, LedgerReason.NOT_REVERSIBLE):
        refund(tell, expense, 1)
    with refused(tell.session, LedgerReason.NOT_POSITIVE):
        refund(tell, gift, 0)


# ── refunds that must be ─────────────────────────────────────────────────────────────────────────


def test_a_dispute_lost_after_spending(tell: Storybook, book: Book, fund: Fund, host: Fund) -> None:
    gift, other = tell.give(fund, 100_00, "甲", fee=1_00), tell.give(fund, 50_00, "乙")
    tell.pay(fund, 60_00)
    entry = compel(tell, gift, host, 100_00, source="dispute:1")
    # ¥39.00 of its own, and ¥61.00 that the host granted into the line
    assert pieces(tell.session, entry.id) == [("", 60_00, 99_00), ("", 150_00, 211_00)]
    assert tell.paid_by(entry) == {"甲": 39_00, "会员": 61_00}
    assert tell.way_of(other) == {"": 50_00}
    assert (tell.lines(fund), tell.lines(host)) == ({"": 50_00}, {"": 439_00})
    assert compel(tell, gift, host, 100_00, source="dispute:1").id == entry.id
    assert tell.accounts(book) == {
        "1002": 489_00, "4101.1": -50_00, "4101.2": -500_00, "5101": 60_00, "5301": 1_00,
    }  # fmt: skip
    assert tell.is_true()


def test_only_what_was_given_must_go_back(tell: Storybook, fund: Fund, host: Fund) -> None:
    gift = tell.give(fund, 100_00, "甲")
    paid = tell.pay(fund, 100_00)
    compel(tell, gift, host, 70_00)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(30_00)):
        compel(tell, gift, host, 30_01)
    # the expense comes back: the giver's fen are there, but most was given back already
    come_back(tell, paid)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(30_00)):
        refund(tell, gift, 30_01)
    refund(tell, gift, 30_00)
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        refund(tell, gift, 1)
    assert tell.is_true()


def test_a_host_may_have_too_little(tell: Storybook, fund: Fund, host: Fund) -> None:
    gift = tell.give(fund, 600_00)
    tell.pay(fund, 590_00)
    tell.seal()
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(510_00)):
        compel(tell, gift, host, 510_01)
    tell.pay(host, 490_00)
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(20_00)):
        compel(tell, gift, host, 30_00)


def test_a_compelled_refund_leaves_what_is_held(tell: Storybook, fund: Fund, host: Fund) -> None:
    gift = tell.give(fund, 100_00, "甲")
    tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=100_00)
    entry = compel(tell, gift, host, 40_00)
    assert tell.paid_by(entry) == {"会员": 40_00}
    tell.pay(fund, 100_00, release="expense:1")
    assert tell.is_true()


def test_a_gift_to_the_host_itself_is_made_whole_from_its_line(
    tell: Storybook, book: Book, host: Fund
) -> None:
    gift = tell.give(host, 100_00, "甲")
    tell.give(host, 100_00, "乙")
    tell.pay(host, 530_00)
    entry = compel(tell, gift, host, 100_00)
    assert pieces(tell.session, entry.id) == [("", 530_00, 600_00), ("", 600_00, 630_00)]
    assert tell.lines(host) == {"": 70_00}
    assert tell.is_true()


def test_nothing_is_granted_where_nothing_is_missing(
    tell: Storybook, fund: Fund, host: Fund
) -> None:
    gift = tell.give(fund, 100_00, "甲")
    entry = compel(tell, gift, host, 100_00)
    assert tell.paid_by(entry) == {"甲": 100_00}
    assert tell.lines(host) == {"": 500_00}
    restricted = tell.fund(tell.session.get_one(Book, fund.book_id), "街道", FundKind.STREET)
    with refused(tell.session, LedgerReason.NOT_ITS_PURPOSE):
        compel(tell, gift, restricted, 1)


# ── payments that come back ──────────────────────────────────────────────────────────────────────


def test_each_fen_returns_to_the_line_it_came_from(tell: Storybook, book: Book, fund: Fund) -> None:
    tell.give(fund, 100_00, "甲")
    tell.give(fund, 30_00, "乙", earmark="扶手")
    paid = tell.pay(fund, 50_00, earmark="扶手")
    first = come_back(tell, paid, 35_00)
    assert arrived(tell.session, first) == [
        ("扶手", 30_00, 0, "internal"),
        ("", 5_00, 30_00, "internal"),
    ]
    assert transfers(tell.session, first) == [
        ("1002", fund.id, "5101", fund.id, 30_00),
        ("1002", fund.id, "5101", fund.id, 5_00),
        ("3101", fund.id, "3102", fund.id, 35_00),
    ]
    assert tell.lines(fund) == {"": 85_00, "扶手": 30_00}
    assert tell.paid_by(tell.pay(fund, 30_00, earmark="扶手")) == {"乙": 30_00}
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(15_00)):
        come_back(tell, paid, 15_01)
    second = come_back(tell, paid, source="return:2")
    assert arrived(tell.session, second) == [("", 15_00, 35_00, "internal")]
    assert come_back(tell, paid, source="return:2").id == second.id
    assert come_back(tell, paid, 15_00, source="return:2").id == second.id
    with refused(tell.session, LedgerReason.SOURCE_DIFFERS):
        come_back(tell, paid, 14_00, source="return:2")
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        come_back(tell, paid)
    assert tell.is_true()


def test_money_paid_returned_and_paid_again(tell: Storybook, fund: Fund) -> None:
    tell.give(fund, 100_00, "甲")
    for _ in range(3):
        come_back(tell, tell.pay(fund, 100_00))
    last = tell.pay(fund, 60_00)
    assert tell.paid_by(last) == {"甲": 60_00}
    assert tell.lines(fund) == {"": 40_00}
    assert tell.is_true()


def test_last_years_expense_comes_back_as_net_assets(
    tell: Storybook, book: Book, fund: Fund, clock: SetClock
) -> None:
    tell.give(fund, 100_00)
    paid = tell.pay(fund, 60_00, account="1002")
    close_2026(tell, book, clock)
    assert tell.accounts(book) == {"1002": 40_00, "3102": -40_00}
    entry = come_back(tell, paid, 10_00)
    assert transfers(tell.session, entry) == [
        ("1002", fund.id, "3101", fund.id, 10_00),
        ("3101", fund.id, "3102", fund.id, 10_00),
    ]
    assert tell.accounts(book) == {"1002": 50_00, "3102": -50_00}
    assert tell.is_true()


def test_a_gateway_gives_its_fee_back(tell: Storybook, book: Book, fund: Fund, host: Fund) -> None:
    gift = tell.give(fund, 100_00, "甲", fee=60)
    entry = come_back(tell, gift)
    assert arrived(tell.session, entry) == [("", 60, 0, "internal")]
    assert tell.way_of(gift) == {"": 100_00}
    tell.pay(fund, 99_90)
    late = tell.event(ledger.charge_fee, gift_entry_id=gift.id, fee=50, host_fund_id=host.id)
    assert tell.lines(host) == {"": 499_60}
    come_back(tell, late)
    assert (tell.lines(fund), tell.lines(host)) == ({"": 10}, {"": 500_00})
    assert "5301" not in tell.accounts(book)
    assert tell.is_true()


def test_agency_money_comes_back_as_a_debt(tell: Storybook, book: Book) -> None:
    fund = tell.fund(book, "代收", FundKind.AGENCY, restricted=False)
    tell.give(fund, 100_00)
    come_back(tell, tell.pay(fund, 60_00), 20_00)
    assert tell.accounts(book) == {"1002": 60_00, "2601": -60_00}
    assert tell.is_true()


def test_only_what_was_paid_comes_back(tell: Storybook, book: Book, fund: Fund) -> None:
    gift = tell.give(fund, 100_00)
    paid = tell.pay(fund, 100_00)
    tell.seal()
    with refused(tell.session, LedgerReason.NOT_REVERSIBLE):
        come_back(tell, gift)
    with refused(tell.session, LedgerReason.NOT_POSITIVE):
        come_back(tell, paid, 0)
    tell.do(ledger.close_fund, fund_id=fund.id)
    with refused(tell.session, LedgerReason.FUND_CLOSED):
        come_back(tell, paid)
