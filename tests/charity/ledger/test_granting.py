"""Money that goes on to another fund, line or book, and comes back from there."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.ledger import services as ledger
from charity.ledger.models import (
    Account,
    Book,
    Entry,
    EntryKind,
    Fund,
    FundKind,
    IncomeSource,
    Inflow,
    Line,
    PurposeBasis,
    PurposeDecision,
    Transfer,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.charity.ledger.storybook import Storybook, refused
from tests.charity.ledger.test_paying import pieces
from tests.conftest import SetClock


@pytest.fixture
def tell(session: Session, clock: SetClock) -> Storybook:
    return Storybook(session)


@pytest.fixture
def book(tell: Storybook) -> Book:
    return tell.book("甲慈善会")


@pytest.fixture
def pool(tell: Storybook, book: Book) -> Fund:
    """A street's fund with ¥1,000.00, of which ¥400.00 are for old people."""
    pool = tell.fund(book, "街道基金", FundKind.STREET)
    tell.do(ledger.open_earmark, fund_id=pool.id, earmark="助老")
    tell.give(pool, 600_00, "王芳")
    tell.give(pool, 400_00, "李雷", earmark="助老")
    tell.seal()
    return pool


@pytest.fixture
def project(tell: Storybook, book: Book) -> Fund:
    return tell.fund(book, "扶手")


def transfers(session: Session, entry: Entry) -> list[tuple[str, int | None, str, int | None, int]]:
    """(debit, fund, credit, fund, fen) of an entry, in order."""
    codes = dict(session.execute(select(Account.id, Account.code)).all())
    rows = session.scalars(
        select(Transfer).where(Transfer.entry_id == entry.id).order_by(Transfer.number)
    )
    return [
        (
            codes[row.debit_account_id],
            row.debit_fund_id,
            codes[row.credit_account_id],
            row.credit_fund_id,
            row.amount.fen,
        )
        for row in rows
    ]


def arrived(session: Session, entry: Entry) -> list[tuple[str, int, int, str]]:
    """(earmark, fen, offset in its origin, income) of what an entry brought, in order."""
    rows = session.execute(
        select(Line.earmark, Inflow.amount, Inflow.origin_offset, Inflow.income)
        .join(Line, Line.id == Inflow.line_id)
        .where(Inflow.entry_id == entry.id)
        .order_by(Inflow.number)
    )
    return [(earmark, fen.fen, offset, income.value) for earmark, fen, offset, income in rows]


# ── inside a book ────────────────────────────────────────────────────────────────────────────────


def test_four_transfers_over_the_account_between_funds(
    tell: Storybook, book: Book, pool: Fund, project: Fund
) -> None:
    entry = tell.grant(pool, project, 500_00)
    a, b = pool.id, project.id
    assert transfers(tell.session, entry) == [
        ("3901", a, "1002", a, 500_00),
        ("3102", a, "3901", a, 500_00),
        ("1002", b, "3901", b, 500_00),
        ("3901", b, "3102", b, 500_00),
    ]
    assert arrived(tell.session, entry) == [("", 500_00, 0, "internal")]
    assert tell.accounts(book) == {"1002": 1_000_00, "4101.1": -1_000_00}
    assert (tell.lines(pool), tell.lines(project)) == (
        {"": 100_00, "助老": 400_00},
        {"": 500_00},
    )
    assert tell.is_true()


def test_a_grant_out_of_an_earmark_into_an_earmark(
    tell: Storybook, pool: Fund, project: Fund
) -> None:
    tell.do(ledger.open_earmark, fund_id=project.id, earmark="三楼")
    entry = tell.grant(pool, project, 450_00, earmark="助老", into_earmark="三楼")
    assert pieces(tell.session, entry.id) == [("助老", 0, 400_00), ("", 0, 50_00)]
    assert arrived(tell.session, entry) == [("三楼", 450_00, 0, "internal")]
    assert tell.paid_by(tell.pay(project, 430_00, earmark="三楼")) == {
        "李雷": 400_00,
        "王芳": 30_00,
    }
    assert tell.is_true()


