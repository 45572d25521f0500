"""A bank's statement of 100,000 rows: read, matched, stored, confirmed, applied; a platform's too.

Two fifths of the bank's rows carry the reference of a gift that waits, a fifth is money that went
out, the rest waits for people. Every row of the platform's sheet is a gift. `WUSHE_BENCH_ROWS`
takes another number. PostgreSQL has fsync on.
"""

import csv
import hashlib
import io
import os
import random
import resource
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from openpyxl import Workbook
from sqlalchemy import insert
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.counter_gateway import ACCOUNTS, CounterGateway
from charity.donations.models import (
    Donation,
    DonationState,
    GiverKind,
    Payment,
    PaymentState,
    RowState,
    StatementKind,
)
from charity.donations.queries import statements as queries
from charity.donations.references import reference
from charity.donations.services.statement_deciding import PORTION
from charity.donations.services.statements import columns_of
from charity.donations.statement_reading import Reading
from charity.money import Money
from charity.rows import table_of
from tests.bench import Row
from tests.bench.books import durable_databases
from tests.charity.donations.giving import SYSTEM, Giving, open_giving
from tests.factories import make_actor
from tests.fakes import FakeGateway
from tests.support.databases import Address, SqliteDatabases
from web import db

ROWS = int(os.environ.get("WUSHE_BENCH_ROWS", "100000"))
#: The seconds and the memory the issue allows.
SECONDS, MEGABYTES = 60.0, 300.0
MODE = "qualified_charity"
TODAY = date(2026, 3, 16)
AT = datetime(2026, 3, 16, 2, tzinfo=UTC)
GATEWAYS = {name: CounterGateway(name, "a secret", account) for name, account in ACCOUNTS.items()}
_BANK = [
    "交易流水号",
    "交易日期",
    "借方发生额",
    "贷方发生额",
    "余额",
    "对方户名",
    "对方账号",
    "附言",
]
_PLATFORM = ["订单号", "支付时间", "捐赠金额", "昵称", "项目名称", "状态"]


