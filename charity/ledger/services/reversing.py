"""Reversing: an entry that was wrong is taken back whole by one that mirrors it.

What it brought leaves again, exactly its own fen, so it is refused once part of them is spent. What
it took comes back to the end of the lines it came from. Whatever moved no line is mirrored. Every
entry can be reversed once, reversals and returns like others, but for acts without money, closings
and what another book has a side in: a grant between books is given back (`return_grant`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from charity.actor import Actor, require
from charity.errors import Conflict, Insufficient, InvalidState
from charity.ledger import policy
from charity.ledger.models import (
    Account,
    Book,
    Entry,
    EntryKind,
    Inflow,
    LineHead,
    Outflow,
    OutflowKind,
    Transfer,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Draft, Flow, Outgoing, Posting
from charity.ledger.services.entries import append
from charity.ledger.services.holding import free
from charity.ledger.services.nature import active_funds, booking_day, mirrored, taken_back
from charity.ledger.services.owning import (
    Arrival,
    Fen,
    Run,
    arrivals,
    consume_own,
    incoming_runs,
    lines_of_funds,
    runs,
    total,
    whereabouts,
)
from charity.ledger.services.placing import place
from charity.ledger.services.unwinding import home
from charity.money import ZERO, Money
from charity.rows import present


@dataclass(frozen=True, slots=True)
class _Wrong:
    """The entry to be taken back, with what it brought and took."""

    entry: Entry
    arrivals: list[Arrival]
    outflows: list[Outflow]
    #: The fen each inflow has left, by its id.
    there: dict[int, list[Fen]] = field(default_factory=dict)

    @property
    def fund_ids(self) -> list[int]:
        """The funds whose lines it touched."""
        return sorted({a.fund.id for a in self.arrivals} | {o.fund_id for o in self.outflows})

    def arrived_as(self, outflow: Outflow) -> list[Arrival]:
        """The inflows of this very entry that an outflow of it became."""
        return [a for a in self.arrivals if a.inflow.origin_outflow_id == outflow.id]


def reverse(
    session: Session, actor: Actor, *, entry_id: int, occurred_on: date, note: str = ""
) -> Entry:
    """Take an entry back by a mirrored one, posted for `reversal:<entry>`.

    The same call again returns the first reversal. Raises `Conflict` (REVERSED_ALREADY) for another
    day, `InvalidState`: NOT_REVERSIBLE, SPENT_ALREADY (`available`: what is left of its fen),
    MORE_THAN_LEFT when part of it came back otherwise, FUND_CLOSED; `Insufficient` where its fen
    are promised to a hold.
    """
    entry = present(session.get(Entry, entry_id))
    book = present(session.get(Book, entry.book_id))
    require(policy.may_pay(actor, book))
    outflows = session.scalars(
        select(Outflow).where(Outflow.entry_id == entry.id).order_by(Outflow.number)
    )
    wrong = _Wrong(entry, arrivals(session, entry.id), list(outflows))
    line_ids = lines_of_funds(session, wrong.fund_ids)
    heads = place(session, actor, line_ids=line_ids)
    earlier = session.scalars(select(Entry).where(Entry.reverses_id == entry.id)).one_or_none()
    if earlier is not None:
        if earlier.occurred_on == occurred_on:
            return earlier
        raise Conflict(LedgerReason.REVERSED_ALREADY, entry=earlier.id)
    if entry.kind in (EntryKind.DEED, EntryKind.CLOSING):
        raise InvalidState(LedgerReason.NOT_REVERSIBLE)
    active_funds(session, wrong.fund_ids)
    _check_outflows(session, wrong)
    _check_arrivals(session, wrong, heads)
    draft, taking = _draft(session, wrong, occurred_on, note)
    appended = append(session, actor, draft)
    heads = place(session, actor, line_ids=line_ids)
    for number, arrival in taking.items():
        fen = wrong.there[arrival.inflow.id]
        if total(fen) < arrival.inflow.amount.fen:
            # part of it has only now come back, with the outflows of the same entry
            fen = whereabouts(session, arrival).there
        consume_own(session, appended.outflows[number], heads, fen)
    return appended.entry


def _check_outflows(session: Session, wrong: _Wrong) -> None:
    """Nothing of what it took may have arrived anywhere else before."""
    for outflow in wrong.outflows:
        if wrong.arrived_as(outflow):
            continue
        rows = session.execute(
            select(Entry.book_id, func.sum(Inflow.amount))
            .join(Inflow, Inflow.entry_id == Entry.id)
            .where(Inflow.origin_outflow_id == outflow.id)
            .group_by(Entry.book_id)
        ).all()
        if any(book_id != wrong.entry.book_id for book_id, _ in rows):
            raise InvalidState(LedgerReason.NOT_REVERSIBLE)
        for _, back in rows:
            raise InvalidState(LedgerReason.MORE_THAN_LEFT, available=outflow.amount - back)


def _check_arrivals(session: Session, wrong: _Wrong, heads: Mapping[int, LineHead]) -> None:
    """All it brought must be there, or come back with what it took, and be promised to nobody."""
    needed: dict[int, int] = {}
    own_book = wrong.entry.book_id
    for arrival in wrong.arrivals:
        origin_id = arrival.inflow.origin_outflow_id
        if origin_id is not None:
            origin = present(session.get(Outflow, origin_id))
            if present(session.get(Entry, origin.entry_id)).book_id != own_book:
                raise InvalidState(LedgerReason.NOT_REVERSIBLE)
        where = whereabouts(session, arrival)
        returning = sum(where.gone.get(outflow.id, 0) for outflow in wrong.outflows)
        left = total(where.there) + returning
        if left != arrival.inflow.amount.fen:
            raise InvalidState(LedgerReason.SPENT_ALREADY, available=Money(left))
        wrong.there[arrival.inflow.id] = where.there
        for fen in where.there:
            needed[fen.line_id] = needed.get(fen.line_id, 0) + fen.interval.length
    for line_id, fen_needed in needed.items():
        # a line opened since the heads were locked has nothing that is certain
        there = free(heads[line_id]) if line_id in heads else ZERO
        if there.fen < fen_needed:
            raise Insufficient(LedgerReason.INSUFFICIENT, available=there)


def _draft(
    session: Session, wrong: _Wrong, occurred_on: date, note: str
) -> tuple[Draft, dict[int, Arrival]]:
    """The mirrored entry, and which of its transfers takes which inflow away."""
    entry = wrong.entry
    draft = Draft(
        book_id=entry.book_id,
        source=f"reversal:{entry.id}",
        kind=EntryKind.REVERSAL,
        occurred_on=occurred_on,
        note=note,
        postings=[],
        reverses_id=entry.id,
    )
    mirror = _mirror(session, wrong, booking_day(session, entry.book_id, occurred_on))
    taking: dict[int, Arrival] = {}
    for arrival in wrong.arrivals:
        number = len(draft.postings)
        draft.postings.append(mirror.pop(arrival.inflow.number))
        amount, fund_id = arrival.inflow.amount, arrival.fund.id
        draft.outgoing.append(
            Outgoing(number, fund_id, amount, OutflowKind.REVERSAL, of=arrival.flow)
        )
        taking[number] = arrival
    for outflow in wrong.outflows:
        _add_coming_back(session, draft, wrong, outflow, mirror.pop(outflow.number), taking)
    draft.postings.extend(mirror.values())
    return draft, taking


def _mirror(session: Session, wrong: _Wrong, on: date) -> dict[int, Posting]:
    """Every transfer the other way round, by its number; a closed year's are on net assets."""
    debit, credit = aliased(Account), aliased(Account)
    rows = session.execute(
        select(Transfer, debit.code, credit.code)
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .where(Transfer.entry_id == wrong.entry.id)
        .order_by(Transfer.number)
    )
    mirror = {}
    for row, *codes in rows:
        back = [taken_back(code, of=wrong.entry.booked_on, on=on) for code in codes]
        if (back[0], row.debit_fund_id) == (back[1], row.credit_fund_id):
            # both sides of an earlier year's result: net assets do not change, so nothing is mapped
            back = codes
        mirror[row.number] = mirrored(
            Posting(back[0], row.debit_fund_id, back[1], row.credit_fund_id, row.amount)
        )
    return mirror


def _add_coming_back(
    session: Session,
    draft: Draft,
    wrong: _Wrong,
    outflow: Outflow,
    posting: Posting,
    taking: Mapping[int, Arrival],
) -> None:
    """Add what an outflow took, one inflow per run of one line.

    Where the entry itself brought these fen to another line, they come back out of the outflow
    that takes them from there; otherwise straight out of the outflow that took them.
    """
    arrived = {a.inflow.id for a in wrong.arrived_as(outflow)}
    found = [
        (number, home(session, outflow.id, a.inflow.origin_offset or 0, wrong.there[a.inflow.id]))
        for number, a in taking.items()
        if a.inflow.id in arrived
    ]
    origins: list[tuple[Flow | int, list[Run]]] = [*found] or [
        (
            Flow(outflow.id, outflow.entry_id, outflow.number),
            runs(session, outflow.id, 0, outflow.amount.fen),
        )
    ]
    for origin, parts in origins:
        first = len(draft.postings)
        draft.postings.extend(replace(posting, amount=Money(run.length)) for run in parts)
        draft.incoming.extend(incoming_runs(parts, first, origin))