def test_the_trail_goes_on_through_three_funds(tell: Storybook, book: Book, pool: Fund) -> None:
    village = tell.fund(book, "幸福家园", FundKind.VILLAGE_MUTUAL_AID)
    project = tell.fund(book, "食堂")
    tell.give(village, 50_00, "韩梅")
    tell.grant(pool, village, 300_00)
    tell.grant(village, project, 200_00)
    expense = tell.pay(project, 120_00, source="expense:9:paid")
    assert tell.paid_by(expense) == {"韩梅": 50_00, "王芳": 70_00}
    gift = tell.session.scalars(select(Entry).where(Entry.kind == EntryKind.GIFT)).first()
    assert gift is not None
    assert tell.way_of(gift) == {"expense:9:paid": 70_00, "": 530_00}
    assert tell.is_true()


def test_unrestricted_money_becomes_restricted_where_it_goes(tell: Storybook, book: Book) -> None:
    host = tell.fund(book, "本会", FundKind.UNRESTRICTED, restricted=False)
    project = tell.fund(book)
    tell.give(host, 100_00)
    tell.grant(host, project, 100_00)
    assert tell.accounts(book) == {
        "1002": 100_00, "4101.2": -100_00, "3101": 100_00, "3102": -100_00,
    }  # fmt: skip
    tell.pay(project, 100_00)
    assert tell.accounts(book)["5101"] == 100_00
    assert tell.is_true()


def test_who_may_grant(tell: Storybook, book: Book, pool: Fund, project: Fund) -> None:
    host = tell.fund(book, "本会", FundKind.UNRESTRICTED, restricted=False)
    agency = tell.fund(book, "代收", FundKind.AGENCY, restricted=False)
    tell.give(project, 10_00)
    tell.give(agency, 10_00)
    tell.seal()
    for giving, taking in (
        (project, pool),
        (pool, host),
        (agency, host),
        (pool, agency),
        (pool, pool),
    ):
        with refused(tell.session, LedgerReason.NOT_ITS_PURPOSE):
            tell.grant(giving, taking, 1)
    elsewhere = tell.fund(tell.book("乙基金会"))
    with refused(tell.session, LedgerReason.OTHER_BOOK):
        tell.grant(pool, elsewhere, 1)
    with refused(tell.session, LedgerReason.FOREIGN_EARMARK):
        tell.grant(pool, project, 1, into_earmark="助老")
    with refused(tell.session, LedgerReason.NOT_POSITIVE):
        tell.grant(pool, project, 0)
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(600_00)):
        tell.grant(pool, project, 600_01)


def test_a_decision_lets_a_projects_money_go_on(
    tell: Storybook, book: Book, pool: Fund, project: Fund
) -> None:
    tell.give(project, 10_00)
    tell.seal()
    decision = PurposeDecision(
        book_id=book.id,
        fund_id=project.id,
        into_fund_id=pool.id,
        basis=PurposeBasis.SURPLUS_BY_PLAN,
        decided_on=book.opened_on,
    )
    tell.session.add(decision)
    tell.session.flush()
    other = tell.fund(book, "食堂")
    with refused(tell.session, LedgerReason.NOT_ITS_PURPOSE):
        tell.grant(project, other, 10_00, decision_id=decision.id)
    tell.grant(project, pool, 10_00, decision_id=decision.id)
    assert tell.lines(project) == {"": 0}


def test_a_fund_that_ended_takes_no_grant(tell: Storybook, pool: Fund, project: Fund) -> None:
    first = tell.grant(pool, project, 1_00, source="grant:1:paid")
    tell.pay(project, 1_00)
    tell.do(ledger.close_fund, fund_id=project.id)
    with refused(tell.session, LedgerReason.FUND_CLOSED):
        tell.grant(pool, project, 1_00)
    assert tell.grant(pool, project, 1_00, source="grant:1:paid").id == first.id
    with refused(tell.session, LedgerReason.SOURCE_DIFFERS):
        tell.grant(pool, project, 1_01, source="grant:1:paid")


# ── moves ────────────────────────────────────────────────────────────────────────────────────────


def move(tell: Storybook, fund: Fund, fen: int, start: str, end: str, **more: object) -> Entry:
    entry: Entry = tell.event(
        ledger.move, fund_id=fund.id, amount=fen, from_earmark=start, to_earmark=end, **more
    )
    return entry


