"""What happens to money, told as stories; every figure is exact to the fen, every book is true.

Fen are written with the yuan apart: `4_000_00` is ¥4,000.00. Accounts say debit less credit.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.ledger import services as ledger
from charity.ledger.models import (
    Book,
    EntryKind,
    Fund,
    FundKind,
    IncomeSource,
    Line,
    PurposeBasis,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.charity.ledger.storybook import Storybook, entries_of, refused
from tests.conftest import SetClock

NEW_YEARS_EVE = date(2026, 12, 31)


@pytest.fixture
def tell(session: Session, clock: SetClock) -> Iterator[Storybook]:
    """An empty ledger on 2026-03-16; whatever was told, its books are true at the end."""
    tell = Storybook(session)
    yield tell
    assert tell.is_true()


@pytest.fixture
def book(tell: Storybook) -> Book:
    """The book of a federation."""
    return tell.book("甲慈善会")


@pytest.fixture
def fund(tell: Storybook, book: Book) -> Fund:
    """A project fund of the federation, whose money is restricted."""
    return tell.fund(book, "扶手")


@pytest.fixture
def host(tell: Storybook, book: Book) -> Fund:
    """The federation's own unrestricted money: ¥1,000.00 of dues."""
    host = tell.fund(book, "本会", FundKind.UNRESTRICTED)
    tell.give(host, 1_000_00, "会员", income=IncomeSource.DUES)
    return host


# ── given, spent, given back ─────────────────────────────────────────────────────────────────────


def test_the_statutory_example(tell: Storybook, book: Book, fund: Fund, clock: SetClock) -> None:
    """HANDBOOK 4: restricted gift 10,000, spend 6,000: 3102 and the bank at 4,000 each."""
    tell.give(fund, 10_000_00)
    tell.pay(fund, 6_000_00)
    open_ = tell.accounts(book)
    assert open_ == {
        "1002": 4_000_00,
        "4101.1": -10_000_00,
        "3102": 6_000_00,
        "5101": 6_000_00,
        "3101": -6_000_00,
    }
    assert open_["3102"] + open_["4101.1"] == -4_000_00

    clock.set(datetime(2027, 1, 5, 2, tzinfo=UTC))
    tell.close(book, NEW_YEARS_EVE)
    assert tell.accounts(book) == {"1002": 4_000_00, "3102": -4_000_00}


def test_a_gift(tell: Storybook, book: Book, fund: Fund) -> None:
    gift = tell.give(fund, 500_00)
    assert tell.accounts(book) == {"1002": 500_00, "4101.1": -500_00}
    assert tell.lines(fund) == {"": 500_00}
    assert tell.way_of(gift) == {"": 500_00}


def test_a_gift_with_its_fee(tell: Storybook, book: Book, fund: Fund) -> None:
    gift = tell.give(fund, 1_000_00, fee=6_00, account="1009", source="payment:1:succeeded")
    tell.event(ledger.move_to_bank, book_id=book.id, amount=994_00)
    paid = tell.pay(fund, 994_00, source="expense:1:paid")
    assert tell.accounts(book) == {
        "4101.1": -1_000_00,
        "5301": 6_00,
        "5101": 994_00,
        "3102": 1_000_00,
        "3101": -1_000_00,
    }
    assert tell.way_of(gift) == {"payment:1:succeeded": 6_00, "expense:1:paid": 994_00}
    assert tell.paid_by(paid) == {"王芳": 994_00}


def test_a_partial_refund_takes_the_givers_own_fen(tell: Storybook, book: Book, fund: Fund) -> None:
    first, second = tell.give(fund, 300_00, "王芳"), tell.give(fund, 200_00, "李明")
    tell.pay(fund, 100_00, source="expense:1:paid")
    tell.event(ledger.refund, gift_entry_id=second.id, amount=50_00, source="refund:1")
    assert tell.way_of(first) == {"expense:1:paid": 100_00, "": 200_00}
    assert tell.way_of(second) == {"refund:1": 50_00, "": 150_00}
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(150_00)):
        tell.event(ledger.refund, gift_entry_id=second.id, amount=150_01)
    paid = tell.pay(fund, 250_00)
    assert tell.paid_by(paid) == {"王芳": 200_00, "李明": 50_00}
    assert tell.accounts(book) == {
        "1002": 100_00,
        "4101.1": -450_00,
        "5101": 350_00,
        "3102": 350_00,
        "3101": -350_00,
    }


