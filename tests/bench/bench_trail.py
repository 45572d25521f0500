"""Sealing a big book, and both ways along its trail, on both databases.

Gifts and expenses are written as the rows that posting leaves, guards on; placing, sealing and the
grants through three funds are the services' own. By default a smaller book;
`WUSHE_BENCH_GIFTS=1000000` measures the full one (10,000 lines, 200,000 expenses).
"""

import hashlib
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.orm import Session

from charity.ledger import services as ledger
from charity.ledger import tracing
from charity.ledger.chart import AccountCode
from charity.ledger.models import Account, FundKind, Line, Outflow
from charity.money import Money
from tests.bench import Row
from tests.charity.ledger.conftest import DAY, SYSTEM, open_bookkeeper
from tests.support import postgres
from tests.support.databases import PostgresDatabases, SqliteDatabases
from web import db

GIFTS = int(os.environ.get("WUSHE_BENCH_GIFTS", "50000"))
LINES = max(GIFTS // 100, 1)
EXPENSES = GIFTS // 5
#: One-yuan gifts behind one voucher, and behind the one at the end of three funds.
SMALL_GIFTS = 20_000
LOOKS = int(os.environ.get("WUSHE_BENCH_LOOKS", "300"))
#: Rows written here are numbered out of the way of those the database numbers.
IDS = 10_000_000
#: Entries in one transaction.
CHUNK = 50_000


@dataclass
class Book:
    """The book under measurement, with what is looked at."""

    engine: Engine
    owner_url: str
    id: int = 0
    accounts: dict[str, int] = field(default_factory=dict)
    #: How much every line has got, and spent.
    arrived: dict[int, int] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)
    next_id: int = IDS
    #: The voucher 20,000 gifts paid, the one they paid through three funds, a gift of these.
    broad: int = 0
    chained: int = 0
    traveller: int = 0


def rows() -> Iterator[Row]:
    """Entries sealed per second; the trail's first page and totals in milliseconds."""
    for kind in ("sqlite", "postgresql"):
        with open_book(kind) as book:
            yield from measure(kind, book)


@contextmanager
def open_book(kind: str) -> Iterator[Book]:
    """A book of its own without money, gone afterwards."""
    databases = SqliteDatabases() if kind == "sqlite" else PostgresDatabases(postgres.open_server())
    try:
        address = databases.migrated()
        book = Book(db.make_engine(address.url), address.owner_url)
        with Session(book.engine) as session:
            book.id = open_bookkeeper(session).book.id
            found = session.execute(select(Account.code, Account.id)).all()
            book.accounts = {str(code): id_ for code, id_ in found}
            session.commit()
        yield book
        book.engine.dispose()
    finally:
        databases.close()


def measure(kind: str, book: Book) -> Iterator[Row]:
    """Fill the book, seal it, then look along it."""
    lines = range(IDS, IDS + LINES)
    write_lines(book, lines)
    amounts = random.Random(1)
    write_gifts(book, [(lines[n % LINES], amounts.randint(100, 50_000)) for n in range(GIFTS)])
    analyze(book)
    yield Row(f"{kind}: gifts placed, sealed, totalled", seal_all(book), "entries/s")
    write_expenses(book, lines)
    analyze(book)
    yield Row(f"{kind}: expenses sealed, totalled", seal_all(book), "entries/s")
    chain(book)
    seal_all(book)
    analyze(book)
    yield from looks(kind, book)


def analyze(book: Book) -> None:
    """What autovacuum does within a minute on a server that is not the suite's own."""
    if book.engine.dialect.name == "postgresql":
        owner = create_engine(book.owner_url)
        with owner.begin() as connection:
            connection.execute(text("ANALYZE"))
        owner.dispose()


# ── rows as posting leaves them ──────────────────────────────────────────────────────────────────


def write(
    connection: Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    """Write rows as fast as the database takes them."""
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in columns.split(","))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        return
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def write_lines(book: Book, ids: Iterable[int]) -> None:
    """Funds with their general lines; a fund and its line have one number."""
    day = DAY.isoformat()
    with book.engine.begin() as connection:
        write(
            connection, "fund", "id, book_id, kind, name, restricted, opened_on",
            ((n, book.id, "named", f"基金{n}", False, day) for n in ids),
        )  # fmt: skip
        write(
            connection, "line", "id, book_id, fund_id, earmark, kind",
            ((n, book.id, n, "", "general") for n in ids),
        )  # fmt: skip
        write(
            connection, "line_head", "line_id, placed_end, placed_count, spent, held, cursor",
            ((n, 0, 0, 0, 0, 0) for n in ids),
        )  # fmt: skip


