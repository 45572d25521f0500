"""Recomputing the chain of a book from its rows, link by link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Enum, String, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from charity.ledger import deeds, merkle
from charity.ledger.canonical import (
    EntryFact,
    FlowRef,
    InflowFact,
    OutflowFact,
    TransferFact,
    giver_value,
    leaf,
    link_content,
    salted,
)
from charity.ledger.models import (
    Account,
    BookHead,
    Deed,
    Entry,
    EntryKind,
    EntryNote,
    Inflow,
    InflowGiver,
    Line,
    Outflow,
    Seal,
    SealedEntry,
    Transfer,
    Unsealed,
)
from charity.ledger.services.sealing import flows_of


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: which check, at which row, and what was found."""

    check: str
    row: str
    detail: str


def chain(session: Session, book_id: int) -> Iterator[Problem]:
    """Every problem in the chain of one book, and in the entries that wait to be chained."""
    previous, position = merkle.GENESIS, 0
    seals = session.scalars(select(Seal).where(Seal.book_id == book_id).order_by(Seal.number)).all()
    for number, seal in enumerate(seals, start=1):
        row = f"seal:{book_id}:{seal.number}"
        if seal.number != number or seal.first_position != position or seal.previous != previous:
            yield Problem("chain", row, "does not follow the link before it")
        yield from _batch(session, seal, row)
        previous, position = seal.head, seal.first_position + seal.entries
    head = session.get(BookHead, book_id)
    if head is None or (head.head, head.seals, head.positions) != (previous, len(seals), position):
        yield Problem("chain", f"book_head:{book_id}", "is not the last link")
    yield from _beyond(session, book_id, position)
    waiting = session.scalars(select(Unsealed.entry_id).where(Unsealed.book_id == book_id)).all()
    yield from entries(session, list(waiting))


def _beyond(session: Session, book_id: int, end: int) -> Iterator[Problem]:
    """Leaves past the last link, and entries that are neither sealed nor waiting."""
    past = session.scalars(
        select(SealedEntry.position).where(
            SealedEntry.book_id == book_id, SealedEntry.position >= end
        )
    )
    for position in past:
        yield Problem("chain", f"sealed_entry:{book_id}:{position}", "stands past the last link")
    lost = session.scalars(
        select(Entry.id)
        .outerjoin(SealedEntry, SealedEntry.entry_id == Entry.id)
        .outerjoin(Unsealed, Unsealed.entry_id == Entry.id)
        .where(
            Entry.book_id == book_id,
            SealedEntry.entry_id.is_(None) == Unsealed.entry_id.is_(None),
        )
    )
    for entry_id in lost:
        yield Problem("chain", f"entry:{entry_id}", "is neither sealed nor waiting, or both")


def _batch(session: Session, seal: Seal, row: str) -> Iterator[Problem]:
    """One link: its leaves from the rows, their root, and its head."""
    sealed = session.scalars(
        select(SealedEntry)
        .where(
            SealedEntry.book_id == seal.book_id,
            SealedEntry.position >= seal.first_position,
            SealedEntry.position < seal.first_position + seal.entries,
        )
        .order_by(SealedEntry.position)
    ).all()
    if [each.position - seal.first_position for each in sealed] != list(range(seal.entries)):
        yield Problem("chain", row, f"{len(sealed)} of {seal.entries} leaves are there")
        return
    ids = [each.entry_id for each in sealed]
    yield from entries(session, ids)
    flows = flows_of(session, ids)
    digests = dict(session.execute(select(Entry.id, Entry.digest).where(Entry.id.in_(ids))).all())
    for each in sealed:
        content = leaf(
            entry=each.entry_id,
            position=each.position,
            digest=digests.get(each.entry_id, b""),
            places=flows.places[each.entry_id],
            pieces=flows.pieces[each.entry_id],
        )
        if merkle.leaf_hash(content) != each.leaf:
            detail = "its digest, places or pieces are not what was sealed"
            yield Problem("chain", f"entry:{each.entry_id}", detail)
    root = merkle.root([each.leaf for each in sealed])
    content = link_content(
        book=seal.book_id,
        number=seal.number,
        first=seal.first_position,
        entries=seal.entries,
        root=seal.root,
        sealed_at=seal.sealed_at,
    )
    if root != seal.root:
        yield Problem("chain", row, "its root is not that of its leaves")
    if merkle.link(seal.previous, content) != seal.head:
        yield Problem("chain", row, "its head is not that of its content")


def entries(session: Session, ids: Sequence[int]) -> Iterator[Problem]:
    """Entries whose digest, note or givers are not what was posted."""
    transfers, inflows, outflows = _facts(session, ids)
    deeds_ = _deeds(session, ids)
    # Words of an enumeration are read as plain text: a forged one must be named, not stumbled over.
    query = (
        select(
            Entry.id,
            Entry.book_id,
            Entry.source,
            type_coerce(Entry.kind, String).label("kind"),
            Entry.occurred_on,
            Entry.booked_on,
            Entry.reverses_id,
            Entry.form,
            Entry.posted_at,
            Entry.posted_by,
            Entry.note_digest,
            Entry.digest,
        )
        .where(Entry.id.in_(ids))
        .order_by(Entry.id)
    )
    for entry in session.execute(query):
        digest = EntryFact(
            form=entry.form,
            book=entry.book_id,
            source=entry.source,
            kind=entry.kind,
            occurred_on=entry.occurred_on,
            booked_on=entry.booked_on,
            reverses=entry.reverses_id,
            posted_at=entry.posted_at,
            posted_by=entry.posted_by,
            note_digest=entry.note_digest,
            transfers=transfers[entry.id],
            inflows=inflows[entry.id],
            outflows=outflows[entry.id],
            deed=deeds_[entry.id] if entry.kind == EntryKind.DEED else None,
        ).digest()
        if digest != entry.digest:
            detail = "its columns, transfers or flows are not what was posted"
            yield Problem("chain", f"entry:{entry.id}", detail)
    yield from _notes(session, ids)
    yield from _givers(session, ids)


