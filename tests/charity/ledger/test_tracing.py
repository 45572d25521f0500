"""The trail both ways, through grants, returns and moves, against fen counted one by one."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from charity.errors import NotFound
from charity.ledger import queries, tracing
from charity.ledger import services as ledger
from charity.ledger.backing import shares_of
from charity.ledger.models import (
    Entry,
    EntryKind,
    Fund,
    FundKind,
    IncomeSource,
    Inflow,
    InflowGiver,
    Line,
    LineKind,
    Outflow,
    OutflowKind,
    OutflowShare,
    OutflowTotal,
    ShareOf,
)
from charity.ledger.services.consuming import consume_earliest
from charity.ledger.services.drafts import Draft, Flow, Incoming, Origin, Outgoing, Posting
from charity.ledger.services.entries import append
from charity.ledger.services.placing import place
from charity.ledger.tracing import backward, forward, unspent
from charity.money import Money
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper


def fund(books: Bookkeeper, name: str) -> Fund:
    return ledger.open_fund(
        books.session, SYSTEM, book_id=books.book.id, name=name, kind=FundKind.NAMED
    )


def line_of(books: Bookkeeper, fund: Fund) -> Line:
    query = select(Line).where(Line.fund_id == fund.id, Line.kind == LineKind.GENERAL)
    return books.session.scalars(query).one()


def hand_on(books: Bookkeeper, giving: Fund, taking: Fund, fen: int, *, arrive: int = 1) -> Flow:
    """Money of one fund arrives in another, in so many parts: rows, whatever the verb."""
    line, into = line_of(books, giving), line_of(books, taking)
    heads = place(books.session, SYSTEM, line_ids=[line.id])
    parts = [part for part in Money(fen).split([1] * arrive) if part]
    postings = [Posting("3901", giving.id, "1002", giving.id, Money(fen))]
    incoming, offset = [], 0
    for number, part in enumerate(parts, start=1):
        postings.append(Posting("1002", taking.id, "3901", taking.id, part))
        incoming.append(
            Incoming(number, into.id, part, None, IncomeSource.INTERNAL, Origin(0, offset))
        )
        offset += part.fen
    draft = Draft(
        book_id=books.book.id,
        source=f"grant:{next(books.numbers)}",
        kind=EntryKind.GRANT,
        occurred_on=DAY,
        note="",
        postings=postings,
        incoming=incoming,
        outgoing=[Outgoing(0, giving.id, Money(fen), OutflowKind.GRANT)],
    )
    outflow = append(books.session, SYSTEM, draft).outflows[0]
    consume_earliest(books.session, outflow, [(heads[line.id], fen)])
    return outflow


def come_back(books: Bookkeeper, outflow: Flow, offset: int, fen: int) -> Entry:
    """Part of a payment comes back to the end of the line it left."""
    row = books.session.get_one(Outflow, outflow.id)
    into = line_of(books, books.session.get_one(Fund, row.fund_id))
    draft = Draft(
        book_id=books.book.id,
        source=f"return:{next(books.numbers)}",
        kind=EntryKind.RETURN,
        occurred_on=DAY,
        note="",
        postings=[Posting("1002", row.fund_id, "5101", row.fund_id, Money(fen))],
        incoming=[
            Incoming(0, into.id, Money(fen), None, IncomeSource.INTERNAL, Origin(outflow, offset))
        ],
    )
    return append(books.session, SYSTEM, draft).entry


def flow_of(session: Session, entry: Entry) -> Flow:
    outflow = session.scalars(select(Outflow).where(Outflow.entry_id == entry.id)).first()
    assert outflow is not None
    return Flow(outflow.id, entry.id, outflow.number)


def give(books: Bookkeeper, fen: int, to: Fund, kind: str, place_: str, key: str) -> Entry:
    return ledger.post_gift(
        books.session,
        SYSTEM,
        fund_id=to.id,
        amount=Money(fen),
        source=f"gift:{next(books.numbers)}",
        occurred_on=DAY,
        giver=ledger.Giver(key, kind, place_),
    )


@pytest.fixture
def chain(books: Bookkeeper) -> list[Fund]:
    """Three funds money goes through."""
    return [fund(books, name) for name in ("甲基金", "乙基金", "丙基金")]


def test_a_gift_is_followed_through_three_funds(books: Bookkeeper, chain: list[Fund]) -> None:
    first, second, third = chain
    gift = give(books, 1_000, first, "individual", "420704", "a")
    give(books, 500, first, "enterprise", "420100", "b")
    hand_on(books, first, second, 900)
    hand_on(books, second, third, 700, arrive=2)
    paid = books.pay(650, fund=third)
    books.pay(40, fund=first)
    books.seal()

    trail = tracing.trail_of_entry(books.session, gift.id)
    assert [(step.kind, step.amount.fen) for step in trail.steps] == [
        (OutflowKind.EXPENSE, 40),
        (OutflowKind.EXPENSE, 350),
        (OutflowKind.EXPENSE, 300),
    ]
    assert trail.unspent == Money(310)
    assert [(stage.fund, stage.depth, stage.in_hand.fen) for stage in trail.stages] == [
        ("甲基金", 0, 60),
        ("乙基金", 1, 200),
        ("丙基金", 2, 0),
        ("丙基金", 2, 50),
    ]
    assert {stage.fund for stage in trail.in_hand} == {"甲基金", "乙基金", "丙基金"}

    page = tracing.gifts_page(books.session, flow_of(books.session, paid).id)
    assert page.after is None
    assert [(part.entry_id, part.amount.fen) for part in page.items] == [
        (gift.id, 350),
        (gift.id, 300),
    ]
    assert [passed.name for passed in page.items[0].through] == ["甲基金", "乙基金", "丙基金"]


def test_money_that_came_back_is_in_hand_or_where_it_went_next(
    books: Bookkeeper, chain: list[Fund]
) -> None:
    only = chain[0]
    gift = give(books, 1_000, only, "individual", "", "a")
    payment = books.pay(800, fund=only)
    come_back(books, flow_of(books.session, payment), 100, 300)
    trail = tracing.trail_of_entry(books.session, gift.id)
    assert [(step.offset, step.amount.fen) for step in trail.steps] == [(0, 100), (400, 400)]
    assert [stage.interval is None for stage in trail.stages] == [False, True]
    assert trail.unspent == Money(500)

    again = books.pay(400, fund=only)
    trail = tracing.trail_of_entry(books.session, gift.id)
    assert trail.spent == Money(900)
    assert trail.stages[1].steps[0].entry_id == again.id
    backing = tracing.backing_of(books.session, flow_of(books.session, again).id)
    assert (backing.gifts, backing.givers, backing.kept) == (1, 1, False)
    page = tracing.gifts_page(books.session, backing.outflow_id)
    assert [part.amount.fen for part in page.items] == [200, 200]
    assert {len(part.through) for part in page.items} == {1}


def test_money_that_comes_and_goes_without_end_is_followed(
    books: Bookkeeper, chain: list[Fund]
) -> None:
    """Paid and returned eighty times, a little less each time."""
    gift = give(books, 1_000, chain[0], "individual", "", "a")
    left = 1_000
    for _ in range(80):
        outflow = flow_of(books.session, books.pay(left, fund=chain[0]))
        come_back(books, outflow, 3, left - 3)
        left -= 3
    books.seal()
    trail = tracing.trail_of_entry(books.session, gift.id)
    assert (len(trail.stages), len(trail.steps), trail.unspent.fen) == (81, 80, left)
    assert {step.amount.fen for step in trail.steps} == {3}
    last = flow_of(books.session, books.pay(left, fund=chain[0]))
    page = tracing.gifts_page(books.session, last.id)
    assert [(part.entry_id, part.amount.fen) for part in page.items] == [(gift.id, left)]
    assert tracing.backing_of(books.session, last.id).gifts == 1


def test_a_fee_and_a_gift_that_waits(books: Bookkeeper) -> None:
    gift = books.give(1_000, fee=6)
    trail = tracing.trail_of_entry(books.session, gift.id)
    assert trail.interval is None
    assert (trail.steps, trail.unspent, trail.line_end) == ([], Money(1_000), 1_000)
    books.seal()
    trail = tracing.trail_of_entry(books.session, gift.id)
    assert [(step.kind, step.amount.fen) for step in trail.steps] == [(OutflowKind.FEE, 6)]
    assert trail.steps[0].gifts == 1


def test_an_entry_without_inflow_has_no_trail(books: Bookkeeper) -> None:
    books.give(1_000)
    with pytest.raises(NotFound):
        tracing.trail_of_entry(books.session, books.pay(10).id)
    with pytest.raises(NotFound):
        tracing.backing_of(books.session, 999)


def test_totals_count_every_giver_once_and_are_kept(books: Bookkeeper, chain: list[Fund]) -> None:
    first, second, _ = chain
    give(books, 100, first, "individual", "420704", "a")
    give(books, 200, first, "individual", "420100", "a")
    give(books, 300, first, "enterprise", "420704", "b")
    hand_on(books, first, second, 600)
    give(books, 50, second, "individual", "", "guest:1")
    outflow = flow_of(books.session, books.pay(620, fund=second))
    walked = sorted(shares_of(books.session, [outflow.id]), key=str)
    books.seal()
    backing = tracing.backing_of(books.session, outflow.id)
    assert backing.kept
    assert (backing.gifts, backing.givers, backing.amount.fen) == (4, 3, 620)
    assert [(s.value, s.amount, s.gifts, s.givers) for s in backing.shares[ShareOf.GIVER_KIND]] == [
        ("individual", 320, 3, 2),
        ("enterprise", 300, 1, 1),
    ]
    assert [(s.value, s.amount) for s in backing.shares[ShareOf.PLACE]] == [
        ("420704", 400),
        ("420100", 200),
        ("", 20),
    ]
    assert [(s.value, s.amount) for s in backing.shares[ShareOf.INCOME]] == [("donation", 620)]
    assert sorted(shares_of(books.session, [outflow.id]), key=str) == walked
    assert queries.gifts_behind(books.session, [outflow.id]) == {outflow.id: 4}


def test_every_sealed_outflow_has_totals_that_sum_up(books: Bookkeeper, chain: list[Fund]) -> None:
    give(books, 400, chain[0], "individual", "", "a")
    hand_on(books, chain[0], chain[1], 300, arrive=3)
    books.pay(250, fund=chain[1])
    books.give(100, fee=3)
    books.seal()
    session = books.session
    outflows = {row.id: row.amount for row in session.scalars(select(Outflow))}
    assert {row.outflow_id for row in session.scalars(select(OutflowTotal))} == set(outflows)
    for share_of in ShareOf:
        sums: Counter[int] = Counter()
        for row in session.scalars(select(OutflowShare).where(OutflowShare.share_of == share_of)):
            sums[row.outflow_id] += row.amount.fen
        assert dict(sums) == {key: amount.fen for key, amount in outflows.items()}


def test_an_erased_giver_still_counts(books: Bookkeeper) -> None:
    books.give(100)
    books.give(100)
    outflow = flow_of(books.session, books.pay(200))
    books.session.delete(books.session.scalars(select(InflowGiver)).first())
    books.session.flush()
    backing = tracing.backing_of(books.session, outflow.id)
    assert (backing.gifts, backing.givers) == (2, 2)
    assert {share.value for share in backing.shares[ShareOf.GIVER_KIND]} == {"", "individual"}


def test_pages_follow_each_other(books: Bookkeeper, chain: list[Fund]) -> None:
    first, second, _ = chain
    gifts = [give(books, 10 + n, first, "individual", "", f"g{n}").id for n in range(130)]
    total = sum(10 + n for n in range(130))
    hand_on(books, first, second, total - 5, arrive=2)
    outflow = flow_of(books.session, books.pay(total - 10, fund=second))
    parts, after = [], 0
    for _ in range(10):
        page = tracing.gifts_page(books.session, outflow.id, after=after)
        parts.extend(page.items)
        if page.after is None:
            break
        assert len(page.items) == 50
        after = page.after
    assert Counter(part.entry_id for part in parts).keys() == set(gifts)
    position = 0
    for part in parts:
        assert part.position == position
        position += part.amount.fen
    assert position == total - 10


def test_what_a_fund_has_in_hand_lies_with_its_oldest_gifts(
    books: Bookkeeper, chain: list[Fund]
) -> None:
    first, second, _ = chain
    old = give(books, 100, first, "individual", "", "a")
    new = give(books, 100, first, "individual", "", "b")
    hand_on(books, first, second, 130)
    own = give(books, 70, second, "individual", "", "c")
    books.pay(110, fund=second)
    books.seal()
    assert [
        (part.gift.entry_id, part.amount.fen)
        for part in tracing.oldest_unspent(books.session, second.id)
    ] == [(new.id, 20), (own.id, 70)]
    rest = tracing.oldest_unspent(books.session, first.id)
    assert [(part.gift.entry_id, part.amount.fen) for part in rest] == [(new.id, 70)]
    assert old.id not in {part.gift.entry_id for part in rest}
    assert tracing.oldest_unspent(books.session, chain[2].id) == []


def test_an_opening_balance_is_no_gift(books: Bookkeeper) -> None:
    """An opening balance has no giver: its money counts under no name."""
    line = line_of(books, books.fund)
    draft = Draft(
        book_id=books.book.id,
        source="opening",
        kind=EntryKind.OPENING,
        occurred_on=date(2026, 1, 1),
        note="",
        postings=[Posting("1002", books.fund.id, "3102", books.fund.id, Money(300))],
        incoming=[Incoming(0, line.id, Money(300), None, IncomeSource.OPENING)],
    )
    append(books.session, SYSTEM, draft)
    books.give(100)
    backing = tracing.backing_of(books.session, flow_of(books.session, books.pay(350)).id)
    assert (backing.gifts, backing.givers) == (1, 1)
    kinds = {share.value: share.amount for share in backing.shares[ShareOf.GIVER_KIND]}
    assert kinds == {"": 300, "individual": 50}
    assert [s.value for s in backing.shares[ShareOf.INCOME]] == ["opening", "donation"]
    assert books.session.scalars(select(Inflow).where(Inflow.giver_digest.is_(None))).one()


WALKS: dict[str, tuple[Select[Any], dict[str, Any]]] = {
    "forward": (forward._STAGES, {"inflow_id": 1}),
    "backward": (backward._PAGE_OF_OUTFLOW, {"outflow_id": 1, "after": 0}),
    "unspent": (
        unspent._PAGE_OF_GAP,
        {"position": 0, "line_id": 1, "start": 0, "stop": 9, "path": "/1"},
    ),
}


@pytest.mark.parametrize("walk", sorted(WALKS))
def test_every_walk_goes_by_index(session: Session, walk: str) -> None:
    """No table is read whole, and origins are found by the index that holds nothing else."""
    query, where = WALKS[walk]
    dialect = session.get_bind().dialect
    compiled = query.compile(dialect=dialect)
    values = compiled.construct_params(where)
    connection = session.connection()
    if dialect.name == "sqlite":
        order = [values[name] for name in compiled.positiontup or ()]
        plan = [
            row[3]
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(order))
        ]
        assert {step for step in plan if step.startswith("SCAN")} <= {
            f"SCAN {cte}" for cte in ("stage", "segment", "part", "begin", "CONSTANT ROW")
        }
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}", values)]
        assert not [step for step in plan if "Seq Scan" in step]
    by_origin = "inflow" if walk == "forward" else "ix_placement_derived"
    assert [step for step in plan if by_origin in step]
