"""Money gets another purpose only as CHA-164 and CHA-165 allow, and every fen keeps its giver."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.errors import Conflict, Insufficient, Invalid, InvalidState, NotFound
from charity.ledger import checks, queries, tracing
from charity.ledger import services as ledger
from charity.ledger.canonical import encode
from charity.ledger.models import (
    Deed,
    DeedSubject,
    Entry,
    EntryKind,
    EntryNote,
    Fund,
    FundKind,
    Line,
    PurposeBasis,
    PurposeDecision,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.purposes import gifts_unspent
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper
from tests.charity.ledger.test_books import open_second_book


def change(books: Bookkeeper, *, into: Fund | None = None, **with_: object) -> Entry:
    wanted: dict[str, object] = {
        "fund_id": books.fund.id,
        "into_fund_id": (into or books.other).id,
        "basis": PurposeBasis.SURPLUS_BY_PLAN,
        "decided_on": DAY,
        "source": "purpose:1",
    }
    return ledger.change_purpose(books.session, SYSTEM, **(wanted | with_))  # type: ignore[arg-type]  # of the wanted


def in_hand(session: Session, fund: Fund) -> int:
    return queries.fund_position(session, fund.id).in_hand.fen


def general(session: Session, fund: Fund) -> int:
    return session.scalars(select(Line.id).where(Line.fund_id == fund.id, Line.earmark == "")).one()


def open_fund(books: Bookkeeper, kind: FundKind, name: str = "另一基金") -> Fund:
    return ledger.open_fund(books.session, SYSTEM, book_id=books.book.id, name=name, kind=kind)


def counts(session: Session) -> list[int]:
    return [
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Entry, PurposeDecision)
    ]


def test_what_is_left_follows_the_plan(session: Session, books: Bookkeeper) -> None:
    """CHA-165: the surplus goes on by one grant; whose fen they are is known afterwards."""
    gift = books.give(1_000)
    books.pay(400)
    granted = change(books)
    assert granted.kind is EntryKind.GRANT
    assert (in_hand(session, books.fund), in_hand(session, books.other)) == (0, 600)
    decision = session.scalars(select(PurposeDecision)).one()
    assert (decision.refiling_number, decision.consents, decision.decided_on) == ("", "", DAY)
    deed = session.get(Deed, (DeedSubject.PURPOSE_DECISION, decision.id))
    assert deed is not None
    assert session.get_one(Entry, deed.entry_id).source == "purpose:1:decided"
    books.pay(600, fund=books.other)
    assert tracing.trail_of_entry(session, gift.id).unspent == Money(0)
    assert checks.verify(session) == []


def test_the_same_source_decides_once(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    granted = change(books)
    assert change(books).id == granted.id
    with pytest.raises(Conflict):
        change(books, basis=PurposeBasis.SURPLUS_SIMILAR)
    with pytest.raises(Conflict):
        change(books, into=open_fund(books, FundKind.PROJECT))
    books.give(1, source="purpose:2")
    with pytest.raises(Conflict):
        change(books, source="purpose:2")
    assert session.scalar(select(func.count()).select_from(PurposeDecision)) == 1


def test_a_new_filing_has_a_number(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    before = counts(session)
    with pytest.raises(Invalid) as refusal:
        change(books, basis=PurposeBasis.REFILED, refiling_number="  ")
    assert refusal.value.reason is LedgerReason.NEEDS_REFILING_NUMBER
    assert counts(session) == before
    change(books, basis=PurposeBasis.REFILED, refiling_number=" 鄂慈备 2026-7 ")
    assert session.scalars(select(PurposeDecision.refiling_number)).all() == ["鄂慈备 2026-7"]
    assert checks.verify(session) == []


def test_everyone_whose_money_is_there_agrees(session: Session, books: Bookkeeper) -> None:
    """CHA-164: three gave, the first is spent; the other two must have agreed."""
    _, second, third = books.give(300), books.give(500), books.give(200)
    books.pay(400)
    before = counts(session)
    for consents in ({}, {second.id: "信 1"}, {second.id: "信 1", third.id: " "}):
        with pytest.raises(Invalid) as refusal:
            change(books, basis=PurposeBasis.CONSENT, consents=consents)
        assert refusal.value.reason is LedgerReason.NEEDS_CONSENT
        assert refusal.value.params["missing"] == (1 if consents else 2)
        assert counts(session) == before
    change(
        books,
        basis=PurposeBasis.CONSENT,
        consents={third.id: "信 2", second.id: "信 1", 10**6: "外人"},
    )
    assert in_hand(session, books.other) == 600
    # What they said can be erased with the deed's note; what is bound to the chain is its digest.
    agreed = encode([[second.id, "信 1"], [third.id, "信 2"]])
    assert session.scalars(select(PurposeDecision.consents)).one() == (
        hashlib.sha256(agreed).hexdigest()
    )
    assert agreed.decode() in session.scalars(select(EntryNote.note)).all()
    assert checks.verify(session) == []


def test_givers_are_found_behind_every_fund(session: Session, books: Bookkeeper) -> None:
    """Through a pool, an earmark and a surplus; a grant of another book is that book's giving."""
    pool = open_fund(books, FundKind.STREET)
    ledger.open_earmark(session, SYSTEM, fund_id=pool.id, earmark="三号楼")
    spent, kept, direct = (
        books.give(300, fund=pool),
        books.give(500, fund=pool),
        books.give(100),
    )
    books.pay(350, fund=pool)
    ledger.move(
        session, SYSTEM, fund_id=pool.id, amount=Money(450), from_earmark="",
        to_earmark="三号楼", source="move:1", occurred_on=DAY,
    )  # fmt: skip
    ledger.grant(
        session, SYSTEM, fund_id=pool.id, into_fund_id=books.fund.id, amount=Money(450),
        earmark="三号楼", source="grant:1", occurred_on=DAY,
    )  # fmt: skip
    other = open_second_book(session)
    giving = ledger.open_fund(session, SYSTEM, book_id=other.id, name="资助", kind=FundKind.SHARED)
    foreign = books.give(80, fund=giving)
    _, received = ledger.grant_to_book(
        session, SYSTEM, fund_id=giving.id, into_fund_id=books.fund.id, amount=Money(80),
        source="grant:2", occurred_on=DAY,
    )  # fmt: skip
    line = general(session, books.fund)
    ledger.place(session, SYSTEM, line_ids=[line])
    gifts = gifts_unspent(session, [line])
    assert gifts == {kept.id, direct.id, received.id}
    assert not gifts & {spent.id, foreign.id}
    with pytest.raises(Invalid) as refusal:
        change(books, basis=PurposeBasis.CONSENT, consents={kept.id: "信"})
    assert refusal.value.params["missing"] == 2
    change(books, basis=PurposeBasis.CONSENT, consents=dict.fromkeys(gifts, "信"))
    assert in_hand(session, books.other) == 630
    assert checks.verify(session) == []


