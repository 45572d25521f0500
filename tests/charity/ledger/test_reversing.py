"""Entries that were wrong, taken back whole by an entry that mirrors them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.errors import DomainError
from charity.ledger import services as ledger
from charity.ledger.models import (
    Book,
    Entry,
    EntryKind,
    Fund,
    FundKind,
    GoodsLot,
    Outflow,
    OutflowKind,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Posting
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
    """A community fund with an earmark and no money yet."""
    fund = tell.fund(book, "街道基金", FundKind.STREET)
    tell.do(ledger.open_earmark, fund_id=fund.id, earmark="助老")
    return fund


@pytest.fixture
def other(tell: Storybook, book: Book) -> Fund:
    return tell.fund(book, "扶手")


def reverse(tell: Storybook, entry: Entry, on: date | None = None) -> Entry:
    back: Entry = tell.do(
        ledger.reverse, entry_id=entry.id, occurred_on=on or house_clock.today(), note="录错"
    )
    return back


def test_a_gift_posted_wrongly_leaves_again(tell: Storybook, book: Book, fund: Fund) -> None:
    wrong, right = tell.give(fund, 100_00, "甲"), tell.give(fund, 10_00, "乙")
    back = reverse(tell, wrong)
    assert (back.kind, back.reverses_id) == (EntryKind.REVERSAL, wrong.id)
    assert back.source == f"reversal:{wrong.id}"
    assert pieces(tell.session, back.id) == [("", 0, 100_00)]
    assert transfers(tell.session, back) == [("4101.1", fund.id, "1002", fund.id, 100_00)]
    assert tell.way_of(right) == {"": 10_00}
    assert tell.accounts(book) == {"1002": 10_00, "4101.1": -10_00}
    assert tell.is_true()


def test_a_gift_takes_its_fee_with_it(tell: Storybook, book: Book, fund: Fund) -> None:
    wrong = tell.give(fund, 100_00, "甲", fee=60, account="1009")
    tell.give(fund, 10_00, "乙")
    back = reverse(tell, wrong)
    assert pieces(tell.session, back.id) == [("", 0, 99_40), ("", 110_00, 110_60)]
    assert arrived(tell.session, back) == [("", 60, 0, "internal")]
    assert tell.accounts(book) == {"1002": 10_00, "4101.1": -10_00}
    assert tell.lines(fund) == {"": 10_00}
    # and the reversal, which was the mistake, is taken back itself
    again = reverse(tell, back)
    assert tell.accounts(book)["4101.1"] == -110_00
    assert tell.accounts(book)["5301"] == 60
    assert tell.lines(fund) == {"": 109_40}
    assert again.reverses_id == back.id
    assert tell.is_true()


def test_a_gift_is_not_reversed_once_part_of_it_is_spent(tell: Storybook, fund: Fund) -> None:
    wrong = tell.give(fund, 100_00)
    paid = tell.pay(fund, 1_00)
    with refused(tell.session, LedgerReason.SPENT_ALREADY, available=Money(99_00)):
        reverse(tell, wrong)
    tell.event(ledger.return_payment, entry_id=paid.id)
    reverse(tell, wrong)
    assert tell.lines(fund) == {"": 0}
    assert tell.is_true()


def test_a_gift_promised_to_an_expense_stays(tell: Storybook, fund: Fund) -> None:
    wrong = tell.give(fund, 100_00)
    tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=30_00)
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(70_00)):
        reverse(tell, wrong)
    tell.give(fund, 30_00)
    reverse(tell, wrong)
    assert tell.is_true()


def test_an_expense_comes_back_to_every_line(tell: Storybook, book: Book, fund: Fund) -> None:
    tell.give(fund, 100_00, "甲")
    tell.give(fund, 30_00, "乙", earmark="助老")
    before = tell.accounts(book)
    wrong = tell.pay(fund, 50_00, earmark="助老")
    back = reverse(tell, wrong)
    assert arrived(tell.session, back) == [
        ("助老", 30_00, 0, "internal"),
        ("", 20_00, 30_00, "internal"),
    ]
    assert tell.accounts(book) == before
    assert tell.lines(fund) == {"": 100_00, "助老": 30_00}
    assert tell.paid_by(tell.pay(fund, 30_00, earmark="助老")) == {"乙": 30_00}
    assert tell.is_true()


def test_an_expense_that_came_back_in_part_comes_back_otherwise(
    tell: Storybook, fund: Fund
) -> None:
    tell.give(fund, 100_00)
    wrong = tell.pay(fund, 50_00)
    returned = tell.event(ledger.return_payment, entry_id=wrong.id, amount=20_00)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(30_00)):
        reverse(tell, wrong)
    # a return that was none leaves again; what is left of the expense can still come back
    reverse(tell, returned)
    assert tell.lines(fund) == {"": 50_00}
    tell.event(ledger.return_payment, entry_id=wrong.id)
    assert tell.lines(fund) == {"": 80_00}
    assert tell.is_true()


def test_a_refund_that_never_arrived_comes_back(tell: Storybook, book: Book, fund: Fund) -> None:
    gift = tell.give(fund, 100_00, "甲")
    wrong = tell.event(ledger.refund, gift_entry_id=gift.id, amount=100_00)
    reverse(tell, wrong)
    assert tell.way_of(gift) == {"": 100_00}
    tell.event(ledger.refund, gift_entry_id=gift.id, amount=100_00)
    assert tell.accounts(book) == {}
    assert tell.is_true()


def test_clearing_and_journals_are_mirrored(tell: Storybook, book: Book, fund: Fund) -> None:
    tell.give(fund, 100_00, account="1009")
    before = tell.accounts(book)
    wrong = tell.event(ledger.move_to_bank, book_id=book.id, amount=40_00)
    back = reverse(tell, wrong)
    assert transfers(tell.session, back) == [("1009", None, "1002", None, 40_00)]
    journal = tell.event(
        ledger.post_journal,
        book_id=book.id,
        rows=[Posting("5201", None, "2204", None, Money(7_00))],
    )
    reverse(tell, journal)
    assert tell.accounts(book) == before
    assert tell.is_true()


def test_a_grant_is_undone_on_both_sides(
    tell: Storybook, book: Book, fund: Fund, other: Fund
) -> None:
    tell.give(fund, 100_00, "甲")
    tell.give(fund, 30_00, "乙", earmark="助老")
    before = tell.accounts(book)
    wrong = tell.grant(fund, other, 50_00, earmark="助老")
    back = reverse(tell, wrong)
    assert arrived(tell.session, back) == [
        ("助老", 30_00, 0, "internal"),
        ("", 20_00, 30_00, "internal"),
    ]
    assert (tell.lines(fund), tell.lines(other)) == ({"": 100_00, "助老": 30_00}, {"": 0})
    assert tell.accounts(book) == before
    reverse(tell, back)
    assert (tell.lines(fund), tell.lines(other)) == ({"": 80_00}, {"": 50_00})
    assert tell.paid_by(tell.pay(other, 50_00)) == {"乙": 30_00, "甲": 20_00}
    assert tell.is_true()


def test_a_grant_spent_in_part_is_not_undone(tell: Storybook, fund: Fund, other: Fund) -> None:
    tell.give(fund, 100_00)
    wrong = tell.grant(fund, other, 50_00)
    tell.pay(other, 20_00)
    with refused(tell.session, LedgerReason.SPENT_ALREADY, available=Money(30_00)):
        reverse(tell, wrong)


def test_a_grant_given_back_by_mistake_goes_out_again(
    tell: Storybook, fund: Fund, other: Fund
) -> None:
    tell.give(fund, 100_00, "甲")
    grant = tell.grant(fund, other, 50_00)
    wrong, _ = tell.event(ledger.return_grant, entry_id=grant.id, amount=20_00)
    reverse(tell, wrong)
    assert (tell.lines(fund), tell.lines(other)) == ({"": 50_00}, {"": 50_00})
    tell.event(ledger.return_grant, entry_id=grant.id, amount=50_00)
    assert tell.is_true()


def test_a_move_goes_back(tell: Storybook, fund: Fund) -> None:
    tell.give(fund, 100_00)
    wrong = tell.event(
        ledger.move, fund_id=fund.id, amount=40_00, from_earmark="", to_earmark="助老"
    )
    reverse(tell, wrong)
    assert tell.lines(fund) == {"": 100_00}
    assert tell.is_true()


def test_a_late_fee_and_a_compelled_refund_are_undone(
    tell: Storybook, book: Book, fund: Fund
) -> None:
    host = tell.fund(book, "本会", FundKind.UNRESTRICTED, restricted=False)
    tell.give(host, 100_00, "会员")
    gift = tell.give(fund, 50_00, "甲")
    tell.pay(fund, 49_00)
    before = tell.accounts(book)
    fee = tell.event(ledger.charge_fee, gift_entry_id=gift.id, fee=3_00, host_fund_id=host.id)
    reverse(tell, fee)
    assert tell.accounts(book) == before
    wrong = tell.event(
        ledger.compel_refund, gift_entry_id=gift.id, amount=50_00, host_fund_id=host.id,
        source="dispute:1",
    )  # fmt: skip
    reverse(tell, wrong)
    granted = tell.session.scalars(select(Entry).where(Entry.source == "dispute:1:granted")).one()
    reverse(tell, granted)
    assert tell.accounts(book) == before
    assert (tell.lines(fund), tell.lines(host)) == ({"": 1_00}, {"": 100_00})
    assert tell.is_true()


def test_goods_given_and_used_are_undone(tell: Storybook, book: Book, fund: Fund) -> None:
    given = tell.event(
        ledger.receive_goods, fund_id=fund.id, name="大米", quantity=10, unit="袋", value=500_00,
        basis=ValuationBasis.VOUCHER, evidence="发票 1", giver=ledger.Giver("甲", "company"),
    )  # fmt: skip
    lot = tell.session.scalars(select(GoodsLot)).one()
    used = tell.event(ledger.use_goods, line_id=lot.line_id, quantity=4)
    tell.seal()
    with refused(tell.session, LedgerReason.SPENT_ALREADY, available=Money(300_00)):
        reverse(tell, given)
    reverse(tell, used)
    reverse(tell, given)
    assert tell.accounts(book) == {}
    assert tell.is_true()


def test_last_years_mistakes_change_net_assets(
    tell: Storybook, book: Book, fund: Fund, clock: SetClock
) -> None:
    gift, other = tell.give(fund, 100_00), tell.give(fund, 40_00)
    paid = tell.pay(fund, 60_00)
    journal = tell.event(
        ledger.post_journal,
        book_id=book.id,
        rows=[Posting("5201", None, "5401", None, Money(7_00))],
    )
    clock.set(datetime(2027, 1, 5, 2, tzinfo=UTC))
    tell.close(book, date(2026, 12, 31))
    assert tell.accounts(book) == {"1002": 80_00, "3102": -80_00}
    back = reverse(tell, paid)
    assert transfers(tell.session, back) == [
        ("1002", fund.id, "3101", fund.id, 60_00),
        ("3101", fund.id, "3102", fund.id, 60_00),
    ]
    assert transfers(tell.session, reverse(tell, other))[0][0] == "3102"
    # between two costs nothing but this year's split is left to say
    assert transfers(tell.session, reverse(tell, journal)) == [("5401", None, "5201", None, 7_00)]
    reverse(tell, gift)
    assert {code: fen for code, fen in tell.accounts(book).items() if code < "4"} == {}
    assert tell.is_true()


def test_once_and_the_same_call_again(tell: Storybook, fund: Fund) -> None:
    wrong = tell.give(fund, 100_00)
    back = reverse(tell, wrong)
    assert reverse(tell, wrong).id == back.id
    with refused(tell.session, LedgerReason.REVERSED_ALREADY):
        reverse(tell, wrong, date(2026, 3, 1))
    outflow = tell.session.scalars(select(Outflow).where(Outflow.entry_id == back.id)).one()
    assert outflow.kind is OutflowKind.REVERSAL
    assert tell.session.scalar(select(func.count()).where(Entry.reverses_id == wrong.id)) == 1


def test_what_is_not_reversed(tell: Storybook, book: Book, fund: Fund, clock: SetClock) -> None:
    tell.give(fund, 100_00)
    theirs = tell.fund(tell.book("乙社工站"), "食堂")
    across = tell.event(ledger.grant_to_book, fund_id=fund.id, into_fund_id=theirs.id, amount=10_00)
    back = tell.event(ledger.return_grant, entry_id=across[0].id, amount=4_00)
    clock.set(datetime(2027, 1, 5, 2, tzinfo=UTC))
    tell.close(book, date(2026, 12, 31))
    tell.seal()
    kinds = (EntryKind.DEED, EntryKind.CLOSING)
    fixed = tell.session.scalars(select(Entry).where(Entry.kind.in_(kinds))).all()
    assert {entry.kind for entry in fixed} == set(kinds)
    for entry in (*fixed, *across, *back):
        with refused(tell.session, LedgerReason.NOT_REVERSIBLE):
            reverse(tell, entry)


def test_money_does_not_come_back_to_a_fund_that_ended(tell: Storybook, other: Fund) -> None:
    tell.give(other, 1_00)
    paid = tell.pay(other, 1_00)
    tell.do(ledger.close_fund, fund_id=other.id)
    with refused(tell.session, LedgerReason.FUND_CLOSED):
        reverse(tell, paid)


@pytest.mark.parametrize("steps", range(2, 5))
def test_a_reversal_of_a_reversal_of(tell: Storybook, book: Book, fund: Fund, steps: int) -> None:
    """Back and forth, and the book says what was done last."""
    tell.give(fund, 100_00, "甲")
    tell.give(fund, 30_00, "乙", earmark="助老")
    kept: Callable[[], tuple[object, ...]] = lambda: (tell.accounts(book), tell.lines(fund))  # noqa: E731
    before = kept()
    entry = tell.pay(fund, 50_00, earmark="助老")
    after = kept()
    for step in range(steps):
        entry = reverse(tell, entry)
        assert kept() == (after if step % 2 else before)
    with pytest.raises(DomainError):
        reverse(tell, tell.session.get_one(Entry, entry.reverses_id), date(2026, 1, 1))
    assert tell.is_true()
