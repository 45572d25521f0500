"""Gifts and payments in bulk: taken in, placed on their lines, and spent.

100,000 gifts on 1,000 lines and 20,000 expenses unless `WUSHE_BENCH_GIFTS` says 1,000,000 (then
10,000 lines and 200,000 expenses). A tenth of the gifts pays a fee. PostgreSQL has fsync on; its
yardstick, pgbench's TPC-B script (scale 10, 8 clients, simple protocol), runs before and after.
"""

import os
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.ledger.chart import AccountCode
from charity.ledger.models import LineHead
from charity.ledger.services import Giver
from charity.ledger.services.bulk import GiftRow, PaymentRow, post_gifts, post_payments
from charity.ledger.services.placing import place_all
from charity.money import ZERO, Money
from tests.bench import Row
from tests.bench.books import Ledger, Pgbench, durable_databases, open_ledger
from tests.charity.ledger.conftest import DAY
from tests.support.databases import Address, SqliteDatabases
from web import db

GIFTS = int(os.environ.get("WUSHE_BENCH_GIFTS", "100000"))
LINES, EXPENSES = GIFTS // 100, GIFTS // 5
#: So many gifts or payments are one unit, committed.
UNIT = 50_000
SYSTEM = Actor.system("bench")
_FEE = Money(6)


def gifts(ledger: Ledger) -> Iterator[GiftRow]:
    """Gifts of 1 to 100 yuan to all funds."""
    chance = random.Random(7)
    for number in range(GIFTS):
        yield GiftRow(
            fund_id=ledger.fund_ids[number % LINES],
            amount=Money(100 * chance.randint(1, 100)),
            source=f"payment:{number}:succeeded",
            occurred_on=DAY,
            giver=Giver(f"donation:{number}", "individual", "420704"),
            fee=_FEE if number % 10 == 0 else ZERO,
        )


def expenses(ledger: Ledger, in_hand: dict[int, int]) -> Iterator[PaymentRow]:
    """Twenty expenses of every fund, four fifths of its money together."""
    for number in range(EXPENSES):
        fund_id = ledger.fund_ids[number % LINES]
        yield PaymentRow(
            fund_id=fund_id,
            amount=Money(in_hand[fund_id] * 4 // 5 // (EXPENSES // LINES)),
            source=f"expense:{number}:paid",
            occurred_on=DAY,
            cost=AccountCode.PROGRAMME_COST,
        )


def in_units(
    session: Session, items: Iterator[Any], act: Callable[[Session, Iterator[Any]], int]
) -> float:
    """Seconds to do all, a commit per unit."""
    begun, done = time.monotonic(), 0
    while some := [item for _, item in zip(range(UNIT), items, strict=False)]:
        done += act(session, iter(some))
        session.commit()
    return time.monotonic() - begun


def phases(address: Address) -> tuple[float, float, float]:
    """Seconds to take the gifts in, to place them, and to pay the expenses."""
    ledger = open_ledger(address, LINES)
    engine = db.make_engine(address.url)
    with Session(engine) as session:
        taken = in_units(session, gifts(ledger), lambda s, some: post_gifts(s, SYSTEM, gifts=some))
        line_ids = iter(session.scalars(select(LineHead.line_id)).all())
        session.commit()
        placed = in_units(session, line_ids, lambda s, some: place_all(s, SYSTEM, line_ids=some))
        heads = session.execute(select(LineHead.line_id, LineHead.placed_end, LineHead.spent))
        left = {line_id: end - spent for line_id, end, spent in heads}
        session.commit()
        paid = in_units(
            session, expenses(ledger, left), lambda s, some: post_payments(s, SYSTEM, payments=some)
        )
    engine.dispose()
    return taken, placed, paid


def rows() -> Iterator[Row]:
    """Both databases, and the memory of this process."""
    with durable_databases() as databases:
        pgbench = Pgbench(databases)
        before = pgbench.tpcb(5)
        taken, placed, paid = phases(databases.migrated())
        tpcb = statistics.mean((before, pgbench.tpcb(5)))
    yield Row(f"{GIFTS:,} gifts in bulk, PostgreSQL", GIFTS / taken, "gifts/s", "TPC-B", tpcb)
    yield Row(f"placing them on {LINES:,} lines, PostgreSQL", placed, "s")
    yield Row(f"{EXPENSES:,} expenses, PostgreSQL", paid, "s")
    sqlite = SqliteDatabases()
    try:
        taken, placed, paid = phases(sqlite.migrated())
    finally:
        sqlite.close()
    yield Row(f"{GIFTS:,} gifts in bulk, SQLite", GIFTS / taken, "gifts/s")
    yield Row(f"placing them on {LINES:,} lines, SQLite", placed, "s")
    yield Row(f"{EXPENSES:,} expenses, SQLite", paid, "s")
    yield Row("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
