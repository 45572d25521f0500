"""The statements of an organisation with a big book, on both databases.

The rows are those of bench_trail, spread over the months of a year, which is then closed. By
default a smaller book; `WUSHE_BENCH_GIFTS=700000` makes about 1,000,000 transfers in 7,000 funds.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from unittest import mock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import services as ledger
from charity.ledger import statements
from charity.ledger.models import Transfer
from charity.ledger.statements import Period
from tests.bench import Row, bench_trail
from tests.bench.bench_trail import GIFTS, IDS, LINES, Book
from tests.charity.ledger.conftest import SYSTEM

ROUNDS = 9
#: The most a statement may take at 1,000,000 transfers.
ALLOWED = 300.0
YEAR = Period.year(2026)
#: Lines on a page of a long statement.
SHOWN = 200


def rows() -> Iterator[Row]:
    """Medians, in milliseconds."""
    for kind in ("sqlite", "postgresql"):
        with bench_trail.open_book(kind) as book:
            fill(book)
            yield from measure(kind, book)


def fill(book: Book) -> None:
    """A year of gifts, expenses of two transfers in June, sealed and closed."""
    lines = range(IDS, IDS + LINES)
    bench_trail.write_lines(book, lines)
    for month in range(1, 13):
        day = date(2026, month, 16)
        gifts = [(lines[n % LINES], 10_000) for n in range(month - 1, GIFTS, 12)]
        with mock.patch.object(bench_trail, "DAY", day):
            bench_trail.write_gifts(book, gifts)
    bench_trail.analyze(book)
    bench_trail.seal_all(book)
    bench_trail.write_expenses(book, lines)
    bench_trail.analyze(book)
    bench_trail.seal_all(book)
    with clock.at(datetime(2027, 1, 3, tzinfo=UTC)), Session(book.engine) as session:
        ledger.close_period(session, SYSTEM, book_id=book.id, through=YEAR.last)
        session.commit()
    bench_trail.seal_all(book)
    bench_trail.analyze(book)


def measure(kind: str, book: Book) -> Iterator[Row]:
    """Each statement beside what it may take."""
    with Session(book.engine) as session:
        count = session.scalar(select(func.count()).select_from(Transfer))
        yield Row(f"{kind}: transfers in the book", float(count or 0), "")
        ways: list[tuple[str, Callable[[], object]]] = [
            ("trial balance", lambda: statements.trial_balance(session, book.id, YEAR)),
            ("资产负债表", lambda: statements.balance_sheet(session, book.id, YEAR.last)),
            ("业务活动表", lambda: statements.activities(session, book.id, YEAR)),
            ("one fund", lambda: statements.fund_statement(session, IDS, YEAR)),
            (f"a page of {LINES:,} funds", lambda: page_of_funds(session, book.id)),
            (f"all {LINES:,} funds", lambda: statements.funds_table(session, book.id, YEAR)),
            ("funding mix", lambda: statements.funding_mix(session, book.id, YEAR)),
        ]
        for name, look in ways:
            yield Row(f"{kind}: {name}", middle(look), "ms", "allowed", ALLOWED)


def page_of_funds(session: Session, book_id: int) -> object:
    """What the page of all funds asks: who they are, and the figures of those it shows."""
    told = statements.ids_with_money(session, book_id, YEAR)[:SHOWN]
    return statements.funds_table(session, book_id, YEAR, told)


def middle(look: Callable[[], object]) -> float:
    """The median of some looks."""
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        assert look()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds) * 1000
