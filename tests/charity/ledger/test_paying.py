"""Which fen an expense takes: earmarks, holds, accounts, fees that come later."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import Denied, NotFound
from charity.ledger import services as ledger
from charity.ledger.models import Book, Fund, FundKind, Hold, Line, LineHead, Outflow, Piece
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.charity.ledger.storybook import Storybook, refused
from tests.conftest import SetClock


@pytest.fixture
def tell(session: Session, clock: SetClock) -> Storybook:
    return Storybook(session)


@pytest.fixture
def book(tell: Storybook) -> Book:
    return tell.book("甲慈善会")


@pytest.fixture
def fund(tell: Storybook, book: Book) -> Fund:
    """A project fund with ¥1,000.00 of its own and ¥300.00 for handrails."""
    fund = tell.fund(book)
    tell.do(ledger.open_earmark, fund_id=fund.id, earmark="扶手")
    tell.give(fund, 1_000_00)
    tell.give(fund, 300_00, "李雷", earmark="扶手")
    tell.seal()
    return fund


@pytest.fixture
def host(tell: Storybook, book: Book) -> Fund:
    return tell.fund(book, "本会", FundKind.UNRESTRICTED, restricted=False)


def pieces(session: Session, entry_id: int) -> list[tuple[str, int, int]]:
    """(earmark, start, stop) of everything an entry took, in order of its outflows."""
    rows = session.execute(
        select(Line.earmark, Piece.start, Piece.stop)
        .join(Piece, Piece.line_id == Line.id)
        .join(Outflow, Outflow.id == Piece.outflow_id)
        .where(Outflow.entry_id == entry_id)
        .order_by(Outflow.number, Piece.start_offset)
    )
    return [tuple(row) for row in rows]


def held(session: Session) -> dict[str, int]:
    rows = session.execute(select(Line.earmark, Hold.amount).join(Hold, Hold.line_id == Line.id))
    return {earmark: amount.fen for earmark, amount in rows}


# ── earmarks ─────────────────────────────────────────────────────────────────────────────────────


def test_the_statutory_example(tell: Storybook, book: Book) -> None:
    """HANDBOOK 4: 10,000 restricted, 6,000 spent: what is restricted and the bank are at 4,000."""
    fund = tell.fund(book)
    tell.give(fund, 10_000_00)
    tell.pay(fund, 6_000_00)
    found = tell.accounts(book)
    assert found["1002"] == 4_000_00
    assert found["4101.1"] + found["3102"] == -4_000_00
    assert (found["5101"], found["3101"]) == (6_000_00, -6_000_00)
    assert tell.is_true()


def test_an_earmark_is_emptied_before_the_general_line(tell: Storybook, fund: Fund) -> None:
    entry = tell.pay(fund, 450_00, earmark="扶手")
    assert pieces(tell.session, entry.id) == [("扶手", 0, 300_00), ("", 0, 150_00)]
    assert tell.lines(fund) == {"": 850_00}
    assert tell.paid_by(entry) == {"李雷": 300_00, "王芳": 150_00}
    assert tell.is_true()


def test_a_general_expense_never_reaches_an_earmark(tell: Storybook, fund: Fund) -> None:
    refusal = refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(1_000_00))
    with refusal:
        tell.pay(fund, 1_000_01)
    tell.pay(fund, 1_000_00)
    assert tell.lines(fund) == {"": 0, "扶手": 300_00}
    assert tell.is_true()


def test_together_they_may_still_be_too_little(tell: Storybook, fund: Fund) -> None:
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(1_300_00)):
        tell.pay(fund, 1_300_01, earmark="扶手")


# ── holds ────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_takes_the_earmark_first(tell: Storybook, fund: Fund) -> None:
    tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=500_00, earmark="扶手")
    assert held(tell.session) == {"扶手": 300_00, "": 200_00}
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(800_00)):
        tell.do(ledger.hold, fund_id=fund.id, source="expense:2", amount=800_01, earmark="扶手")
    with refused(tell.session, LedgerReason.SOURCE_DIFFERS):
        tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=1)
    assert tell.do(ledger.release_hold, source="expense:1") == Money(500_00)
    assert held(tell.session) == {}
    assert tell.is_true()


def test_paying_gives_the_hold_back_in_the_same_act(tell: Storybook, fund: Fund) -> None:
    tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=1_300_00, earmark="扶手")
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(0)):
        tell.pay(fund, 1)
    tell.pay(fund, 1_200_00, earmark="扶手", release="expense:1")
    assert held(tell.session) == {}
    assert tell.lines(fund) == {"": 100_00}
    assert tell.is_true()


def test_a_hold_of_another_fund_is_not_given_back(tell: Storybook, book: Book, fund: Fund) -> None:
    other = tell.fund(book, "食堂")
    tell.give(other, 50_00)
    tell.seal()
    tell.do(ledger.hold, fund_id=other.id, source="expense:1", amount=50_00)
    tell.pay(fund, 10_00, release="expense:1")
    assert held(tell.session) == {"": 50_00}


# ── accounts and funds ───────────────────────────────────────────────────────────────────────────


def test_money_leaves_the_account_named(tell: Storybook, book: Book, fund: Fund) -> None:
    tell.do(ledger.open_account, book_id=book.id, code="1002.02", name="基本户二")
    tell.event(
        ledger.move_to_bank, book_id=book.id, amount=500_00, from_account="1002",
        to_account="1002.02",
    )  # fmt: skip
    tell.pay(fund, 200_00, account="1002.02")
    found = tell.accounts(book)
    assert (found["1002"], found["1002.02"]) == (800_00, 300_00)
    assert tell.is_true()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"amount": 0}, LedgerReason.NOT_POSITIVE),
        ({"amount": -1}, LedgerReason.NOT_POSITIVE),
        ({"cost": "1501"}, LedgerReason.WRONG_ACCOUNT),
        ({"account": "1501"}, LedgerReason.WRONG_ACCOUNT),
        ({"account": "1002.09"}, LedgerReason.UNKNOWN_ACCOUNT),
        ({"cost": "5101.09"}, LedgerReason.UNKNOWN_ACCOUNT),
        ({"earmark": "食堂"}, LedgerReason.FOREIGN_EARMARK),
    ],
)
def test_a_payment_that_cannot_be_writes_nothing(
    tell: Storybook, fund: Fund, said: dict[str, object], reason: LedgerReason
) -> None:
    tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=5_00)
    with refused(tell.session, reason):
        tell.event(
            ledger.pay,
            **{"fund_id": fund.id, "amount": 1, "cost": "5101", "release": "expense:1", **said},
        )
    assert held(tell.session) == {"": 5_00}


def test_a_fund_that_ended_pays_and_promises_nothing(tell: Storybook, book: Book) -> None:
    fund = tell.fund(book)
    tell.give(fund, 1_00)
    tell.pay(fund, 1_00, source="last")
    tell.do(ledger.close_fund, fund_id=fund.id)
    with refused(tell.session, LedgerReason.FUND_CLOSED):
        tell.pay(fund, 1)
    with refused(tell.session, LedgerReason.FUND_CLOSED):
        tell.do(ledger.hold, fund_id=fund.id, source="expense:1", amount=1)
    # what was paid before it ended is still what it was
    assert tell.pay(fund, 1_00, source="last").source == "last"


def test_the_same_source_pays_once(tell: Storybook, fund: Fund) -> None:
    first = tell.pay(fund, 10_00, source="expense:1:paid")
    assert tell.pay(fund, 10_00, source="expense:1:paid").id == first.id
    with refused(tell.session, LedgerReason.SOURCE_DIFFERS):
        tell.pay(fund, 10_01, source="expense:1:paid")
    assert tell.lines(fund)[""] == 990_00


def test_agency_money_is_neither_income_nor_cost(tell: Storybook, book: Book) -> None:
    fund = tell.fund(book, "代收", FundKind.AGENCY, restricted=False)
    tell.give(fund, 100_00)
    tell.pay(fund, 60_00)
    assert tell.accounts(book) == {"1002": 40_00, "2601": -40_00}
    assert tell.is_true()


def test_only_the_treasurer_moves_money(tell: Storybook, book: Book, fund: Fund) -> None:
    said = {"amount": Money(1), "source": "x", "occurred_on": date(2026, 3, 16)}
    guest, session = Actor.guest(), tell.session
    gift = tell.give(fund, 5_00)
    other = tell.fund(book, "食堂")
    for act in (
        lambda: ledger.pay(session, guest, fund_id=fund.id, cost="5101", **said),
        lambda: ledger.grant(session, guest, fund_id=fund.id, into_fund_id=other.id, **said),
        lambda: ledger.move(
            session, guest, fund_id=fund.id, from_earmark="", to_earmark="扶手", **said
        ),
        lambda: ledger.refund(session, guest, gift_entry_id=gift.id, **said),
        lambda: ledger.reverse(session, guest, entry_id=gift.id, occurred_on=date(2026, 3, 16)),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(NotFound):
        ledger.pay(session, guest, fund_id=10**6, cost="5101", **said)


# ── fees that come later ─────────────────────────────────────────────────────────────────────────


def charge(tell: Storybook, gift_id: int, host: Fund, fen: int, **more: object) -> int:
    entry = tell.event(
        ledger.charge_fee, gift_entry_id=gift_id, fee=fen, host_fund_id=host.id, **more
    )
    return int(entry.id)


def test_a_late_fee_takes_the_gifts_own_fen(
    tell: Storybook, book: Book, fund: Fund, host: Fund
) -> None:
    first, second = tell.give(fund, 100_00, "甲"), tell.give(fund, 200_00, "乙")
    entry = charge(tell, second.id, host, 1_20)
    assert pieces(tell.session, entry) == [("", 1_100_00, 1_101_20)]
    assert tell.way_of(second) == {"charge_fee:5": 1_20, "": 198_80}
    assert tell.way_of(first) == {"": 100_00}
    assert tell.accounts(book)["5301"] == 1_20
    assert tell.is_true()


def test_the_host_pays_what_a_spent_gift_cannot(
    tell: Storybook, book: Book, fund: Fund, host: Fund
) -> None:
    small = tell.give(fund, 50_00, "甲")
    tell.give(host, 10_00, "会员")
    tell.pay(fund, 1_049_70)
    tell.seal()
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(10_30)):
        charge(tell, small.id, host, 10_31)
    entry = charge(tell, small.id, host, 1_00, source="fee:1")
    assert charge(tell, small.id, host, 1_00, source="fee:1") == entry
    assert pieces(tell.session, entry) == [("", 1_049_70, 1_050_00), ("", 0, 70)]
    assert tell.lines(host) == {"": 9_30}
    assert tell.accounts(book)["5301"] == 1_00
    assert tell.is_true()


def test_a_late_fee_of_a_gift_to_the_host_itself(tell: Storybook, host: Fund) -> None:
    first, second = tell.give(host, 1_00, "甲"), tell.give(host, 1_00, "乙")
    tell.pay(host, 1_00)
    entry = charge(tell, first.id, host, 40)
    assert pieces(tell.session, entry) == [("", 1_00, 1_40)]
    entry = charge(tell, second.id, host, 50)
    assert pieces(tell.session, entry) == [("", 1_40, 1_90)]
    assert tell.lines(host) == {"": 10}
    assert tell.is_true()


def test_a_host_is_unrestricted_money_of_the_same_book(tell: Storybook, fund: Fund) -> None:
    gift = tell.give(fund, 1_00)
    other = tell.fund(tell.book("乙基金会"), "本会", FundKind.UNRESTRICTED, restricted=False)
    tell.seal()
    with refused(tell.session, LedgerReason.NOT_ITS_PURPOSE):
        charge(tell, gift.id, fund, 1)
    with refused(tell.session, LedgerReason.OTHER_BOOK):
        charge(tell, gift.id, other, 1)


def test_heads_are_read_after_placing(tell: Storybook, fund: Fund, clock: SetClock) -> None:
    """A gift that waits is placed before the expense looks whether there is enough."""
    clock.set(datetime(2026, 3, 17, tzinfo=UTC))
    tell.give(fund, 500_00)
    tell.pay(fund, 1_500_00)
    heads = tell.session.scalars(
        select(LineHead).join(Line, Line.id == LineHead.line_id).where(Line.fund_id == fund.id)
    )
    assert sorted((head.placed_end, head.spent) for head in heads) == [
        (300_00, 0),
        (1_500_00, 1_500_00),
    ]
    assert tell.is_true()