def test_a_move_is_the_first_and_third_transfer_alone(
    tell: Storybook, book: Book, pool: Fund
) -> None:
    before = tell.accounts(book)
    entry = move(tell, pool, 100_00, "", "助老")
    assert transfers(tell.session, entry) == [
        ("3901", pool.id, "1002", pool.id, 100_00),
        ("1002", pool.id, "3901", pool.id, 100_00),
    ]
    assert tell.lines(pool) == {"": 500_00, "助老": 500_00}
    assert tell.accounts(book) == before
    expense = tell.pay(pool, 450_00, earmark="助老")
    assert tell.paid_by(expense) == {"李雷": 400_00, "王芳": 50_00}
    assert tell.is_true()


def test_a_move_takes_from_its_line_alone(tell: Storybook, pool: Fund) -> None:
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(400_00)):
        move(tell, pool, 400_01, "助老", "")
    for start, end in (("", ""), ("", "助学"), ("助学", "")):
        with refused(tell.session, LedgerReason.FOREIGN_EARMARK):
            move(tell, pool, 1, start, end)
    first = move(tell, pool, 5, "助老", "", source="move:1")
    assert move(tell, pool, 5, "助老", "", source="move:1").id == first.id


# ── between books ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def theirs(tell: Storybook) -> Fund:
    """A project fund in another organisation's book."""
    return tell.fund(tell.book("乙社工站"), "老人食堂")


def across(
    tell: Storybook, fund: Fund, into: Fund, fen: int, **more: object
) -> tuple[Entry, Entry]:
    entries: tuple[Entry, Entry] = tell.event(
        ledger.grant_to_book, fund_id=fund.id, into_fund_id=into.id, amount=fen, **more
    )
    return entries


def test_cost_here_and_income_there(tell: Storybook, book: Book, pool: Fund, theirs: Fund) -> None:
    paid, received = across(tell, pool, theirs, 250_00, source="grant:7")
    assert (paid.source, received.source) == ("grant:7:paid", "grant:7:received")
    assert (paid.kind, received.kind) == (EntryKind.GRANT, EntryKind.GRANT_RECEIVED)
    assert transfers(tell.session, paid) == [
        ("5101", pool.id, "1002", pool.id, 250_00),
        ("3102", pool.id, "3101", pool.id, 250_00),
    ]
    assert transfers(tell.session, received) == [("1002", theirs.id, "4101.1", theirs.id, 250_00)]
    assert arrived(tell.session, received) == [("", 250_00, 0, "grant")]
    assert tell.paid_by(tell.pay(theirs, 100_00)) == {"王芳": 100_00}
    again = across(tell, pool, theirs, 250_00, source="grant:7")
    assert [entry.id for entry in again] == [paid.id, received.id]
    with refused(tell.session, LedgerReason.SOURCE_DIFFERS):
        across(tell, pool, theirs, 250_01, source="grant:7")
    assert tell.is_true()


def test_the_source_of_income_decides_the_account(
    tell: Storybook, pool: Fund, theirs: Fund
) -> None:
    _, received = across(tell, pool, theirs, 1, income=IncomeSource.VENTURE)
    assert transfers(tell.session, received)[0][2] == "4401.1"
    for income in (IncomeSource.INTERNAL, IncomeSource.OPENING, IncomeSource.AGENCY):
        with refused(tell.session, LedgerReason.WRONG_ACCOUNT):
            across(tell, pool, theirs, 1, income=income)


def test_what_does_not_go_between_books(tell: Storybook, pool: Fund, theirs: Fund) -> None:
    with refused(tell.session, LedgerReason.OTHER_BOOK):
        across(tell, pool, pool, 1)
    with refused(tell.session, LedgerReason.INSUFFICIENT, available=Money(600_00)):
        across(tell, pool, theirs, 600_01)
    tell.give(theirs, 1_00)
    tell.seal()
    with refused(tell.session, LedgerReason.NOT_ITS_PURPOSE):
        across(tell, theirs, pool, 1)


# ── grants that come back ────────────────────────────────────────────────────────────────────────


def give_back(tell: Storybook, entry: Entry, fen: int, **more: object) -> tuple[Entry, Entry]:
    entries: tuple[Entry, Entry] = tell.event(
        ledger.return_grant, entry_id=entry.id, amount=fen, **more
    )
    return entries


