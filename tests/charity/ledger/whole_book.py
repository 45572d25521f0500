"""Two books in which something of every kind has happened, sealed day by day, with days published.

The clock, the salts and the order are fixed, so the same book stands in either database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import (
    Book,
    Entry,
    Fund,
    FundKind,
    IncomeSource,
    Inflow,
    PurposeBasis,
    ValuationBasis,
)
from charity.ledger.services.bulk import GiftRow, post_gifts
from charity.ledger.services.drafts import salt_source
from charity.money import ZERO, Money
from charity.registry.models import Organisation, OrganisationKind, Region
from tests.charity.ledger.conftest import SYSTEM

COST = AccountCode.PROGRAMME_COST


@dataclass
class WholeBook:
    """The operator's book, a partner's book, and short words for what happens in them."""

    session: Session
    book: Book
    partner: Book
    project: Fund
    street: Fund
    free: Fund
    away: Fund

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.day = date(2026, 1, 5)

    def source(self, word: str) -> str:
        return f"{word}:{next(self.numbers)}"

    def common(self, word: str) -> dict[str, object]:
        return {"source": self.source(word), "occurred_on": self.day}

    def give(self, fen: int, *, fund: Fund | None = None, fee: int = 0, **with_: object) -> Entry:
        common = self.common("payment")
        giver = ledger.Giver(f"giver:{fen % 7}", ("individual", "enterprise")[fen % 2], "420704")
        return ledger.post_gift(
            self.session,
            SYSTEM,
            fund_id=(fund or self.project).id,
            amount=Money(fen),
            giver=giver,
            fee=Money(fee) if fee else ZERO,
            note=f"给{fen}",
            **common,
            **with_,
        )

    def pay(self, fen: int, *, fund: Fund | None = None, **with_: object) -> Entry:
        common = self.common("expense")
        fund_id = (fund or self.project).id
        return ledger.pay(
            self.session, SYSTEM, fund_id=fund_id, amount=Money(fen), cost=COST, **common, **with_
        )

    def seal(self) -> None:
        for book in (self.book, self.partner):
            while ledger.seal(self.session, SYSTEM, book_id=book.id, limit=40):
                pass


@contextmanager
def fixed_salts() -> Iterator[None]:
    """Salts that are the same every time."""
    numbers = count()
    token = salt_source.set(lambda: sha256(str(next(numbers)).encode()).digest()[:16])
    try:
        yield
    finally:
        salt_source.reset(token)


@contextmanager
def on(book: WholeBook, day: date) -> Iterator[None]:
    """Do things on a day, and seal what was done."""
    book.day = day
    with clock.at(datetime(day.year, day.month, day.day, 2, tzinfo=UTC)):
        ledger.publish_days(book.session, SYSTEM, before=day)
        yield
        book.seal()


def open_whole_book(session: Session) -> WholeBook:
    """Open both books on 5 January 2026."""
    if session.get(Region, "42") is None:
        session.add(Region(code="42", name="湖北省", level=1))
        session.flush()
    books = []
    for name, uscc in (("甲慈善会", "51420704MJH000019J"), ("乙服务中心", "52420704MJH000027T")):
        organisation = Organisation(
            name=name,
            kind=OrganisationKind.ASSOCIATION,
            uscc=uscc,
            region_code="42",
            registered_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        session.add(organisation)
        session.flush()
        books.append(
            ledger.open_book(session, SYSTEM, organisation_id=organisation.id, name=f"{name}总账")
        )
    kinds = (
        (books[0], "扶手", FundKind.PROJECT),
        (books[0], "街道基金", FundKind.STREET),
        (books[0], "非限定", FundKind.UNRESTRICTED),
        (books[1], "食堂", FundKind.PROJECT),
    )
    funds = [
        ledger.open_fund(session, SYSTEM, book_id=book.id, name=name, kind=kind)
        for book, name, kind in kinds
    ]
    return WholeBook(session, *books, *funds)


def populate(session: Session, *, rounds: int = 3, many: int = 0) -> WholeBook:
    """Both books with everything done `rounds` times, about 35 entries each, and `many` gifts."""
    with fixed_salts():
        with clock.at(datetime(2026, 1, 5, 1, tzinfo=UTC)):
            book = open_whole_book(session)
            ledger.open_account(
                session, SYSTEM, book_id=book.book.id, code="1002.02", name="第二账户"
            )
            ledger.open_earmark(session, SYSTEM, fund_id=book.street.id, earmark="助学")
            opening = ledger.Balance("1002", Money(50_000), debit=True, fund_id=book.away.id)
            ledger.post_opening(session, SYSTEM, book_id=book.partner.id, balances=[opening])
        for number in range(rounds):
            with on(book, date(2026, 1, 6 + number)):
                _gifts(book)
                _outflows(book)
            with on(book, date(2026, 1, 15 + number)):
                _returns(book)
        with on(book, date(2026, 2, 2)):
            ledger.close_period(session, SYSTEM, book_id=book.book.id, through=date(2026, 1, 31))
            book.day = date(2026, 1, 30)
            book.give(900)
        with on(book, date(2026, 2, 3)):
            _purpose(book)
            post_gifts(session, SYSTEM, gifts=_many(book, many))
        with on(book, date(2026, 2, 4)):
            book.give(410)
    return book


def _gifts(book: WholeBook) -> None:
    for fen in (1_000, 2_001, 333, 4_004):
        book.give(fen)
    book.give(5_000, fee=30)
    book.give(700, fund=book.street, earmark="助学")
    book.give(12_000, fund=book.street)
    book.give(9_000, fund=book.free)
    book.give(600, income=IncomeSource.GOVERNMENT_PURCHASE)
    ledger.move_to_bank(
        book.session,
        SYSTEM,
        book_id=book.book.id,
        amount=Money(30_000),
        **book.common("payout"),
    )


def _outflows(book: WholeBook) -> None:
    session = book.session
    book.pay(2_500)
    book.pay(900, fund=book.street, earmark="助学")
    ledger.move(
        session,
        SYSTEM,
        fund_id=book.street.id,
        amount=Money(400),
        from_earmark="",
        to_earmark="助学",
        **book.common("move"),
    )
    ledger.grant(
        session,
        SYSTEM,
        fund_id=book.street.id,
        into_fund_id=book.project.id,
        amount=Money(1_500),
        **book.common("grant"),
    )
    ledger.grant_to_book(
        session,
        SYSTEM,
        fund_id=book.street.id,
        into_fund_id=book.away.id,
        amount=Money(2_000),
        **book.common("award"),
    )
    book.pay(16_800, fund=book.away)
    lot = ledger.receive_goods(
        session,
        SYSTEM,
        fund_id=book.project.id,
        name="大米",
        quantity=10,
        unit="袋",
        value=Money(4_500),
        basis=ValuationBasis.VOUCHER,
        evidence="发票 1",
        giver=ledger.Giver("giver:9", "enterprise", "420704"),
        **book.common("goods"),
    )
    assert lot is not None
    ledger.use_goods(
        session,
        SYSTEM,
        line_id=line_of(session, lot),
        quantity=4,
        **book.common("handed_out"),
    )


def _returns(book: WholeBook) -> None:
    session = book.session
    fresh = book.give(3_000)
    ledger.charge_fee(
        session,
        SYSTEM,
        gift_entry_id=fresh.id,
        fee=Money(20),
        host_fund_id=book.free.id,
        **book.common("fee"),
    )
    ledger.refund(
        session,
        SYSTEM,
        gift_entry_id=fresh.id,
        amount=Money(1_000),
        note="退",
        **book.common("refund"),
    )
    spent = book.give(50)
    paid = book.pay(8_000)
    ledger.compel_refund(
        session,
        SYSTEM,
        gift_entry_id=spent.id,
        amount=Money(50),
        host_fund_id=book.free.id,
        **book.common("dispute"),
    )
    ledger.return_payment(
        session, SYSTEM, entry_id=paid.id, amount=Money(300), **book.common("returned")
    )
    wrong = book.give(77)
    ledger.reverse(session, SYSTEM, entry_id=wrong.id, occurred_on=book.day)
    mistaken = book.pay(120, fund=book.street)
    ledger.reverse(session, SYSTEM, entry_id=mistaken.id, occurred_on=book.day)
    granted = ledger.grant(
        session,
        SYSTEM,
        fund_id=book.street.id,
        into_fund_id=book.project.id,
        amount=Money(200),
        **book.common("grant"),
    )
    ledger.return_grant(
        session, SYSTEM, entry_id=granted.id, amount=Money(90), **book.common("grant_back")
    )


def _many(book: WholeBook, number: int) -> Iterator[GiftRow]:
    for fen in range(100, 100 + number):
        yield GiftRow(
            fund_id=book.project.id,
            amount=Money(fen),
            source=book.source("payment"),
            occurred_on=book.day,
            giver=ledger.Giver(f"giver:{fen % 7}", "individual", "420704"),
        )


def _purpose(book: WholeBook) -> None:
    session = book.session
    ended = ledger.open_fund(
        session, SYSTEM, book_id=book.book.id, name="结束", kind=FundKind.PROJECT
    )
    book.give(640, fund=ended)
    ledger.change_purpose(
        session,
        SYSTEM,
        fund_id=ended.id,
        into_fund_id=book.project.id,
        basis=PurposeBasis.REFILED,
        refiling_number="备 2026-7",
        decided_on=book.day,
        source=book.source("purpose"),
    )
    ledger.close_fund(session, SYSTEM, fund_id=ended.id)


def line_of(session: Session, entry: Entry) -> int:
    """The line that an entry's one inflow came onto."""
    return session.scalars(select(Inflow.line_id).where(Inflow.entry_id == entry.id)).one()
