"""Heads of days: in order, chained, over every seal of the day, and the way of an entry to them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import Denied
from charity.ledger import canonical, merkle, tracing
from charity.ledger import services as ledger
from charity.ledger.models import DayHead
from charity.registry.models import Organisation, OrganisationKind
from tests.charity.ledger.conftest import SYSTEM, Bookkeeper
from tests.conftest import SetClock

FIRST = date(2026, 3, 16)


def publish(books: Bookkeeper, before: date) -> list[date]:
    return [head.day for head in ledger.publish_days(books.session, SYSTEM, before=before)]


def test_days_with_seals_get_heads_once_they_are_over(clock: SetClock, books: Bookkeeper) -> None:
    books.give(100)
    books.seal()
    assert publish(books, date(2027, 1, 1)) == []
    clock.advance(days=2)
    books.give(200)
    books.seal()
    assert publish(books, FIRST) == []
    assert publish(books, FIRST + timedelta(days=9)) == [FIRST]
    clock.advance(days=1)
    assert publish(books, FIRST + timedelta(days=9)) == [FIRST + timedelta(days=2)]
    assert publish(books, FIRST + timedelta(days=9)) == []


def test_a_day_is_one_in_china(clock: SetClock, books: Bookkeeper) -> None:
    clock.set(datetime(2026, 3, 17, 15, 59, tzinfo=UTC))
    books.give(100)
    books.seal()
    clock.set(datetime(2026, 3, 17, 16, 0, tzinfo=UTC))
    books.give(100)
    books.seal()
    clock.advance(days=2)
    assert publish(books, date(2026, 3, 20))[-2:] == [date(2026, 3, 17), date(2026, 3, 18)]


def test_heads_are_chained_over_all_books(clock: SetClock, books: Bookkeeper) -> None:
    session = books.session
    other = Organisation(
        name="乙基金会",
        kind=OrganisationKind.FOUNDATION,
        uscc="53420704MJH0000280",
        region_code="42",
        registered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(other)
    session.flush()
    second = ledger.open_book(session, SYSTEM, organisation_id=other.id, name="乙账")
    for _ in range(3):
        books.give(100)
        books.seal()
        ledger.seal(session, SYSTEM, book_id=second.id)
        clock.advance(days=1)
    heads = ledger.publish_days(session, SYSTEM, before=clock.now.date())
    assert [head.day for head in heads] == [FIRST + timedelta(days=n) for n in range(3)]
    assert heads[0].previous == merkle.GENESIS
    assert all(later.previous == earlier.head for earlier, later in pairwise(heads))
    assert {seal.book_id for seal in tracing.seals_of_day(session, FIRST)} == {
        books.book.id,
        second.id,
    }
    for head in heads:
        leaves = [
            merkle.leaf_hash(canonical.day_leaf(book=s.book_id, number=s.number, head=s.head))
            for s in tracing.seals_of_day(session, head.day)
        ]
        assert len(leaves) == head.seals
        assert merkle.root(leaves) == head.root
        content = canonical.day_content(day=head.day, seals=head.seals, root=head.root)
        assert merkle.link(head.previous, content) == head.head
    assert tracing.latest_day(session) is heads[-1]
    assert tracing.recent_days(session, 2) == [heads[2], heads[1]]


def test_a_proof_leads_to_the_head_of_the_day(clock: SetClock, books: Bookkeeper) -> None:
    entries = []
    for n in range(5):
        entries.append(books.give(100 + n))
        books.seal()
        clock.advance(hours=1)
    waiting = tracing.proof_of_entry(books.session, entries[0].id)
    assert waiting is not None
    assert waiting.published is None
    clock.advance(days=1)
    (head,) = ledger.publish_days(books.session, SYSTEM, before=FIRST + timedelta(days=1))
    for entry in entries:
        proof = tracing.proof_of_entry(books.session, entry.id)
        assert proof is not None
        published = proof.published
        assert published is not None
        assert published.day is head
        seal = proof.seal
        leaf = canonical.day_leaf(book=seal.book_id, number=seal.number, head=seal.head)
        assert published.leaf == merkle.leaf_hash(leaf)
        assert merkle.root_of_proof(published.leaf, published.steps) == head.root
        forged = replace(published, leaf=merkle.leaf_hash(b"x"))
        assert merkle.root_of_proof(forged.leaf, forged.steps) != head.root


def test_a_clock_set_back_puts_no_seal_under_a_published_head(
    clock: SetClock, books: Bookkeeper
) -> None:
    books.give(100)
    books.seal()
    clock.advance(days=1)
    publish(books, FIRST + timedelta(days=1))
    clock.advance(days=-1)
    books.give(100)
    books.seal()
    last = tracing.latest_seal(books.session, books.book.id)
    assert last is not None
    assert last not in tracing.seals_of_day(books.session, FIRST)
    assert last in tracing.seals_of_day(books.session, FIRST + timedelta(days=1))


def test_only_the_installation_publishes(books: Bookkeeper, session: Session) -> None:
    with pytest.raises(Denied):
        ledger.publish_days(session, Actor.guest(), before=FIRST)
    assert not session.scalars(select(DayHead)).all()
