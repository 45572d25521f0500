"""Publishing the head of a day: one Merkle root over every seal of that day, of all books.

Whoever kept a head can tell later whether anything older was changed or cut off. Heads are chained
and made in order of days; a day without a seal has none.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.ledger import canonical, merkle, policy
from charity.ledger.models import BookHead, DayHead, Seal
from charity.ledger.tracing.proofs import day_leaves, latest_day, seals_of_day
from charity.rows import locking


def publish_days(session: Session, actor: Actor, *, before: date) -> list[DayHead]:
    """Make the heads of all past days before `before` that have seals and no head yet.

    A day is past when it is over in China, whatever `before` says. Locks the heads of all books,
    so that no seal of such a day is still on its way; returns the new heads, oldest first.
    """
    require(policy.may_seal(actor))
    session.scalars(locking(select(BookHead).order_by(BookHead.book_id))).all()
    last = latest_day(session)
    previous = last.head if last else merkle.GENESIS
    published: list[DayHead] = []
    for day in _days_due(session, last.day if last else None, min(before, clock.today())):
        head = _head_of(session, day, previous)
        session.add(head)
        session.flush()
        published.append(head)
        previous = head.head
    return published


def _days_due(session: Session, last: date | None, before: date) -> list[date]:
    """Days with seals after `last` and before `before`, in order."""
    due: list[date] = []
    after = _end_of(last) if last else 0
    while (first := _first_seal(session, after)) is not None:
        day = clock.day_of(clock.instant(first))
        if day >= before:
            break
        due.append(day)
        after = _end_of(day)
    return due


def _end_of(day: date) -> int:
    """The first microsecond after a day in China."""
    return clock.microseconds(clock.start_of(day + timedelta(days=1)))


def _first_seal(session: Session, after: int) -> int | None:
    return session.scalar(select(func.min(Seal.sealed_at)).where(Seal.sealed_at >= after))


def _head_of(session: Session, day: date, previous: bytes) -> DayHead:
    seals = seals_of_day(session, day)
    root = merkle.root(day_leaves(seals))
    content = canonical.day_content(day=day, seals=len(seals), root=root)
    return DayHead(
        day=day,
        seals=len(seals),
        previous=previous,
        root=root,
        head=merkle.link(previous, content),
    )