def test_a_grant_inside_a_book_goes_home_to_its_lines(
    tell: Storybook, book: Book, pool: Fund, project: Fund
) -> None:
    entry = tell.grant(pool, project, 450_00, earmark="助老")
    tell.give(project, 10_00, "韩梅")
    tell.pay(project, 380_00)
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(70_00)):
        give_back(tell, entry, 70_01)
    back, same = give_back(tell, entry, 60_00, source="back:1")
    assert (back.id, back.kind) == (same.id, EntryKind.RETURN)
    # the first fen not spent are the earmark's last ¥20.00, then ¥40.00 of the general line
    assert arrived(tell.session, back) == [
        ("助老", 20_00, 0, "internal"),
        ("", 40_00, 20_00, "internal"),
    ]
    assert tell.lines(pool) == {"": 590_00, "助老": 20_00}
    assert tell.lines(project) == {"": 20_00}
    assert give_back(tell, entry, 60_00, source="back:1")[0].id == back.id
    with refused(tell.session, LedgerReason.SOURCE_DIFFERS):
        give_back(tell, entry, 59_00, source="back:1")
    assert tell.paid_by(tell.pay(pool, 20_00, earmark="助老")) == {"李雷": 20_00}
    give_back(tell, entry, 10_00)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        give_back(tell, entry, 1)
    assert tell.accounts(book)["3102"] == 380_00 + 20_00
    assert tell.is_true()


def test_a_grant_between_books_is_taken_back_in_both(
    tell: Storybook, book: Book, pool: Fund, theirs: Fund
) -> None:
    paid, received = across(tell, pool, theirs, 250_00)
    tell.pay(theirs, 100_00)
    out, back = give_back(tell, received, 150_00, source="back:7")
    assert (out.source, back.source) == ("back:7:paid", "back:7:received")
    assert (out.kind, back.kind) == (EntryKind.REFUND, EntryKind.RETURN)
    assert transfers(tell.session, out) == [("4101.1", theirs.id, "1002", theirs.id, 150_00)]
    assert transfers(tell.session, back) == [
        ("1002", pool.id, "5101", pool.id, 150_00),
        ("3101", pool.id, "3102", pool.id, 150_00),
    ]
    assert arrived(tell.session, back) == [("", 150_00, 0, "internal")]
    assert tell.accounts(book)["5101"] == 100_00
    assert tell.lines(pool)[""] == 500_00
    # either side's entry names the grant, and the same source acts once
    again = give_back(tell, paid, 150_00, source="back:7")
    assert [entry.id for entry in again] == [out.id, back.id]
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        give_back(tell, paid, 1)
    assert tell.is_true()


def test_held_money_of_a_grant_stays(tell: Storybook, pool: Fund, project: Fund) -> None:
    entry = tell.grant(pool, project, 100_00)
    tell.seal()
    tell.do(ledger.hold, fund_id=project.id, source="expense:1", amount=70_00)
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(30_00)):
        give_back(tell, entry, 31_00)
    give_back(tell, entry, 30_00)
    assert tell.is_true()


def test_only_a_grant_is_given_back_as_one(tell: Storybook, pool: Fund, project: Fund) -> None:
    expense = tell.pay(pool, 1_00)
    grant = tell.grant(pool, project, 1_00)
    with refused(tell.session, LedgerReason.NOT_REVERSIBLE):
        give_back(tell, expense, 1)
    with refused(tell.session, LedgerReason.NOT_POSITIVE):
        give_back(tell, grant, 0)


def test_granted_given_back_and_granted_again(tell: Storybook, pool: Fund, project: Fund) -> None:
    """A second grant of the same fen is not given back under the first one's name."""
    first = tell.grant(pool, project, 600_00)
    give_back(tell, first, 600_00)
    second = tell.grant(pool, project, 600_00)
    tell.seal()
    with refused(tell.session, LedgerReason.MORE_THAN_LEFT, available=Money(0)):
        give_back(tell, first, 1)
    give_back(tell, second, 600_00)
    assert tell.lines(pool) == {"": 600_00, "助老": 400_00}
    assert tell.is_true()