def write_entries(
    connection: Connection, book: Book, kind: str, debit: str, credit: str,
    moves: list[tuple[int, int, int]],
) -> None:  # fmt: skip
    """Entries of one transfer each; `moves` are (entry, fund, fen)."""
    day = DAY.isoformat()
    write(
        connection, "entry",
        "id, book_id, source, kind, occurred_on, booked_on, posted_at, transfers, form,"
        " note_digest, digest",
        (
            (n, book.id, f"{kind}:{n}", kind, day, day, n, 1, 2, bytes(32), digest(n))
            for n, _, _ in moves
        ),
    )  # fmt: skip
    accounts = book.accounts[debit], book.accounts[credit]
    write(
        connection, "transfer",
        "entry_id, number, book_id, debit_account_id, debit_fund_id, credit_account_id,"
        " credit_fund_id, amount",
        ((n, 0, book.id, accounts[0], fund, accounts[1], fund, fen) for n, fund, fen in moves),
    )  # fmt: skip
    write(connection, "unsealed", "entry_id, book_id", ((n, book.id) for n, _, _ in moves))


def digest(n: int) -> bytes:
    """Something of the length of a digest."""
    return hashlib.sha256(n.to_bytes(8)).digest()


def write_gifts(book: Book, gifts: list[tuple[int, int]], fund_id: int | None = None) -> None:
    """Gifts (line, fen), each of another giver, from five places; a fund has its line's number."""
    for begin in range(0, len(gifts), CHUNK):
        moves = []
        for line_id, fen in gifts[begin : begin + CHUNK]:
            moves.append((book.next_id, line_id, fen))
            book.arrived[line_id] = book.arrived.get(line_id, 0) + fen
            book.next_id += 1
        with book.engine.begin() as connection:
            to_fund = [(n, fund_id or line, fen) for n, line, fen in moves]
            write_entries(connection, book, "gift", "1009", "4101.2", to_fund)
            write(
                connection, "inflow", "id, entry_id, number, line_id, amount, income, giver_digest",
                ((n, n, 0, line, fen, "donation", digest(n)) for n, line, fen in moves),
            )  # fmt: skip
            write(
                connection, "inflow_giver", "inflow_id, salt, giver_key, giver_kind, place",
                (
                    (n, b"salt", f"donation:{n}", "individual" if n % 9 else "enterprise",
                     f"42070{n % 5}")
                    for n, _, _ in moves
                ),
            )  # fmt: skip
            write(connection, "pending", "inflow_id, line_id", ((n, line) for n, line, _ in moves))