def test_what_was_earmarked_goes_with_the_rest(session: Session, books: Bookkeeper) -> None:
    for earmark in ("三号楼", "四号楼", "空的"):
        ledger.open_earmark(session, SYSTEM, fund_id=books.fund.id, earmark=earmark)
    gift = books.give(1_000)
    for number, (earmark, fen) in enumerate({"三号楼": 250, "四号楼": 350}.items()):
        ledger.move(
            session, SYSTEM, fund_id=books.fund.id, amount=Money(fen), from_earmark="",
            to_earmark=earmark, source=f"move:{number}", occurred_on=DAY,
        )  # fmt: skip
    granted = change(books, basis=PurposeBasis.CONSENT, consents={gift.id: "信"})
    assert change(books, basis=PurposeBasis.CONSENT).id == granted.id
    assert (in_hand(session, books.fund), in_hand(session, books.other)) == (0, 1_000)
    assert checks.verify(session) == []


def test_promised_money_stays(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    books.hold(300, "expense:1")
    before = counts(session)
    with pytest.raises(Insufficient) as refusal:
        change(books)
    assert refusal.value.params["available"] == Money(700)
    assert counts(session) == before
    with pytest.raises(Insufficient) as refusal:
        change(books, fund_id=books.other.id, into_fund_id=books.fund.id)
    assert refusal.value.params["available"] == Money(0)


def test_two_funds_are_merged(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    books.give(50, fund=books.other)
    change(books, basis=PurposeBasis.SURPLUS_SIMILAR)
    ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)
    assert in_hand(session, books.other) == 1_050
    both: list[dict[str, Any]] = [
        {"fund_id": books.other.id, "into_fund_id": books.fund.id},
        {"fund_id": books.fund.id, "into_fund_id": books.other.id},
    ]
    for funds in both:
        with pytest.raises(InvalidState) as refusal:
            change(books, source="purpose:2", **funds)
        assert refusal.value.reason is LedgerReason.FUND_CLOSED
    assert checks.verify(session) == []


def test_goods_stay_where_they_are(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    ledger.receive_goods(
        session, SYSTEM, fund_id=books.fund.id, name="米", quantity=1, unit="袋",
        value=Money(700), basis=ValuationBasis.MARKET, evidence="价目表",
        giver=ledger.Giver("g", "individual"), source="goods:1", occurred_on=DAY,
    )  # fmt: skip
    change(books)
    assert (in_hand(session, books.fund), in_hand(session, books.other)) == (700, 1_000)
    with pytest.raises(InvalidState):
        ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)


@pytest.mark.parametrize("kind", [FundKind.UNRESTRICTED, FundKind.AGENCY])
def test_restricted_money_stays_restricted(
    session: Session, books: Bookkeeper, kind: FundKind
) -> None:
    books.give(1_000)
    before = counts(session)
    fund = open_fund(books, kind)
    with pytest.raises(Invalid) as refusal:
        change(books, into=fund)
    assert refusal.value.reason is LedgerReason.NOT_ITS_PURPOSE
    assert counts(session) == [before[0] + 1, 0]


def test_a_fund_does_not_become_itself(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    with pytest.raises(Invalid):
        change(books, into=books.fund)
    for wrong in ("fund_id", "into_fund_id"):
        unknown: dict[str, Any] = {wrong: 10**6}
        with pytest.raises(NotFound):
            change(books, **unknown)
    assert in_hand(session, books.fund) == 1_000
