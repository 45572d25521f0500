"""What the database itself refuses, tried with raw statements as the site's own role."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from charity.base import Base
from charity.ledger import checks
from charity.ledger import services as ledger
from charity.ledger.guards import missing
from charity.ledger.models import (
    ERASABLE,
    FACTS,
    Closing,
    DayHead,
    FundClosing,
    FundKind,
    GoodsLot,
    GoodsUse,
    Line,
    LineKind,
    PurposeBasis,
    PurposeDecision,
    ValuationBasis,
)
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper, open_bookkeeper

CLOSED = date(2026, 2, 28)


@pytest.fixture
def story(session: Session) -> Bookkeeper:
    """One gift placed, partly spent and held, sealed; one that waits; a row in every table."""
    books = open_bookkeeper(session)
    books.give(1_000, source="gift:first")
    books.give(30, fund=books.other)
    books.pay(400)
    books.hold(100, "expense:held")
    books.seal()
    books.give(50)
    fund, other = books.fund.id, books.other.id
    ended = ledger.open_fund(
        session, SYSTEM, book_id=books.book.id, name="旧", kind=FundKind.PROJECT
    )
    line = Line(book_id=books.book.id, fund_id=other, earmark="goods:1", kind=LineKind.GOODS)
    session.add(line)
    session.flush()
    session.add_all(
        [
            Closing(book_id=books.book.id, through=CLOSED, of_year=False),
            FundClosing(fund_id=ended.id, closed_on=DAY),
            GoodsLot(
                line_id=line.id,
                name="大米",
                quantity=5,
                unit="袋",
                basis=ValuationBasis.VOUCHER,
                evidence="发票 1",
            ),
            PurposeDecision(
                book_id=books.book.id,
                fund_id=fund,
                into_fund_id=other,
                basis=PurposeBasis.SURPLUS_BY_PLAN,
                decided_on=DAY,
            ),
            DayHead(day=DAY, seals=1, previous=b"p", root=b"r", head=b"h"),
        ]
    )
    session.flush()
    session.add(GoodsUse(line_id=line.id, quantity=1))
    session.flush()
    return books


def refusal(session: Session, *statements: str) -> str:
    """What the database says against them, nothing where it does not; undone either way."""
    savepoint = session.begin_nested()
    try:
        for statement in statements:
            session.execute(text(statement))
        # What PostgreSQL checks at commit is checked now.
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    except DBAPIError as error:
        return str(error.orig)
    else:
        return ""
    finally:
        savepoint.rollback()


def columns(table: str) -> list[str]:
    """The columns of a table that are written."""
    return [c.name for c in Base.metadata.tables[table].columns if c.computed is None]


@pytest.mark.parametrize("table", FACTS)
def test_facts_are_neither_changed_nor_deleted(
    session: Session, story: Bookkeeper, table: str
) -> None:
    column = columns(table)[-1]
    words = "append-only|permission denied"
    assert re.search(words, refusal(session, f"UPDATE {table} SET {column} = {column}"))
    assert re.search(words, refusal(session, f"DELETE FROM {table}"))


@pytest.mark.parametrize("table", [*FACTS, *ERASABLE])
def test_nothing_is_replaced_or_emptied_at_a_stroke(
    session: Session, story: Bookkeeper, table: str
) -> None:
    """SQLite can replace a row, PostgreSQL empty a table; neither may."""
    if session.get_bind().dialect.name == "postgresql":
        assert re.search("append-only|permission denied", refusal(session, f"TRUNCATE {table}"))
    if session.get_bind().dialect.name == "sqlite" and table in FACTS:
        named = ", ".join(columns(table))
        statement = f"INSERT OR REPLACE INTO {table} ({named}) SELECT {named} FROM {table}"
        assert "guard:" in refusal(session, statement)


#: Numbers here are out of reach of those that PostgreSQL gives, and never gives again.
#: A new entry beside the first gift: so many transfers, of this kind, on this day.
ENTRY = (
    "INSERT INTO entry (id, book_id, source, kind, occurred_on, booked_on, posted_at, transfers,"
    " form, note_digest, digest) SELECT 9000000, book_id, 'attack', '{kind}', {day}, {day},"
    " posted_at, {transfers}, form, note_digest, digest FROM entry WHERE source = 'gift:first'"
)
#: Its transfer, money in or out of the first gift's fund as {money} and {other} say.
TRANSFER = (
    "INSERT INTO transfer (entry_id, number, book_id, debit_account_id, debit_fund_id,"
    " credit_account_id, credit_fund_id, amount) SELECT 9000000, {number}, transfer.book_id,"
    " {debit}_account_id, {debit}_fund_id, {credit}_account_id, {credit}_fund_id, {amount}"
    " FROM transfer JOIN entry ON entry.id = entry_id AND source = 'gift:first'"
    " WHERE number = 0"
)
FUND = "(SELECT min(fund_id) FROM outflow)"
LINE = f"(SELECT id FROM line WHERE fund_id = {FUND})"
OTHERS_LINE = f"(SELECT min(id) FROM line WHERE fund_id > {FUND})"
SPENT = "(SELECT id FROM outflow WHERE amount = 400)"


def entry(*, kind: str = "gift", day: str = "booked_on", transfers: int = 1) -> str:
    return ENTRY.format(kind=kind, day=day, transfers=transfers)


def transfer(number: int, amount: int, *, out: bool = False) -> str:
    debit, credit = ("credit", "debit") if out else ("debit", "credit")
    return TRANSFER.format(number=number, amount=amount, debit=debit, credit=credit)


def inflows(*rows: tuple[int, int, int | None], line: str = LINE) -> str:
    """Inflows of the new entry: number, amount, and the fen of the spent money where they begin."""
    values = (
        f"SELECT {9000000 + number}, 9000000, {number}, {line}, {amount}, 'donation',"
        f" {'NULL' if offset is None else SPENT}, {'NULL' if offset is None else offset}"
        for number, amount, offset in rows
    )
    named = "id, entry_id, number, line_id, amount, income, origin_outflow_id, origin_offset"
    if rows[0][2] is None:
        named = "id, entry_id, number, line_id, amount, income"
        values = (
            f"SELECT {9000000 + number}, 9000000, {number}, {line}, {amount}, 'donation'"
            for number, amount, _ in rows
        )
    return f"INSERT INTO inflow ({named}) {' UNION ALL '.join(values)}"


def outflow(amount: int, *, fund: str = FUND) -> str:
    return (
        "INSERT INTO outflow (id, entry_id, number, fund_id, amount, kind)"
        f" SELECT 9000000, 9000000, 0, {fund}, {amount}, 'expense'"
    )


def pieces(*rows: tuple[int, int, int], outflow: str = "9000000", line: str = LINE) -> str:
    """Pieces of an outflow: offset, start, stop."""
    values = " UNION ALL ".join(
        f"SELECT {outflow}, {offset}, {line}, {start}, {stop}" for offset, start, stop in rows
    )
    return f"INSERT INTO piece (outflow_id, start_offset, line_id, start, stop) {values}"


def placement(start: int, stop: int, number: int = 2) -> str:
    return (
        "INSERT INTO placement (line_id, start, stop, number, inflow_id, derived)"
        f" SELECT line_id, {start}, {stop}, {number}, id, false FROM inflow WHERE amount = 50"
    )


#: Each with the wall that must stop it, by its words: another one behind it is no substitute.
ATTACKS: dict[str, tuple[str, list[str]]] = {
    "late transfer": (
        "guard: late transfer",
        [transfer(1, 5).replace("9000000", "entry_id")],
    ),
    "one transfer too many": (
        "guard: late transfer",
        [entry(), transfer(0, 5), transfer(1, 5)],
    ),
    "transfer of a negative number": (
        "guard: late transfer",
        [entry(), transfer(-1, 5)],
    ),
    "amount of zero": (
        "ck_transfer_amount_positive",
        [entry(), transfer(0, 0)],
    ),
    "a deed that moves money": (
        "ck_entry_transfers_declared",
        [entry(kind="deed"), transfer(0, 5)],
    ),
    "money moved under a deed": (
        "guard: late transfer",
        [entry(kind="deed", transfers=0), transfer(0, 5)],
    ),
    "an entry that is no deed and moves nothing": (
        "ck_entry_transfers_declared",
        [entry(transfers=0)],
    ),
    "same source twice": (
        "(?i)unique.*book_id.*source",
        [entry().replace("'attack'", "source"), transfer(0, 5)],
    ),
    "entry in a closed period": (
        "guard: closed period",
        [entry(day=f"'{CLOSED}'"), transfer(0, 5)],
    ),
    "entry of a closing long closed": (
        "guard: closed period",
        [entry(kind="closing", day="'2026-01-31'"), transfer(0, 5)],
    ),
    "unknown account": (
        "(?i)foreign key|guard: not of this book",
        [
            entry(),
            transfer(0, 5).replace("credit_account_id, credit_fund_id, 5", "9990000, NULL, 5"),
        ],
    ),
    "unknown fund": (
        "(?i)foreign key|guard: not of this book",
        [
            entry(),
            transfer(0, 5).replace(
                "credit_account_id, credit_fund_id, 5", "credit_account_id, 9990000, 5"
            ),
        ],
    ),
    "transfer of no entry": (
        "(?i)foreign key|guard: not of this book",
        [transfer(0, 5)],
    ),
    "entry of no book": (
        "(?i)foreign key|guard: no such book",
        [entry().replace("SELECT 9000000, book_id", "SELECT 9000000, 9990000")],
    ),
    "place with a gap": ("(?i)foreign key", [placement(2000, 2050)]),
    "place over another": ("(?i)foreign key", [placement(990, 1040)]),
    "place with another number": ("(?i)foreign key", [placement(1000, 1050, 3)]),
    "place of another length": ("guard: placement differs", [placement(1000, 1060)]),
    "place of another's line": (
        "guard: placement differs",
        [placement(30, 80).replace("SELECT line_id", f"SELECT {OTHERS_LINE}")],
    ),
    "place that hides an origin": (
        "guard: placement differs",
        [placement(1000, 1050).replace("false", "true")],
    ),
    "fen consumed twice": (
        "guard: consumed twice",
        [entry(), transfer(0, 9, out=True), outflow(9), pieces((0, 395, 404))],
    ),
    "fen consumed twice at once": (
        "guard: consumed twice",
        [entry(), transfer(0, 9, out=True), outflow(9), pieces((0, 500, 505), (5, 503, 507))],
    ),
    "fen consumed around others": (
        "guard: consumed twice",
        [
            entry(),
            transfer(0, 450, out=True),
            outflow(450),
            pieces((0, 600, 605), (5, 450, 895)),
        ],
    ),
    "fen beyond the line": (
        "guard: beyond the line",
        [entry(), transfer(0, 9, out=True), outflow(9), pieces((0, 995, 1004))],
    ),
    "fen beyond the outflow": (
        "guard: beyond the outflow",
        [entry(), transfer(0, 9, out=True), outflow(9), pieces((0, 500, 510))],
    ),
    "fen beyond an outflow that is whole": (
        "guard: beyond the outflow",
        [pieces((400, 400, 401), outflow=SPENT)],
    ),
    "pieces with a gap": (
        "guard: beyond the outflow",
        [entry(), transfer(0, 9, out=True), outflow(9), pieces((0, 500, 502), (3, 502, 508))],
    ),
    "pieces that repeat": (
        "guard: beyond the outflow",
        [entry(), transfer(0, 9, out=True), outflow(9), pieces((0, 500, 505), (4, 505, 509))],
    ),
    "piece of another fund's line": (
        "guard: another fund",
        [
            entry(),
            transfer(0, 9, out=True),
            outflow(9),
            pieces((0, 0, 9), line=OTHERS_LINE),
        ],
    ),
    "outflow of another fund": (
        "guard: outflow of another fund",
        [
            entry(),
            transfer(0, 9, out=True),
            outflow(9, fund=f"(SELECT min(id) FROM fund WHERE id > {FUND})"),
        ],
    ),
    "outflow of another amount": (
        "(?i)foreign key|guard: outflow of another fund or amount",
        [entry(), transfer(0, 9, out=True), outflow(10), pieces((0, 500, 510))],
    ),
    "outflow without a transfer": (
        "(?i)foreign key|guard: outflow",
        [
            "INSERT INTO outflow (id, entry_id, number, fund_id, amount, kind)"
            " SELECT 9000000, entry_id, 7, fund_id, amount, kind FROM outflow"
        ],
    ),
    "inflow on another fund's line": (
        "guard: inflow of another fund",
        [entry(), transfer(0, 5), inflows((0, 5, None), line=OTHERS_LINE)],
    ),
    "inflow by a transfer of no fund": (
        "guard: inflow of another fund",
        [
            entry(),
            transfer(0, 5).replace(
                "transfer.book_id, debit_account_id, debit_fund_id",
                "transfer.book_id, debit_account_id, NULL",
            ),
            inflows((0, 5, None)),
        ],
    ),
    "inflow of another amount": (
        "(?i)foreign key|guard: inflow of another fund or amount",
        [entry(), transfer(0, 5), inflows((0, 6, None))],
    ),
    "fen that come back twice": (
        "guard: fen of an outflow arrive twice",
        [
            entry(transfers=2),
            transfer(0, 300),
            transfer(1, 200),
            inflows((0, 300, 0), (1, 200, 200)),
        ],
    ),
    "fen that come back around others": (
        "guard: fen of an outflow arrive twice",
        [
            entry(transfers=2),
            transfer(0, 20),
            transfer(1, 300),
            inflows((0, 20, 100), (1, 300, 50)),
        ],
    ),
    "more comes back than went": (
        "guard: beyond the outflow",
        [entry(), transfer(0, 300), inflows((0, 300, 101))],
    ),
    "internal money from nowhere": (
        "ck_inflow_internal",
        [entry(), transfer(0, 5), inflows((0, 5, None)).replace("donation", "internal")],
    ),
    "head beyond what is placed": (
        "not_overspent",
        ["UPDATE line_head SET spent = placed_end + 1"],
    ),
    "hold beyond what is free": (
        "not_overspent",
        ["INSERT INTO hold (source, line_id, amount) SELECT 'expense:x', line_id, 501 FROM hold"],
    ),
    "hold changed": ("guard: a hold", ["UPDATE hold SET amount = amount - 1"]),
    "entry put in another's place": (
        "append-only|permission denied",
        [
            entry().replace("'attack'", "source")
            + " ON CONFLICT (book_id, source) DO UPDATE SET digest = excluded.note_digest"
        ],
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_is_refused(session: Session, story: Bookkeeper, attack: str) -> None:
    words, statements = ATTACKS[attack]
    assert re.search(words, refusal(session, *statements))


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_in_one_statement_is_refused(
    session: Session, story: Bookkeeper, attack: str
) -> None:
    """PostgreSQL writes several tables in one statement; on SQLite there is no such thing."""
    words, statements = ATTACKS[attack]
    if session.get_bind().dialect.name == "postgresql":
        before = [f"step{number} AS ({each})" for number, each in enumerate(statements[:-1])]
        statements = [f"WITH {', '.join(['nothing AS (SELECT 1)', *before])} {statements[-1]}"]
    assert re.search(words, refusal(session, *statements))


@pytest.mark.parametrize(
    "shadowed", ["entry", "transfer", "outflow", "piece", "placement", "closing"]
)
def test_no_temporary_table_stands_in_for_the_book(
    session: Session, story: Bookkeeper, shadowed: str
) -> None:
    """A guard looks at the book's own tables, whatever else bears their name."""
    temporary = f"CREATE TEMPORARY TABLE {shadowed} AS SELECT * FROM {shadowed}"
    for words, statements in ATTACKS.values():
        if not words.startswith("guard: "):
            continue
        main = {"sqlite": "main", "postgresql": "public"}[session.get_bind().dialect.name]
        aimed = [re.sub(r"(INTO|FROM|JOIN) (?=[a-z])", rf"\1 {main}.", each) for each in statements]
        assert re.search(words, refusal(session, temporary, *aimed))


