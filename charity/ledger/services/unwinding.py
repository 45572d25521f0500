"""Taking a grant back: the fen go home to the lines they were granted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Conflict, InvalidState
from charity.ledger import policy
from charity.ledger.chart import AccountCode
from charity.ledger.models import (
    Book,
    Entry,
    EntryKind,
    Fund,
    Inflow,
    LineHead,
    Outflow,
    OutflowKind,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Draft, Flow, Outgoing
from charity.ledger.services.entries import append
from charity.ledger.services.nature import (
    active_funds,
    booking_day,
    coming_back,
    handed_in,
    handed_out,
    taken_back,
)
from charity.ledger.services.owning import (
    Arrival,
    Fen,
    Run,
    add_run,
    already,
    arrivals,
    consume_own,
    first_fen,
    incoming_runs,
    money_lines,
    runs,
    total,
)
from charity.ledger.services.placing import place
from charity.ledger.services.returning import (
    accounts_of,
    check_amount,
    more_than_left,
    refund_draft,
    refundable,
)
from charity.money import Money
from charity.rows import present


@dataclass(frozen=True, slots=True)
class _Grant:
    """A grant from both sides: what left one fund, and its arrival in the other."""

    outflow: Outflow
    paid: Entry
    giving: Fund
    arrival: Arrival

    @property
    def inside(self) -> bool:
        """Whether both funds are of one book."""
        return self.paid.id == self.arrival.entry.id


def return_grant(
    session: Session,
    actor: Actor,
    *,
    entry_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    note: str = "",
) -> tuple[Entry, Entry]:
    """Give back a grant, or what is left of it: the receiver's own unspent fen of this grant.

    `entry_id` is the entry of either side. Inside a book both entries returned are one and the
    same; between books they are `<source>:paid` (the receiver's) and `<source>:received`. Each fen
    goes to the end of the line it was granted from. Raises `Insufficient` (MORE_THAN_LEFT,
    `available`), `InvalidState` for an entry that is no grant or a fund that ended.
    """
    check_amount(amount)
    grant = _grant_of(session, entry_id)
    taking, giving = grant.arrival.fund, grant.giving
    for book_id in sorted({taking.book_id, giving.book_id}):
        require(policy.may_pay(actor, present(session.get(Book, book_id))))
    heads = place(session, actor, line_ids=money_lines(session, [taking.id, giving.id]))
    earlier = _earlier(session, grant, amount, source)
    if earlier is not None:
        return earlier
    active_funds(session, [taking.id, giving.id])
    own = refundable(session, grant.arrival, heads)
    if total(own) < amount.fen:
        raise more_than_left(total(own))
    taken = first_fen(own, amount.fen)
    parts = home(session, grant.outflow.id, grant.arrival.inflow.origin_offset or 0, taken)
    if grant.inside:
        draft = _inside(grant, amount, parts, source, occurred_on, note)
        entry = _take(session, actor, draft, heads, taken)[0]
        return entry, entry
    paid = refund_draft(session, grant.arrival, amount, f"{source}:paid", occurred_on, note)
    out, flow = _take(session, actor, paid, heads, taken)
    received = _received(session, grant, parts, flow, f"{source}:received", occurred_on, note)
    return out, append(session, actor, received).entry


def home(session: Session, outflow_id: int, origin_offset: int, taken: Sequence[Fen]) -> list[Run]:
    """The lines to which fen of a derived inflow go back, by their order among `taken`.

    The inflow is fen `origin_offset` and on of the outflow; the offsets of the runs count within
    the outflow that takes the fen away again.
    """
    found: list[Run] = []
    position = 0
    for fen in taken:
        start = origin_offset + fen.base
        for run in runs(session, outflow_id, start, start + fen.interval.length):
            add_run(found, run.line_id, position + run.offset - start, run.length)
        position += fen.interval.length
    return found


def _grant_of(session: Session, entry_id: int) -> _Grant:
    """The grant an entry is a side of; raises `NotFound`, `InvalidState` where it is none."""
    entry = present(session.get(Entry, entry_id))
    query = (
        select(Outflow, Inflow.entry_id, Inflow.id)
        .join(Inflow, Inflow.origin_outflow_id == Outflow.id)
        .where(
            Outflow.kind == OutflowKind.GRANT,
            (Outflow.entry_id == entry_id) | (Inflow.entry_id == entry_id),
        )
    )
    rows = session.execute(query).all()
    if entry.kind not in (EntryKind.GRANT, EntryKind.GRANT_RECEIVED) or len(rows) != 1:
        raise InvalidState(LedgerReason.NOT_REVERSIBLE)
    outflow, arrival_entry_id, inflow_id = rows[0]
    arrival = next(a for a in arrivals(session, arrival_entry_id) if a.inflow.id == inflow_id)
    return _Grant(
        outflow,
        present(session.get(Entry, outflow.entry_id)),
        present(session.get(Fund, outflow.fund_id)),
        arrival,
    )


def _earlier(
    session: Session, grant: _Grant, amount: Money, source: str
) -> tuple[Entry, Entry] | None:
    """The entries posted for this source before."""
    taking, giving, of = grant.arrival.fund, grant.giving, grant.arrival.inflow.id
    if grant.inside:
        entry = already(session, taking.book_id, source, EntryKind.RETURN, amount, of_inflow=of)
        return None if entry is None else (entry, entry)
    paid = already(
        session, taking.book_id, f"{source}:paid", EntryKind.REFUND, amount, of_inflow=of
    )
    if paid is None:
        return None
    received = already(
        session, giving.book_id, f"{source}:received", EntryKind.RETURN, amount, of_entry=paid.id
    )
    if received is None:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    return paid, received


def _inside(
    grant: _Grant,
    amount: Money,
    parts: Sequence[Run],
    source: str,
    occurred_on: date,
    note: str,
) -> Draft:
    """A grant given back inside a book: one entry."""
    taking, bank = grant.arrival.fund, AccountCode.BANK_DEPOSITS
    postings = handed_out(taking, bank, amount)
    first = len(postings)
    postings += handed_in(grant.giving, bank, [Money(run.length) for run in parts])
    return Draft(
        book_id=taking.book_id,
        source=source,
        kind=EntryKind.RETURN,
        occurred_on=occurred_on,
        note=note,
        postings=postings,
        outgoing=[Outgoing(0, taking.id, amount, OutflowKind.REFUND, of=grant.arrival.flow)],
        incoming=incoming_runs(parts, first, 0),
    )


def _received(
    session: Session,
    grant: _Grant,
    parts: Sequence[Run],
    flow: Flow,
    source: str,
    occurred_on: date,
    note: str,
) -> Draft:
    """The granting side between books: cost taken back."""
    giving = grant.giving
    account, cost = accounts_of(session, grant.outflow.entry_id, grant.outflow.number)
    on = booking_day(session, giving.book_id, occurred_on)
    cost = taken_back(cost, of=grant.paid.booked_on, on=on)
    return Draft(
        book_id=giving.book_id,
        source=source,
        kind=EntryKind.RETURN,
        occurred_on=occurred_on,
        note=note,
        postings=coming_back(giving, account, cost, [Money(run.length) for run in parts]),
        incoming=incoming_runs(parts, 0, flow),
    )


def _take(
    session: Session,
    actor: Actor,
    draft: Draft,
    heads: Mapping[int, LineHead],
    taken: Sequence[Fen],
) -> tuple[Entry, Flow]:
    """Append a draft whose first transfer takes exactly these fen."""
    appended = append(session, actor, draft)
    flow = appended.outflows[0]
    consume_own(session, flow, heads, taken)
    return appended.entry, flow
