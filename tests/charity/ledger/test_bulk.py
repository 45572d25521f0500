"""Many gifts and payments at once: the same entries as one by one, the same refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import Conflict, Denied, DomainError, Insufficient, Invalid, NotFound
from charity.ledger import checks
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import Entry, EntryNote, Inflow, LineHead, Outflow, Piece, Transfer
from charity.ledger.services import bulk, placing
from charity.ledger.services.bulk import GiftRow, PaymentRow, post_gifts, post_payments
from charity.ledger.services.drafts import salt_source
from charity.money import ZERO, Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper

NOON = datetime(2026, 3, 16, 4, tzinfo=UTC)


def gift(books: Bookkeeper, number: int, fen: int = 1_000, **with_: Any) -> GiftRow:
    row = GiftRow(
        fund_id=books.fund.id,
        amount=Money(fen),
        source=f"payment:{number}:succeeded",
        occurred_on=DAY,
        giver=ledger.Giver(f"donation:{number}", "individual", "420704"),
    )
    return replace(row, **with_)


def payment(books: Bookkeeper, number: int, fen: int, **with_: Any) -> PaymentRow:
    row = PaymentRow(
        fund_id=books.fund.id,
        amount=Money(fen),
        source=f"payroll:{number}",
        occurred_on=DAY,
        cost=AccountCode.PROGRAMME_COST,
    )
    return replace(row, **with_)


@contextmanager
def same_chance() -> Iterator[None]:
    """Salts that follow from their order, and a clock that stands."""
    numbers = count(1)
    token = salt_source.set(lambda: next(numbers).to_bytes(16, "big"))
    try:
        with clock.at(NOON):
            yield
    finally:
        salt_source.reset(token)


def book_of(session: Session) -> list[tuple[object, ...]]:
    """Everything entries say, but for their ids."""
    entries = session.execute(
        select(Entry.source, Entry.kind, Entry.digest, Entry.note_digest, Entry.booked_on).order_by(
            Entry.source
        )
    )
    transfers = session.execute(
        select(
            Entry.source,
            Transfer.number,
            Transfer.debit_account_id,
            Transfer.credit_account_id,
            Transfer.debit_fund_id,
            Transfer.amount,
        )
        .join(Entry, Entry.id == Transfer.entry_id)
        .order_by(Entry.source, Transfer.number)
    )
    pieces = session.execute(
        select(Entry.source, Piece.line_id, Piece.start, Piece.stop)
        .join(Outflow, Outflow.id == Piece.outflow_id)
        .join(Entry, Entry.id == Outflow.entry_id)
        .order_by(Piece.line_id, Piece.start)
    )
    heads = session.execute(
        select(LineHead.line_id, LineHead.placed_end, LineHead.spent, LineHead.cursor).order_by(
            LineHead.line_id
        )
    )
    return [tuple(row) for rows in (entries, transfers, pieces, heads) for row in rows]


def test_gifts_and_payments_at_once_are_those_one_by_one(
    session: Session, books: Bookkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "ENTRIES_AT_ONCE", 3)
    monkeypatch.setattr(bulk, "PAYMENTS_AT_ONCE", 3)
    gifts = [
        gift(books, 1, 1_000, fee=Money(6)),
        gift(books, 2, 250, fund_id=books.other.id),
        gift(books, 3, 500, note='a note, "quoted" \\ and\ttabbed\n'),
        gift(books, 4, 70, giver=ledger.Giver('k"\\', "enterprise")),
    ]
    payments = [
        payment(books, 1, 900),
        payment(books, 2, 100, fund_id=books.other.id),
        payment(books, 3, 400, note="工资"),
        payment(books, 4, 150, fund_id=books.other.id),
    ]
    with same_chance():
        apart = session.begin_nested()
        for row in gifts:
            ledger.post_gift(session, SYSTEM, **fields(row))
        for expense in payments:
            ledger.pay(session, SYSTEM, **fields(expense))
        placing.place_all(session, SYSTEM, line_ids=session.scalars(select(LineHead.line_id)))
        one_by_one = book_of(session)
        apart.rollback()
        session.expire_all()
    with same_chance():
        assert post_gifts(session, SYSTEM, gifts=gifts) == 4
        assert post_payments(session, SYSTEM, payments=iter(payments)) == 4
        assert book_of(session) == one_by_one
    books.seal()
    assert not checks.verify(session)


def fields(row: GiftRow | PaymentRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def test_what_is_posted_is_passed_over(session: Session, books: Bookkeeper) -> None:
    first = [gift(books, 1), gift(books, 2), gift(books, 2)]
    assert post_gifts(session, SYSTEM, gifts=first) == 2
    assert post_gifts(session, SYSTEM, gifts=[*first, gift(books, 3)]) == 1
    assert post_payments(session, SYSTEM, payments=[payment(books, 1, 10)]) == 1
    assert (
        post_payments(session, SYSTEM, payments=[payment(books, 1, 10), payment(books, 2, 10)]) == 1
    )
    for rows in ([gift(books, 1, 999)], [gift(books, 9), gift(books, 9, 5)]):
        with pytest.raises(Conflict):
            post_gifts(session, SYSTEM, gifts=rows)
    with pytest.raises(Conflict):
        post_payments(session, SYSTEM, payments=[payment(books, 1, 11)])
    assert len(session.scalars(select(Inflow.id)).all()) == 3
    assert not checks.verify(session)


def test_an_earmark_pays_before_the_general_line(session: Session, books: Bookkeeper) -> None:
    line = ledger.open_earmark(session, SYSTEM, fund_id=books.fund.id, earmark="轮椅")
    post_gifts(
        session,
        SYSTEM,
        gifts=[gift(books, 1, 100), gift(books, 2, 60, earmark="轮椅", fee=Money(10))],
    )
    post_payments(
        session, SYSTEM, payments=[payment(books, 1, 20), payment(books, 2, 90, earmark="轮椅")]
    )
    heads = {head.line_id: head for head in session.scalars(select(LineHead))}
    assert heads[line.id].spent == 60
    assert sum(head.spent for head in heads.values()) == 120
    with pytest.raises(Insufficient) as refusal:
        post_payments(session, SYSTEM, payments=[payment(books, 3, 41)])
    assert refusal.value.params == {"available": Money(40), "source": "payroll:3"}
    assert not checks.verify(session)


def test_held_money_is_nobodys(session: Session, books: Bookkeeper) -> None:
    post_gifts(session, SYSTEM, gifts=[gift(books, 1, 100)])
    books.hold(70, "expense:1")
    with pytest.raises(Insufficient):
        post_payments(session, SYSTEM, payments=[payment(books, 1, 31)])
    assert post_payments(session, SYSTEM, payments=[payment(books, 2, 30)]) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": ZERO}, Invalid),
        ({"amount": Money(-1)}, Invalid),
        ({"fee": Money(1_000)}, Invalid),
        ({"account": "1201"}, Invalid),
        ({"account": "1002.77"}, Invalid),
        ({"earmark": "nobody's"}, Invalid),
        ({"fund_id": 10**6}, NotFound),
    ],
)
def test_a_gift_that_cannot_be_refuses_its_batch(
    session: Session, books: Bookkeeper, change: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        post_gifts(session, SYSTEM, gifts=[gift(books, 1), gift(books, 2, **change)])
    assert session.scalars(select(Inflow.id)).first() is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": ZERO}, Invalid),
        ({"cost": "1002"}, Invalid),
        ({"account": "5101"}, Invalid),
        ({"account": "1002.77"}, Invalid),
        ({"earmark": "nobody's"}, Invalid),
        ({"fund_id": 10**6}, NotFound),
        ({"amount": Money(991)}, Insufficient),
    ],
)
def test_a_payment_that_cannot_be_refuses_its_batch(
    session: Session, books: Bookkeeper, change: dict[str, Any], error: type[DomainError]
) -> None:
    post_gifts(session, SYSTEM, gifts=[gift(books, 1)])
    with pytest.raises(error):
        post_payments(
            session, SYSTEM, payments=[payment(books, 1, 10), payment(books, 2, 10, **change)]
        )
    assert session.scalars(select(Outflow.id)).first() is None


def test_an_ended_fund_takes_nothing_in_bulk(session: Session, books: Bookkeeper) -> None:
    post_gifts(session, SYSTEM, gifts=[gift(books, 1)])
    post_payments(session, SYSTEM, payments=[payment(books, 1, 1_000)])
    ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)
    assert post_gifts(session, SYSTEM, gifts=[gift(books, 1)]) == 0
    with pytest.raises(DomainError):
        post_gifts(session, SYSTEM, gifts=[gift(books, 2)])


def test_only_the_installation_and_the_treasurer(session: Session, books: Bookkeeper) -> None:
    with pytest.raises(Denied):
        post_gifts(session, Actor.guest(), gifts=[gift(books, 1)])
    post_gifts(session, SYSTEM, gifts=[gift(books, 1)])
    with pytest.raises(Denied):
        post_payments(session, Actor.guest(), payments=[payment(books, 1, 1)])


def test_a_source_posted_meanwhile_is_passed_over(
    session: Session, books: Bookkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is looked at before the one before it is written: its source is posted meanwhile."""
    monkeypatch.setattr(bulk, "ENTRIES_AT_ONCE", 2)
    rows = [gift(books, 1), gift(books, 2), gift(books, 2), gift(books, 3), gift(books, 3)]
    assert post_gifts(session, SYSTEM, gifts=rows) == 3
    assert session.scalar(select(func.count()).select_from(Inflow)) == 3
    with pytest.raises(Conflict):
        post_gifts(
            session, SYSTEM, gifts=[gift(books, 4), gift(books, 5), gift(books, 5, amount=Money(7))]
        )


def test_texts_are_copied_as_they_are(session: Session, books: Bookkeeper) -> None:
    """PostgreSQL reads tabs, line ends and backslashes of a copy in its own way."""
    note = "一\t二\n三\\N\r\\.\n四 \\x41"
    assert post_gifts(session, SYSTEM, gifts=[gift(books, 1, note=note), gift(books, 2)]) == 2
    assert note in session.scalars(select(EntryNote.note)).all()
    assert checks.verify(session) == []


def test_many_lines_are_placed_at_once(session: Session, books: Bookkeeper) -> None:
    rows = [gift(books, n, fund_id=(books.fund.id, books.other.id)[n % 2]) for n in range(10)]
    post_gifts(session, SYSTEM, gifts=rows)
    known = session.scalars(select(LineHead)).all()
    lines = [head.line_id for head in known]
    assert placing.place_all(session, SYSTEM, line_ids=lines) == 10
    assert placing.place_all(session, SYSTEM, line_ids=lines) == 0
    assert [head.placed_end for head in known] == [5_000, 5_000]
    assert [head.placed_count for head in known] == [5, 5]
