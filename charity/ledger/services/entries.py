"""Appending an entry: its transfers, its flows, its digest, and its row of work for the sealer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.base import Base
from charity.errors import Conflict, Invalid
from charity.ledger import deeds
from charity.ledger.canonical import (
    FORM,
    EntryFact,
    FlowRef,
    InflowFact,
    OutflowFact,
    TransferFact,
    salted_note,
)
from charity.ledger.models import (
    Closing,
    Entry,
    EntryKind,
    Inflow,
    Outflow,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Draft, Flow, Incoming, Outgoing, salt_source
from charity.ledger.services.grounds import (
    FundGround,
    Ground,
    LineFact,
    as_object,
    read_ground,
)
from charity.ledger.services.writing import (
    COLUMNS,
    GiverRow,
    InflowRow,
    Known,
    OutflowRow,
    Rows,
    TransferRow,
    write,
)
from charity.outbox import Event


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry in the book, with its flows by the number of their transfer."""

    entry: Entry
    inflows: dict[int, Flow]
    outflows: dict[int, Flow]


def posted(session: Session, draft: Draft) -> Entry | None:
    """The entry already posted for this source; one with other figures is a `Conflict`."""
    entry = session.scalars(
        select(Entry).where(Entry.book_id == draft.book_id, Entry.source == draft.source)
    ).one_or_none()
    if entry is not None and not draft.same_figures(session, entry):
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=draft.source)
    return entry


def first_open_day(session: Session, book_id: int) -> date | None:
    """The day after the last one closed; None where nothing is closed yet."""
    through = session.scalar(select(func.max(Closing.through)).where(Closing.book_id == book_id))
    return None if through is None else through + timedelta(days=1)


def append(
    session: Session,
    actor: Actor,
    draft: Draft,
    *,
    ground: Ground | None = None,
    event: Event | None = None,
) -> Appended:
    """Append the entry of a draft; its inflows wait to be placed, its seal waits for the sealer.

    Booked on the day it happened, or on the first open day where that one is closed. A caller who
    has read what the entry stands on hands it in. The outbox tells `event` of a new entry, with its
    number (`entry_id`). Raises `Invalid` for an amount that is not
    positive, an account the book does not have or a line of another, and `Conflict` where the
    source was posted meanwhile with other figures, or is one that takes money from a line.
    """
    session.flush()
    rows = compose(session, actor, draft, ground)
    rows.event = event
    written = write(session.connection(), rows)
    if written is None:
        return _posted_meanwhile(session, draft)
    entry = _written_entry(written.entry_id, rows)
    return Appended(
        entry,
        {number: Flow(id_, entry.id, number) for number, id_ in written.inflows.items()},
        {number: Flow(id_, entry.id, number) for number, id_ in written.outflows.items()},
    )


def append_as_known(
    session: Session, actor: Actor, draft: Draft, *, fund: FundGround, event: Event | None
) -> Entry | None:
    """Append an entry on what is remembered of its fund.

    None, and nothing written, where the fund ended or a period was closed since, and where the
    source is taken: who asks the database then finds out which.
    """
    session.flush()
    rows = compose(session, actor, draft, fund.ground)
    rows.event = event
    rows.known = Known(fund.fund.id, fund.ground.closed_through)
    written = write(session.connection(), rows)
    return None if written is None else _written_entry(written.entry_id, rows)


def record_deed(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    source: str,
    occurred_on: date,
    covers: Sequence[Base],
    note: str = "",
) -> Entry:
    """Put an act without money into the chain: rows just written (and flushed) and their deed."""
    draft = Draft(book_id, source, EntryKind.DEED, occurred_on, note, [], covers=covers)
    return append(session, actor, draft).entry


def compose(session: Session, actor: Actor, draft: Draft, ground: Ground | None = None) -> Rows:
    """The rows of a draft with its digest; refuses before anything is written (see `append`)."""
    if any(posting.amount.fen <= 0 for posting in draft.postings):
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    if ground is None:
        codes = {str(code) for p in draft.postings for code in (p.debit, p.credit)}
        line_ids = {incoming.line_id for incoming in draft.incoming}
        ground = read_ground(session, draft.book_id, codes=codes, line_ids=line_ids)
    elif ground.book_id != draft.book_id:
        raise Invalid(LedgerReason.OTHER_BOOK)
    new_salt = salt_source.get() if draft.salts is None else draft.salts.from_the_first()
    salts = {i.number: new_salt() for i in draft.incoming if i.giver is not None}
    note_salt = new_salt()
    fact = _fact(draft, ground, actor, salts, salted_note(note_salt, draft.note))
    rows = Rows(
        entry=(
            draft.book_id,
            draft.source,
            fact.kind,
            draft.occurred_on,
            fact.booked_on,
            draft.reverses_id,
            fact.posted_at,
            fact.posted_by,
            len(draft.postings),
            FORM,
            fact.note_digest,
            fact.digest(),
        ),
        note=(note_salt, draft.note),
        transfers=[
            TransferRow(
                number,
                draft.book_id,
                ground.account(p.debit),
                p.debit_fund,
                ground.account(p.credit),
                p.credit_fund,
                p.amount.fen,
            )
            for number, p in enumerate(draft.postings)
        ],
        outflows=[_outflow_row(outgoing) for outgoing in draft.outgoing],
        deeds=[(deeds.subject_of(row).value, deeds.key_of(row)) for row in draft.covers],
    )
    for incoming, inflow in zip(draft.incoming, fact.inflows, strict=True):
        _add_inflow(rows, incoming, inflow, salts)
    return rows


