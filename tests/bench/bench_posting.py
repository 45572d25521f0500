"""Gifts posted one by one: through the service, policy and outbox included, each its own commit.

PostgreSQL with fsync on, 8 processes. The yardsticks run in turns with it: pgbench's TPC-B script
(scale 10, 8 clients, simple protocol), and the very statement the service sends, sent by pgbench.
"""

import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.ledger import services as ledger
from charity.ledger.models import IncomeSource
from charity.ledger.services.entries import compose
from charity.ledger.services.grounds import read_funds
from charity.ledger.services.posting import gift_codes, gift_draft
from charity.ledger.services.writing import Known, statement
from charity.money import ZERO, Money
from charity.outbox import Event
from tests.bench import Row
from tests.bench.books import CLIENTS, Ledger, Pgbench, durable_databases, open_ledger
from tests.charity.ledger.conftest import DAY
from tests.support.postgres import conninfo
from web import db

SECONDS = float(os.environ.get("WUSHE_BENCH_SECONDS", "4"))
ROUNDS, FUNDS = 4, 10_000
SYSTEM = Actor.system("bench")
#: Stands in the statement where pgbench puts a number of its own.
MARK = "bench-source"


def give(session: Session, fund_id: int, source: str) -> None:
    """One gift, its outbox row, its commit."""
    ledger.post_gift(
        session,
        SYSTEM,
        fund_id=fund_id,
        amount=Money(2_000),
        source=source,
        occurred_on=DAY,
        giver=ledger.Giver(source, "individual", "420704"),
        event=Event("donation.settled", source, {}),
    )
    session.commit()


def client(
    number: int, of: Ledger, funds: list[int], seconds: float, start: Barrier, out: Any
) -> None:
    """Give until the time is over; says how many gifts a second."""
    engine = db.make_engine(of.address.url)
    chance = random.Random(number)
    run = f"{time.time_ns()}:{number}"
    for warm in range(8):
        with Session(engine, expire_on_commit=False) as session:
            give(session, funds[0], f"warm:{run}:{warm}")
    start.wait()
    begun, given = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        with Session(engine, expire_on_commit=False) as session:
            give(session, chance.choice(funds), f"gift:{run}:{given}")
        given += 1
    out.put(given / (time.monotonic() - begun))
    engine.dispose()


def service(of: Ledger, funds: list[int]) -> float:
    """Gifts a second of 8 processes together."""
    start = multiprocessing.Barrier(CLIENTS)
    out: Any = multiprocessing.Queue()
    processes = [
        multiprocessing.Process(target=client, args=(n, of, funds, SECONDS, start, out))
        for n in range(CLIENTS)
    ]
    for process in processes:
        process.start()
    total = sum(float(out.get()) for _ in processes)
    for process in processes:
        process.join()
    return total


def script(of: Ledger) -> str:
    """The statement of a gift, for pgbench: any fund, and a source of its own each time."""
    engine = db.make_engine(of.address.url)
    income = IncomeSource.DONATION
    with Session(engine) as session:
        codes = gift_codes(income, "1009", fee=False)
        fund = read_funds(session, of.fund_ids[:1], codes=codes)[of.fund_ids[0]]
        draft = gift_draft(
            fund,
            amount=Money(2_000),
            source=MARK,
            occurred_on=DAY,
            giver=ledger.Giver(MARK, "individual", "420704"),
            fee=ZERO,
            earmark="",
            income=income,
            account="1009",
            note="",
        )
        rows = compose(session, SYSTEM, draft, fund.ground)
        rows.event = Event("donation.settled", MARK, {})
        rows.known = Known(fund.fund.id, fund.ground.closed_through)
        text, values = statement(rows)
    engine.dispose()
    with psycopg.connect(conninfo(make_url(of.address.url))) as connection:
        filled = psycopg.ClientCursor(connection).mogrify(text, values)
    filled = filled.replace(f"'{MARK}'", "'pgbench :client_id :number'")
    return "\\set number random(1, 9000000000000000)\n" + filled.replace("\n", " ") + ";\n"


def rows() -> Iterator[Row]:
    """Rates and their yardsticks, medians of turns."""
    with durable_databases() as databases, TemporaryDirectory() as folder:
        yield from measure(databases, Path(folder))


def measure(databases: Any, folder: Path) -> Iterator[Row]:
    """Let the four take turns; the order changes each round."""
    of = open_ledger(databases.migrated(), FUNDS)
    pgbench = Pgbench(databases)
    file = folder / "gift.sql"
    file.write_text(script(of))
    cases = {
        "TPC-B": lambda: pgbench.tpcb(SECONDS),
        "service": lambda: service(of, of.fund_ids),
        "statement": lambda: pgbench.rate(of.address.url, SECONDS, "-f", str(file)),
        "hot fund": lambda: service(of, of.fund_ids[:1]),
    }
    found: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(ROUNDS):
        for name in names[number % 4 :] + names[: number % 4]:
            found[name].append(cases[name]())
    print({name: [round(rate) for rate in rates] for name, rates in found.items()})
    tpcb, posted, sent, hot = (statistics.median(found[name]) for name in names)
    yield Row("gift by the service, 8 processes", posted, "gifts/s", "TPC-B", tpcb)
    yield Row("gift by the service, 8 processes", posted, "gifts/s", "statement by pgbench", sent)
    yield Row("gift to one busy fund", 1e6 / hot, "µs each", "to 10,000 funds", 1e6 / posted)
