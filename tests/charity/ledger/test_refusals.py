"""Bad input: each is refused for its own reason, and no table has a row more or less."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from charity import clock
from charity.errors import CommonReason, ReasonCode
from charity.ledger import services as ledger
from charity.ledger.models import (
    Book,
    Entry,
    Fund,
    FundKind,
    IncomeSource,
    Line,
    LineKind,
    PurposeBasis,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.charity.ledger.storybook import Storybook, refused

CHAIRS = "坐便椅"
MARCH, APRIL = (datetime(2026, month, 16, 2, tzinfo=UTC) for month in (3, 4))
TODAY = clock.day_of(APRIL)
R = LedgerReason


@dataclass
class World:
    """A book with money in it, another book, and names for what a call may get wrong."""

    tell: Storybook
    book: Book
    other_book: Book
    fund: Fund
    street: Fund
    free: Fund
    agency: Fund
    ended: Fund
    away: Fund
    gift: Entry
    paid: Entry
    granted: Entry
    goods_line: int

    def event(self, verb: Callable[..., Any], **said: Any) -> Any:
        return self.tell.event(verb, **said)


@pytest.fixture(scope="module")
def untouched(engine: Engine) -> Iterator[World]:
    """Made once, because making it costs more than all the refusals."""
    with engine.connect() as connection, connection.begin() as transaction:
        session = Session(connection, join_transaction_mode="create_savepoint")
        with clock.at(MARCH):
            world = make_world(session)
        with clock.at(APRIL):
            world.tell.close(world.book, date(2026, 3, 31))
            world.tell.seal()
            session.commit()
            yield world
        session.close()
        transaction.rollback()


@pytest.fixture
def world(untouched: World) -> Iterator[World]:
    """March is closed; the project fund has ¥60.00 in hand and ¥10.00 for chairs."""
    yield untouched
    untouched.tell.session.rollback()


def make_world(session: Session) -> World:
    tell = Storybook(session)
    book, other = tell.book("甲慈善会"), tell.book("乙慈善会")
    fund = tell.fund(book)
    tell.do(ledger.open_earmark, fund_id=fund.id, earmark=CHAIRS)
    street = tell.fund(book, "江岸街道", FundKind.STREET)
    tell.do(ledger.open_earmark, fund_id=street.id, earmark="路灯")
    tell.do(ledger.open_account, book_id=other.id, code="1002.05", name="乙会专户")
    ended = tell.fund(book, "旧项目")
    tell.do(ledger.close_fund, fund_id=ended.id)
    gift = tell.give(fund, 100_00)
    tell.give(fund, 10_00, earmark=CHAIRS)
    tell.give(street, 50_00)
    paid = tell.pay(fund, 40_00)
    granted = tell.grant(street, fund, 1_00)
    tell.event(ledger.return_grant, entry_id=granted.id, amount=1_00)
    tell.event(
        ledger.receive_goods,
        fund_id=fund.id,
        name="轮椅",
        quantity=3,
        unit="台",
        value=30_00,
        basis=ValuationBasis.VOUCHER,
        evidence="发票 1",
        giver=ledger.Giver("王芳", "individual"),
    )
    goods = session.scalars(select(Line.id).where(Line.kind == LineKind.GOODS)).one()
    world = World(
        tell=tell,
        book=book,
        other_book=other,
        fund=fund,
        street=street,
        free=tell.fund(book, "本会", FundKind.UNRESTRICTED),
        agency=tell.fund(book, "转交张家", FundKind.AGENCY),
        ended=ended,
        away=tell.fund(other, "助餐"),
        gift=gift,
        paid=paid,
        granted=granted,
        goods_line=goods,
    )
    tell.seal()
    return world


Bad = Callable[[World], object]


def give(w: World, **said: Any) -> object:
    giver = ledger.Giver("王芳", "individual")
    wrong = {"fund_id": w.fund.id, "amount": 1_00, "giver": giver, **said}
    return w.event(ledger.post_gift, **wrong)


def pay(w: World, **said: Any) -> object:
    return w.event(ledger.pay, **{"fund_id": w.fund.id, "amount": 1_00, "cost": "5101", **said})


def grant(w: World, **said: Any) -> object:
    wrong = {"fund_id": w.street.id, "into_fund_id": w.fund.id, "amount": 1_00, **said}
    return w.event(ledger.grant, **wrong)


def move(w: World, **said: Any) -> object:
    wrong = {"fund_id": w.fund.id, "from_earmark": "", "to_earmark": CHAIRS, "amount": 1, **said}
    return w.event(ledger.move, **wrong)


def to_bank(w: World, **said: Any) -> object:
    return w.event(ledger.move_to_bank, **{"book_id": w.book.id, "amount": 1, **said})


def journal(w: World, *rows: tuple[str, str, int], **said: Any) -> object:
    postings = [
        ledger.Posting(debit, None, credit, None, Money(fen)) for debit, credit, fen in rows
    ]
    return w.event(ledger.post_journal, **{"book_id": w.book.id, "rows": postings, **said})


def compel(w: World, **said: Any) -> object:
    wrong = {"gift_entry_id": w.gift.id, "host_fund_id": w.free.id, "amount": 1, **said}
    return w.event(ledger.compel_refund, **wrong)


def goods(w: World, **said: Any) -> object:
    right = {
        "fund_id": w.fund.id,
        "name": "轮椅",
        "quantity": 1,
        "unit": "台",
        "value": 1_00,
        "basis": ValuationBasis.MARKET,
        "evidence": "报价单",
        "giver": ledger.Giver("王芳", "individual"),
    }
    return w.event(ledger.receive_goods, **{**right, **said})


def change(w: World, **said: Any) -> object:
    right = {
        "fund_id": w.fund.id,
        "into_fund_id": w.street.id,
        "basis": PurposeBasis.REFILED,
        "decided_on": TODAY,
        "source": "purpose:1",
    }
    return w.tell.do(ledger.change_purpose, **{**right, **said})


def opening(w: World, account: str, fen: int, **said: Any) -> object:
    balances = [ledger.Balance(account, Money(fen), said.pop("debit", True), **said)]
    return w.tell.do(ledger.post_opening, book_id=w.other_book.id, balances=balances)


def close(w: World, through: date) -> object:
    return w.tell.do(ledger.close_period, book_id=w.book.id, through=through)


TABLE: list[tuple[str, Bad, ReasonCode]] = [
    # amounts
    ("a gift of nothing", lambda w: give(w, amount=0), R.NOT_POSITIVE),
    ("a negative gift", lambda w: give(w, amount=-5), R.NOT_POSITIVE),
    ("a fee as large as the gift", lambda w: give(w, fee=1_00), R.FEE_TOO_LARGE),
    ("a negative fee", lambda w: give(w, fee=-1), R.FEE_TOO_LARGE),
    ("a payment of nothing", lambda w: pay(w, amount=0), R.NOT_POSITIVE),
    ("a negative payment", lambda w: pay(w, amount=-1), R.NOT_POSITIVE),
    ("a grant of nothing", lambda w: grant(w, amount=0), R.NOT_POSITIVE),
    ("a move of nothing", lambda w: move(w, amount=0), R.NOT_POSITIVE),
    ("a pay-out of nothing", lambda w: to_bank(w, amount=0), R.NOT_POSITIVE),
    (
        "a refund of nothing",
        lambda w: w.event(ledger.refund, gift_entry_id=w.gift.id, amount=0),
        R.NOT_POSITIVE,
    ),
    (
        "a negative return",
        lambda w: w.event(ledger.return_payment, entry_id=w.paid.id, amount=-1),
        R.NOT_POSITIVE,
    ),
    ("a journal of nothing", lambda w: journal(w, ("5201", "1502", 0)), R.NOT_POSITIVE),
    ("an opening of nothing", lambda w: opening(w, "1501", 0), R.NOT_POSITIVE),
    # accounts
    ("an unknown bank account", lambda w: give(w, account="1002.77"), R.UNKNOWN_ACCOUNT),
    ("a gift on stock", lambda w: give(w, account="1201"), R.WRONG_ACCOUNT),
    ("paid from an unknown account", lambda w: pay(w, account="1002.77"), R.UNKNOWN_ACCOUNT),
    ("paid from a debt", lambda w: pay(w, account="2209"), R.WRONG_ACCOUNT),
    ("paid for no cost", lambda w: pay(w, cost="1501"), R.WRONG_ACCOUNT),
    ("an unknown cost", lambda w: pay(w, cost="5101.77"), R.UNKNOWN_ACCOUNT),
    ("to an unknown bank", lambda w: to_bank(w, to_account="1002.77"), R.UNKNOWN_ACCOUNT),
    ("to a bank that is none", lambda w: to_bank(w, to_account="5101"), R.WRONG_ACCOUNT),
    ("an unknown journal", lambda w: journal(w, ("5201", "9999", 1)), R.UNKNOWN_ACCOUNT),
    ("money in a journal", lambda w: journal(w, ("5201", "1002", 1)), R.WRONG_ACCOUNT),
    ("an unknown opening", lambda w: opening(w, "9999", 1), R.UNKNOWN_ACCOUNT),
    (
        "a sub-account of nothing",
        lambda w: w.tell.do(ledger.open_account, book_id=w.book.id, code="7777.01", name="x"),
        R.BAD_ACCOUNT_CODE,
    ),
    # other books
    ("another book's account", lambda w: give(w, account="1002.05"), R.UNKNOWN_ACCOUNT),
    ("a grant to another book", lambda w: grant(w, into_fund_id=w.away.id), R.OTHER_BOOK),
    (
        "a grant to its own book as if it were another",
        lambda w: w.event(
            ledger.grant_to_book, fund_id=w.street.id, into_fund_id=w.fund.id, amount=1
        ),
        R.OTHER_BOOK,
    ),
    ("another book's host", lambda w: compel(w, host_fund_id=w.away.id), R.OTHER_BOOK),
    ("a purpose in another book", lambda w: change(w, into_fund_id=w.away.id), R.OTHER_BOOK),
    ("another book's opening", lambda w: opening(w, "1002", 1, fund_id=w.fund.id), R.OTHER_BOOK),
    # lines
    ("spent beyond the line", lambda w: pay(w, amount=60_01), R.INSUFFICIENT),
    ("beyond earmark and line", lambda w: pay(w, amount=70_01, earmark=CHAIRS), R.INSUFFICIENT),
    ("granted beyond the line", lambda w: grant(w, amount=50_01), R.INSUFFICIENT),
    ("moved beyond the line", lambda w: move(w, amount=60_01), R.INSUFFICIENT),
    ("an earmark of another fund", lambda w: give(w, earmark="路灯"), R.FOREIGN_EARMARK),
    ("paid for a foreign earmark", lambda w: pay(w, earmark="路灯"), R.FOREIGN_EARMARK),
    ("moved to a foreign earmark", lambda w: move(w, to_earmark="路灯"), R.FOREIGN_EARMARK),
    ("moved onto itself", lambda w: move(w, to_earmark=""), R.FOREIGN_EARMARK),
    (
        "an earmark that looks like goods",
        lambda w: w.tell.do(ledger.open_earmark, fund_id=w.fund.id, earmark="goods:1"),
        R.FOREIGN_EARMARK,
    ),
    (
        "more goods than there are",
        lambda w: w.event(ledger.use_goods, line_id=w.goods_line, quantity=4),
        R.MORE_THAN_LEFT,
    ),
    ("a fund that does not exist", lambda w: give(w, fund_id=987_654), CommonReason.NOT_FOUND),
    ("paid by no fund", lambda w: pay(w, fund_id=987_654), CommonReason.NOT_FOUND),
    # funds and purposes
    ("a gift to a fund that ended", lambda w: give(w, fund_id=w.ended.id), R.FUND_CLOSED),
    ("a grant to one", lambda w: grant(w, into_fund_id=w.ended.id), R.FUND_CLOSED),
    (
        "an earmark in one",
        lambda w: w.tell.do(ledger.open_earmark, fund_id=w.ended.id, earmark="x"),
        R.FUND_CLOSED,
    ),
    (
        "a fund with money ended",
        lambda w: w.tell.do(ledger.close_fund, fund_id=w.fund.id),
        R.FUND_NOT_EMPTY,
    ),
    (
        "a project that grants",
        lambda w: grant(w, fund_id=w.fund.id, into_fund_id=w.street.id),
        R.NOT_ITS_PURPOSE,
    ),
    ("restricted money freed", lambda w: grant(w, into_fund_id=w.free.id), R.NOT_ITS_PURPOSE),
    ("agency money as income", lambda w: give(w, income=IncomeSource.AGENCY), R.WRONG_ACCOUNT),
    ("a restricted host", lambda w: compel(w, host_fund_id=w.street.id), R.NOT_ITS_PURPOSE),
    (
        "a restricted fund of free money",
        lambda w: w.tell.fund(w.book, "x", FundKind.UNRESTRICTED, restricted=True),
        R.RESTRICTION,
    ),
    (
        "a committee of four",
        lambda w: w.tell.fund(w.book, "x", FundKind.COMMUNITY, committee=list("甲乙丙丁")),
        R.COMMITTEE,
    ),
    ("a purpose without its filing", change, R.NEEDS_REFILING_NUMBER),
    (
        "a purpose without consent",
        lambda w: change(w, basis=PurposeBasis.CONSENT),
        R.NEEDS_CONSENT,
    ),
    # givers and payees
    (
        "a refund of more than is left",
        lambda w: w.event(ledger.refund, gift_entry_id=w.gift.id, amount=60_01),
        R.MORE_THAN_LEFT,
    ),
    ("a dispute beyond the gift", lambda w: compel(w, amount=100_01), R.MORE_THAN_LEFT),
    ("a dispute nobody can pay", lambda w: compel(w, amount=60_01), R.INSUFFICIENT),
    (
        "a refund of no gift",
        lambda w: w.event(ledger.refund, gift_entry_id=w.paid.id, amount=1),
        R.NOT_REVERSIBLE,
    ),
    (
        "a late fee nobody can pay",
        lambda w: w.event(
            ledger.charge_fee, gift_entry_id=w.gift.id, fee=60_01, host_fund_id=w.free.id
        ),
        R.INSUFFICIENT,
    ),
    (
        "more of a payment than was paid",
        lambda w: w.event(ledger.return_payment, entry_id=w.paid.id, amount=40_01),
        R.MORE_THAN_LEFT,
    ),
    (
        "more of a grant than is there",
        lambda w: w.event(ledger.return_grant, entry_id=w.granted.id, amount=1),
        R.MORE_THAN_LEFT,
    ),
    (
        "a gift reversed that is spent",
        lambda w: w.tell.do(ledger.reverse, entry_id=w.gift.id, occurred_on=TODAY),
        R.SPENT_ALREADY,
    ),
    # goods
    ("goods without a value", lambda w: goods(w, value=0), R.NO_VALUE),
    ("a value without evidence", lambda w: goods(w, evidence=" "), R.NO_VALUE),
    (
        "a nominal value of two yuan",
        lambda w: goods(w, basis=ValuationBasis.NOMINAL, value=2_00),
        R.NO_VALUE,
    ),
    ("no goods at all", lambda w: goods(w, quantity=0), CommonReason.NOT_POSITIVE),
    ("goods without a name", lambda w: goods(w, name=" "), CommonReason.REQUIRED),
    # periods and sources
    ("a month closed twice", lambda w: close(w, date(2026, 3, 31)), R.ALREADY_CLOSED),
    ("a month that is not over", lambda w: close(w, date(2026, 4, 30)), R.NOT_OVER),
    ("a day that ends no month", lambda w: close(w, date(2026, 4, 15)), R.CLOSE_IN_ORDER),
    (
        "a source posted with another amount",
        lambda w: give(w, source=w.gift.source, amount=99_00),
        R.SOURCE_DIFFERS,
    ),
    ("a payment of another amount", lambda w: pay(w, source=w.paid.source), R.SOURCE_DIFFERS),
    (
        "a second book",
        lambda w: w.tell.do(
            ledger.open_book, organisation_id=w.book.organisation_id, name="第二本"
        ),
        R.BOOK_EXISTS,
    ),
    ("a hold nobody has", lambda w: w.tell.do(ledger.release_hold, source="x"), R.UNKNOWN_HOLD),
]


@pytest.mark.parametrize(("bad", "reason"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_bad_input_is_refused_and_nothing_is_written(
    world: World, bad: Bad, reason: ReasonCode
) -> None:
    with refused(world.tell.session, reason):
        bad(world)