def _add_inflow(rows: Rows, incoming: Incoming, fact: InflowFact, salts: dict[int, bytes]) -> None:
    """Add an inflow, and who gave it."""
    origin = incoming.origin.outflow if incoming.origin is not None else None
    row = InflowRow(
        fact.number,
        fact.line,
        fact.amount,
        fact.income,
        bytes.fromhex(fact.giver) if fact.giver else None,
        origin.id if isinstance(origin, Flow) else origin,
        fact.origin_offset,
    )
    (rows.returning if isinstance(origin, int) else rows.arriving).append(row)
    if (giver := incoming.giver) is not None:
        salt = salts[incoming.number]
        rows.givers.append(GiverRow(fact.number, salt, giver.key, giver.kind, giver.place))


def _outflow_row(outgoing: Outgoing) -> OutflowRow:
    of = outgoing.of
    return OutflowRow(
        outgoing.number,
        outgoing.fund_id,
        outgoing.amount.fen,
        outgoing.kind.value,
        of.id if isinstance(of, Flow) else None,
        of if isinstance(of, int) else None,
    )


def _fact(
    draft: Draft, ground: Ground, actor: Actor, salts: dict[int, bytes], note_digest: bytes
) -> EntryFact:
    """The draft as it is hashed."""
    deed: dict[str, list[list[int | str | None]]] = {}
    for row in draft.covers:
        deed.setdefault(deeds.subject_of(row).value, []).append(deeds.values_of(row))
    return EntryFact(
        form=FORM,
        book=draft.book_id,
        source=draft.source,
        kind=draft.kind.value,
        occurred_on=draft.occurred_on,
        # A closing is booked on the day it has just closed for everything else.
        booked_on=draft.occurred_on
        if draft.kind is EntryKind.CLOSING
        else ground.booked_on(draft.occurred_on),
        reverses=draft.reverses_id,
        posted_at=clock.microseconds(clock.now()),
        posted_by=actor.user_id,
        note_digest=note_digest,
        transfers=[
            TransferFact(
                number, str(p.debit), p.debit_fund, str(p.credit), p.credit_fund, p.amount.fen
            )
            for number, p in enumerate(draft.postings)
        ],
        inflows=[_inflow_fact(i, ground.line(i.line_id), salts) for i in draft.incoming],
        outflows=[
            OutflowFact(o.number, o.fund_id, o.amount.fen, o.kind.value, _ref(o.of))
            for o in draft.outgoing
        ],
        deed=deed if draft.kind is EntryKind.DEED else None,
    )


def _inflow_fact(incoming: Incoming, line: LineFact, salts: dict[int, bytes]) -> InflowFact:
    giver, origin = incoming.giver, incoming.origin
    return InflowFact(
        number=incoming.number,
        line=incoming.line_id,
        amount=incoming.amount.fen,
        giver=giver.digest(salts[incoming.number]).hex() if giver else "",
        fund=line.fund_id,
        earmark=line.earmark,
        income=incoming.income.value,
        origin=_ref(origin.outflow) if origin else None,
        origin_offset=origin.offset if origin else None,
    )


def _ref(flow: Flow | int | None) -> FlowRef | None:
    """A flow as it is hashed."""
    if flow is None:
        return None
    return FlowRef(None, flow) if isinstance(flow, int) else FlowRef(flow.entry_id, flow.number)


def _written_entry(entry_id: int, rows: Rows) -> Entry:
    """The entry just written, as an object of no session: it is a fact, nothing becomes of it."""
    values = dict(zip(COLUMNS["entry"], (entry_id, *rows.entry), strict=True))
    values["kind"] = EntryKind(str(values["kind"]))
    return as_object(Entry, values)


def _posted_meanwhile(session: Session, draft: Draft) -> Appended:
    """Somebody posted this source since the caller looked; money of a line was not taken twice."""
    earlier = posted(session, draft)
    placed_later = all(isinstance(outgoing.of, int) for outgoing in draft.outgoing)
    if earlier is None or not placed_later or draft.kind is EntryKind.DEED:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=draft.source)
    inflows, outflows = (
        session.execute(select(flow.id, flow.number).where(flow.entry_id == earlier.id)).all()
        for flow in (Inflow, Outflow)
    )
    return Appended(
        earlier,
        {number: Flow(id_, earlier.id, number) for id_, number in inflows},
        {number: Flow(id_, earlier.id, number) for id_, number in outflows},
    )
