"""The trail: from a gift forward to what it paid, and the proof that it stands in the book.

Both are walks along an index: the pieces that overlap the gift's interval, and the leaves of the
batch that sealed its entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from charity.ledger import merkle
from charity.ledger.lines import Interval
from charity.ledger.models import (
    Entry,
    Inflow,
    LineHead,
    Outflow,
    OutflowKind,
    Pending,
    Piece,
    Placement,
    Seal,
    SealedEntry,
)
from charity.ledger.queries import gifts_behind
from charity.money import Money
from charity.rows import present


@dataclass(frozen=True, slots=True)
class TrailStep:
    """A part of the gift that left: `amount` of the gift within an outflow of `outflow_total`."""

    amount: Money
    interval: Interval
    outflow_id: int
    entry_id: int
    source: str
    kind: OutflowKind
    occurred_on: date
    outflow_total: Money
    gifts: int


@dataclass(frozen=True, slots=True)
class GiftTrail:
    """A gift on its line: its interval, the line's length, what it paid and what is left.

    `interval` is None while the gift waits for its place (已到账, 待入账序).
    """

    entry_id: int
    amount: Money
    line_id: int
    interval: Interval | None
    line_end: int
    line_spent: int
    steps: list[TrailStep]

    @property
    def spent(self) -> Money:
        """What of the gift has left the line."""
        return Money.total(step.amount for step in self.steps)

    @property
    def unspent(self) -> Money:
        """What of the gift is still in hand."""
        return self.amount - self.spent


def trail_of_entry(session: Session, entry_id: int) -> GiftTrail:
    """The trail of the gift that an entry took in; raises `NotFound` without an inflow."""
    other = aliased(Inflow)
    waiting = (
        select(func.sum(other.amount))
        .join(Pending, Pending.inflow_id == other.id)
        .where(Pending.line_id == Inflow.line_id)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Inflow.amount,
            Inflow.line_id,
            Placement.start,
            Placement.stop,
            LineHead.placed_end,
            LineHead.spent,
            waiting,
        )
        .join(LineHead, LineHead.line_id == Inflow.line_id)
        .outerjoin(Placement, Placement.inflow_id == Inflow.id)
        .where(Inflow.entry_id == entry_id)
    ).one_or_none()
    amount, line_id, start, stop, end, spent, behind = present(row)
    interval = _interval(start, stop)
    steps = [] if interval is None else _steps(session, line_id, interval)
    line_end = end + (behind.fen if behind else 0)
    return GiftTrail(entry_id, amount, line_id, interval, line_end, spent, steps)


def _steps(session: Session, line_id: int, mine: Interval) -> list[TrailStep]:
    """The pieces of the line that overlap `mine`, in order of the line."""
    rows = session.execute(
        select(
            Piece.start,
            Piece.stop,
            Outflow.id,
            Entry.id,
            Entry.source,
            Outflow.kind,
            Entry.occurred_on,
            Outflow.amount,
        )
        .join(Outflow, Outflow.id == Piece.outflow_id)
        .join(Entry, Entry.id == Outflow.entry_id)
        .where(Piece.line_id == line_id, Piece.stop > mine.start, Piece.start < mine.stop)
        .order_by(Piece.stop)
    ).all()
    gifts = gifts_behind(session, {row[2] for row in rows})
    steps = []
    for start, stop, outflow_id, entry_id, source, kind, occurred_on, total in rows:
        overlap = mine.overlap(Interval(start, stop))
        if overlap is not None:
            steps.append(
                TrailStep(
                    amount=Money(overlap.length),
                    interval=overlap,
                    outflow_id=outflow_id,
                    entry_id=entry_id,
                    source=source,
                    kind=kind,
                    occurred_on=occurred_on,
                    outflow_total=total,
                    gifts=gifts.get(outflow_id, 0),
                )
            )
    return steps


def _interval(start: int | None, stop: int | None) -> Interval | None:
    """The interval of an outer-joined place, None where the gift still waits."""
    return None if start is None or stop is None else Interval(start, stop)


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Proof that an entry stands in the chain: its leaf, the way up to the root, and the seal."""

    entry_id: int
    digest: bytes
    position: int
    leaf: bytes
    steps: list[merkle.Step]
    seal: Seal


def proof_of_entry(session: Session, entry_id: int) -> InclusionProof | None:
    """The proof of an entry, or None while it waits for the sealer."""
    row = session.execute(
        select(SealedEntry, Entry.digest, Seal)
        .join(Entry, Entry.id == SealedEntry.entry_id)
        .join(
            Seal,
            (Seal.book_id == SealedEntry.book_id)
            & (Seal.first_position <= SealedEntry.position)
            & (Seal.first_position + Seal.entries > SealedEntry.position),
        )
        .where(SealedEntry.entry_id == entry_id)
    ).one_or_none()
    if row is None:
        return None
    sealed, digest, seal = row
    leaves = session.scalars(
        select(SealedEntry.leaf)
        .where(
            SealedEntry.book_id == sealed.book_id,
            SealedEntry.position >= seal.first_position,
            SealedEntry.position < seal.first_position + seal.entries,
        )
        .order_by(SealedEntry.position)
    ).all()
    steps = merkle.proof(leaves, sealed.position - seal.first_position)
    return InclusionProof(entry_id, digest, sealed.position, sealed.leaf, steps, seal)


def latest_seal(session: Session, book_id: int) -> Seal | None:
    """The newest link of a book's chain."""
    return session.scalars(
        select(Seal).where(Seal.book_id == book_id).order_by(Seal.number.desc()).limit(1)
    ).one_or_none()


def recent_seals(session: Session, book_id: int, limit: int = 30) -> list[Seal]:
    """The newest links of a book's chain, newest first."""
    return list(
        session.scalars(
            select(Seal).where(Seal.book_id == book_id).order_by(Seal.number.desc()).limit(limit)
        )
    )
