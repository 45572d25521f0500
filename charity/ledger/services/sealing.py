"""Sealing: giving entries their place in the chain of their book.

A single writer per book (the lock of the book's head) takes the committed entries that wait, in
order of id, places what is still unplaced, and chains a Merkle root over their leaves. A leaf
covers the entry's digest, the places of its inflows and the pieces of its outflows, so that who
paid what cannot be rewritten either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.ledger import canonical, merkle, policy
from charity.ledger.canonical import PieceFact, PlaceFact
from charity.ledger.models import (
    BookHead,
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
from charity.ledger.services.placing import place
from charity.rows import locked


def seal(session: Session, actor: Actor, *, book_id: int, limit: int = 1024) -> int:
    """Seal up to `limit` waiting entries of a book as one batch; returns how many (0: none)."""
    require(policy.may_seal(actor))
    head = locked(session, select(BookHead).where(BookHead.book_id == book_id))
    entry_ids = list(
        session.scalars(
            select(Unsealed.entry_id)
            .where(Unsealed.book_id == book_id)
            .order_by(Unsealed.entry_id)
            .limit(limit)
        )
    )
    if not entry_ids:
        return 0
    _place_all(session, actor, entry_ids)
    leaves = _leaves(session, entry_ids, head.positions)
    session.execute(
        insert(SealedEntry),
        [
            {"book_id": book_id, "position": position, "entry_id": entry_id, "leaf": leaf}
            for position, entry_id, leaf in leaves
        ],
    )
    _chain(session, head, [leaf for _, _, leaf in leaves])
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


def _leaves(session: Session, entry_ids: Sequence[int], first: int) -> list[tuple[int, int, bytes]]:
    """(position, entry, leaf hash) for these entries, from position `first` on."""
    flows = flows_of(session, entry_ids)
    rows = session.execute(select(Entry.id, Entry.digest).where(Entry.id.in_(entry_ids)))
    digests = dict(rows.all())
    leaves = []
    for position, entry_id in enumerate(entry_ids, start=first):
        content = canonical.leaf(
            entry=entry_id,
            position=position,
            digest=digests[entry_id],
            places=flows.places[entry_id],
            pieces=flows.pieces[entry_id],
        )
        leaves.append((position, entry_id, merkle.leaf_hash(content)))
    return leaves


def _chain(session: Session, head: BookHead, leaves: Sequence[bytes]) -> None:
    """Append the batch to the chain and move the book's head."""
    number, root, sealed_at = head.seals + 1, merkle.root(leaves), clock.microseconds(clock.now())
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
