"""Holds: money promised to an approved expense that nobody else may spend meanwhile."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Conflict, Insufficient, Invalid, NotFound
from charity.ledger import policy
from charity.ledger.models import Book, Hold, Line, LineHead
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.placing import lock_heads, place
from charity.money import Money
from charity.rows import present


def hold(session: Session, actor: Actor, *, fund_id: int, source: str, amount: Money) -> Hold:
    """Set money of a fund aside for `source` (`expense:42`).

    Raises `Insufficient` (field `amount`, `available`) when less is free, `Conflict` when the
    source already holds money.
    """
    line, book = general_line(session, fund_id)
    require(policy.may_hold(actor, book))
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    head = place(session, actor, line_ids=[line.id])[line.id]
    if session.get(Hold, (source, line.id)) is not None:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    if free(head) < amount:
        raise Insufficient(LedgerReason.INSUFFICIENT, field="amount", available=free(head))
    taken = Hold(source=source, line_id=line.id, amount=amount)
    session.add(taken)
    session.flush()
    session.refresh(head)
    return taken


def release_hold(session: Session, actor: Actor, *, source: str) -> Money:
    """Give held money back to its line; returns how much. Raises `NotFound` without a hold."""
    line_ids = list(session.scalars(select(Hold.line_id).where(Hold.source == source)))
    if not line_ids:
        raise NotFound(LedgerReason.UNKNOWN_HOLD, source=source)
    for book in session.scalars(
        select(Book).join(Line, Line.book_id == Book.id).where(Line.id.in_(line_ids))
    ):
        require(policy.may_hold(actor, book))
    return take_back(session, source, line_ids)


def take_back(session: Session, source: str, line_ids: list[int]) -> Money:
    """Delete the holds of a source under the lock of their lines' heads; returns the amount."""
    heads = lock_heads(session, line_ids)
    amounts = session.scalars(delete(Hold).where(Hold.source == source).returning(Hold.amount))
    released = Money.total(amounts)
    for head in heads.values():
        session.refresh(head)
    return released


def free(head: LineHead) -> Money:
    """What of a line is neither spent nor held."""
    return Money(head.placed_end - head.spent - head.held)


def general_line(session: Session, fund_id: int) -> tuple[Line, Book]:
    """The general line of a fund and the book it belongs to."""
    row = session.execute(
        select(Line, Book)
        .join(Book, Book.id == Line.book_id)
        .where(Line.fund_id == fund_id, Line.earmark == "")
    ).one_or_none()
    return present(row)
