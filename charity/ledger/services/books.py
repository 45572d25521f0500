"""Opening books, accounts, funds and lines; each act is a deed in the chain."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.errors import Conflict
from charity.ledger import merkle, policy
from charity.ledger.chart import AccountCode
from charity.ledger.models import Account, Book, BookHead, Fund, FundKind, Line, LineHead, LineKind
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.entries import record_deed
from charity.rows import present


def open_book(session: Session, actor: Actor, *, organisation_id: int, name: str) -> Book:
    """Open the book of an organisation with its chart of accounts.

    Raises `Conflict` when the organisation already keeps one.
    """
    require(policy.may_open_book(actor))
    if session.scalar(select(Book.id).where(Book.organisation_id == organisation_id)):
        raise Conflict(LedgerReason.BOOK_EXISTS)
    book = Book(organisation_id=organisation_id, name=name, opened_on=clock.today())
    session.add(book)
    session.flush()
    session.execute(
        insert(Account), [{"book_id": book.id, "code": code.value} for code in AccountCode]
    )
    session.add(BookHead(book_id=book.id, positions=0, seals=0, head=merkle.GENESIS))
    session.flush()
    accounts = session.scalars(select(Account).where(Account.book_id == book.id)).all()
    record_deed(
        session,
        actor,
        book_id=book.id,
        source="book:opened",
        occurred_on=book.opened_on,
        covers=[book, *accounts],
    )
    return book


def open_fund(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    name: str,
    kind: FundKind,
    restricted: bool = True,
) -> Fund:
    """Open a fund in a book, with the general line its money will stand on."""
    book = present(session.get(Book, book_id))
    require(policy.may_open_fund(actor, book))
    fund = Fund(
        book_id=book_id, name=name, kind=kind, restricted=restricted, opened_on=clock.today()
    )
    session.add(fund)
    session.flush()
    line = add_line(session, fund, earmark="", kind=LineKind.GENERAL)
    record_deed(
        session,
        actor,
        book_id=book_id,
        source=f"fund:{fund.id}:opened",
        occurred_on=fund.opened_on,
        covers=[fund, line],
    )
    return fund


def add_line(session: Session, fund: Fund, *, earmark: str, kind: LineKind) -> Line:
    """Add a line to a fund, with its head; the caller's deed covers it."""
    line = Line(book_id=fund.book_id, fund_id=fund.id, earmark=earmark, kind=kind)
    session.add(line)
    session.flush()
    session.add(LineHead(line_id=line.id, placed_end=0, placed_count=0, spent=0, held=0, cursor=0))
    session.flush()
    return line
