"""Goods in kind: each lot stands on a line of its own, at a value that says what it rests on.

Services are never booked, whatever they would have cost: volunteers' hours stand in the
volunteers' records and the notes to the statements (ACC-06). Goods without any value that can be
told are carried at one yuan. A lot keeps the purpose of its fund, and so does what it becomes
(CHA-163).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Insufficient, Invalid
from charity.ledger import policy
from charity.ledger.chart import COST_ACCOUNTS, AccountCode, head_of
from charity.ledger.models import (
    Book,
    Deed,
    DeedSubject,
    Entry,
    EntryKind,
    Fund,
    GoodsLot,
    GoodsUse,
    IncomeSource,
    Inflow,
    Line,
    LineHead,
    LineKind,
    Outflow,
    OutflowKind,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.books import GOODS, add_line, fund_in_book, require_open
from charity.ledger.services.consuming import consume_earliest
from charity.ledger.services.drafts import Draft, Giver, Incoming, Outgoing
from charity.ledger.services.entries import append, posted, record_deed
from charity.ledger.services.holding import free
from charity.ledger.services.nature import arriving, is_agency, leaving
from charity.ledger.services.opening import require_unused
from charity.ledger.services.placing import place
from charity.money import Money
from charity.rows import present

#: What goods are carried at where no value can be told (ACC-05).
NOMINAL_VALUE = Money.yuan(1)


def receive_goods(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    name: str,
    quantity: int,
    unit: str,
    value: Money,
    basis: ValuationBasis,
    evidence: str,
    giver: Giver | None,
    source: str,
    occurred_on: date,
    expires_on: date | None = None,
    income: IncomeSource = IncomeSource.DONATION,
    note: str = "",
) -> Entry:
    """Take in a lot of goods: Dr 1201 (of an agency fund 1701) / Cr income, on a line of its own.

    `value` is that of the whole lot and rests on `evidence`; NOMINAL is one yuan exactly (ACC-05).
    Goods on stock when the book was opened come without giver and as income OPENING, before
    anything else is booked. The same source again returns the first entry. Raises `Invalid` for a
    lot without name, quantity or value, `InvalidState` for a fund that is closed.
    """
    fund, book = fund_in_book(session, fund_id)
    require(policy.may_keep(actor, book))
    _check_lot(name, quantity, unit)
    _check_value(value, basis, evidence)
    opening = income is IncomeSource.OPENING
    if (giver is None) != opening:
        raise Invalid(CommonReason.REQUIRED, field="giver")
    postings = arriving(fund, stock_account(fund), income, value)
    query = select(Line).where(Line.fund_id == fund_id, Line.earmark == f"{GOODS}{source}")
    line = session.scalars(query).one_or_none()
    if line is None:
        if opening:
            require_unused(session, book.id)
        lot = GoodsLot(
            name=name.strip(),
            quantity=quantity,
            unit=unit.strip(),
            basis=basis,
            evidence=evidence.strip(),
            expires_on=expires_on,
        )
        line = _open_lot(session, actor, fund, lot, source, occurred_on)
    draft = Draft(
        book_id=book.id,
        source=source,
        kind=EntryKind.OPENING if opening else EntryKind.GOODS_GIVEN,
        occurred_on=occurred_on,
        note=note,
        postings=postings,
        incoming=[Incoming(0, line.id, value, giver, income)],
    )
    return posted(session, draft) or append(session, actor, draft).entry


def _open_lot(
    session: Session, actor: Actor, fund: Fund, lot: GoodsLot, source: str, occurred_on: date
) -> Line:
    """Open the line of a lot; `Conflict` where something else was posted for this source."""
    require_open(session, fund.id)
    taken = select(Entry.id).where(
        Entry.book_id == fund.book_id, Entry.source.in_([source, f"{source}:lot"])
    )
    if session.scalars(taken).first() is not None:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    line = add_line(session, fund, earmark=f"{GOODS}{source}", kind=LineKind.GOODS)
    lot.line_id = line.id
    session.add(lot)
    session.flush()
    record_deed(
        session,
        actor,
        book_id=fund.book_id,
        source=f"{source}:lot",
        occurred_on=occurred_on,
        covers=[line, lot],
    )
    return line


def stock_account(fund: Fund) -> AccountCode:
    """Where a fund's goods stand: on stock, or apart where they are somebody else's (ACC-07)."""
    return AccountCode.AGENCY_ASSETS if is_agency(fund) else AccountCode.INVENTORY


def _check_lot(name: str, quantity: int, unit: str) -> None:
    for field, text in (("name", name), ("unit", unit)):
        if not text.strip():
            raise Invalid(CommonReason.REQUIRED, field=field)
    if quantity <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="quantity")


def _check_value(value: Money, basis: ValuationBasis, evidence: str) -> None:
    """A value needs what it rests on; without one the goods are carried at one yuan."""
    if basis is ValuationBasis.NOMINAL:
        if value != NOMINAL_VALUE:
            raise Invalid(LedgerReason.NO_VALUE, field="value")
    elif value.fen <= 0 or not evidence.strip():
        raise Invalid(LedgerReason.NO_VALUE, field="value" if value.fen <= 0 else "evidence")


@dataclass(frozen=True, slots=True)
class Stock:
    """What is left of a lot: units, and the value they are carried at."""

    units: int
    value: Money


def use_goods(
    session: Session,
    actor: Actor,
    *,
    line_id: int,
    quantity: int,
    source: str,
    occurred_on: date,
    cost: str = AccountCode.PROGRAMME_COST,
    note: str = "",
) -> Entry:
    """Use units of a lot: Dr cost / Cr stock, and the restriction is lifted.

    After q of Q units the lot has given up its value times q / Q, rounded down, so the remainder
    goes with the last unit. Units too cheap for a fen leave by a deed alone, which is returned.
    The same source again returns the first entry. Raises `Insufficient` (`available`, in units).
    """
    if quantity <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="quantity")
    if head_of(cost) not in COST_ACCOUNTS:
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="cost")
    lot, fund, book = _lot(session, line_id)
    require(policy.may_keep(actor, book))
    head = place(session, actor, line_ids=[line_id])[line_id]
    earlier = _used_for(session, book.id, source, line_id, quantity)
    if earlier is not None:
        return earlier
    left = _left(session, lot, head)
    if quantity > left.units:
        raise Insufficient(LedgerReason.MORE_THAN_LEFT, field="quantity", available=left.units)
    value = value_of(quantity, of=lot.quantity, whole=_worth(session, lot), left=left)
    if free(head) < value:
        raise Insufficient(LedgerReason.INSUFFICIENT, field="quantity", available=free(head))
    if not value:
        return _record_use(session, actor, book, source, occurred_on, lot, quantity, None)
    draft = Draft(
        book_id=book.id,
        source=source,
        kind=EntryKind.GOODS_USED,
        occurred_on=occurred_on,
        note=note,
        postings=leaving(fund, stock_account(fund), cost, value),
        outgoing=[Outgoing(0, fund.id, value, OutflowKind.EXPENSE)],
    )
    appended = append(session, actor, draft)
    consume_earliest(session, appended.outflows[0], [(head, value.fen)])
    outflow_id = appended.outflows[0].id
    _record_use(session, actor, book, f"{source}:units", occurred_on, lot, quantity, outflow_id)
    return appended.entry


def _record_use(
    session: Session,
    actor: Actor,
    book: Book,
    source: str,
    occurred_on: date,
    lot: GoodsLot,
    quantity: int,
    outflow_id: int | None,
) -> Entry:
    """Write down how many units left; returns the deed."""
    use = GoodsUse(line_id=lot.line_id, quantity=quantity, outflow_id=outflow_id)
    session.add(use)
    session.flush()
    return record_deed(
        session,
        actor,
        book_id=book.id,
        source=source,
        occurred_on=occurred_on,
        covers=[use],
    )


def _lot(session: Session, line_id: int) -> tuple[GoodsLot, Fund, Book]:
    """A lot with its fund and book; raises `NotFound`."""
    query = (
        select(GoodsLot, Fund, Book)
        .join(Line, Line.id == GoodsLot.line_id)
        .join(Fund, Fund.id == Line.fund_id)
        .join(Book, Book.id == Fund.book_id)
        .where(GoodsLot.line_id == line_id)
    )
    lot, fund, book = present(session.execute(query).one_or_none())
    return lot, fund, book


def _used_for(
    session: Session, book_id: int, source: str, line_id: int, quantity: int
) -> Entry | None:
    """The entry posted for this source; `Conflict` where it was no such use of this lot."""
    query = select(Entry).where(Entry.book_id == book_id, Entry.source == source)
    entry = session.scalars(query).one_or_none()
    if entry is None:
        return None
    by_outflow = select(Outflow.id).where(Outflow.entry_id == entry.id)
    by_deed = select(Deed.subject_id).where(
        Deed.entry_id == entry.id, Deed.subject == DeedSubject.GOODS_USE
    )
    use = session.scalars(
        select(GoodsUse).where(GoodsUse.outflow_id.in_(by_outflow) | GoodsUse.id.in_(by_deed))
    ).one_or_none()
    if use is None or (use.line_id, use.quantity) != (line_id, quantity):
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    return entry


def _left(session: Session, lot: GoodsLot, head: LineHead) -> Stock:
    """What is left of a lot: units whose use was reversed are there again."""
    uses = session.execute(
        select(GoodsUse.quantity, Outflow.entry_id)
        .outerjoin(Outflow, Outflow.id == GoodsUse.outflow_id)
        .where(GoodsUse.line_id == lot.line_id)
    ).all()
    gone = _taken_back(session, {entry_id for _, entry_id in uses if entry_id is not None})
    used = sum(quantity for quantity, entry_id in uses if entry_id not in gone)
    value = Money(head.placed_end - head.spent)
    # A lot whose receipt was reversed is gone with its value.
    return Stock(lot.quantity - used if value else 0, value)


def _taken_back(session: Session, entry_ids: set[int]) -> set[int]:
    """Those of these entries that are reversed; a reversal that was reversed itself counts not."""
    rows = session.execute(
        select(Entry.reverses_id, Entry.id).where(Entry.reverses_id.in_(entry_ids))
    )
    reversals = {entry_id: reversal_id for entry_id, reversal_id in rows if entry_id is not None}
    if not reversals:
        return set()
    undone = _taken_back(session, set(reversals.values()))
    return {entry_id for entry_id, reversal_id in reversals.items() if reversal_id not in undone}


def _worth(session: Session, lot: GoodsLot) -> Money:
    """What the lot was taken in at."""
    query = select(Inflow.amount).where(
        Inflow.line_id == lot.line_id, Inflow.origin_outflow_id.is_(None)
    )
    return session.scalars(query).one()


def value_of(units: int, *, of: int, whole: Money, left: Stock) -> Money:
    """What these units take away of a lot of so many units that is worth `whole` altogether.

    Down to the share that stays with the units not used, and never below it.
    """
    gone = of - left.units + units
    stays = whole.fen - whole.fen * gone // of
    return Money(max(left.value.fen - stays, 0))
