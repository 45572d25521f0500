"""Heads that went out of the house: of days, and those that somebody kept outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import merkle
from charity.ledger.canonical import day_content, day_leaf
from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.models import DayHead, Seal


def days_chained(session: Session, told: Told = untold) -> Iterator[Problem]:
    """The head of every day covers all seals of that day and the head before it."""
    days = session.execute(
        select(DayHead.day, DayHead.seals, DayHead.previous, DayHead.root, DayHead.head).order_by(
            DayHead.day
        )
    ).all()
    previous, covered = merkle.GENESIS, 0
    for number, (day, seals, before, root, head) in enumerate(days, start=1):
        row = f"day_head:{day}"
        leaves = [merkle.leaf_hash(leaf) for leaf in leaves_of(session, day)]
        covered += len(leaves)
        if before != previous:
            yield Problem("days", row, "does not follow the head before it")
        if seals != len(leaves):
            yield Problem("days", row, f"says {seals} seals, there are {len(leaves)}")
        if not leaves or merkle.root(leaves) != root:
            yield Problem("days", row, "its root is not that of its seals")
        if merkle.link(before, day_content(day=day, seals=seals, root=root)) != head:
            yield Problem("days", row, "its head is not that of its content")
        previous = head
        told(number, len(days))
    if days:
        last = days[-1].day
        until = select(func.count()).where(Seal.sealed_at < start_of(last + timedelta(days=1)))
        if session.scalar(until) != covered:
            yield Problem("days", f"day_head:{last}", "a day with seals before it has no head")


def leaves_of(session: Session, day: date) -> list[bytes]:
    """The contents of the leaves under the head of a day: its seals by book and number."""
    rows = session.execute(
        select(Seal.book_id, Seal.number, Seal.head)
        .where(Seal.sealed_at >= start_of(day), Seal.sealed_at < start_of(day + timedelta(days=1)))
        .order_by(Seal.book_id, Seal.number)
    )
    return [day_leaf(book=book, number=number, head=head) for book, number, head in rows]


def start_of(day: date) -> int:
    """The first moment of a day in China, in microseconds since 1970."""
    return clock.microseconds(clock.start_of(day))


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head somebody kept: of a day, or of one seal of a book."""

    head: bytes
    day: date | None = None
    book_id: int = 0
    number: int = 0

    @property
    def row(self) -> str:
        """The row it must stand in."""
        return f"day_head:{self.day}" if self.day else f"seal:{self.book_id}:{self.number}"


def read_heads(lines: Iterable[str]) -> Iterator[KeptHead]:
    """Heads from a text: `2026-03-16 HEAD` for a day, `seal BOOK NUMBER HEAD` for a seal.

    Empty lines and what follows a `#` are left aside. Raises `ValueError` with the line that is
    neither.
    """
    for line in lines:
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            head = bytes.fromhex(words[-1])
            if len(head) != 32:
                raise ValueError
            if words[0] == "seal":
                _, book, number, _ = words
                yield KeptHead(head, book_id=int(book), number=int(number))
            else:
                day, _ = words
                yield KeptHead(head, day=date.fromisoformat(day))
        except ValueError:
            raise ValueError(line.strip()) from None


def heads_stand(session: Session, kept: Iterable[KeptHead]) -> Iterator[Problem]:
    """Every head that was kept outside is still the head of its day or seal.

    A chain that was cut off and computed anew agrees with itself; with these it does not.
    """
    for one in kept:
        if one.day:
            query = select(DayHead.head).where(DayHead.day == one.day)
        else:
            query = select(Seal.head).where(Seal.book_id == one.book_id, Seal.number == one.number)
        head = session.scalar(query)
        if head is None:
            yield Problem("heads_kept", one.row, "was published and is gone")
        elif head != one.head:
            yield Problem("heads_kept", one.row, "is not the head that was published")
