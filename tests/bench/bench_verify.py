"""`wushe ledger verify` and `export` on a big book, on both databases: seconds and memory.

Gifts and payments are posted in bulk by the services, with real digests, and sealed. By default a
smaller book; `WUSHE_BENCH_GIFTS=1000000` measures the full one (10,000 lines, 200,000 expenses).
Memory is what the command's own process held at most.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import FundKind
from charity.ledger.services.bulk import GiftRow, PaymentRow, post_gifts, post_payments
from charity.money import Money
from tests.bench import Row
from tests.charity.ledger.conftest import DAY, SYSTEM, open_bookkeeper
from tests.support import postgres
from tests.support.databases import Address, PostgresDatabases, SqliteDatabases
from tests.support.live import WUSHE, Installation
from tests.support.source import ROOT
from web import db

GIFTS = int(os.environ.get("WUSHE_BENCH_GIFTS", "20000"))
LINES = max(GIFTS // 100, 1)
EXPENSES = GIFTS // 5
CHUNK = 20_000


def rows() -> Iterator[Row]:
    """Seconds and megabytes of both commands, and of the forty lines that check the export."""
    for kind in ("sqlite", "postgresql"):
        databases = (
            SqliteDatabases() if kind == "sqlite" else PostgresDatabases(postgres.open_server())
        )
        try:
            address = databases.migrated()
            entries = fill(address)
            with tempfile.TemporaryDirectory(prefix="wushe-bench-") as folder:
                yield from measure(f"{kind}, {entries:,} entries", address, Path(folder))
        finally:
            databases.close()


def fill(address: Address) -> int:
    """A book of gifts and payments, sealed; how many entries it has."""
    engine = db.make_engine(address.url)
    chance = random.Random(1)
    with Session(engine) as session:
        book_id = open_bookkeeper(session).book.id
        funds = [
            ledger.open_fund(
                session,
                SYSTEM,
                book_id=book_id,
                name=f"基金{number}",
                kind=FundKind.NAMED,
                restricted=bool(number % 2),
            ).id
            for number in range(LINES)
        ]
        session.commit()
        for first in range(0, GIFTS, CHUNK):
            post_gifts(session, SYSTEM, gifts=gifts(chance, funds, first))
            session.commit()
        _analyze(address)
        for first in range(0, EXPENSES, CHUNK):
            post_payments(session, SYSTEM, payments=payments(chance, funds, first))
            session.commit()
        _analyze(address)
        entries = 0
        while sealed := ledger.seal(session, SYSTEM, book_id=book_id):
            entries += sealed
            session.commit()
        ledger.publish_days(session, SYSTEM, before=clock.today())
        session.commit()
    _analyze(address)
    engine.dispose()
    return entries


def gifts(chance: random.Random, funds: list[int], first: int) -> Iterator[GiftRow]:
    """The next gifts, of between 1 and 500 yuan."""
    for number in range(first, min(first + CHUNK, GIFTS)):
        yield GiftRow(
            fund_id=funds[number % LINES],
            amount=Money(chance.randint(100, 50_000)),
            source=f"gift:{number}",
            occurred_on=DAY,
            giver=ledger.Giver(f"user:{number % 50_000}", "individual", f"42070{number % 5}"),
        )


def payments(chance: random.Random, funds: list[int], first: int) -> Iterator[PaymentRow]:
    """The next payments; together less than the gifts."""
    for number in range(first, min(first + CHUNK, EXPENSES)):
        yield PaymentRow(
            fund_id=funds[number % LINES],
            amount=Money(chance.randint(10_000, 60_000)),
            source=f"expense:{number}:paid",
            occurred_on=DAY,
            cost=AccountCode.PROGRAMME_COST,
        )


def _analyze(address: Address) -> None:
    """What autovacuum does within a minute on a server that is not the suite's own."""
    engine = create_engine(address.owner_url)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    engine.dispose()


def measure(label: str, address: Address, folder: Path) -> Iterator[Row]:
    """Run the commands one after the other."""
    environment = Installation(address, folder).environment()
    file = folder / "book.jsonl"
    check = [sys.executable, "-I", "-S", str(ROOT / "docs" / "check_book.py")]
    for name, command, given in (
        ("verify", [*WUSHE, "ledger", "verify"], None),
        ("export", [*WUSHE, "ledger", "export", str(file)], None),
        ("check_book.py", check, file),
    ):
        seconds, cpu, megabytes = _run(command, environment, given)
        yield Row(f"{label}: {name}", seconds, "s")
        yield Row(f"{label}: {name}, CPU of the process", cpu, "s")
        yield Row(f"{label}: {name}, memory", megabytes, "MB")


#: A small process that starts the command and tells what it took; a large one would count itself.
_WATCH = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
took = time.perf_counter() - began
print(json.dumps([code, took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def _run(
    command: list[str], environment: dict[str, str], given: Path | None
) -> tuple[float, float, float]:
    """Seconds of a command, seconds of CPU, and the most memory its process held, in MB."""
    with (given or Path(os.devnull)).open("rb") as stdin:
        watched = subprocess.run(
            [sys.executable, "-c", _WATCH, *command],
            env=environment,
            cwd=ROOT,
            stdin=stdin,
            capture_output=True,
            text=True,
        )
    code, seconds, cpu, megabytes = json.loads(watched.stdout)
    assert code == 0, watched.stderr[-2000:]
    return seconds, cpu, megabytes
