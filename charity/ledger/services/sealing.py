"""Sealing: giving entries their place in the chain of their book.

A single writer per book (the lock of the book's head) takes the committed entries that wait, in
order of id, places what is still unplaced, and chains a Merkle root over their leaves. A leaf
covers the entry's digest, the places of its inflows and the pieces of its outflows, so that who
paid what cannot be rewritten either. Totals are kept in the same transaction.

Everything is set-wise: rows are read as tuples, leaves written in one go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.ledger import canonical, merkle, policy
from charity.ledger.canonical import PieceFact, PlaceFact
from charity.ledger.models import (
    BookHead,
    DayHead,
    Seal,
)
from charity.ledger.services.arrays import run
from charity.ledger.services.flows import keep_flows
from charity.ledger.services.loading import write_rows
from charity.ledger.services.placing import by_index, place_all
from charity.ledger.services.totals import keep_totals
from charity.rows import locked

#: Alone, or a plan might join all that waits, or all that is sealed, at every batch.
_WAITING = "SELECT entry_id FROM unsealed WHERE book_id = ? ORDER BY entry_id LIMIT ?"

_DIGESTS = "SELECT id, digest FROM entry WHERE id IN (?bigint)"

_LINES = """SELECT DISTINCT pending.line_id
FROM inflow JOIN pending ON pending.inflow_id = inflow.id WHERE inflow.entry_id IN (?bigint)"""

_PLACES = """SELECT inflow.entry_id, inflow.number, placement.line_id, placement.start,
  placement.stop, placement.number
FROM inflow JOIN placement ON placement.inflow_id = inflow.id WHERE inflow.entry_id IN (?bigint)"""

_PIECES = """SELECT outflow.entry_id, outflow.number, piece.start_offset, piece.line_id,
  piece.start, piece.stop
FROM outflow JOIN piece ON piece.outflow_id = outflow.id WHERE outflow.entry_id IN (?bigint)"""

_DONE = "DELETE FROM unsealed WHERE entry_id IN (?bigint)"


def seal(session: Session, actor: Actor, *, book_id: int, limit: int = 1024) -> int:
    """Seal up to `limit` waiting entries of a book as one batch; returns how many (0: none)."""
    require(policy.may_seal(actor))
    head = locked(session, select(BookHead).where(BookHead.book_id == book_id))
    with by_index(session):
        waiting = run(session.connection(), _WAITING, book_id, limit).scalars().all()
        if waiting:
            _seal_batch(session, actor, head, waiting)
    return len(waiting)


def _seal_batch(
    session: Session,
    actor: Actor,
    head: BookHead,
    entry_ids: Sequence[int],
) -> None:
    """Seal these entries under the lock of the book's head."""
    connection = session.connection()
    lines = run(connection, _LINES, entry_ids).scalars().all()
    if lines:
        place_all(session, actor, line_ids=lines)
    first, end = head.positions, head.positions + len(entry_ids)
    flows = flows_of(session, entry_ids)
    digests = {id_: digest for id_, digest in run(connection, _DIGESTS, entry_ids)}
    leaves = _leaves(entry_ids, digests, first, flows)
    places = zip(range(first, end), entry_ids, leaves, strict=True)
    write_rows(connection, "sealed_entry", ((head.book_id, *row) for row in places))
    _chain(session, head, leaves)
    keep_totals(session, book_id=head.book_id, first=first, end=end, outflows=bool(flows.pieces))
    keep_flows(session, book_id=head.book_id, first=first, end=end)
    run(connection, _DONE, entry_ids)


@dataclass(frozen=True, slots=True)
class Flows:
    """Places and pieces of a set of entries, by entry."""

    places: dict[int, list[PlaceFact]]
    pieces: dict[int, list[PieceFact]]


def flows_of(session: Session, entry_ids: Sequence[int]) -> Flows:
    """Read the places and pieces that the leaves of these entries cover."""
    flows = Flows(defaultdict(list), defaultdict(list))
    connection = session.connection()
    for entry_id, *fact in run(connection, _PLACES, entry_ids):
        flows.places[entry_id].append(PlaceFact(*fact))
    for entry_id, *fact in run(connection, _PIECES, entry_ids):
        flows.pieces[entry_id].append(PieceFact(*fact))
    return flows


def _leaves(
    entry_ids: Sequence[int], digests: Mapping[int, bytes], first: int, flows: Flows
) -> list[bytes]:
    """The leaf hashes of these entries, from position `first` on."""
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
        now = clock.start_of(last + timedelta(days=1))
    return clock.microseconds(now)
