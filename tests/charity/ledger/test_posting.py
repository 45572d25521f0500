"""What a gift, a hold and a payment do to the book, to the fen."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.base import Base
from charity.errors import Conflict, Denied, DomainError, Insufficient, Invalid, NotFound
from charity.ledger import checks, queries, tracing
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import Entry, Hold, LineHead, Outflow, Pending
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper


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