def test_of_two_payments_for_one_gift_one_is_refunded(
    tell: Storybook, book: Book, fund: Fund
) -> None:
    once, twice = (tell.give(fund, 88_00, source=f"payment:{n}:succeeded") for n in (1, 2))
    tell.event(ledger.refund, gift_entry_id=twice.id, amount=88_00, source="refund:2")
    assert tell.way_of(once) == {"": 88_00}
    assert tell.way_of(twice) == {"refund:2": 88_00}
    assert tell.accounts(book) == {"1002": 88_00, "4101.1": -88_00}


def test_a_dispute_is_lost_after_the_money_was_spent(
    tell: Storybook, book: Book, fund: Fund, host: Fund
) -> None:
    """The host's unrestricted fund pays, and other givers' money stays what it was given for."""
    lost, other = tell.give(fund, 300_00, "王芳"), tell.give(fund, 500_00, "李明")
    tell.pay(fund, 300_00, source="expense:1:paid")
    back = tell.event(
        ledger.compel_refund,
        gift_entry_id=lost.id,
        amount=300_00,
        host_fund_id=host.id,
        source="dispute:1:lost",
    )
    assert tell.paid_by(back) == {"会员": 300_00}
    assert tell.way_of(lost) == {"expense:1:paid": 300_00}
    assert tell.way_of(other) == {"": 500_00}
    assert (tell.lines(host), tell.lines(fund)) == ({"": 700_00}, {"": 500_00})
    assert tell.accounts(book) == {
        "1002": 1_200_00,
        "4101.1": -500_00,
        "4201.2": -1_000_00,
        "5101": 300_00,
    }


def test_a_fee_that_comes_late(tell: Storybook, book: Book, fund: Fund, host: Fund) -> None:
    """It takes what is left of its gift; what is missing the host pays."""
    gift = tell.give(fund, 200_00)
    tell.pay(fund, 198_00, source="expense:1:paid")
    tell.event(
        ledger.charge_fee,
        gift_entry_id=gift.id,
        fee=3_00,
        host_fund_id=host.id,
        source="payment:1:fee",
    )
    assert tell.way_of(gift) == {"expense:1:paid": 198_00, "payment:1:fee": 2_00}
    assert (tell.lines(fund), tell.lines(host)) == ({"": 0}, {"": 999_00})
    assert tell.accounts(book) == {
        "1002": 999_00,
        "4101.1": -200_00,
        "4201.2": -1_000_00,
        "5101": 198_00,
        "5301": 3_00,
        "3102": 200_00,
        "3101": -200_00,
    }


# ── granted on ───────────────────────────────────────────────────────────────────────────────────


def test_a_grant_through_three_funds_to_a_voucher(tell: Storybook, book: Book, fund: Fund) -> None:
    shared = tell.fund(book, "共享公益金", FundKind.SHARED)
    village = tell.fund(book, "洪港村幸福家园", FundKind.VILLAGE_MUTUAL_AID)
    first, second = tell.give(shared, 600_00, "王芳"), tell.give(shared, 400_00, "李明")
    tell.grant(shared, village, 800_00)
    own = tell.give(village, 200_00, "赵强")
    tell.grant(village, fund, 900_00)
    paid = tell.pay(fund, 850_00, source="expense:7:paid")
    assert tell.paid_by(paid) == {"王芳": 600_00, "李明": 200_00, "赵强": 50_00}
    assert tell.way_of(first) == {"expense:7:paid": 600_00}
    assert tell.way_of(second) == {"expense:7:paid": 200_00, "": 200_00}
    assert tell.way_of(own) == {"expense:7:paid": 50_00, "": 150_00}
    in_hand = [tell.lines(each)[""] for each in (shared, village, fund)]
    assert in_hand == [200_00, 100_00, 50_00]
    assert tell.accounts(book) == {
        "1002": 350_00,
        "4101.1": -1_200_00,
        "5101": 850_00,
        "3102": 850_00,
        "3101": -850_00,
    }


