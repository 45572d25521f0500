"""Sealing: giving entries their place in the chain of their book.

A single writer per book (the lock of the book's head) takes the committed entries that wait, in
order of id, places what is still unplaced, and chains a Merkle root over their leaves. A leaf
covers the entry's digest, the places of its inflows and the pieces of its outflows, so that who
paid what cannot be rewritten either. Totals are kept in the same transaction.

Everything is set-wise: rows are read as tuples, leaves written in one go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.ledger import canonical, merkle, policy
from charity.ledger.canonical import PieceFact, PlaceFact
from charity.ledger.models import (
    BookHead,
    DayHead,
    Entry,
    Inflow,
    Outflow,
    Pending,
    Piece,
    Placement,
    Seal,
    SealedEntry,
    Unsealed,
)
from charity.ledger.services.flows import keep_flows
from charity.ledger.services.placing import place
from charity.ledger.services.totals import keep_totals
from charity.rows import locked


def seal(session: Session, actor: Actor, *, book_id: int, limit: int = 1024) -> int:
    """Seal up to `limit` waiting entries of a book as one batch; returns how many (0: none)."""
    require(policy.may_seal(actor))
    head = locked(session, select(BookHead).where(BookHead.book_id == book_id))
    waiting = (
        select(Unsealed.entry_id)
        .where(Unsealed.book_id == book_id)
        .order_by(Unsealed.entry_id)
        .limit(limit)
    )
    entry_ids = list(session.scalars(waiting))
    if not entry_ids:
        return 0
    _place_all(session, actor, entry_ids)
    first, end = head.positions, head.positions + len(entry_ids)
    flows = flows_of(session, entry_ids)
    leaves = _leaves(session, entry_ids, first, flows)
    _write_leaves(session, book_id, first, entry_ids, leaves)
    keep_totals(session, book_id=book_id, first=first, end=end, outflows=bool(flows.pieces))
    keep_flows(session, entry_ids)
    _chain(session, head, leaves)
    session.execute(delete(Unsealed).where(Unsealed.entry_id.in_(entry_ids)))
    return len(entry_ids)


@dataclass(frozen=True, slots=True)
class Flows:
    """Places and pieces of a set of entries, by entry."""

    places: dict[int, list[PlaceFact]]
    pieces: dict[int, list[PieceFact]]


def flows_of(session: Session, entry_ids: Sequence[int]) -> Flows:
    """Read the places and pieces that the leaves of these entries cover."""
    flows = Flows(defaultdict(list), defaultdict(list))
    placed = session.execute(
        select(
            Inflow.entry_id,
            Inflow.number,
            Placement.line_id,
            Placement.start,
            Placement.stop,
            Placement.number,
        )
        .join(Placement, Placement.inflow_id == Inflow.id)
        .where(Inflow.entry_id.in_(entry_ids))
    )
    for entry_id, *fact in placed:
        flows.places[entry_id].append(PlaceFact(*fact))
    consumed = session.execute(
        select(
            Outflow.entry_id,
            Outflow.number,
            Piece.start_offset,
            Piece.line_id,
            Piece.start,
            Piece.stop,
        )
        .join(Piece, Piece.outflow_id == Outflow.id)
        .where(Outflow.entry_id.in_(entry_ids))
    )
    for entry_id, *fact in consumed:
        flows.pieces[entry_id].append(PieceFact(*fact))
    return flows


def _place_all(session: Session, actor: Actor, entry_ids: Sequence[int]) -> None:
    lines = session.scalars(
        select(Pending.line_id)
        .join(Inflow, Inflow.id == Pending.inflow_id)
        .where(Inflow.entry_id.in_(entry_ids))
        .distinct()
    ).all()
    if lines:
        place(session, actor, line_ids=lines)


def _leaves(session: Session, entry_ids: Sequence[int], first: int, flows: Flows) -> list[bytes]:
    """The leaf hashes of these entries, from position `first` on."""
    rows = session.execute(select(Entry.id, Entry.digest).where(Entry.id.in_(entry_ids)))
    digests = dict(rows.all())
    none: list[Any] = []
    return [
        merkle.leaf_hash(
            canonical.leaf(
                entry=entry_id,
                position=position,
                digest=digests[entry_id],
                places=flows.places.get(entry_id, none),
                pieces=flows.pieces.get(entry_id, none),
            )
        )
        for position, entry_id in enumerate(entry_ids, start=first)
    ]


def _write_leaves(
    session: Session, book_id: int, first: int, entry_ids: Sequence[int], leaves: Sequence[bytes]
) -> None:
    """Give every entry its position: by COPY where there is one."""
    rows = zip(range(first, first + len(entry_ids)), entry_ids, leaves, strict=True)
    if session.get_bind().dialect.name != "postgresql":
        session.execute(
            insert(SealedEntry),
            [
                {"book_id": book_id, "position": position, "entry_id": entry_id, "leaf": leaf}
                for position, entry_id, leaf in rows
            ],
        )
        return
    cursor: Any = session.connection().connection.cursor()
    with (
        cursor,
        cursor.copy("COPY sealed_entry (book_id, position, entry_id, leaf) FROM STDIN") as copy,
    ):
        for position, entry_id, leaf in rows:
            copy.write_row((book_id, position, entry_id, leaf))


def _chain(session: Session, head: BookHead, leaves: Sequence[bytes]) -> None:
    """Append the batch to the chain and move the book's head."""
    number, root, sealed_at = head.seals + 1, merkle.root(leaves), _moment(session)
    content = canonical.link_content(
        book=head.book_id,
        number=number,
        first=head.positions,
        entries=len(leaves),
        root=root,
        sealed_at=sealed_at,
    )
    new_head = merkle.link(head.head, content)
    session.add(
        Seal(
            book_id=head.book_id,
            number=number,
            first_position=head.positions,
            entries=len(leaves),
            previous=head.head,
            root=root,
            head=new_head,
            sealed_at=sealed_at,
        )
    )
    head.positions += len(leaves)
    head.seals = number
    head.head = new_head
    session.flush()


def _moment(session: Session) -> int:
    """Now; but never on a day whose head is published, should the machine's clock run back."""
    now, last = clock.now(), session.scalar(select(func.max(DayHead.day)))
    if last is not None and clock.day_of(now) <= last:
        now = datetime.combine(last + timedelta(days=1), time(), clock.CHINA)
    return clock.microseconds(now)
