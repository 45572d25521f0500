"""Appending an entry: its transfers, its flows, its digest, and its row of work for the sealer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, insert, select
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
    giver_value,
    salted,
)
from charity.ledger.models import (
    Account,
    Closing,
    Deed,
    Entry,
    EntryKind,
    EntryNote,
    IncomeSource,
    Inflow,
    InflowGiver,
    Line,
    Outflow,
    OutflowKind,
    Pending,
    Transfer,
    Unsealed,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money

#: Where salts come from; a test that compares two databases sets its own.
salt_source: ContextVar[Callable[[], bytes]] = ContextVar(
    "salt_source", default=lambda: secrets.token_bytes(16)
)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave, as the book knows it: an opaque key, the kind of giver, a division code."""

    key: str
    kind: str
    place: str = ""

    def digest(self, salt: bytes) -> bytes:
        """What of the giver is bound to the inflow."""
        return salted(salt, giver_value(key=self.key, kind=self.kind, place=self.place))


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer to be made between two account codes; a fund may be named on either side."""

    debit: str
    debit_fund: int | None
    credit: str
    credit_fund: int | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Flow:
    """An in- or outflow that is in the book already, by its row and by its transfer."""

    id: int
    entry_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The outflow, posted earlier or under this number in the same entry, whose fen arrive."""

    outflow: Flow | int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """The transfer `number` brings money onto a line, of a giver or from an origin."""

    number: int
    line_id: int
    amount: Money
    giver: Giver | None
    income: IncomeSource = IncomeSource.DONATION
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The transfer `number` takes money from a fund.

    A fee, refund or reversal names its inflow: one in the book, or a number in this entry.
    """

    number: int
    fund_id: int
    amount: Money
    kind: OutflowKind
    of: Flow | int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is appended."""

    book_id: int
    source: str
    kind: EntryKind
    occurred_on: date
    note: str
    postings: list[Posting]
    incoming: list[Incoming] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    reverses_id: int | None = None
    #: The rows a deed covers; they are in the database already.
    covers: Sequence[Base] = ()

    def same_figures(self, session: Session, entry: Entry) -> bool:
        """Whether the posted entry moved what this draft would move."""
        rows = session.execute(
            select(Transfer.debit_fund_id, Transfer.credit_fund_id, Transfer.amount)
            .where(Transfer.entry_id == entry.id)
            .order_by(Transfer.number)
        )
        mine = [(p.debit_fund, p.credit_fund, p.amount) for p in self.postings]
        return entry.kind is self.kind and [tuple(row) for row in rows] == mine


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


def append(session: Session, actor: Actor, draft: Draft) -> Appended:
    """Append the entry of a draft; its inflows wait to be placed, its seal waits for the sealer.

    Booked on the day it happened, or on the first open day where that one is closed. Raises
    `Invalid` for an amount that is not positive or an account the book does not have.
    """
    accounts = _accounts(session, draft)
    salts = {i.number: salt_source.get()() for i in draft.incoming if i.giver is not None}
    note_salt = salt_source.get()()
    # A closing is booked on the day it closes, which it has just closed for everything else.
    closing = draft.kind is EntryKind.CLOSING
    first_open = None if closing else first_open_day(session, draft.book_id)
    entry = Entry(
        book_id=draft.book_id,
        source=draft.source,
        kind=draft.kind,
        occurred_on=draft.occurred_on,
        booked_on=max(draft.occurred_on, first_open or draft.occurred_on),
        reverses_id=draft.reverses_id,
        posted_at=clock.microseconds(clock.now()),
        posted_by=actor.user_id,
        transfers=len(draft.postings),
        form=FORM,
        note_digest=salted(note_salt, draft.note),
    )
    entry.digest = _fact(session, draft, entry, salts).digest()
    session.add(entry)
    session.flush()
    session.add(EntryNote(entry_id=entry.id, salt=note_salt, note=draft.note))
    if draft.postings:
        session.execute(insert(Transfer), _transfer_rows(draft, entry, accounts))
    inflows, outflows = _append_flows(session, draft, entry, salts)
    for row in draft.covers:
        session.add(
            Deed(subject=deeds.subject_of(row), subject_id=deeds.key_of(row), entry_id=entry.id)
        )
    session.add(Unsealed(entry_id=entry.id, book_id=draft.book_id))
    session.flush()
    return Appended(entry, inflows, outflows)


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


def _accounts(session: Session, draft: Draft) -> dict[str, int]:
    """Ids of the accounts the draft names; refuses before anything is written."""
    if any(posting.amount.fen <= 0 for posting in draft.postings):
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    codes = {str(code) for posting in draft.postings for code in (posting.debit, posting.credit)}
    rows = session.execute(
        select(Account.code, Account.id).where(
            Account.book_id == draft.book_id, Account.code.in_(codes)
        )
    )
    accounts = dict(rows.all())
    if unknown := codes - accounts.keys():
        raise Invalid(LedgerReason.UNKNOWN_ACCOUNT, code=min(unknown))
    return accounts