def test_a_grant_to_another_book_and_a_part_of_it_given_back(tell: Storybook) -> None:
    foundation, centre = tell.book("江城公益基金会"), tell.book("嘉和社工中心")
    named = tell.fund(foundation, "银龄专项", FundKind.NAMED)
    project = tell.fund(centre, "助餐")
    gift = tell.give(named, 5_000_00)
    paid, received = tell.event(
        ledger.grant_to_book,
        fund_id=named.id,
        into_fund_id=project.id,
        amount=3_000_00,
        source="grant:1",
    )
    assert (paid.source, received.source) == ("grant:1:paid", "grant:1:received")
    expense = tell.pay(project, 1_000_00, source="expense:1:paid")
    assert tell.paid_by(expense) == {"王芳": 1_000_00}
    assert tell.way_of(gift) == {"expense:1:paid": 1_000_00, "": 4_000_00}
    assert tell.accounts(centre) == {
        "1002": 2_000_00,
        "4101.1": -3_000_00,
        "5101": 1_000_00,
        "3102": 1_000_00,
        "3101": -1_000_00,
    }
    tell.event(ledger.return_grant, entry_id=received.id, amount=500_00, source="grant:1:back")
    assert (tell.lines(named), tell.lines(project)) == ({"": 2_500_00}, {"": 1_500_00})
    assert tell.accounts(foundation) == {
        "1002": 2_500_00,
        "4101.1": -5_000_00,
        "5101": 2_500_00,
        "3102": 2_500_00,
        "3101": -2_500_00,
    }
    assert tell.accounts(centre)["4101.1"] == -2_500_00
    last = tell.pay(named, 2_500_00, source="expense:2:paid")
    assert tell.paid_by(last) == {"王芳": 2_500_00}
    assert tell.way_of(gift) == {
        "expense:1:paid": 1_000_00,
        "expense:2:paid": 2_500_00,
        "": 1_500_00,
    }


# ── earmarks and what comes back ─────────────────────────────────────────────────────────────────


def test_an_earmark_is_spent_first_and_by_nobody_else(tell: Storybook, fund: Fund) -> None:
    tell.do(ledger.open_earmark, fund_id=fund.id, earmark="坐便椅")
    tell.give(fund, 200_00, "王芳")
    tell.give(fund, 100_00, "李明", earmark="坐便椅")
    tell.seal()
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(200_00)):
        tell.pay(fund, 200_01)
    for_chairs = tell.pay(fund, 150_00, earmark="坐便椅")
    assert tell.paid_by(for_chairs) == {"李明": 100_00, "王芳": 50_00}
    assert tell.lines(fund) == {"": 150_00}


def test_an_expense_comes_back_in_part_to_the_lines_it_was_taken_from(
    tell: Storybook, book: Book, fund: Fund
) -> None:
    tell.do(ledger.open_earmark, fund_id=fund.id, earmark="坐便椅")
    general = tell.give(fund, 200_00, "王芳")
    chairs = tell.give(fund, 100_00, "李明", earmark="坐便椅")
    paid = tell.pay(fund, 150_00, earmark="坐便椅", source="expense:1:paid")
    tell.event(ledger.return_payment, entry_id=paid.id, amount=120_00)
    assert tell.lines(fund) == {"": 170_00, "坐便椅": 100_00}
    assert tell.way_of(chairs) == {"": 100_00}
    assert tell.way_of(general) == {"expense:1:paid": 30_00, "": 170_00}
    assert tell.accounts(book) == {
        "1002": 270_00,
        "4101.1": -300_00,
        "5101": 30_00,
        "3102": 30_00,
        "3101": -30_00,
    }
    tell.event(ledger.return_payment, entry_id=paid.id)
    assert tell.way_of(general) == {"": 200_00}
    assert tell.accounts(book) == {"1002": 300_00, "4101.1": -300_00}
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        tell.event(ledger.return_payment, entry_id=paid.id, amount=1)


def test_wrong_entries_are_reversed(tell: Storybook, book: Book, fund: Fund) -> None:
    """A zero too many, an expense nobody asked for: both stay in the book, taken back."""
    wrong = tell.give(fund, 1_000_00, "王芳")
    taken_back = tell.do(
        ledger.reverse, entry_id=wrong.id, occurred_on=date(2026, 3, 16), note="多打一个零"
    )
    assert (taken_back.kind, taken_back.reverses_id) == (EntryKind.REVERSAL, wrong.id)
    assert tell.way_of(wrong) == {taken_back.source: 1_000_00}
    right = tell.give(fund, 100_00, "王芳")
    expense = tell.pay(fund, 40_00)
    with refused(tell.session, LedgerReason.SPENT_ALREADY):
        tell.do(ledger.reverse, entry_id=right.id, occurred_on=date(2026, 3, 16))
    tell.do(ledger.reverse, entry_id=expense.id, occurred_on=date(2026, 3, 16))
    assert tell.way_of(right) == {"": 100_00}
    assert tell.accounts(book) == {"1002": 100_00, "4101.1": -100_00}
    tell.seal()
    with refused(tell.session, LedgerReason.REVERSED_ALREADY):
        tell.do(ledger.reverse, entry_id=wrong.id, occurred_on=date(2026, 3, 17))
    (opened, *_) = entries_of(tell.session, [EntryKind.DEED])
    with refused(tell.session, LedgerReason.NOT_REVERSIBLE):
        tell.do(ledger.reverse, entry_id=opened.id, occurred_on=date(2026, 3, 16))


