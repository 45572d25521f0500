"""The proof that an entry stands in the book: from its leaf to its seal, and to its day's head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import canonical, merkle
from charity.ledger.models import DayHead, Entry, Seal, SealedEntry


@dataclass(frozen=True, slots=True)
class DayProof:
    """The way from a seal up to the published head of its day.

    `leaf` is the seal's leaf under the day's root; `steps` lead from it to `day.root`.
    """

    day: DayHead
    leaf: bytes
    steps: list[merkle.Step]


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Proof that an entry stands in the chain: its leaf, the way up to the root, and the seal.

    `published` goes on from the seal to the head of its day; None until that head is published.
    """

    entry_id: int
    digest: bytes
    position: int
    leaf: bytes
    steps: list[merkle.Step]
    seal: Seal
    published: DayProof | None


def proof_of_entry(session: Session, entry_id: int) -> InclusionProof | None:
    """The proof of an entry, or None while it waits for the sealer."""
    row = session.execute(_SEALED, {"entry_id": entry_id}).one_or_none()
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
    published = _published(session, seal)
    return InclusionProof(entry_id, digest, sealed.position, sealed.leaf, steps, seal, published)


_SEALED = (
    select(SealedEntry, Entry.digest, Seal)
    .join(Entry, Entry.id == SealedEntry.entry_id)
    .join(
        Seal,
        (Seal.book_id == SealedEntry.book_id)
        & (Seal.first_position <= SealedEntry.position)
        & (Seal.first_position + Seal.entries > SealedEntry.position),
    )
    .where(SealedEntry.entry_id == bindparam("entry_id"))
)


def _published(session: Session, seal: Seal) -> DayProof | None:
    """The way from a seal to its day's head, None while that is not published."""
    day = session.get(DayHead, clock.day_of(clock.instant(seal.sealed_at)))
    if day is None:
        return None
    seals = seals_of_day(session, day.day)
    leaves = day_leaves(seals)
    index = next(
        n
        for n, each in enumerate(seals)
        if (each.book_id, each.number) == (seal.book_id, seal.number)
    )
    return DayProof(day, leaves[index], merkle.proof(leaves, index))


def day_leaves(seals: Sequence[Seal]) -> list[bytes]:
    """The leaf hashes of a day's seals, in the order they come in."""
    return [
        merkle.leaf_hash(canonical.day_leaf(book=seal.book_id, number=seal.number, head=seal.head))
        for seal in seals
    ]


def seals_of_day(session: Session, day: date) -> list[Seal]:
    """Every seal made on a day in China, in the order of its head: by book, then by number."""
    begin = clock.start_of(day)
    query = (
        select(Seal)
        .where(
            Seal.sealed_at >= clock.microseconds(begin),
            Seal.sealed_at < clock.microseconds(begin + timedelta(days=1)),
        )
        .order_by(Seal.book_id, Seal.number)
    )
    return list(session.scalars(query))


def latest_day(session: Session) -> DayHead | None:
    """The newest published head."""
    return session.scalars(select(DayHead).order_by(DayHead.day.desc()).limit(1)).one_or_none()


def recent_days(session: Session, limit: int = 30) -> list[DayHead]:
    """The newest published heads, newest first."""
    return list(session.scalars(select(DayHead).order_by(DayHead.day.desc()).limit(limit)))


def days(session: Session) -> list[DayHead]:
    """Every published head, oldest first."""
    return list(session.scalars(select(DayHead).order_by(DayHead.day)))


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
