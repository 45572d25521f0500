"""The same acts with the same clock and salts give the same bytes on either database.

Whichever the suite runs on, the other is opened beside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from charity import clock
from charity.errors import DomainError
from charity.ledger import checks, export
from charity.ledger import services as ledger
from charity.ledger.models import (
    Book,
    Entry,
    EntryKind,
    Fund,
    FundKind,
    IncomeSource,
    Line,
    LineKind,
    PurposeBasis,
    ValuationBasis,
)
from charity.ledger.services.drafts import salt_source
from charity.money import Money
from tests.charity.ledger.storybook import SYSTEM, Storybook
from tests.support.databases import Databases, open_databases
from web import db

ACTS = 200
SEED = 2026
BEGINNING = datetime(2026, 9, 28, 2, tzinfo=UTC)
CHAIRS = "坐便椅"


class Script:
    """Two books and a few funds, and acts drawn by a seed that is the same everywhere."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.tell, self.dice = session, Storybook(session), Random(seed)
        self.done: dict[str, int] = {}
        self.books = [self.tell.book("江城公益基金会"), self.tell.book("嘉和社工中心")]
        fund = self.tell.fund
        first, second = self.books
        self.project = fund(first, "扶手", FundKind.PROJECT)
        self.shared = fund(first, "共享公益金", FundKind.SHARED)
        self.street = fund(first, "江岸街道", FundKind.STREET)
        self.own = fund(first, "本会", FundKind.UNRESTRICTED)
        self.agency = fund(first, "转交张家", FundKind.AGENCY)
        self.away = fund(second, "助餐", FundKind.PROJECT)
        self.tell.do(ledger.open_earmark, fund_id=self.project.id, earmark=CHAIRS)
        self.tell.do(ledger.open_account, book_id=first.id, code="1002.02", name="农商行")

    def fen(self, most: int = 50_00) -> int:
        """Some amount."""
        return self.dice.randint(1, most)

    def any_fund(self) -> Fund:
        """Some fund whose money is the organisation's own."""
        return self.dice.choice([self.project, self.shared, self.street, self.own, self.away])

    def entry(self, *kinds: EntryKind) -> Entry:
        """Some entry of these kinds."""
        query = select(Entry).where(Entry.kind.in_(kinds)).order_by(Entry.id)
        return self.dice.choice(list(self.session.scalars(query)))

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def give(self) -> None:
        fund, fen = self.any_fund(), self.fen(200_00)
        giver = ledger.Giver(f"donation:{self.dice.randint(1, 40)}", "individual", "420704001")
        self.tell.give(
            fund,
            fen,
            fee=self.dice.choice([0, fen // 50]),
            account=self.dice.choice(["1009", "1002"]),
            earmark=CHAIRS if fund is self.project and self.dice.random() < 0.3 else "",
            income=self.dice.choice([IncomeSource.DONATION, IncomeSource.GOVERNMENT_PURCHASE]),
            giver=giver,
            note=f"给{fund.name}的一份心意",
        )

    def pass_on(self) -> None:
        self.tell.give(self.agency, self.fen(), income=IncomeSource.AGENCY)
        self.tell.pay(self.agency, self.fen())

    def pay(self) -> None:
        fund = self.any_fund()
        earmark = CHAIRS if fund is self.project and self.dice.random() < 0.5 else ""
        self.tell.pay(fund, self.fen(), earmark=earmark, cost=self.dice.choice(["5101", "5201"]))

    def grant(self) -> None:
        pairs = [(self.shared, self.street), (self.street, self.project), (self.own, self.shared)]
        giving, into = self.dice.choice(pairs)
        self.tell.grant(giving, into, self.fen())

    def grant_away(self) -> None:
        self.act(ledger.grant_to_book, fund_id=self.shared.id, into_fund_id=self.away.id)

    def give_back(self) -> None:
        grant = self.entry(EntryKind.GRANT, EntryKind.GRANT_RECEIVED)
        self.act(ledger.return_grant, entry_id=grant.id)

    def move(self) -> None:
        lines = self.dice.choice([("", CHAIRS), (CHAIRS, "")])
        self.act(ledger.move, fund_id=self.project.id, from_earmark=lines[0], to_earmark=lines[1])

    def refund(self) -> None:
        self.act(ledger.refund, gift_entry_id=self.entry(EntryKind.GIFT).id)

    def dispute(self) -> None:
        gift = self.entry(EntryKind.GIFT)
        self.act(ledger.compel_refund, gift_entry_id=gift.id, host_fund_id=self.own.id)

    def return_payment(self) -> None:
        self.act(ledger.return_payment, entry_id=self.entry(EntryKind.EXPENSE).id)

    def reverse(self) -> None:
        kinds = (EntryKind.GIFT, EntryKind.EXPENSE, EntryKind.MOVE, EntryKind.GRANT)
        self.tell.do(
            ledger.reverse, entry_id=self.entry(*kinds).id, occurred_on=clock.today(), note="记错了"
        )

    def journal(self) -> None:
        rows = [ledger.Posting("5201", None, "1502", None, Money(self.fen()))]
        self.tell.event(ledger.post_journal, book_id=self.books[0].id, rows=rows)

    def goods(self) -> None:
        self.act(
            ledger.receive_goods,
            fund_id=self.project.id,
            name="轮椅",
            quantity=self.dice.randint(1, 9),
            unit="台",
            basis=ValuationBasis.VOUCHER,
            evidence="发票 24312000000012345678",
            giver=ledger.Giver("donation:41", "enterprise", "420704"),
            amount_as="value",
        )

    def use_goods(self) -> None:
        query = select(Line.id).where(Line.kind == LineKind.GOODS).order_by(Line.id)
        line_id = self.dice.choice(list(self.session.scalars(query)))
        self.tell.event(ledger.use_goods, line_id=line_id, quantity=self.dice.randint(1, 3))

    def change_purpose(self) -> None:
        """A fund of its own, so that the others stay in use."""
        name = f"小项目 {next(self.tell.numbers)}"
        small = self.tell.fund(self.books[0], name, FundKind.PROJECT)
        self.tell.give(small, self.fen())
        self.tell.do(
            ledger.change_purpose,
            fund_id=small.id,
            into_fund_id=self.project.id,
            basis=PurposeBasis.SURPLUS_SIMILAR,
            decided_on=clock.today(),
            source=f"purpose:{small.id}",
        )
        self.tell.do(ledger.close_fund, fund_id=small.id)

    def act(self, verb: Any, *, amount_as: str = "amount", **said: Any) -> None:
        """An event with some amount."""
        self.tell.event(verb, **said, **{amount_as: self.fen()})

    # ── all of it ────────────────────────────────────────────────────────────────────────────────

    def play(self) -> None:
        """Draw acts day by day; what is refused is refused everywhere."""
        common, seldom = (
            [self.give] * 6 + [self.pay] * 3,
            [
                *(
                    self.pass_on,
                    self.grant,
                    self.grant_away,
                    self.give_back,
                    self.move,
                    self.refund,
                ),
                *(self.dispute, self.return_payment, self.reverse, self.journal, self.goods),
                *(self.use_goods, self.change_purpose),
            ],
        )
        now = BEGINNING
        for number in range(ACTS):
            act = self.dice.choice(common + seldom)
            with clock.at(now):
                try:
                    act()
                except (DomainError, IndexError):
                    continue
                else:
                    self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
                finally:
                    if number % 10 == 9:
                        self.end_the_day()
            now += timedelta(hours=13, microseconds=self.dice.randint(0, 999_999))
        with clock.at(now):
            self.end_the_day()

    def end_the_day(self) -> None:
        """Seal, publish, close what is over."""
        self.tell.seal()
        ledger.publish_days(self.session, SYSTEM, before=clock.today())
        for book in self.books:
            for through in (date(2026, 9, 30), date(2026, 10, 31), date(2026, 12, 31)):
                if through < clock.today():
                    self.close(book, through)

    def close(self, book: Book, through: date) -> None:
        """Close a period unless it is closed."""
        try:
            self.tell.close(book, through)
        except DomainError:
            return
        self.done["close"] = self.done.get("close", 0) + 1


def played(engine: Engine, seed: int) -> tuple[bytes, dict[str, int]]:
    """The export of the script on an empty database, and how often each act was done."""
    numbers = count()
    token = salt_source.set(lambda: sha256(f"{next(numbers)}".encode()).digest()[:16])
    try:
        with clock.at(BEGINNING), Session(engine) as session:
            script = Script(session, seed)
            script.play()
            session.commit()
            assert checks.verify(session) == []
            return b"\n".join(export.lines(session)), script.done
    finally:
        salt_source.reset(token)


@contextmanager
def engine_of(databases: Databases) -> Iterator[Engine]:
    """The engine of an empty, migrated database."""
    address = databases.migrated()
    engine = db.make_engine(address.url)
    try:
        yield engine
    finally:
        engine.dispose()
        databases.drop(address)


@pytest.fixture
def other_databases(databases: Databases) -> Iterator[Databases]:
    """The kind of database the suite does not run on."""
    other = open_databases("sqlite" if databases.kind == "postgresql" else "postgresql")
    yield other
    other.close()


@pytest.mark.long
def test_both_databases_export_the_same_bytes(
    databases: Databases, other_databases: Databases
) -> None:
    with engine_of(databases) as here, engine_of(other_databases) as there:
        exported, done = played(here, SEED)
        assert played(there, SEED) == (exported, done)
    assert sum(done.values()) > ACTS // 2
    assert len(done) >= 14, f"too few kinds of acts were done: {done}"
    assert "王芳".encode() not in exported
    assert b"donation:" not in exported
