"""Changing the purpose of a fund's money, and what is left of a fund at its end.

A change needs what CHA-164 asks for: the plan filed again, or the consent of everyone whose money
is still there. What is left after the end follows the plan or the agreement, or goes to a fund of
the same or a similar purpose (CHA-165). The decision is a fact of the book with a deed of its own;
then all the money goes by one grant, so that every fen keeps its giver. Goods stay where they are
and are used for what they were given for. Two funds are merged by such a decision and `close_fund`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from charity.actor import Actor, require
from charity.errors import Conflict, Insufficient, Invalid
from charity.ledger import policy
from charity.ledger.canonical import encode
from charity.ledger.lines import Interval, unspent
from charity.ledger.models import (
    Deed,
    DeedSubject,
    Entry,
    Fund,
    Inflow,
    Line,
    LineHead,
    LineKind,
    Outflow,
    Piece,
    Placement,
    PurposeBasis,
    PurposeDecision,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.books import fund_in_book
from charity.ledger.services.entries import record_deed
from charity.ledger.services.granting import grant, move
from charity.ledger.services.holding import free
from charity.ledger.services.nature import active_funds, is_agency
from charity.ledger.services.placing import place
from charity.money import Money

_NO_CONSENTS: Mapping[int, str] = MappingProxyType({})


def change_purpose(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    into_fund_id: int,
    basis: PurposeBasis,
    decided_on: date,
    source: str,
    refiling_number: str = "",
    consents: Mapping[int, str] = _NO_CONSENTS,
) -> Entry:
    """Let all money of a fund serve another fund of the same book; returns the grant.

    REFILED needs the number of the new filing. CONSENT needs evidence of the giver's consent, by
    the entry of the gift, for every gift of which a fen is unspent (`gifts_unspent`). Raises
    `Invalid` (`missing`: so many consents), `Insufficient` while money of the fund is promised or
    none is there. The same source again returns the first grant.
    """
    fund = _fund(session, actor, fund_id, into_fund_id)
    lines = _money_lines(session, [fund_id, into_fund_id])
    heads = place(session, actor, line_ids=list(lines))
    earlier = _granted_for(session, fund.book_id, source, (fund_id, into_fund_id, basis))
    if earlier is not None:
        return earlier
    active_funds(session, [fund_id, into_fund_id])
    own = {line_id: heads[line_id] for line_id, line in lines.items() if line.fund_id == fund_id}
    amount = _all_free(own.values())
    if basis is PurposeBasis.REFILED and not refiling_number.strip():
        raise Invalid(LedgerReason.NEEDS_REFILING_NUMBER, field="refiling_number")
    agreed = ""
    if basis is PurposeBasis.CONSENT:
        agreed = _agreed(gifts_unspent(session, list(own)), consents)
    decision = PurposeDecision(
        book_id=fund.book_id,
        fund_id=fund_id,
        into_fund_id=into_fund_id,
        basis=basis,
        refiling_number=refiling_number.strip() if basis is PurposeBasis.REFILED else "",
        consents=hashlib.sha256(agreed.encode()).hexdigest() if agreed else "",
        decided_on=decided_on,
    )
    _decide(session, actor, decision, source, agreed)
    for line_id, head in own.items():
        if lines[line_id].earmark and free(head):
            _release(session, actor, lines[line_id], free(head), source, decided_on)
    return grant(
        session,
        actor,
        fund_id=fund_id,
        into_fund_id=into_fund_id,
        amount=amount,
        source=source,
        occurred_on=decided_on,
        decision_id=decision.id,
    )


def gifts_unspent(session: Session, line_ids: Sequence[int]) -> set[int]:
    """The entries that brought in what is unspent on these lines, through every fund of the book.

    Money another book granted is that book's giving here: the entry that received it stands for
    it, and what its own givers agreed to is that organisation's affair.
    """
    heads = session.scalars(select(LineHead).where(LineHead.line_id.in_(line_ids)))
    todo = [(head.line_id, gap) for head in heads for gap in _gaps(session, head)]
    gifts: set[int] = set()
    while todo:
        line_id, interval = todo.pop()
        gifts |= _given_on(session, line_id, interval)
        for outflow_id, came in _derived_on(session, line_id, interval):
            todo.extend(_taken_by(session, outflow_id, came))
    return gifts


def _fund(session: Session, actor: Actor, fund_id: int, into_fund_id: int) -> Fund:
    """The fund whose money may go to the other: both of one book, which the actor keeps.

    Restricted money never becomes unrestricted, and agency money never the organisation's own.
    """
    fund, book = fund_in_book(session, fund_id)
    require(policy.may_keep(actor, book))
    into, other = fund_in_book(session, into_fund_id)
    if other.id != book.id:
        raise Invalid(LedgerReason.OTHER_BOOK, field="into_fund_id")
    frees = fund.restricted and not into.restricted
    if fund.id == into.id or frees or is_agency(fund) != is_agency(into):
        raise Invalid(LedgerReason.NOT_ITS_PURPOSE, field="into_fund_id")
    return fund


def _money_lines(session: Session, fund_ids: Sequence[int]) -> dict[int, Line]:
    """The lines of money of these funds, by id; they are locked together."""
    query = select(Line).where(Line.fund_id.in_(fund_ids), Line.kind != LineKind.GOODS)
    return {line.id: line for line in session.scalars(query.order_by(Line.id))}


def _all_free(heads: Iterable[LineHead]) -> Money:
    """Everything on these lines; raises `Insufficient` where that is nothing, or some is held."""
    heads = list(heads)
    amount = Money.total(free(head) for head in heads)
    if not amount or any(head.held for head in heads):
        raise Insufficient(LedgerReason.INSUFFICIENT, field="fund_id", available=amount)
    return amount


def _agreed(gifts: Iterable[int], consents: Mapping[int, str]) -> str:
    """The consents as they are digested; raises `Invalid` (`missing`) while one is not there."""
    evidence = {entry_id: consents.get(entry_id, "").strip() for entry_id in sorted(gifts)}
    missing = sum(not text for text in evidence.values())
    if missing:
        raise Invalid(LedgerReason.NEEDS_CONSENT, field="consents", missing=missing)
    return encode([list(item) for item in evidence.items()]).decode()


def _decide(
    session: Session, actor: Actor, decision: PurposeDecision, source: str, agreed: str
) -> None:
    """Write the decision with its deed; the consents are the deed's note, which may be erased."""
    session.add(decision)
    session.flush()
    record_deed(
        session,
        actor,
        book_id=decision.book_id,
        source=_deed_source(source),
        occurred_on=decision.decided_on,
        covers=[decision],
        note=agreed,
    )