# ── purposes ─────────────────────────────────────────────────────────────────────────────────────


def test_a_purpose_changes_with_the_consent_of_those_whose_money_is_left(
    tell: Storybook, book: Book, fund: Fund
) -> None:
    """CHA-164: who has been spent is not asked any more; everybody else must agree."""
    tell.give(fund, 150_00, "赵强")
    first, second = tell.give(fund, 50_00, "王芳"), tell.give(fund, 100_00, "李明")
    tell.pay(fund, 150_00)
    meals = tell.fund(book, "助餐")
    tell.seal()
    change = {
        "fund_id": fund.id,
        "into_fund_id": meals.id,
        "basis": PurposeBasis.CONSENT,
        "decided_on": date(2026, 3, 16),
        "source": "purpose:1",
    }
    with refused(tell.session, LedgerReason.NEEDS_CONSENT, missing=1):
        tell.do(ledger.change_purpose, **change, consents={first.id: "短信 2026-03-15"})
    agreed = {first.id: "短信 2026-03-15", second.id: "书面 2026-03-16"}
    tell.do(ledger.change_purpose, **change, consents=agreed)
    assert (tell.lines(fund), tell.lines(meals)) == ({"": 0}, {"": 150_00})
    paid = tell.pay(meals, 120_00)
    assert tell.paid_by(paid) == {"王芳": 50_00, "李明": 70_00}


def test_a_purpose_changes_by_filing_the_plan_again(
    tell: Storybook, book: Book, fund: Fund
) -> None:
    tell.give(fund, 150_00)
    tell.do(ledger.open_earmark, fund_id=fund.id, earmark="坐便椅")
    tell.give(fund, 30_00, "李明", earmark="坐便椅")
    meals = tell.fund(book, "助餐")
    tell.seal()
    change = {
        "fund_id": fund.id,
        "into_fund_id": meals.id,
        "basis": PurposeBasis.REFILED,
        "decided_on": date(2026, 3, 16),
        "source": "purpose:1",
    }
    with refused(tell.session, LedgerReason.NEEDS_REFILING_NUMBER):
        tell.do(ledger.change_purpose, **change)
    tell.do(ledger.change_purpose, **change, refiling_number="51420704MJH000019JA26077")
    assert (tell.lines(fund), tell.lines(meals)) == ({"": 0}, {"": 180_00})
    assert tell.accounts(book) == {"1002": 180_00, "4101.1": -180_00}


def test_a_surplus_is_moved_and_the_fund_ends(tell: Storybook, book: Book, fund: Fund) -> None:
    """CHA-165: what is left goes on to a similar purpose before the fund may end."""
    gift = tell.give(fund, 500_00)
    tell.pay(fund, 420_00, source="expense:1:paid")
    similar = tell.fund(book, "扶手二期")
    tell.seal()
    with refused(tell.session, LedgerReason.FUND_NOT_EMPTY, in_hand=Money(80_00)):
        tell.do(ledger.close_fund, fund_id=fund.id)
    tell.do(
        ledger.change_purpose,
        fund_id=fund.id,
        into_fund_id=similar.id,
        basis=PurposeBasis.SURPLUS_SIMILAR,
        decided_on=date(2026, 3, 16),
        source="surplus:1",
    )
    tell.do(ledger.close_fund, fund_id=fund.id)
    with refused(tell.session, LedgerReason.FUND_CLOSED):
        tell.give(fund, 1_00)
    tell.pay(similar, 30_00, source="expense:2:paid")
    assert tell.way_of(gift) == {"expense:1:paid": 420_00, "expense:2:paid": 30_00, "": 50_00}