def _transfer_rows(draft: Draft, entry: Entry, accounts: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            "entry_id": entry.id,
            "number": number,
            "book_id": draft.book_id,
            "debit_account_id": accounts[str(posting.debit)],
            "debit_fund_id": posting.debit_fund,
            "credit_account_id": accounts[str(posting.credit)],
            "credit_fund_id": posting.credit_fund,
            "amount": posting.amount,
        }
        for number, posting in enumerate(draft.postings)
    ]


def _fact(session: Session, draft: Draft, entry: Entry, salts: dict[int, bytes]) -> EntryFact:
    """The draft as it is hashed."""
    line_ids = {incoming.line_id for incoming in draft.incoming}
    lines = {line.id: line for line in session.scalars(select(Line).where(Line.id.in_(line_ids)))}
    if lines.keys() != line_ids or any(x.book_id != draft.book_id for x in lines.values()):
        raise Invalid(LedgerReason.OTHER_BOOK)
    deed: dict[str, list[list[int | str | None]]] = {}
    for row in draft.covers:
        deed.setdefault(deeds.subject_of(row).value, []).append(deeds.values_of(row))
    return EntryFact(
        form=FORM,
        book=draft.book_id,
        source=draft.source,
        kind=draft.kind.value,
        occurred_on=draft.occurred_on,
        booked_on=entry.booked_on,
        reverses=draft.reverses_id,
        posted_at=entry.posted_at,
        posted_by=entry.posted_by,
        note_digest=entry.note_digest,
        transfers=[
            TransferFact(
                number, str(p.debit), p.debit_fund, str(p.credit), p.credit_fund, p.amount.fen
            )
            for number, p in enumerate(draft.postings)
        ],
        inflows=[_inflow_fact(i, lines[i.line_id], salts) for i in draft.incoming],
        outflows=[
            OutflowFact(o.number, o.fund_id, o.amount.fen, o.kind.value, _ref(o.of))
            for o in draft.outgoing
        ],
        deed=deed if draft.kind is EntryKind.DEED else None,
    )


def _inflow_fact(incoming: Incoming, line: Line, salts: dict[int, bytes]) -> InflowFact:
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


def _append_flows(
    session: Session, draft: Draft, entry: Entry, salts: dict[int, bytes]
) -> tuple[dict[int, Flow], dict[int, Flow]]:
    """Append in- and outflows; what another refers to by number comes first."""
    inflows: dict[int, Flow] = {}
    outflows: dict[int, Flow] = {}
    first = [i for i in draft.incoming if i.origin is None or isinstance(i.origin.outflow, Flow)]
    for incoming in first:
        inflows[incoming.number] = _append_inflow(session, entry, incoming, salts, outflows)
    for outgoing in draft.outgoing:
        of = outgoing.of
        inflow = inflows[of] if isinstance(of, int) else of
        row = Outflow(
            entry_id=entry.id,
            number=outgoing.number,
            fund_id=outgoing.fund_id,
            amount=outgoing.amount,
            kind=outgoing.kind,
            of_inflow_id=inflow.id if inflow else None,
        )
        session.add(row)
        session.flush()
        outflows[outgoing.number] = Flow(row.id, entry.id, outgoing.number)
    for incoming in draft.incoming:
        if incoming not in first:
            inflows[incoming.number] = _append_inflow(session, entry, incoming, salts, outflows)
    return inflows, outflows


def _append_inflow(
    session: Session,
    entry: Entry,
    incoming: Incoming,
    salts: dict[int, bytes],
    outflows: dict[int, Flow],
) -> Flow:
    """Append an inflow with its giver; it waits to be placed."""
    giver, origin = incoming.giver, incoming.origin
    source = None
    if origin is not None:
        source = (
            outflows[origin.outflow].id if isinstance(origin.outflow, int) else origin.outflow.id
        )
    inflow = Inflow(
        entry_id=entry.id,
        number=incoming.number,
        line_id=incoming.line_id,
        amount=incoming.amount,
        income=incoming.income,
        giver_digest=giver.digest(salts[incoming.number]) if giver else None,
        origin_outflow_id=source,
        origin_offset=origin.offset if origin else None,
    )
    session.add(inflow)
    session.flush()
    if giver is not None:
        session.add(
            InflowGiver(
                inflow_id=inflow.id,
                salt=salts[incoming.number],
                giver_key=giver.key,
                giver_kind=giver.kind,
                place=giver.place,
            )
        )
    session.add(Pending(inflow_id=inflow.id, line_id=incoming.line_id))
    return Flow(inflow.id, entry.id, incoming.number)