def write_expenses(book: Book, lines: range) -> None:
    """Expenses that empty two thirds of every line in turn."""
    each = {line: book.arrived[line] * 2 // 3 * LINES // EXPENSES for line in lines}
    spends = [lines[n % LINES] for n in range(EXPENSES)]
    for begin in range(0, EXPENSES, CHUNK):
        moves, pieces = [], []
        for line in spends[begin : begin + CHUNK]:
            start = book.spent.get(line, 0)
            book.spent[line] = start + each[line]
            moves.append((book.next_id, line, each[line]))
            pieces.append((book.next_id, 0, line, start, start + each[line]))
            book.next_id += 1
        with book.engine.begin() as connection:
            write_entries(connection, book, "expense", "5101", "1002", moves)
            write(
                connection, "outflow", "id, entry_id, number, fund_id, amount, kind",
                ((n, n, 0, line, fen, "expense") for n, line, fen in moves),
            )  # fmt: skip
            write(connection, "piece", "outflow_id, start_offset, line_id, start, stop", pieces)
    with book.engine.begin() as connection:
        connection.execute(text("UPDATE line_head SET cursor = spent"))


# ── the services' part ───────────────────────────────────────────────────────────────────────────


def seal_all(book: Book) -> float:
    """Place and seal what waits; entries per second."""
    begun, sealed = time.monotonic(), 0
    while True:
        with Session(book.engine) as session:
            entries = ledger.seal(session, SYSTEM, book_id=book.id)
            session.commit()
        sealed += entries
        if not entries:
            return sealed / (time.monotonic() - begun)


def chain(book: Book) -> None:
    """20,000 one-yuan gifts that paid one voucher, and as many through three funds."""
    with Session(book.engine) as session:
        funds = [
            ledger.open_fund(session, SYSTEM, book_id=book.id, name=name, kind=FundKind.NAMED)
            for name in ("众人", "甲", "乙", "丙")
        ]
        ids = [fund.id for fund in funds]
        lines = [
            session.scalars(select(Line.id).where(Line.fund_id == fund_id)).one() for fund_id in ids
        ]
        session.commit()
    book.next_id += 1_000  # past what the services took meanwhile
    for fund_id, line_id in zip(ids[:2], lines[:2], strict=True):
        write_gifts(book, [(line_id, 100)] * SMALL_GIFTS, fund_id)
    book.traveller = book.next_id - SMALL_GIFTS // 2
    with Session(book.engine) as session:
        book.broad = pay(session, ids[0], SMALL_GIFTS * 100 - 50)
        for step, (giving, taking) in enumerate(pairwise(ids[1:])):
            ledger.grant(
                session, SYSTEM, fund_id=giving, into_fund_id=taking,
                amount=Money((SMALL_GIFTS - 500 * (step + 1)) * 100 + 7),
                source=f"chain:{giving}", occurred_on=DAY,
            )  # fmt: skip
        book.chained = pay(session, ids[3], (SMALL_GIFTS - 1_500) * 100)
        session.commit()


def pay(session: Session, fund_id: int, fen: int) -> int:
    """Pay an expense; the outflow."""
    entry = ledger.pay(
        session, SYSTEM, fund_id=fund_id, amount=Money(fen), source=f"voucher:{fund_id}",
        occurred_on=DAY, cost=AccountCode.PROGRAMME_COST,
    )  # fmt: skip
    return session.scalars(select(Outflow.id).where(Outflow.entry_id == entry.id)).one()


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


def looks(kind: str, book: Book) -> Iterator[Row]:
    """p50 and p95 of every way to look."""
    chosen = random.Random(2)
    with Session(book.engine) as session:
        gifts = [IDS + chosen.randrange(GIFTS) for _ in range(LOOKS)]
        vouchers = [IDS + GIFTS + chosen.randrange(EXPENSES) for _ in range(LOOKS)]
        middle = SMALL_GIFTS * 50
        ways: list[tuple[str, Callable[[int], object]]] = [
            ("forward, any gift", lambda n: tracing.trail_of_entry(session, gifts[n])),
            (
                "forward, through three funds",
                lambda n: tracing.trail_of_entry(session, book.traveller + n),
            ),
            ("backward, any expense", lambda n: tracing.gifts_page(session, vouchers[n])),
            ("backward, 20,000 gifts", lambda n: tracing.gifts_page(session, book.broad)),
            (
                "backward, 20,000 gifts, a page in the middle",
                lambda n: tracing.gifts_page(session, book.broad, after=middle + n),
            ),
            (
                "backward, 3 funds, 18,500 gifts",
                lambda n: tracing.gifts_page(session, book.chained),
            ),
            ("totals, 20,000 gifts", lambda n: tracing.backing_of(session, book.broad)),
            ("totals, 3 funds", lambda n: tracing.backing_of(session, book.chained)),
            (
                "unspent of a fund",
                lambda n: tracing.oldest_unspent(session, gifts[n] % LINES + IDS),
            ),
        ]
        for name, look in ways:
            yield from timed(session, f"{kind}: {name}", look)


def timed(session: Session, name: str, look: Callable[[int], object]) -> Iterator[Row]:
    """Look so many times, in turns with asking for nothing; the middle and the slowest of twenty.

    The yardstick is what an empty question costs in the same session at the same moment.
    """
    nothing = text("SELECT 1")
    seconds, empty = [], []
    for n in range(LOOKS):
        begun = time.perf_counter()
        assert look(n)
        looked = time.perf_counter()
        session.execute(nothing).all()
        seconds.append(looked - begun)
        empty.append(time.perf_counter() - looked)
    for share, at in (("p50", LOOKS // 2), ("p95", LOOKS * 95 // 100)):
        figure, standard = (sorted(each)[at] * 1000 for each in (seconds, empty))
        yield Row(f"{name}, {share}", figure, "ms", "SELECT 1", standard)