def test_restricted_money_crosses_no_purpose(
    tell: Storybook, book: Book, fund: Fund, host: Fund
) -> None:
    """CHA-162: a project does not grant, and nobody makes restricted money free."""
    other = tell.fund(book, "食堂")
    shared = tell.fund(book, "共享公益金", FundKind.SHARED)
    tell.give(fund, 100_00)
    tell.give(shared, 100_00)
    tell.seal()
    for giving, taking in ((fund, other), (fund, shared), (fund, host), (shared, host)):
        with refused(tell.session, LedgerReason.NOT_ITS_PURPOSE):
            tell.grant(giving, taking, 1_00)
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(0)):
        tell.pay(other, 1_00)


# ── goods, agency, openings, accounts ────────────────────────────────────────────────────────────


def test_goods_valued_by_a_voucher_and_used(tell: Storybook, book: Book, fund: Fund) -> None:
    tell.event(
        ledger.receive_goods,
        fund_id=fund.id,
        name="轮椅",
        quantity=50,
        unit="台",
        value=25_000_00,
        basis=ValuationBasis.VOUCHER,
        evidence="发票 24312000000012345678",
        giver=ledger.Giver("东湖制造", "enterprise", "420704"),
        source="goods:1",
    )
    assert tell.accounts(book) == {"1201": 25_000_00, "4101.1": -25_000_00}
    line = tell.session.scalars(
        select(Line).where(Line.fund_id == fund.id, Line.earmark != "")
    ).one()
    used = tell.event(ledger.use_goods, line_id=line.id, quantity=20)
    assert tell.paid_by(used) == {"东湖制造": 10_000_00}
    assert tell.lines(fund) == {"": 0, line.earmark: 15_000_00}
    assert tell.accounts(book) == {
        "1201": 15_000_00,
        "4101.1": -25_000_00,
        "5101": 10_000_00,
        "3102": 10_000_00,
        "3101": -10_000_00,
    }
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=30):
        tell.event(ledger.use_goods, line_id=line.id, quantity=31)


def test_money_for_somebody_else_is_neither_income_nor_cost(tell: Storybook, book: Book) -> None:
    """ACC-07: passed through for a named receiver, it is owed and then paid."""
    agency = tell.fund(book, "转交张家", FundKind.AGENCY)
    tell.give(agency, 500_00, income=IncomeSource.AGENCY)
    assert tell.accounts(book) == {"1002": 500_00, "2601": -500_00}
    paid = tell.pay(agency, 300_00)
    assert tell.accounts(book) == {"1002": 200_00, "2601": -200_00}
    assert tell.paid_by(paid) == {"王芳": 300_00}


def test_a_book_begins_with_what_was_there(tell: Storybook, book: Book, fund: Fund) -> None:
    own = tell.fund(book, "本会", FundKind.UNRESTRICTED)
    tell.do(
        ledger.post_opening,
        book_id=book.id,
        balances=[
            ledger.Balance("1002", Money(3_000_00), True, fund.id),
            ledger.Balance("1002", Money(800_00), True, own.id),
            ledger.Balance("1501", Money(2_000_00), True),
            ledger.Balance("2209", Money(150_00), False),
        ],
    )
    assert tell.accounts(book) == {
        "1002": 3_800_00,
        "1501": 2_000_00,
        "2209": -150_00,
        "3102": -3_000_00,
        "3101": -2_650_00,
    }
    paid = tell.pay(fund, 1_000_00)
    assert tell.paid_by(paid) == {"": 1_000_00}, "nobody known gave what was there before"
    assert tell.lines(fund) == {"": 2_000_00}
    other = tell.book("乙慈善会")
    late = tell.fund(other, "助餐")
    tell.give(late, 1_00)
    with refused(tell.session, LedgerReason.BOOK_IN_USE):
        balances = [ledger.Balance("1002", Money(1), True, late.id)]
        tell.do(ledger.post_opening, book_id=other.id, balances=balances)


def test_a_book_with_several_bank_accounts(tell: Storybook, book: Book, fund: Fund) -> None:
    tell.do(ledger.open_account, book_id=book.id, code="1002.02", name="农商行专户")
    tell.give(fund, 700_00, account="1002.02")
    tell.event(
        ledger.move_to_bank,
        book_id=book.id,
        amount=200_00,
        from_account="1002.02",
        to_account="1002",
    )
    assert tell.accounts(book) == {"1002.02": 500_00, "1002": 200_00, "4101.1": -700_00}
    tell.pay(fund, 150_00, account="1002.02")
    assert tell.accounts(book)["1002.02"] == 350_00
    assert tell.lines(fund) == {"": 550_00}