def bank_rows() -> Iterator[list[str]]:
    """The bank's sheet; row n's reference is that of payment n, where it has one."""
    chance, balance = random.Random(11), 0
    yield _BANK
    for number in range(1, ROWS + 1):
        fen = _fen(number)
        day = TODAY - timedelta(days=60 - 60 * number // (ROWS + 1))
        out = number % 5 == 4
        balance += -fen if out else fen
        remark = f"捐款 {reference(number).lower()}" if _waits(number) else "爱心捐款"
        sums = ["", _yuan(fen)] if not out else [_yuan(fen), ""]
        account = f"62220202{chance.randint(0, 10**11):011d}"
        name = f"爱心人士{number % 5000}"
        yield [f"2026{number:010d}", f"{day:%Y%m%d}", *sums, _yuan(balance), name, account, remark]


def platform_rows() -> Iterator[list[str]]:
    """The platform's sheet: every row is a gift."""
    yield _PLATFORM
    for number in range(1, ROWS + 1):
        day = TODAY - timedelta(days=number % 60)
        yield [
            f"T{number:012d}",
            f"{day} 10:20:30",
            _yuan(_fen(number)),
            "爱心网友",
            "适老",
            "成功",
        ]


def as_csv(rows: Iterator[Sequence[str]]) -> bytes:
    """As banks write it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("gb18030")


def as_xlsx(rows: Iterator[Sequence[str]]) -> bytes:
    """As a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fen(number: int) -> int:
    return 100 + number * 7919 % 100_000


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _waits(number: int) -> bool:
    return number % 2 == 0 and number % 5 != 4


def wait_for_them(session: Session, giving: Giving) -> None:
    """Gifts that wait for their transfers."""
    numbers = [number for number in range(1, ROWS + 1) if _waits(number)]
    for start in range(0, len(numbers), 10_000):
        some = numbers[start : start + 10_000]
        session.execute(
            insert(table_of(Donation)),
            [
                {
                    "id": number,
                    "client_id": str(uuid.UUID(int=number)),
                    "trail_token": f"token-{number}",
                    "campaign_id": giving.campaign.id,
                    "amount": Money(_fen(number)),
                    "giver_kind": GiverKind.INDIVIDUAL,
                    "giver_name": "张三",
                    "state": DonationState.PENDING,
                    "created_at": AT,
                }
                for number in some
            ],
        )
        session.execute(
            insert(table_of(Payment)),
            [
                {
                    "id": number,
                    "donation_id": number,
                    "gateway": "transfer",
                    "amount": Money(_fen(number)),
                    "livemode": False,
                    "remote_id": reference(number),
                    "state": PaymentState.OPEN,
                    "created_at": AT,
                }
                for number in some
            ],
        )


class Office:
    """A treasurer who imports, each portion a unit of its own."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.giving = open_giving(session, FakeGateway())
        self.campaign_id = self.giving.campaign.id
        self.charity_id = charity_id = self.giving.campaign.charity_id
        self.treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=charity_id))
        session.commit()

    def take(self, content: bytes, kind: StatementKind, mapping: str) -> float:
        """Seconds from the bytes to the last gift in the book."""
        begun = time.monotonic()
        statement = services.begin_statement(
            self.session,
            self.treasurer,
            organisation_id=self.charity_id,
            kind=kind,
            file_name="bench",
            digest=hashlib.sha256(content).digest(),
            mapping=mapping,
            operator_mode=MODE,
            campaign_id=self.campaign_id,
        )
        columns = columns_of(self.session, statement)
        self.session.commit()
        reading = Reading(content, columns, TODAY, needs_serial=kind is StatementKind.PLATFORM)
        rows = reading.rows()
        while chunk := list(islice(rows, PORTION)):
            self._unit(services.store_rows, statement_id=statement.id, rows=chunk)
        self._unit(services.finish_reading, statement_id=statement.id, reading=reading)
        self._unit(services.start_applying, statement_id=statement.id)
        while self._apply(statement.id):
            self.session.commit()
        self.session.commit()
        seconds = time.monotonic() - begun
        found = queries.tallies(self.session, [statement.id])[statement.id]
        assert RowState.MATCHED not in found
        assert RowState.BAD not in found
        return seconds

    def _apply(self, statement_id: int) -> int:
        return services.apply_portion(
            self.session,
            SYSTEM,
            statement_id=statement_id,
            gateways=GATEWAYS,
            operator_mode=MODE,
        )

    def _unit(self, verb: Callable[..., object], **values: object) -> None:
        actor: Actor = self.treasurer
        verb(self.session, actor, **values)
        self.session.commit()


def measure(address: Address, bank: bytes, platform: bytes) -> tuple[float, float]:
    """Seconds for the bank's statement and for the platform's."""
    engine = db.make_engine(address.url)
    with Session(engine) as session:
        office = Office(session)
        wait_for_them(session, office.giving)
        _go_on_numbering(session)
        session.commit()
        first = office.take(bank, StatementKind.BANK, "通用银行流水")
        session.expunge_all()
        second = office.take(platform, StatementKind.PLATFORM, "通用平台账单")
    engine.dispose()
    return first, second


def _go_on_numbering(session: Session) -> None:
    """The next numbers of PostgreSQL stand behind those given by hand."""
    if session.get_bind().dialect.name == "postgresql":
        for table in ("donation", "payment"):
            session.connection().exec_driver_sql(
                f"SELECT max(nextval(pg_get_serial_sequence('{table}', 'id'))) "
                f"FROM generate_series(1, {ROWS + 1})"
            )


def read_only(content: bytes) -> float:
    """Seconds to read a file and keep nothing."""
    begun = time.monotonic()
    columns = {name: list(words) for name, words in queries.delivered()[0].columns.items()}
    for _row in Reading(content, columns, TODAY).rows():
        pass
    return time.monotonic() - begun


def rows() -> Iterator[Row]:
    """Both databases, the workbook's reading, and the memory of this process."""
    bank, platform = as_csv(bank_rows()), as_csv(platform_rows())
    with durable_databases() as databases:
        first, second = measure(databases.migrated(), bank, platform)
    yield Row(f"bank statement, {ROWS:,} rows, PostgreSQL", first, "s", "allowed", SECONDS)
    yield Row(f"platform statement, {ROWS:,} rows, PostgreSQL", second, "s", "allowed", SECONDS)
    sqlite = SqliteDatabases()
    try:
        first, second = measure(sqlite.migrated(), bank, platform)
    finally:
        sqlite.close()
    yield Row(f"bank statement, {ROWS:,} rows, SQLite", first, "s", "allowed", SECONDS)
    yield Row(f"platform statement, {ROWS:,} rows, SQLite", second, "s", "allowed", SECONDS)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("memory", memory, "MB", "allowed", MEGABYTES)
    yield Row("reading alone, CSV", read_only(bank), "s")
    yield Row("reading alone, XLSX", read_only(as_xlsx(bank_rows())), "s")
