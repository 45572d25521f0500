"""A book with two funds to try things on."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import Book, Entry, Fund, FundKind
from charity.money import ZERO, Money
from charity.registry.models import Organisation, OrganisationKind, Region

SYSTEM = Actor.system("test")
DAY = date(2026, 3, 16)


@dataclass
class Bookkeeper:
    """A book, two funds in it, and short words for the verbs a test needs."""

    session: Session
    book: Book
    fund: Fund
    other: Fund
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def give(self, fen: int, *, fund: Fund | None = None, fee: int = 0, **with_: object) -> Entry:
        source = str(with_.pop("source", f"gift:{next(self.numbers)}"))
        return ledger.post_gift(
            self.session,
            SYSTEM,
            fund_id=(fund or self.fund).id,
            amount=Money(fen),
            source=source,
            occurred_on=DAY,
            giver=ledger.Giver(source, "individual", "420704"),
            fee=Money(fee) if fee else ZERO,
        )

    def pay(self, fen: int, *, fund: Fund | None = None, release: str | None = None) -> Entry:
        return ledger.pay(
            self.session,
            SYSTEM,
            fund_id=(fund or self.fund).id,
            amount=Money(fen),
            source=f"expense:{next(self.numbers)}:paid",
            occurred_on=DAY,
            cost=AccountCode.PROGRAMME_COST,
            release=release,
        )

    def hold(self, fen: int, source: str) -> None:
        ledger.hold(self.session, SYSTEM, fund_id=self.fund.id, source=source, amount=Money(fen))

    def seal(self) -> int:
        return ledger.seal(self.session, SYSTEM, book_id=self.book.id)


def open_bookkeeper(session: Session) -> Bookkeeper:
    if session.get(Region, "42") is None:
        session.add(Region(code="42", name="湖北省", level=1))
        session.flush()
    charity = Organisation(
        name="甲慈善会",
        kind=OrganisationKind.ASSOCIATION,
        uscc="51420704MJH000019J",
        region_code="42",
        registered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(charity)
    session.flush()
    book = ledger.open_book(session, SYSTEM, organisation_id=charity.id, name="总账")
    funds = [
        ledger.open_fund(session, SYSTEM, book_id=book.id, name=name, kind=FundKind.PROJECT)
        for name in ("扶手", "食堂")
    ]
    return Bookkeeper(session, book, *funds)


@pytest.fixture
def books(session: Session) -> Bookkeeper:
    return open_bookkeeper(session)
