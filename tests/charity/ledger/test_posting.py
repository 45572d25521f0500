"""What a gift, a hold and a payment do to the book, to the fen (ACC-02)."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, aliased

from charity import outbox
from charity.actor import Actor
from charity.base import Base
from charity.errors import (
    Conflict,
    Denied,
    DomainError,
    Insufficient,
    Invalid,
    InvalidState,
    NotFound,
)
from charity.ledger import checks, queries, tracing
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import (
    Account,
    Closing,
    Entry,
    FundKind,
    Hold,
    IncomeSource,
    Inflow,
    LineHead,
    Outflow,
    Pending,
    Transfer,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper, open_bookkeeper


def balances(session: Session, books: Bookkeeper) -> dict[str, int]:
    rows = queries.trial_balance(session, books.book.id)
    return {row.code: row.balance.fen for row in rows if row.balance}


def count(session: Session, table: type[Base]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def test_the_statutory_example(session: Session, books: Bookkeeper) -> None:
    """HANDBOOK 4: restricted gift 10,000, spend 6,000 → bank 4,000, 3102 + income = 4,000."""
    books.give(1_000_000)
    ledger.move_to_bank(
        session,
        SYSTEM,
        book_id=books.book.id,
        amount=Money(1_000_000),
        source="clearing:1",
        occurred_on=DAY,
    )
    books.pay(600_000)
    found = balances(session, books)
    assert found["1002"] == 400_000
    assert -(found["3102"] + found["4101.1"]) == 400_000
    assert sum(found.values()) == 0
    assert not checks.verify(session)


def test_a_gift_waits_for_its_place_and_counts_at_once(session: Session, books: Bookkeeper) -> None:
    entry = books.give(5_000, fee=30)
    position = queries.fund_position(session, books.fund.id)
    assert (position.raised, position.pending) == (Money(5_000), Money(5_000))
    assert (position.fees, position.in_hand) == (Money(30), Money(4_970))
    trail = tracing.trail_of_entry(session, entry.id)
    assert trail.interval is None
    assert trail.unspent == Money(5_000)
    assert not checks.verify(session)


def test_the_same_source_posts_once(session: Session, books: Bookkeeper) -> None:
    before = count(session, Entry)
    first = books.give(5_000, source="payment:1:succeeded")
    again = books.give(5_000, source="payment:1:succeeded")
    assert first.id == again.id
    assert count(session, Entry) == before + 1
    with pytest.raises(Conflict):
        books.give(5_001, source="payment:1:succeeded")


def test_the_earliest_gift_pays_first(session: Session, books: Bookkeeper) -> None:
    first, second, third = books.give(100), books.give(250), books.give(1_000)
    books.pay(300)
    trails = [tracing.trail_of_entry(session, entry.id) for entry in (first, second, third)]
    assert [trail.spent.fen for trail in trails] == [100, 200, 0]
    assert [trail.unspent.fen for trail in trails] == [0, 50, 1_000]
    assert trails[0].steps[0].gifts == 2
    assert trails[0].steps[0].outflow_total == Money(300)


def test_a_fee_takes_the_last_fen_of_its_own_gift(session: Session, books: Bookkeeper) -> None:
    gift, later = books.give(1_000, fee=60), books.give(500)
    books.pay(1_200)
    trail = tracing.trail_of_entry(session, gift.id)
    assert [(step.kind.value, step.amount.fen) for step in trail.steps] == [
        ("expense", 940),
        ("fee", 60),
    ]
    assert tracing.trail_of_entry(session, later.id).spent == Money(260)
    assert not checks.verify(session)


def test_holds_keep_money_from_others(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    books.hold(700, "expense:1")
    with pytest.raises(Insufficient) as refusal:
        books.hold(301, "expense:2")
    assert refusal.value.field == "amount"
    assert refusal.value.params["available"] == Money(300)
    with pytest.raises(Insufficient):
        books.pay(301)
    books.pay(700, release="expense:1")
    assert session.scalar(select(func.count()).select_from(Hold)) == 0
    assert queries.fund_position(session, books.fund.id).available == Money(300)
    assert not checks.verify(session)


def test_a_released_hold_is_free_again(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    books.hold(1_000, "expense:1")
    assert ledger.release_hold(session, SYSTEM, source="expense:1") == Money(1_000)
    books.pay(1_000)
    with pytest.raises(NotFound):
        ledger.release_hold(session, SYSTEM, source="expense:1")


def test_funds_do_not_pay_for_each_other(session: Session, books: Bookkeeper) -> None:
    books.give(1_000, fund=books.other)
    with pytest.raises(Insufficient):
        books.pay(1)
    assert queries.fund_position(session, books.fund.id).raised == Money(0)


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        (lambda b: b.give(0), Invalid),
        (lambda b: b.give(-5), Invalid),
        (lambda b: b.give(100, fee=100), Invalid),
        (lambda b: b.pay(0), Invalid),
        (lambda b: b.pay(1), Insufficient),
        (lambda b: b.hold(1, "x"), Insufficient),
        (lambda b: b.hold(0, "x"), Invalid),
    ],
)
def test_a_refusal_writes_nothing(
    session: Session, books: Bookkeeper, verb: object, error: type[DomainError]
) -> None:
    before = count(session, Entry)
    with pytest.raises(error):
        verb(books)  # type: ignore[operator]  # a lambda of the table above
    assert count(session, Entry) == before
    for table in (Outflow, Pending, Hold):
        assert count(session, table) == 0
    assert session.scalars(select(LineHead.spent)).all() == [0, 0]


def test_an_unknown_fund_is_not_found(session: Session, books: Bookkeeper) -> None:
    with pytest.raises(NotFound):
        ledger.hold(session, SYSTEM, fund_id=10**6, source="x", amount=Money(1))


def test_only_the_installation_posts_gifts_and_seals(session: Session, books: Bookkeeper) -> None:
    with pytest.raises(Denied):
        ledger.post_gift(
            session,
            Actor.guest(),
            fund_id=books.fund.id,
            amount=Money(1),
            source="x",
            occurred_on=DAY,
            giver=ledger.Giver("x", "individual"),
        )
    with pytest.raises(Denied):
        ledger.seal(session, Actor.guest(), book_id=books.book.id)
    with pytest.raises(Denied):
        ledger.pay(
            session,
            Actor.guest(),
            fund_id=books.fund.id,
            amount=Money(1),
            source="x",
            occurred_on=DAY,
            cost=AccountCode.PROGRAMME_COST,
        )


def post(session: Session, fund_id: int, fen: int = 1_000, **with_: Any) -> Entry:
    values: dict[str, Any] = {
        "amount": Money(fen),
        "source": "payment:1:succeeded",
        "occurred_on": DAY,
        "giver": ledger.Giver("g", "individual"),
    }
    return ledger.post_gift(session, SYSTEM, fund_id=fund_id, **values | with_)


def codes(session: Session, entry: Entry) -> list[tuple[str, str, int]]:
    """Debit, credit and fen of every transfer."""
    debit, credit = aliased(Account), aliased(Account)
    rows = session.execute(
        select(debit.code, credit.code, Transfer.amount)
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .where(Transfer.entry_id == entry.id)
        .order_by(Transfer.number)
    )
    return [(left, right, amount.fen) for left, right, amount in rows]


@pytest.mark.parametrize(
    ("income", "restricted", "code"),
    [
        (IncomeSource.DONATION, True, "4101.1"),
        (IncomeSource.MATCHING, False, "4101.2"),
        (IncomeSource.GOVERNMENT_PURCHASE, True, "4301.1"),
        (IncomeSource.VENTURE, True, "4401.1"),
        (IncomeSource.MARKET, False, "4501.2"),
        (IncomeSource.DUES, False, "4201.2"),
        (IncomeSource.INVESTMENT, False, "4601.2"),
        (IncomeSource.OTHER, True, "4901.1"),
    ],
)
def test_money_is_income_of_its_source(
    session: Session, books: Bookkeeper, income: IncomeSource, restricted: bool, code: str
) -> None:
    kind = FundKind.SHARED if restricted else FundKind.UNRESTRICTED
    fund = ledger.open_fund(session, SYSTEM, book_id=books.book.id, name="来源", kind=kind)
    entry = post(session, fund.id, income=income, account="1002")
    assert codes(session, entry) == [("1002", code, 1_000)]
    assert session.scalars(select(Inflow.income)).one() is income
    assert not checks.verify(session)


def test_agency_money_is_a_debt_and_no_income(session: Session, books: Bookkeeper) -> None:
    kind = FundKind.AGENCY
    fund = ledger.open_fund(session, SYSTEM, book_id=books.book.id, name="代收", kind=kind)
    entry = post(session, fund.id, fee=Money(6))
    assert codes(session, entry) == [("1009", "2601", 1_000), ("2601", "1009", 6)]
    assert session.scalars(select(Inflow.income)).one() is IncomeSource.AGENCY
    assert not checks.verify(session)


def test_a_gift_may_be_earmarked(session: Session, books: Bookkeeper) -> None:
    line = ledger.open_earmark(session, SYSTEM, fund_id=books.fund.id, earmark="轮椅")
    post(session, books.fund.id, earmark="轮椅", fee=Money(6))
    assert session.scalars(select(Inflow.line_id)).one() == line.id
    assert not checks.verify(session)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"earmark": "别家"}, LedgerReason.FOREIGN_EARMARK),
        ({"account": "1201"}, LedgerReason.WRONG_ACCOUNT),
        ({"account": "1002.09"}, LedgerReason.UNKNOWN_ACCOUNT),
        ({"income": IncomeSource.INTERNAL}, LedgerReason.WRONG_ACCOUNT),
        ({"fee": Money(-1)}, LedgerReason.FEE_TOO_LARGE),
    ],
)
def test_a_gift_that_cannot_be_says_why(
    session: Session, books: Bookkeeper, change: dict[str, Any], reason: LedgerReason
) -> None:
    before = count(session, Entry)
    with pytest.raises(Invalid) as refusal:
        post(session, books.fund.id, **change)
    assert refusal.value.reason is reason
    assert count(session, Entry) == before


def test_an_ended_fund_takes_nothing_and_remembers_all(session: Session, books: Bookkeeper) -> None:
    first = post(session, books.fund.id)
    books.pay(1_000)
    ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)
    assert post(session, books.fund.id).id == first.id
    with pytest.raises(InvalidState) as refusal:
        post(session, books.fund.id, source="payment:2:succeeded")
    assert refusal.value.reason is LedgerReason.FUND_CLOSED


def test_the_outbox_tells_of_a_new_entry_once(session: Session, books: Bookkeeper) -> None:
    event = outbox.Event("donation.settled", "donation:7", {"campaign_id": 3})
    for _ in range(2):
        entry = post(session, books.fund.id, event=event)
    told = [row for row in outbox.waiting(session) if row.subject == "donation:7"]
    assert [(row.event, row.data) for row in told] == [
        ("donation.settled", {"campaign_id": 3, "entry_id": entry.id})
    ]
    assert told[0].attempts == 0


def test_money_changes_its_account(session: Session, books: Bookkeeper) -> None:
    def move(source: str, **accounts: str) -> Entry:
        return ledger.move_to_bank(
            session,
            SYSTEM,
            book_id=books.book.id,
            amount=Money(5),
            source=source,
            occurred_on=DAY,
            **accounts,
        )

    assert codes(session, move("clearing:1", from_account="1001")) == [("1002", "1001", 5)]
    for wrong in ("1002", "1201", "5101", "1001.77"):
        with pytest.raises(Invalid):
            move("clearing:2", from_account=wrong)


def test_a_journal_touches_no_line(session: Session, books: Bookkeeper) -> None:
    def journal(*rows: ledger.Posting, source: str = "journal:1") -> Entry:
        return ledger.post_journal(
            session,
            SYSTEM,
            book_id=books.book.id,
            rows=rows,
            source=source,
            occurred_on=DAY,
            note="计提",
        )

    fund, fen = books.fund.id, Money(700)
    accrual = ledger.Posting("5201", fund, "2204", fund, fen)
    entry = journal(accrual)
    assert codes(session, entry) == [("5201", "2204", 700)]
    assert journal(accrual).id == entry.id
    for wrong in (
        [],
        [ledger.Posting("5201", fund, "1002", fund, fen)],
        [ledger.Posting("1201", None, "2202", None, fen)],
        [ledger.Posting("5201", fund, "5201", fund, fen)],
        [ledger.Posting("5201", 10**6, "2204", fund, fen)],
        [ledger.Posting("5201", fund, "2204.1", fund, fen)],
        [ledger.Posting("5201", fund, "2204", fund, Money(0))],
    ):
        with pytest.raises(Invalid):
            journal(*wrong, source="journal:2")
    assert not checks.verify(session)


def test_a_gift_of_a_closed_month_counts_for_the_first_open_day(
    session: Session, books: Bookkeeper
) -> None:
    session.add(Closing(book_id=books.book.id, through=date(2026, 3, 31), of_year=False))
    session.flush()
    posted = post(session, books.fund.id)
    entry = session.get_one(Entry, posted.id)
    assert entry.booked_on == posted.booked_on
    assert (entry.occurred_on, entry.booked_on) == (DAY, date(2026, 4, 1))


def test_a_source_posted_at_the_same_moment_is_one_entry(fresh_engine: Engine) -> None:
    """Both looked before either wrote; the second waits, and finds the first's entry."""
    with Session(fresh_engine) as session:
        fund_id = open_bookkeeper(session).fund.id
        session.commit()
    start, ids = Barrier(6), []

    def give(fen: int) -> None:
        with Session(fresh_engine) as session:
            start.wait()
            try:
                entry = post(session, fund_id, fen)
                session.commit()
                ids.append(entry.id)
            except Conflict:
                ids.append(0)

    threads = [Thread(target=give, args=(1_000,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 6
    assert len(set(ids)) == 1
    with Session(fresh_engine) as session, pytest.raises(Conflict):
        post(session, fund_id, 999)