def _notes(session: Session, ids: Sequence[int]) -> Iterator[Problem]:
    rows = session.execute(
        select(Entry.note_digest, EntryNote)
        .join(EntryNote, EntryNote.entry_id == Entry.id)
        .where(Entry.id.in_(ids))
    )
    for digest, note in rows:
        if salted(note.salt, note.note) != digest:
            yield Problem("chain", f"entry_note:{note.entry_id}", "is not what was posted")


def _givers(session: Session, ids: Sequence[int]) -> Iterator[Problem]:
    rows = session.execute(
        select(Inflow.giver_digest, InflowGiver)
        .join(InflowGiver, InflowGiver.inflow_id == Inflow.id)
        .where(Inflow.entry_id.in_(ids))
    )
    for digest, giver in rows:
        value = giver_value(key=giver.giver_key, kind=giver.giver_kind, place=giver.place)
        if salted(giver.salt, value) != digest:
            row = f"inflow_giver:{giver.inflow_id}"
            yield Problem("chain", row, "is not the giver that was posted")


_Facts = tuple[
    dict[int, list[TransferFact]], dict[int, list[InflowFact]], dict[int, list[OutflowFact]]
]


def _facts(session: Session, ids: Sequence[int]) -> _Facts:
    """Transfers, inflows and outflows of these entries as they are hashed."""
    transfers: dict[int, list[TransferFact]] = defaultdict(list)
    inflows: dict[int, list[InflowFact]] = defaultdict(list)
    outflows: dict[int, list[OutflowFact]] = defaultdict(list)
    debit, credit = aliased(Account), aliased(Account)
    gift, source = aliased(Inflow), aliased(Outflow)
    for (
        entry_id,
        number,
        debit_code,
        debit_fund,
        credit_code,
        credit_fund,
        amount,
    ) in session.execute(
        select(
            Transfer.entry_id,
            Transfer.number,
            debit.code,
            Transfer.debit_fund_id,
            credit.code,
            Transfer.credit_fund_id,
            Transfer.amount,
        )
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .where(Transfer.entry_id.in_(ids))
    ):
        transfers[entry_id].append(
            TransferFact(number, debit_code, debit_fund, credit_code, credit_fund, amount.fen)
        )
    for row in session.execute(
        select(
            Inflow.entry_id,
            Inflow.number,
            Inflow.line_id,
            Inflow.amount,
            Inflow.giver_digest,
            Line.fund_id,
            Line.earmark,
            type_coerce(Inflow.income, String),
            source.entry_id,
            source.number,
            Inflow.origin_offset,
        )
        .outerjoin(Line, Line.id == Inflow.line_id)
        .outerjoin(source, source.id == Inflow.origin_outflow_id)
        .where(Inflow.entry_id.in_(ids))
    ):
        entry_id, number, line, amount, giver, fund, earmark, income, *origin, offset = row
        inflows[entry_id].append(
            InflowFact(
                number=number,
                line=line,
                amount=amount.fen,
                giver=giver.hex() if giver else "",
                fund=fund,
                earmark=earmark,
                income=income,
                origin=_ref(entry_id, *origin),
                origin_offset=offset,
            )
        )
    for entry_id, number, fund_id, amount, kind, of_entry, of_number in session.execute(
        select(
            Outflow.entry_id,
            Outflow.number,
            Outflow.fund_id,
            Outflow.amount,
            type_coerce(Outflow.kind, String),
            gift.entry_id,
            gift.number,
        )
        .outerjoin(gift, gift.id == Outflow.of_inflow_id)
        .where(Outflow.entry_id.in_(ids))
    ):
        of = _ref(entry_id, of_entry, of_number)
        outflows[entry_id].append(OutflowFact(number, fund_id, amount.fen, kind, of))
    return transfers, inflows, outflows


def _ref(entry_id: int, of_entry: int | None, number: int | None) -> FlowRef | None:
    """A flow as it is hashed: one of the entry itself is named by its number alone."""
    if number is None:
        return None
    return FlowRef(None if of_entry == entry_id else of_entry, number)


def _as_text(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return type_coerce(column, String) if isinstance(column.type, Enum) else column.expression


def _deeds(session: Session, ids: Sequence[int]) -> dict[int, dict[str, list[list[object]]]]:
    """The rows that deeds among these entries cover, as they are hashed."""
    found: dict[int, dict[str, list[list[object]]]] = defaultdict(dict)
    for subject, (table, columns) in deeds.COVERED.items():
        key = getattr(table, columns[0])
        # Words of an enumeration are read as plain text, as above.
        read = [_as_text(getattr(table, column)) for column in columns]
        rows = session.execute(
            select(Deed.entry_id, *read)
            .outerjoin(table, key == Deed.subject_id)
            .where(Deed.entry_id.in_(ids), Deed.subject == subject)
        )
        for entry_id, *values in rows:
            found[entry_id].setdefault(subject.value, []).append([deeds.plain(v) for v in values])
    return found