def _deed_source(source: str) -> str:
    return f"{source}:decided"


def _granted_for(
    session: Session, book_id: int, source: str, asked: tuple[int, int, PurposeBasis]
) -> Entry | None:
    """The grant made for this source; `Conflict` where something else was posted for it."""
    query = select(Entry).where(Entry.book_id == book_id, Entry.source == source)
    granted = session.scalars(query).one_or_none()
    if granted is None:
        return None
    decided = session.scalars(
        select(PurposeDecision)
        .join(
            Deed,
            (Deed.subject_id == PurposeDecision.id)
            & (Deed.subject == DeedSubject.PURPOSE_DECISION),
        )
        .join(Entry, Entry.id == Deed.entry_id)
        .where(Entry.book_id == book_id, Entry.source == _deed_source(source))
    ).one_or_none()
    if decided is None or (decided.fund_id, decided.into_fund_id, decided.basis) != asked:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    return granted


def _release(
    session: Session, actor: Actor, line: Line, amount: Money, source: str, decided_on: date
) -> None:
    """What was earmarked goes to the fund's general line first, and on from there."""
    move(
        session,
        actor,
        fund_id=line.fund_id,
        amount=amount,
        from_earmark=line.earmark,
        to_earmark="",
        source=f"{source}:line:{line.id}",
        occurred_on=decided_on,
    )


# ── the walk back to the gifts ───────────────────────────────────────────────────────────────────


def _gaps(session: Session, head: LineHead) -> list[Interval]:
    """What is unspent on a line."""
    taken = session.execute(
        select(Piece.start, Piece.stop)
        .where(Piece.line_id == head.line_id, Piece.stop > head.cursor)
        .order_by(Piece.stop)
    )
    return list(unspent(head.cursor, (Interval(*row) for row in taken), head.placed_end))


def _given_on(session: Session, line_id: int, interval: Interval) -> set[int]:
    """The entries whose money stands on these fen and comes from outside the book."""
    source, came = aliased(Outflow), aliased(Entry)
    query = (
        select(Entry.id)
        .join(Inflow, Inflow.entry_id == Entry.id)
        .join(Placement, Placement.inflow_id == Inflow.id)
        .outerjoin(source, source.id == Inflow.origin_outflow_id)
        .outerjoin(came, came.id == source.entry_id)
        .where(
            Placement.line_id == line_id,
            Placement.stop > interval.start,
            Placement.start < interval.stop,
            came.id.is_(None) | (came.book_id != Entry.book_id),
        )
    )
    return set(session.scalars(query))


def _derived_on(session: Session, line_id: int, interval: Interval) -> list[tuple[int, Interval]]:
    """The outflows of this book whose fen stand on these, with which of their fen they are."""
    came = aliased(Entry)
    rows = session.execute(
        select(Outflow.id, Inflow.origin_offset, Placement.start, Placement.stop)
        .join(Inflow, Inflow.origin_outflow_id == Outflow.id)
        .join(Entry, Entry.id == Inflow.entry_id)
        .join(came, (came.id == Outflow.entry_id) & (came.book_id == Entry.book_id))
        .join(Placement, Placement.inflow_id == Inflow.id)
        .where(
            Placement.line_id == line_id,
            Placement.derived,
            Placement.stop > interval.start,
            Placement.start < interval.stop,
        )
    )
    found = []
    for outflow_id, offset, start, stop in rows:
        part = interval.overlap(Interval(start, stop))
        if part is not None:
            shift = (offset or 0) - start
            found.append((outflow_id, Interval(part.start + shift, part.stop + shift)))
    return found


def _taken_by(session: Session, outflow_id: int, fen: Interval) -> list[tuple[int, Interval]]:
    """Where these fen of an outflow were taken from."""
    rows = session.execute(
        select(Piece.line_id, Piece.start_offset, Piece.start, Piece.stop).where(
            Piece.outflow_id == outflow_id,
            Piece.start_offset < fen.stop,
            Piece.start_offset + Piece.stop - Piece.start > fen.start,
        )
    )
    found = []
    for line_id, offset, start, stop in rows:
        part = fen.overlap(Interval(offset, offset + stop - start))
        if part is not None:
            shift = start - offset
            found.append((line_id, Interval(part.start + shift, part.stop + shift)))
    return found
