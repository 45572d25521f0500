"""Statements from file to book: read, matched, decided, applied; once, whatever comes twice."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import checks, services
from charity.donations.counter_gateway import ACCOUNTS, CounterGateway
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    Donation,
    DonationState,
    GiverKind,
    Payment,
    PaymentState,
    RowState,
    Statement,
    StatementKind,
    StatementRow,
    StatementState,
)
from charity.donations.queries import statements as queries
from charity.donations.reasons import StatementsReason
from charity.donations.services.statements import columns_of
from charity.donations.statement_reading import Reading
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.ledger.models import Entry, EntryKind, Inflow, Transfer
from charity.money import Money
from tests.charity.donations.giving import SYSTEM, Giving
from tests.factories import make_actor

GATEWAYS = {name: CounterGateway(name, "a secret", account) for name, account in ACCOUNTS.items()}
MODE = "qualified_charity"
BANK, PLATFORM = "通用银行流水", "通用平台账单"
HEAD = ["交易流水号", "交易日期", "借方发生额", "贷方发生额", "对方户名", "对方账号", "附言"]


@dataclass
class Office:
    """The treasurer's desk: files go in, rows come out."""

    giving: Giving
    treasurer: Actor
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.giving.session

    @property
    def organisation_id(self) -> int:
        return self.giving.campaign.charity_id

    def begin(self, content: bytes, **changed: object) -> Statement:
        values: dict[str, object] = {
            "organisation_id": self.organisation_id,
            "kind": StatementKind.BANK,
            "file_name": "流水.csv",
            "digest": hashlib.sha256(content).digest(),
            "mapping": BANK,
            "operator_mode": MODE,
        }
        return services.begin_statement(self.session, self.treasurer, **{**values, **changed})  # type: ignore[arg-type]

    def read(self, content: bytes, *, portion: int = 3, **changed: object) -> Statement:
        """Take a file in and read it to its end, so many rows at a time."""
        statement = self.begin(content, **changed)
        if statement.summed_total is not None:
            return statement
        reading = Reading(
            content,
            columns_of(self.session, statement),
            clock.today(),
            needs_serial=statement.kind is StatementKind.PLATFORM,
        )
        rows = list(reading.rows())
        for start in range(0, len(rows), portion):
            services.store_rows(
                self.session,
                self.treasurer,
                statement_id=statement.id,
                rows=rows[start : start + portion],
            )
        services.finish_reading(
            self.session, self.treasurer, statement_id=statement.id, reading=reading
        )
        return statement

    def apply(self, statement: Statement, mode: str = MODE) -> Statement:
        services.start_applying(self.session, self.treasurer, statement_id=statement.id)
        while self.portion(statement, mode):
            pass
        return statement

    def portion(self, statement: Statement, mode: str = MODE, limit: int = 2) -> int:
        return services.apply_portion(
            self.session,
            SYSTEM,
            statement_id=statement.id,
            gateways=GATEWAYS,
            operator_mode=mode,
            limit=limit,
        )

    def rows(self, statement: Statement) -> list[StatementRow]:
        query = select(StatementRow).where(StatementRow.statement_id == statement.id)
        query = query.order_by(StatementRow.number).execution_options(populate_existing=True)
        return list(self.session.scalars(query))

    def states(self, statement: Statement) -> list[RowState]:
        return [row.state for row in self.rows(statement)]

    def waiting(self, yuan: str = "200", **changed: object) -> Payment:
        """A gift whose giver was told a reference to write into a transfer."""
        gateway: PaymentGateway = GATEWAYS["transfer"]
        donation = self.giving.begin(Money.yuan(yuan), gateway=gateway, **changed)
        payment = donation.payments[0]
        order = services.freeze_order(
            self.session,
            self.treasurer,
            payment_id=payment.id,
            description="一份心意",
            return_url="https://wushe.example/donations/token",
            cancel_url="https://wushe.example/donations/token",
            locale="zh",
        )
        checkout = gateway.create_checkout(order)
        return services.record_checkout(
            self.session,
            self.treasurer,
            payment_id=payment.id,
            remote_id=checkout.remote_id,
            url=checkout.url,
        )

    def gifts(self) -> int:
        query = select(func.count()).where(Donation.state == DonationState.SETTLED)
        return self.session.scalar(query) or 0


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def line(
    number: str, yuan: str, remark: str = "", name: str = "张三", day: str = "2026-03-15"
) -> list[str]:
    return [number, day, "", yuan, name, "6222020200001234567", remark]


@pytest.fixture
def office(giving: Giving) -> Office:
    treasurer = make_actor(
        giving.session, Grant(Role.TREASURER, organisation_id=giving.campaign.charity_id)
    )
    return Office(giving, treasurer)


def test_a_reference_and_its_sum_settle_the_gift_that_waits(office: Office) -> None:
    payment = office.waiting()
    statement = office.read(sheet(line("1", "200.00", f"捐款 {payment.remote_id.lower()} 谢谢")))
    (row,) = office.rows(statement)
    assert row.state is RowState.MATCHED
    assert (row.payment_id, row.reference) == (payment.id, payment.remote_id)
    assert payment.donation.state is DonationState.PENDING, "nothing counts before it is confirmed"
    office.apply(statement)
    office.session.refresh(payment)
    assert payment.state is PaymentState.SUCCEEDED
    assert payment.donation.state is DonationState.SETTLED
    assert payment.donation.settled_at is not None
    assert clock.day_of(payment.donation.settled_at) == date(2026, 3, 15)
    entry = office.session.get_one(Entry, payment.donation.entry_id)
    assert (entry.source, entry.occurred_on) == (payment.source, date(2026, 3, 15))
    transfer = office.session.scalars(select(Transfer).where(Transfer.entry_id == entry.id)).first()
    assert transfer is not None
    assert (transfer.debit_account, transfer.amount) == ("1002", Money.yuan(200))
    assert statement.state is StatementState.APPLIED
    assert checks.verify(office.session) == []
    assert office.giving.told() == 1
