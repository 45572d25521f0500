"""Red flags over a big book on both databases, and a draw of monetary units.

The gifts are those of bench_trail; beside them a year of expenses with approvals, payouts and
vouchers. By default a smaller book; `WUSHE_BENCH_GIFTS=800000 WUSHE_BENCH_EXPENSES=200000` makes
1,000,000 transfers.
"""

import os
import random
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.audits.models import FlagRun
from charity.audits.sampling import mus_draw
from charity.audits.services.flagging import raise_flags
from charity.ledger.models import Book as BookRow
from charity.ledger.models import Transfer
from charity.registry.models import Region
from tests.bench import Row, bench_trail
from tests.bench.bench_trail import GIFTS, IDS, LINES, Book, write
from tests.factories import make_user

EXPENSES = int(os.environ.get("WUSHE_BENCH_EXPENSES", str(GIFTS // 5)))
#: Expenses that come in before the next look.
MORE = 100
VENDORS = 5_000
UNITS, FRAME = 200, 1_000_000
BEGINNING = datetime(2026, 1, 1, 1, tzinfo=UTC)
_SYSTEM = Actor.system("flags")


def rows() -> Iterator[Row]:
    """Seconds for the first look, one after a hundred expenses more, and one after nothing."""
    yield _units()
    for kind in ("sqlite", "postgresql"):
        with bench_trail.open_book(kind) as book:
            fill(book)
            yield from measure(kind, book)


def _units() -> Row:
    amounts = np.random.default_rng(1).lognormal(11, 1.5, FRAME).astype(np.int64).tolist()
    begun = time.perf_counter()
    drawn = mus_draw(amounts, UNITS, "seed")
    taken = time.perf_counter() - begun
    assert len(drawn.drawn) + len(drawn.certainties) >= UNITS - 1
    return Row(f"{UNITS} monetary units of {FRAME:,} vouchers", taken, "s", "allowed", 1.0)


def measure(kind: str, book: Book) -> Iterator[Row]:
    """Three looks in a row."""
    with Session(book.engine) as session:
        transfers = session.scalar(select(func.count()).select_from(Transfer)) or 0
    what = f"{transfers:,} transfers, {EXPENSES:,} expenses"
    first, run = _look(book)
    yield Row(f"{kind}: first look, {what}", first, "s", "allowed", 60.0)
    yield Row(f"{kind}: questions it asked", float(run), "")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row(f"{kind}: memory of the whole process", peak, "MB", "allowed", 1000.0)
    with book.engine.begin() as connection:
        _write_expenses(connection, book, EXPENSES, MORE)
    yield Row(f"{kind}: after {MORE} expenses more", _look(book)[0], "s", "first look", first)
    yield Row(f"{kind}: after nothing new", _look(book)[0], "s", "first look", first)


def _look(book: Book) -> tuple[float, int]:
    with clock.at(BEGINNING + timedelta(days=365)), Session(book.engine) as session:
        owner = session.get_one(BookRow, book.id).organisation_id
        begun = time.perf_counter()
        run: FlagRun = raise_flags(session, _SYSTEM, organisation_id=owner)
        session.commit()
        return time.perf_counter() - begun, run.raised


def fill(book: Book) -> None:
    """Gifts, then expenses in chunks as approval and payment leave them."""
    lines = range(IDS, IDS + LINES)
    bench_trail.write_lines(book, lines)
    amounts = random.Random(1)
    gifts = [(lines[n % LINES], amounts.choice((1_000, 5_000, 10_000))) for n in range(GIFTS)]
    bench_trail.write_gifts(book, gifts)
    with Session(book.engine) as session:
        users = [make_user(session) for _ in range(5)]
        session.add(Region(code="4207", name="鄂州市", level=2, parent_code="42"))
        owner = session.get_one(BookRow, book.id).organisation_id
        session.commit()
        people.clear()
        people.extend((user.id, user.person_id) for user in users)
    with book.engine.begin() as connection:
        write(
            connection, "budget", "id, organisation_id, region_code, fund_id",
            ((n, owner, "4207", n) for n in lines),
        )  # fmt: skip
        write(
            connection, "budget_line", "id, budget_id, number, name, kind, amount, unit",
            ((n, n, 1, "支出", "programme", 10**11, "") for n in lines),
        )  # fmt: skip
    for begin in range(0, EXPENSES, bench_trail.CHUNK):
        count = min(bench_trail.CHUNK, EXPENSES - begin)
        with book.engine.begin() as connection:
            _write_expenses(connection, book, begin, count)
    bench_trail.analyze(book)


#: User and person: who submits, two who agree, who pays.
people: list[tuple[int, int]] = []


def _write_expenses(connection: Connection, book: Book, begin: int, count: int) -> None:
    """Rows of so many paid expenses, over the days of a year."""
    chance = random.Random(begin)
    (user, person), *agreeing, (payer, paying) = people
    moves, spent, duties, asked, decided, paid, papers = [], [], [], [], [], [], []
    for n in range(begin, begin + count):
        id_, entry, line = IDS + n, book.next_id, IDS + n % LINES
        book.next_id += 1
        fen = max(1_000, round(chance.lognormvariate(11.9, 1.25)))
        at = BEGINNING + timedelta(days=n % 330, minutes=chance.randrange(500))
        stamp, day = at.strftime("%Y-%m-%d %H:%M:%S.000000"), at.date().isoformat()
        moves.append((entry, line, fen))
        spent.append(
            (id_, line, "支出", fen, f"供应商{chance.randrange(VENDORS)}", "6222000011112222",
             f"{chance.randrange(10**8):08}", day, "direct", n % 50 == 0, "paid", user, person,
             stamp, "")
        )  # fmt: skip
        duties += [(id_, person, "submit"), (id_, paying, "pay")]
        asked.append((id_, f"expense:{id_}", bytes(32), 2, "", person, "granted", stamp, stamp))
        decided += [
            (2 * id_ + k, id_, agreer, their, person, True, "", bytes(32), stamp)
            for k, (agreer, their) in enumerate(agreeing[:2])
        ]
        paid.append((id_, day, f"BANK{id_}", payer, paying, "pay", stamp, "", entry))
        papers.append((id_, id_, bench_trail.digest(id_), "application/pdf", 100, 100, 1, stamp))
    bench_trail.write_entries(connection, book, "expense", "5101", "1002", moves)
    for table, columns, written in (
        ("expense", "id, budget_line_id, title, amount, payee_name, payee_account, voucher_number,"
         " spent_on, payment_kind, is_cash, state, submitted_by_user_id, submitter_person_id,"
         " submitted_at, return_reason", spent),
        ("expense_duty", "expense_id, person_id, duty", duties),
        ("approval_request", "id, subject, content_hash, quorum, tier, submitter_person_id, state,"
         " opened_at, closed_at", asked),
        ("approval_decision", "id, request_id, user_id, person_id, submitter_person_id, agreed,"
         " reason, content_hash, decided_at", decided),
        ("payout", "expense_id, paid_on, bank_reference, paid_by_user_id, payer_person_id, duty,"
         " paid_at, proof_media_type, entry_id", paid),
        ("voucher", "id, expense_id, file_hash, media_type, width, height, pages, added_at",
         papers),
    ):  # fmt: skip
        write(connection, table, columns, written)