def test_what_looks_like_the_attacks_but_is_in_order(session: Session, story: Bookkeeper) -> None:
    for statements in (
        [entry(), transfer(0, 5), inflows((0, 5, None))],
        [entry(kind="closing", day=f"'{CLOSED}'"), transfer(0, 5)],
        [entry(), transfer(0, 9, out=True), outflow(9), pieces((0, 500, 505), (5, 496, 500))],
        [
            entry(transfers=2),
            transfer(0, 300),
            transfer(1, 100),
            inflows((0, 300, 100), (1, 100, 0)),
        ],
        [placement(1000, 1050), "UPDATE line_head SET placed_end = 1050 WHERE placed_end = 1000"],
    ):
        assert refusal(session, *statements) == ""


#: What of another book a transfer of this one may name, and may not.
FOREIGN = {
    "its account": ("credit_account_id, credit_fund_id, 5", "9900000, NULL, 5"),
    "its fund": ("credit_account_id, credit_fund_id, 5", "credit_account_id, 9900000, 5"),
    "itself": ("transfer.book_id", "9900000"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_an_entry_cannot_reach_into_another_book(
    session: Session, story: Bookkeeper, what: str
) -> None:
    another_book(session)
    own, foreign = FOREIGN[what]
    statement = transfer(0, 5).replace(own, foreign)
    words = "(?i)foreign key|guard: not of this book"
    assert re.search(words, refusal(session, entry(), statement))
    theirs = inflows((0, 5, None), line="9900000")
    assert "guard: inflow" in refusal(session, entry(), transfer(0, 5), theirs)


def test_an_entry_is_sealed_in_its_own_book(session: Session, story: Bookkeeper) -> None:
    another_book(session)
    statement = (
        "INSERT INTO sealed_entry (book_id, position, entry_id, leaf)"
        " SELECT 9900000, 0, id, digest FROM entry WHERE id = (SELECT min(entry_id) FROM unsealed)"
    )
    assert "guard: sealed in another book" in refusal(session, statement)


def another_book(session: Session) -> None:
    """A second organisation's book with an account, a fund and a line, all numbered 9900000."""
    for statement in (
        "INSERT INTO organisation (id, name, kind, uscc, region_code, introduction,"
        " contact_name, contact_phone, is_charity, is_social_work_agency, state, registered_at,"
        " verification_note) SELECT 9900000, '乙', kind, '52420704MJH000027A', region_code, '', '',"
        " '', is_charity, is_social_work_agency, state, registered_at, '' FROM organisation",
        "INSERT INTO book (id, organisation_id, name, opened_on)"
        " SELECT 9900000, 9900000, '乙账', opened_on FROM book",
        "INSERT INTO account (id, book_id, code, name) VALUES (9900000, 9900000, '1002', '')",
        "INSERT INTO fund (id, book_id, kind, name, restricted, opened_on)"
        " SELECT 9900000, 9900000, kind, '乙', restricted, opened_on FROM fund ORDER BY id LIMIT 1",
        "INSERT INTO line (id, book_id, fund_id, earmark, kind)"
        " VALUES (9900000, 9900000, 9900000, '', 'general')",
    ):
        session.execute(text(statement))


def test_every_guard_is_in_the_migrated_database(engine: Engine) -> None:
    with engine.connect() as connection:
        assert missing(connection) == []


def test_an_uncovered_outflow_is_refused_at_commit(fresh_engine: Engine) -> None:
    """PostgreSQL refuses at commit; on SQLite the checks find it (docs/architecture.md)."""
    with Session(fresh_engine) as session:
        books = open_bookkeeper(session)
        entry = books.give(1_000)
        books.pay(100)
        session.commit()
        row = {"e": entry.id, "f": books.fund.id}
        session.execute(
            text(
                "INSERT INTO outflow (entry_id, number, fund_id, amount, kind)"
                " SELECT :e, 0, :f, amount, 'expense' FROM transfer"
                " WHERE entry_id = :e AND number = 0"
            ),
            row,
        )
        if fresh_engine.dialect.name == "postgresql":
            with pytest.raises(IntegrityError):
                session.commit()
        else:
            session.commit()
            assert "covered" in {problem.check for problem in checks.verify(session)}


def test_an_entry_without_its_transfers_is_refused_at_commit(fresh_engine: Engine) -> None:
    """PostgreSQL refuses at commit; on SQLite the checks find it (docs/architecture.md)."""
    with Session(fresh_engine) as session:
        open_bookkeeper(session).give(1_000)
        session.commit()
        session.execute(
            text(
                "INSERT INTO entry (book_id, source, kind, occurred_on, booked_on, posted_at,"
                " transfers, form, note_digest, digest) SELECT book_id, 'gift:hollow', kind,"
                " occurred_on, booked_on, posted_at, transfers, form, note_digest, digest"
                " FROM entry WHERE kind = 'gift'"
            )
        )
        if fresh_engine.dialect.name == "postgresql":
            with pytest.raises(IntegrityError, match="lacks transfers"):
                session.commit()
        else:
            session.commit()
            assert "transfers" in {problem.check for problem in checks.verify(session)}


def test_a_piece_added_to_what_was_committed_is_refused(fresh_engine: Engine) -> None:
    """No later act widens an outflow that is covered already."""
    with Session(fresh_engine) as session:
        books = open_bookkeeper(session)
        books.give(1_000)
        books.pay(400)
        session.commit()
        words, statements = ATTACKS["fen beyond an outflow that is whole"]
        assert re.search(words, refusal(session, *statements))
