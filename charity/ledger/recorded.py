"""Reading entries back as they are hashed: what stands in the rows, in order of the chain.

Plain rows in batches, so that a book of millions is read in little memory. Words of an enumeration
are read as plain text: a forged one must be named, not stumbled over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Enum,
    FromClause,
    Row,
    Select,
    String,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from charity.ledger import deeds
from charity.ledger.canonical import (
    EntryFact,
    FlowRef,
    InflowFact,
    OutflowFact,
    PieceFact,
    PlaceFact,
    TransferFact,
    leaf,
)
from charity.ledger.models import (
    Account,
    Deed,
    Entry,
    EntryKind,
    EntryNote,
    Inflow,
    InflowGiver,
    Line,
    Outflow,
    Piece,
    Placement,
    SealedEntry,
    Transfer,
    Unsealed,
)

#: Entries read at once.
BATCH = 2048
#: What stands for a code or word that no row has.
GONE = "?"

#: Entry and number of a flow, by its id.
_Named = dict[int, tuple[int, int]]
_Rows = Select[*tuple[Any, ...]]

_ENTRY, _NOTE, _SEALED = Entry.__table__.c, EntryNote.__table__.c, SealedEntry.__table__.c
_TRANSFER, _INFLOW, _OUTFLOW = Transfer.__table__.c, Inflow.__table__.c, Outflow.__table__.c
_PLACE, _PIECE, _GIVER = Placement.__table__.c, Piece.__table__.c, InflowGiver.__table__.c


class GiverRow(NamedTuple):
    """The giver beside an inflow, with the digest that binds them."""

    inflow_id: int
    digest: bytes | None
    salt: bytes
    key: str
    kind: str
    place: str


@dataclass(slots=True)
class Recorded:
    """One entry: what goes under its digest and its leaf, and what was said to come out.

    `fact` holds the same lists of transfers and flows.
    """

    id: int
    fact: EntryFact
    #: The digest it was posted with.
    digest: bytes
    position: int = -1
    #: The leaf hash it was sealed with.
    sealed: bytes = b""
    transfers: list[TransferFact] = field(default_factory=list)
    inflows: list[InflowFact] = field(default_factory=list)
    outflows: list[OutflowFact] = field(default_factory=list)
    places: list[PlaceFact] = field(default_factory=list)
    pieces: list[PieceFact] = field(default_factory=list)
    note: tuple[bytes, str] | None = None
    givers: list[GiverRow] = field(default_factory=list)

    def leaf(self) -> bytes:
        """The canonical content of its leaf."""
        return leaf(
            entry=self.id,
            position=self.position,
            digest=self.digest,
            places=self.places,
            pieces=self.pieces,
        )


class Missing(NamedTuple):
    """A place in the chain whose entry is gone."""

    entry_id: int
    position: int
    sealed: bytes


class Reader:
    """Reads the entries of a book; `private` with the notes and givers that lie beside them."""

    def __init__(self, session: Session, *, private: bool = False) -> None:
        self._connection = session.connection()
        self._private = private
        account, line = Account.__table__.c, Line.__table__.c
        self._codes: dict[int, str] = {
            id_: code for id_, code in self._rows(select(account.id, account.code))
        }
        self._lines: dict[int, tuple[int, str]] = {
            id_: (fund, earmark)
            for id_, fund, earmark in self._rows(select(line.id, line.fund_id, line.earmark))
        }

    def sealed(self, book_id: int) -> Iterator[list[Recorded | Missing]]:
        """Batches of a book's sealed entries, in order of position."""
        query = self._leaves(_SEALED.book_id == book_id).order_by(_SEALED.position).limit(BATCH)
        last: int | None = None
        while rows := self._after(query, _SEALED.position, last):
            yield self._read_leaves(rows)
            last = rows[-1][0]

    def one(self, entry_id: int) -> Recorded | None:
        """One sealed entry; None while it waits for the sealer."""
        found = self._read_leaves(self._rows(self._leaves(_SEALED.entry_id == entry_id)))
        return found[0] if found and isinstance(found[0], Recorded) else None

    def waiting(self, book_id: int) -> Iterator[list[Recorded]]:
        """Batches of a book's entries that wait for the sealer, in order of id."""
        unsealed = Unsealed.__table__.c
        joined = Entry.__table__.join(Unsealed.__table__, unsealed.entry_id == _ENTRY.id)
        query = (
            select(*self._columns())
            .select_from(self._with_note(joined))
            .where(unsealed.book_id == book_id)
            .order_by(_ENTRY.id)
            .limit(BATCH)
        )
        last: int | None = None
        while rows := self._after(query, _ENTRY.id, last):
            batch = [_entry(row) for row in rows]
            self._fill(batch)
            yield batch
            last = rows[-1][0]

    def _leaves(self, where: ColumnElement[bool]) -> _Rows:
        joined = self._with_note(_outer(SealedEntry, Entry, _SEALED.entry_id == _ENTRY.id))
        columns = (_SEALED.position, _SEALED.leaf, _SEALED.entry_id, *self._columns())
        return select(*columns).select_from(joined).where(where)

    def _read_leaves(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Recorded | Missing]:
        batch: list[Recorded | Missing] = []
        for position, leaf_, entry_id, *columns in rows:
            if columns[0] is None:
                batch.append(Missing(entry_id, position, leaf_))
                continue
            entry = _entry(columns)
            entry.position, entry.sealed = position, leaf_
            batch.append(entry)
        self._fill([entry for entry in batch if isinstance(entry, Recorded)])
        return batch

    def _rows(self, query: _Rows) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(query).all()

    def _after(
        self, query: _Rows, column: ColumnElement[int], last: int | None
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._rows(query if last is None else query.where(column > last))

    def _columns(self) -> list[ColumnElement[Any]]:
        """Id, the columns of an `EntryFact` in its order, digest, and the note."""
        note = [_NOTE.salt, _NOTE.note] if self._private else [null(), null()]
        return [
            _ENTRY.id,
            _ENTRY.form,
            _ENTRY.book_id,
            _ENTRY.source,
            _plain(_ENTRY.kind),
            _ENTRY.occurred_on,
            _ENTRY.booked_on,
            _ENTRY.reverses_id,
            _ENTRY.posted_at,
            _ENTRY.posted_by,
            _ENTRY.note_digest,
            _ENTRY.digest,
            *note,
        ]

    def _with_note(self, joined: FromClause) -> FromClause:
        if not self._private:
            return joined
        return joined.outerjoin(EntryNote.__table__, _NOTE.entry_id == _ENTRY.id)

    def _fill(self, batch: Sequence[Recorded]) -> None:
        """Read everything that hangs on these entries."""
        found = {entry.id: entry for entry in batch}
        if not found:
            return
        self._transfers(found)
        self._inflows(found)
        self._outflows(found)
        self._pieces(found)
        if any(entry.fact.kind == EntryKind.DEED for entry in batch):
            self._deeds(found)

    def _transfers(self, found: dict[int, Recorded]) -> None:
        query = select(
            _TRANSFER.entry_id,
            _TRANSFER.number,
            _TRANSFER.debit_account_id,
            _TRANSFER.debit_fund_id,
            _TRANSFER.credit_account_id,
            _TRANSFER.credit_fund_id,
            _fen(_TRANSFER.amount),
        ).where(_among(_TRANSFER.entry_id, found))
        codes = self._codes
        for entry_id, number, debit, debit_fund, credit, credit_fund, amount in self._rows(query):
            if entry_id in found:
                found[entry_id].transfers.append(
                    TransferFact(
                        number,
                        codes.get(debit, GONE),
                        debit_fund,
                        codes.get(credit, GONE),
                        credit_fund,
                        amount,
                    )
                )

    def _inflows(self, found: dict[int, Recorded]) -> None:
        """Inflows, their places, and the givers beside them."""
        joined = _outer(Inflow, Placement, _PLACE.inflow_id == _INFLOW.id)
        giver: list[ColumnElement[Any]] = [null()] * 4
        if self._private:
            joined = joined.outerjoin(InflowGiver.__table__, _GIVER.inflow_id == _INFLOW.id)
            giver = [_GIVER.salt, _GIVER.giver_key, _GIVER.giver_kind, _GIVER.place]
        query = (
            select(
                _INFLOW.id,
                _INFLOW.entry_id,
                _INFLOW.number,
                _INFLOW.line_id,
                _fen(_INFLOW.amount),
                _INFLOW.giver_digest,
                _plain(_INFLOW.income),
                _INFLOW.origin_outflow_id,
                _INFLOW.origin_offset,
                _PLACE.line_id,
                _PLACE.start,
                _PLACE.stop,
                _PLACE.number,
                *giver,
            )
            .select_from(joined)
            .where(_among(_INFLOW.entry_id, found))
        )
        rows = self._rows(query)
        origins = self._flows(Outflow, {row[7] for row in rows if row[7] is not None})
        for id_, entry_id, number, line, amount, digest, income, of, offset, *beside in rows:
            entry = found.get(entry_id)
            if entry is None:
                continue
            fund, earmark = self._lines.get(line, (0, GONE))
            giver_hex = digest.hex() if digest else ""
            origin = _ref(entry_id, of, origins)
            entry.inflows.append(
                InflowFact(
                    number, line, amount, giver_hex, fund, earmark, income or GONE, origin, offset
                )
            )
            if beside[0] is not None:
                entry.places.append(PlaceFact(number, *beside[:4]))
            if beside[4] is not None:
                entry.givers.append(GiverRow(id_, digest, *beside[4:]))

    def _outflows(self, found: dict[int, Recorded]) -> None:
        query = select(
            _OUTFLOW.entry_id,
            _OUTFLOW.number,
            _OUTFLOW.fund_id,
            _fen(_OUTFLOW.amount),
            _plain(_OUTFLOW.kind),
            _OUTFLOW.of_inflow_id,
        ).where(_among(_OUTFLOW.entry_id, found))
        rows = self._rows(query)
        gifts = self._flows(Inflow, {row[5] for row in rows if row[5] is not None})
        for entry_id, number, fund, amount, kind, of in rows:
            if entry_id in found:
                fact = OutflowFact(number, fund, amount, kind or GONE, _ref(entry_id, of, gifts))
                found[entry_id].outflows.append(fact)

    def _pieces(self, found: dict[int, Recorded]) -> None:
        query = (
            select(
                _OUTFLOW.entry_id,
                _OUTFLOW.number,
                _PIECE.start_offset,
                _PIECE.line_id,
                _PIECE.start,
                _PIECE.stop,
            )
            .join_from(Outflow.__table__, Piece.__table__, _PIECE.outflow_id == _OUTFLOW.id)
            .where(_among(_OUTFLOW.entry_id, found))
        )
        for entry_id, *fact in self._rows(query):
            if entry_id in found:
                found[entry_id].pieces.append(PieceFact(*fact))

    def _flows(self, table: type[Inflow | Outflow], ids: set[int]) -> dict[int, tuple[int, int]]:
        """Entry and number of the flows that others refer to."""
        column = table.__table__.c
        if not ids:
            return {}
        query = select(column.id, column.entry_id, column.number).where(column.id.in_(sorted(ids)))
        return {id_: (entry_id, number) for id_, entry_id, number in self._rows(query)}

    def _deeds(self, found: dict[int, Recorded]) -> None:
        """The rows that deeds among these entries cover."""
        covered: dict[int, dict[str, list[list[object]]]] = defaultdict(dict)
        entry_ids = [id_ for id_, one in found.items() if one.fact.kind == EntryKind.DEED]
        for subject, (table, columns) in deeds.COVERED.items():
            read = [_plain(table.__table__.c[column]) for column in columns]
            query = (
                select(Deed.entry_id, *read)
                .select_from(_outer(Deed, table, read[0] == Deed.subject_id))
                .where(Deed.entry_id.in_(entry_ids), Deed.subject == subject)
            )
            for entry_id, *values in self._rows(query):
                rows = covered[entry_id].setdefault(subject.value, [])
                rows.append([deeds.plain(value) for value in values])
        for entry_id in entry_ids:
            entry = found[entry_id]
            entry.fact = entry.fact._replace(deed=covered[entry_id])


def _entry(columns: Sequence[Any]) -> Recorded:
    """An entry without what hangs on it yet."""
    id_, *facts, digest, salt, note = columns
    transfers: list[TransferFact] = []
    inflows: list[InflowFact] = []
    outflows: list[OutflowFact] = []
    fact = EntryFact._make([*facts, transfers, inflows, outflows, None])
    beside = None if note is None else (salt, note)
    return Recorded(
        id_, fact, digest, transfers=transfers, inflows=inflows, outflows=outflows, note=beside
    )


def _ref(entry_id: int, of: int | None, flows: _Named) -> FlowRef | None:
    """A flow as it is hashed: one of the entry itself is named by its number alone."""
    if of is None:
        return None
    of_entry, number = flows.get(of, (0, -1))
    return FlowRef(None if of_entry == entry_id else of_entry, number)


def _among(column: ColumnElement[int], found: dict[int, Recorded]) -> ColumnElement[bool]:
    """The rows of these entries; of ids that lie together by the range, with others in between."""
    first, last = min(found), max(found)
    if last - first < 4 * len(found):
        return column.between(first, last)
    return column.in_(sorted(found))


def _outer(left: type[Any], right: type[Any], on: ColumnElement[bool]) -> FromClause:
    joined: FromClause = left.__table__.outerjoin(right.__table__, on)
    return joined


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, String) if isinstance(column.type, Enum) else column


def _fen(column: ColumnElement[Any]) -> ColumnElement[int]:
    return type_coerce(column, BigInteger)
