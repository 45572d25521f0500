"""Goods in kind: their value, their line, and how it is used up with the units."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.errors import CommonReason, Conflict, DomainError, Insufficient, InvalidState
from charity.ledger import checks, queries
from charity.ledger import services as ledger
from charity.ledger.models import (
    Entry,
    EntryKind,
    Fund,
    FundKind,
    GoodsLot,
    GoodsUse,
    Inflow,
    Line,
    LineHead,
    LineKind,
    Outflow,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.goods import Stock, value_of
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper


def receive(books: Bookkeeper, *, fund: Fund | None = None, **with_: object) -> Entry:
    lot: dict[str, object] = {
        "fund_id": (fund or books.fund).id,
        "name": "大米",
        "quantity": 3,
        "unit": "袋",
        "value": Money(10_000),
        "basis": ValuationBasis.VOUCHER,
        "evidence": "发票 No. 0042",
        "giver": ledger.Giver("g:1", "enterprise", "420704"),
        "source": "goods:1",
        "occurred_on": DAY,
    }
    return ledger.receive_goods(books.session, SYSTEM, **(lot | with_))  # type: ignore[arg-type]  # of the lot


def use(books: Bookkeeper, quantity: int, source: str, **with_: object) -> Entry:
    line = books.session.scalars(select(Line).where(Line.kind == LineKind.GOODS)).one()
    return ledger.use_goods(
        books.session,
        SYSTEM,
        line_id=line.id,
        quantity=quantity,
        source=source,
        occurred_on=DAY,
        **with_,  # type: ignore[arg-type]  # of the caller
    )


def balances(session: Session, books: Bookkeeper) -> dict[str, int]:
    rows = queries.trial_balance(session, books.book.id)
    return {row.code: row.balance.fen for row in rows if row.balance}


def test_a_lot_valued_by_its_voucher(session: Session, books: Bookkeeper) -> None:
    """ACC-05: 3 bags at 100 yuan; used one by one, the odd fen goes with the last."""
    entry = receive(books, expires_on=date(2026, 9, 30))
    assert entry.kind is EntryKind.GOODS_GIVEN
    assert balances(session, books) == {"1201": 10_000, "4101.1": -10_000}
    lot = session.scalars(select(GoodsLot)).one()
    assert (lot.quantity, lot.unit, lot.expires_on) == (3, "袋", date(2026, 9, 30))
    for number in range(3):
        use(books, 1, f"goods:1:used:{number}")
    spent = session.scalars(select(Outflow.amount).order_by(Outflow.id)).all()
    assert spent == [Money(3_333), Money(3_333), Money(3_334)]
    # The restriction is lifted as the goods are used (ACC-04).
    assert balances(session, books) == {
        "3101": -10_000, "3102": 10_000, "4101.1": -10_000, "5101": 10_000
    }  # fmt: skip
    with pytest.raises(Insufficient) as refusal:
        use(books, 1, "goods:1:used:4")
    assert refusal.value.params["available"] == 0
    assert checks.verify(session) == []


def test_the_same_source_receives_and_uses_once(session: Session, books: Bookkeeper) -> None:
    assert receive(books).id == receive(books).id
    first = use(books, 2, "used:1", cost="5201")
    assert use(books, 2, "used:1", cost="5201").id == first.id
    assert session.scalars(select(GoodsUse.quantity)).all() == [2]
    with pytest.raises(Conflict):
        use(books, 1, "used:1")
    with pytest.raises(Conflict):
        receive(books, value=Money(10_001))
    with pytest.raises(Conflict):
        receive(books, fund=books.other)
    with pytest.raises(Conflict):
        use(books, 1, "goods:1")
    assert checks.verify(session) == []


def test_goods_are_no_money(session: Session, books: Bookkeeper) -> None:
    """What is on stock pays no expense, and a fund that has some is not closed."""
    receive(books)
    with pytest.raises(Insufficient):
        books.pay(1)
    with pytest.raises(InvalidState) as refusal:
        ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)
    assert refusal.value.params["in_hand"] == Money(10_000)


def test_goods_without_a_value_stand_at_one_yuan(session: Session, books: Bookkeeper) -> None:
    """A unit too cheap for a fen leaves by a deed; the yuan is gone with the last of them."""
    receive(books, value=Money(100), basis=ValuationBasis.NOMINAL, evidence="", quantity=250)
    deed = use(books, 2, "used:1")
    assert deed.kind is EntryKind.DEED
    assert use(books, 2, "used:1").id == deed.id
    assert use(books, 1, "used:2").kind is EntryKind.GOODS_USED
    use(books, 247, "used:3")
    assert session.scalars(select(Outflow.amount).order_by(Outflow.id)).all() == [
        Money(1),
        Money(99),
    ]
    head = session.scalars(
        select(LineHead).join(Line, Line.id == LineHead.line_id).where(Line.kind == LineKind.GOODS)
    ).one()
    assert head.spent == head.placed_end == 100
    assert checks.verify(session) == []


def test_units_come_back_when_their_use_was_wrong(session: Session, books: Bookkeeper) -> None:
    """And are used again when it was the reversal that was wrong."""
    receive(books)
    used = use(books, 2, "used:1")
    use(books, 1, "used:2")
    undo = ledger.reverse(session, SYSTEM, entry_id=used.id, occurred_on=DAY)
    use(books, 1, "used:3")
    with pytest.raises(Insufficient) as refusal:
        use(books, 2, "used:4")
    assert refusal.value.params["available"] == 1
    with pytest.raises(InvalidState):
        ledger.reverse(session, SYSTEM, entry_id=undo.id, occurred_on=DAY)
    use(books, 1, "used:5")
    assert balances(session, books)["5101"] == 10_000
    assert checks.verify(session) == []


def test_a_reversal_of_a_use_is_reversed(session: Session, books: Bookkeeper) -> None:
    receive(books)
    used = use(books, 2, "used:1")
    undo = ledger.reverse(session, SYSTEM, entry_id=used.id, occurred_on=DAY)
    ledger.reverse(session, SYSTEM, entry_id=undo.id, occurred_on=DAY)
    with pytest.raises(Insufficient) as refusal:
        use(books, 2, "used:2")
    assert refusal.value.params["available"] == 1
    assert checks.verify(session) == []


def test_a_lot_that_never_came_is_taken_back(session: Session, books: Bookkeeper) -> None:
    received = receive(books)
    ledger.reverse(session, SYSTEM, entry_id=received.id, occurred_on=DAY)
    with pytest.raises(Insufficient) as refusal:
        use(books, 1, "used:1")
    assert refusal.value.params["available"] == 0
    assert balances(session, books) == {}
    assert checks.verify(session) == []


def test_goods_for_somebody_named_are_owed(session: Session, books: Bookkeeper) -> None:
    """ACC-07: neither income when they come nor a cost when they are handed on."""
    fund = ledger.open_fund(
        session, SYSTEM, book_id=books.book.id, name="代收", kind=FundKind.AGENCY
    )
    receive(books, fund=fund)
    assert balances(session, books) == {"1701": 10_000, "2601": -10_000}
    use(books, 3, "used:1")
    assert balances(session, books) == {}
    assert checks.verify(session) == []


@pytest.mark.parametrize(
    ("with_", "reason"),
    [
        ({"value": Money(0)}, LedgerReason.NO_VALUE),
        ({"value": Money(-1)}, LedgerReason.NO_VALUE),
        ({"evidence": "  "}, LedgerReason.NO_VALUE),
        ({"basis": ValuationBasis.NOMINAL}, LedgerReason.NO_VALUE),
        ({"quantity": 0}, CommonReason.NOT_POSITIVE),
        ({"name": " "}, CommonReason.REQUIRED),
        ({"unit": ""}, CommonReason.REQUIRED),
        ({"giver": None}, CommonReason.REQUIRED),
        ({"fund_id": 10**6}, CommonReason.NOT_FOUND),
    ],
)
def test_a_lot_that_cannot_be_booked(
    session: Session, books: Bookkeeper, with_: dict[str, Any], reason: str
) -> None:
    before = session.scalar(select(func.count()).select_from(Entry))
    with pytest.raises(DomainError) as refusal:
        receive(books, **with_)
    assert refusal.value.reason == reason
    assert session.scalar(select(func.count()).select_from(Entry)) == before
    assert session.scalar(select(func.count()).select_from(Inflow)) == 0
    assert session.scalars(select(Line).where(Line.kind == LineKind.GOODS)).all() == []


@pytest.mark.parametrize(
    ("quantity", "with_", "reason"),
    [
        (0, {}, CommonReason.NOT_POSITIVE),
        (-1, {}, CommonReason.NOT_POSITIVE),
        (4, {}, LedgerReason.MORE_THAN_LEFT),
        (1, {"cost": "1002"}, LedgerReason.WRONG_ACCOUNT),
        (1, {"cost": "5101.9"}, LedgerReason.UNKNOWN_ACCOUNT),
    ],
)
def test_units_that_cannot_be_used(
    session: Session, books: Bookkeeper, quantity: int, with_: dict[str, object], reason: str
) -> None:
    receive(books)
    before = session.scalar(select(func.count()).select_from(Entry))
    with pytest.raises(DomainError) as refusal:
        use(books, quantity, "used:1", **with_)
    assert refusal.value.reason == reason
    assert session.scalar(select(func.count()).select_from(Entry)) == before


def test_no_goods_for_a_fund_that_ended(session: Session, books: Bookkeeper) -> None:
    ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)
    with pytest.raises(InvalidState) as refusal:
        receive(books)
    assert refusal.value.reason is LedgerReason.FUND_CLOSED


@given(
    whole=st.integers(1, 10**12),
    uses=st.lists(st.integers(1, 50), min_size=1, max_size=20),
)
def test_the_value_leaves_with_the_units(whole: int, uses: list[int]) -> None:
    """However a lot is used up: never more than its share, and nothing stays behind."""
    quantity, left, used = sum(uses), Money(whole), 0
    for units in uses:
        value = value_of(units, of=quantity, whole=Money(whole), left=Stock(quantity - used, left))
        used, left = used + units, left - value
        assert value.fen >= 0
        assert (whole - left.fen) == whole * used // quantity
    assert left == Money(0)
