"""Holds: money promised to an approved expense that nobody else may spend meanwhile.

Also which lines an act may take from: an earmark's line first, then the general one; without an
earmark the general one alone, so that what is earmarked is never touched by accident.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Conflict, Insufficient, Invalid, NotFound
from charity.ledger import policy
from charity.ledger.models import Book, Hold, Line, LineHead, LineKind
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.nature import active_funds
from charity.ledger.services.placing import lock_heads, place
from charity.money import ZERO, Money
from charity.rows import present

#: So many fen of a line.
Part = tuple[LineHead, int]


def hold(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    source: str,
    amount: Money,
    earmark: str = "",
) -> Hold:
    """Set money of a fund aside for `source` (`expense:42`); for an earmark, its line's first.

    Returns the hold on the first line taken from. Raises `Insufficient` (field `amount`,
    `available`) when less is free, `Conflict` when the source already holds money there.
    """
    lines, book = spending_lines(session, fund_id, earmark)
    require(policy.may_hold(actor, book))
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    ids = [line.id for line in lines]
    heads = place(session, actor, line_ids=ids)
    active_funds(session, [fund_id])
    held = select(Hold.line_id).where(Hold.source == source, Hold.line_id.in_(ids))
    if session.scalars(held).first() is not None:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    parts = share([heads[id_] for id_ in ids], amount)
    taken = [Hold(source=source, line_id=head.line_id, amount=Money(fen)) for head, fen in parts]
    session.add_all(taken)
    session.flush()
    for head, _ in parts:
        session.refresh(head)
    return taken[0]


def release_hold(session: Session, actor: Actor, *, source: str) -> Money:
    """Give held money back to its lines; returns how much. Raises `NotFound` without a hold."""
    line_ids = list(session.scalars(select(Hold.line_id).where(Hold.source == source)))
    if not line_ids:
        raise NotFound(LedgerReason.UNKNOWN_HOLD, source=source)
    for book in session.scalars(
        select(Book).join(Line, Line.book_id == Book.id).where(Line.id.in_(line_ids)).distinct()
    ):
        require(policy.may_hold(actor, book))
    return take_back(session, source, line_ids)


def take_back(session: Session, source: str, line_ids: Sequence[int]) -> Money:
    """Delete the holds of a source under the lock of their lines' heads; returns the amount."""
    heads = lock_heads(session, line_ids)
    amounts = session.scalars(
        delete(Hold)
        .where(Hold.source == source, Hold.line_id.in_(list(heads)))
        .returning(Hold.amount)
    )
    released = Money.total(amounts)
    for head in heads.values():
        session.refresh(head)
    return released


def free(head: LineHead) -> Money:
    """What of a line is neither spent nor held."""
    return Money(head.placed_end - head.spent - head.held)


def share(
    heads: Sequence[LineHead], amount: Money, released: Mapping[int, Money] | None = None
) -> list[Part]:
    """What each of these lines gives to an amount, in this order.

    `released` is what a hold will give back to a line in the same act. Raises `Insufficient`
    (field `amount`, `available`) when they have less together.
    """
    given = [max(free(head) + (released or {}).get(head.line_id, ZERO), ZERO) for head in heads]
    if (available := Money.total(given)) < amount:
        raise Insufficient(LedgerReason.INSUFFICIENT, field="amount", available=available)
    parts, missing = [], amount.fen
    for head, there in zip(heads, given, strict=True):
        if fen := min(missing, there.fen):
            parts.append((head, fen))
            missing -= fen
    return parts


def spending_lines(session: Session, fund_id: int, earmark: str = "") -> tuple[list[Line], Book]:
    """The lines an act for this earmark empties, in order, and their book.

    Raises `NotFound` for an unknown fund, `Invalid` for an earmark the fund does not have.
    """
    general, book = general_line(session, fund_id)
    if not earmark:
        return [general], book
    return [earmark_line(session, fund_id, earmark), general], book


def earmark_line(session: Session, fund_id: int, earmark: str, field: str = "earmark") -> Line:
    """The line of an earmark, the general one for ''; goods are no money and have no earmark.

    Raises `Invalid` (FOREIGN_EARMARK) when the fund has none of this name.
    """
    line = session.scalars(
        select(Line).where(
            Line.fund_id == fund_id, Line.earmark == earmark, Line.kind != LineKind.GOODS
        )
    ).one_or_none()
    if line is None:
        raise Invalid(LedgerReason.FOREIGN_EARMARK, field=field, earmark=earmark)
    return line


def general_line(session: Session, fund_id: int) -> tuple[Line, Book]:
    """The general line of a fund and the book it belongs to."""
    row = session.execute(
        select(Line, Book)
        .join(Book, Book.id == Line.book_id)
        .where(Line.fund_id == fund_id, Line.earmark == "")
    ).one_or_none()
    return present(row)