def test_what_an_accountant_books_moves_no_line(tell: Storybook, book: Book, fund: Fund) -> None:
    """Depreciation and an accrual are entries like others; money in hand is untouched."""
    tell.give(fund, 100_00)
    tell.event(
        ledger.post_journal,
        book_id=book.id,
        rows=[
            ledger.Posting("5201", None, "1502", None, Money(12_00)),
            ledger.Posting("5201", None, "2204", None, Money(30_00)),
        ],
    )
    assert tell.accounts(book) == {
        "1002": 100_00,
        "1502": -12_00,
        "2204": -30_00,
        "4101.1": -100_00,
        "5201": 42_00,
    }
    assert tell.lines(fund) == {"": 100_00}


def test_a_community_fund_has_a_committee_that_can_decide(tell: Storybook, book: Book) -> None:
    """FND-02: an odd number of people, at least five, each named once."""
    five = ["王芳", "李明", "赵强", "孙丽", "周伟"]
    for committee in ([], five[:3], five[:4], [*five, "吴刚"], [*five[:4], "王芳"]):
        with refused(tell.session, LedgerReason.COMMITTEE):
            tell.fund(book, "江岸社区", FundKind.COMMUNITY, committee=committee)
    fund = tell.fund(book, "江岸社区", FundKind.COMMUNITY, committee=five)
    project = tell.fund(book, "楼道灯")
    tell.give(fund, 300_00)
    tell.grant(fund, project, 300_00)
    assert tell.lines(project) == {"": 300_00}


# ── periods ──────────────────────────────────────────────────────────────────────────────────────


def test_last_years_gift_is_refunded_out_of_net_assets(
    tell: Storybook, book: Book, fund: Fund, clock: SetClock
) -> None:
    gift = tell.give(fund, 1_000_00)
    clock.set(datetime(2027, 2, 1, 2, tzinfo=UTC))
    tell.close(book, NEW_YEARS_EVE)
    assert tell.accounts(book) == {"1002": 1_000_00, "3102": -1_000_00}
    tell.event(ledger.refund, gift_entry_id=gift.id, amount=400_00, source="refund:1")
    assert tell.accounts(book) == {"1002": 600_00, "3102": -600_00}
    assert tell.way_of(gift) == {"refund:1": 400_00, "": 600_00}


def test_what_is_heard_late_is_booked_on_the_first_open_day(
    tell: Storybook, book: Book, fund: Fund, clock: SetClock
) -> None:
    tell.give(fund, 100_00)
    clock.set(datetime(2026, 4, 3, 2, tzinfo=UTC))
    tell.close(book, date(2026, 3, 31))
    late = tell.give(fund, 20_00, occurred_on=date(2026, 3, 30))
    on_time = tell.give(fund, 30_00, occurred_on=date(2026, 4, 2))
    assert (late.occurred_on, late.booked_on) == (date(2026, 3, 30), date(2026, 4, 1))
    assert on_time.occurred_on == on_time.booked_on == date(2026, 4, 2)
    with refused(tell.session, LedgerReason.ALREADY_CLOSED):
        tell.close(book, date(2026, 3, 31))
    with refused(tell.session, LedgerReason.NOT_OVER):
        tell.close(book, date(2026, 4, 30))
    clock.set(datetime(2026, 6, 3, 2, tzinfo=UTC))
    with refused(tell.session, LedgerReason.CLOSE_IN_ORDER):
        tell.close(book, date(2026, 5, 31))
    tell.close(book, date(2026, 4, 30), date(2026, 5, 31))


def test_a_payment_of_last_year_comes_back_to_net_assets(
    tell: Storybook, book: Book, fund: Fund, clock: SetClock
) -> None:
    tell.give(fund, 1_000_00)
    paid = tell.pay(fund, 600_00)
    clock.set(datetime(2027, 2, 1, 2, tzinfo=UTC))
    tell.close(book, NEW_YEARS_EVE)
    assert tell.accounts(book) == {"1002": 400_00, "3102": -400_00}
    tell.event(ledger.return_payment, entry_id=paid.id, amount=100_00)
    assert tell.accounts(book) == {"1002": 500_00, "3102": -500_00}
    assert tell.lines(fund) == {"": 500_00}
