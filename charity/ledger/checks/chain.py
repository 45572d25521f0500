"""Recomputing the chain of every book from its rows: digests, leaves, roots, links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from charity.ledger import merkle
from charity.ledger.canonical import link_content, salted_giver, salted_note
from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.models import (
    Book,
    BookHead,
    Entry,
    Seal,
    SealedEntry,
    Unsealed,
)
from charity.ledger.recorded import Missing, Reader, Recorded


def chains(session: Session, told: Told = untold) -> Iterator[Problem]:
    """Every digest, leaf, root and link of every book is what its rows hash to."""
    reader = Reader(session, private=True)
    books = session.scalars(union(select(Book.id), select(Seal.book_id))).all()
    whole = sum(
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (SealedEntry, Unsealed)
    )
    progress = _Progress(told, whole)
    for book_id in sorted(books):
        yield from _chain(session, reader, book_id, progress)
        for batch in reader.waiting(book_id):
            for entry in batch:
                yield from _posted(entry, book_id)
            progress.add(len(batch))
    yield from _lost(session)


@dataclass(slots=True)
class _Progress:
    told: Told
    whole: int
    done: int = 0

    def add(self, rows: int) -> None:
        self.done += rows
        self.told(self.done, self.whole)


@dataclass(slots=True)
class _Leaves:
    """The leaves of a book in order, each checked while it is read."""

    entries: Iterator[list[Recorded | Missing]]
    book_id: int
    progress: _Progress
    problems: list[Problem] = field(default_factory=list)
    _batch: list[Recorded | Missing] = field(default_factory=list)
    _at: int = 0

    def next_below(self, end: int | None) -> tuple[int, bytes] | None:
        """Position and leaf hash of the next one before `end`."""
        if self._at == len(self._batch):
            self._batch, self._at = next(self.entries, []), 0
            self.progress.add(len(self._batch))
            for entry in self._batch:
                self.problems.extend(_leaf(entry, self.book_id))
        if self._at == len(self._batch):
            return None
        entry = self._batch[self._at]
        if end is not None and entry.position >= end:
            return None
        self._at += 1
        return entry.position, entry.sealed

    def found(self) -> Iterator[Problem]:
        """The problems of the leaves read since last asked."""
        yield from self.problems
        self.problems.clear()


def _chain(
    session: Session, reader: Reader, book_id: int, progress: _Progress
) -> Iterator[Problem]:
    previous, position, number = merkle.GENESIS, 0, 0
    leaves = _Leaves(reader.sealed(book_id), book_id, progress)
    seal_rows = session.connection().execute(
        select(Seal.__table__).where(Seal.book_id == book_id).order_by(Seal.number),
        execution_options={"yield_per": 1000},
    )
    for number, seal in enumerate(seal_rows, start=1):
        row = f"seal:{book_id}:{seal.number}"
        if seal.number != number or seal.first_position != position or seal.previous != previous:
            yield Problem("chain", row, "does not follow the link before it")
        hashes: list[bytes] = []
        in_order = True
        while (leaf := leaves.next_below(seal.first_position + seal.entries)) is not None:
            in_order &= leaf[0] == seal.first_position + len(hashes)
            hashes.append(leaf[1])
        yield from leaves.found()
        if not in_order or len(hashes) != seal.entries:
            yield Problem("chain", row, f"{len(hashes)} of {seal.entries} leaves are there")
        elif merkle.root(hashes) != seal.root:
            yield Problem("chain", row, "its root is not that of its leaves")
        content = link_content(
            book=seal.book_id,
            number=seal.number,
            first=seal.first_position,
            entries=seal.entries,
            root=seal.root,
            sealed_at=seal.sealed_at,
        )
        if merkle.link(seal.previous, content) != seal.head:
            yield Problem("chain", row, "its head is not that of its content")
        previous, position = seal.head, seal.first_position + seal.entries
    while (leaf := leaves.next_below(None)) is not None:
        yield Problem("chain", f"sealed_entry:{book_id}:{leaf[0]}", "stands past the last link")
    yield from leaves.found()
    head = session.execute(
        select(BookHead.head, BookHead.seals, BookHead.positions).where(BookHead.book_id == book_id)
    ).one_or_none()
    if head is None or tuple(head) != (previous, number, position):
        yield Problem("chain", f"book_head:{book_id}", "is not the last link")


def _leaf(entry: Recorded | Missing, book_id: int) -> Iterator[Problem]:
    if isinstance(entry, Missing):
        detail = f"stands at {book_id}:{entry.position} and is gone"
        yield Problem("chain", f"entry:{entry.entry_id}", detail)
        return
    yield from _posted(entry, book_id)
    if merkle.leaf_hash(entry.leaf()) != entry.sealed:
        detail = "its digest, places or pieces are not what was sealed"
        yield Problem("chain", f"entry:{entry.id}", detail)


def _posted(entry: Recorded, book_id: int) -> Iterator[Problem]:
    """Whether an entry, its note and its givers are what was posted, and of this book."""
    fact = entry.fact
    if fact.digest() != entry.digest:
        detail = "its columns, transfers or flows are not what was posted"
        yield Problem("digests", f"entry:{entry.id}", detail)
    if fact.book != book_id:
        yield Problem("chain", f"entry:{entry.id}", f"stands in the chain of book {book_id}")
    if entry.note is not None and salted_note(*entry.note) != fact.note_digest:
        yield Problem("digests", f"entry_note:{entry.id}", "is not what was posted")
    for giver in entry.givers:
        digest = salted_giver(giver.salt, key=giver.key, kind=giver.kind, place=giver.place)
        if digest != giver.digest:
            row = f"inflow_giver:{giver.inflow_id}"
            yield Problem("digests", row, "is not the giver that was posted")


def _lost(session: Session) -> Iterator[Problem]:
    """Entries that are neither sealed nor waiting, or both; leaves of no entry's own book."""
    lost = session.scalars(
        select(Entry.id)
        .outerjoin(SealedEntry, SealedEntry.entry_id == Entry.id)
        .outerjoin(Unsealed, Unsealed.entry_id == Entry.id)
        .where(SealedEntry.entry_id.is_(None) == Unsealed.entry_id.is_(None))
    )
    for entry_id in lost:
        yield Problem("chain", f"entry:{entry_id}", "is neither sealed nor waiting, or both")
    strays = session.execute(
        select(Unsealed.entry_id)
        .outerjoin(Entry, (Entry.id == Unsealed.entry_id) & (Entry.book_id == Unsealed.book_id))
        .where(Entry.id.is_(None))
    )
    for (entry_id,) in strays:
        yield Problem("chain", f"unsealed:{entry_id}", "waits for an entry that is not there")
