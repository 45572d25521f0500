"""The room's blueprint, and the book one stands in."""

from __future__ import annotations

from flask import Blueprint

from charity.errors import CommonReason, NotFound
from charity.ledger import policy, queries
from charity.ledger.models import Book, Fund
from web.db import get_session
from web.security.sessions import current_actor

bp = Blueprint("books", __name__)


def kept_book(book_id: int) -> Book:
    """The book, for whoever keeps it; to anybody else it is `NotFound`."""
    book = queries.book(get_session(), book_id)
    if not policy.may_keep(current_actor(), book):
        raise NotFound(CommonReason.NOT_FOUND)
    return book


def fund_in(book: Book, fund_id: int) -> Fund:
    """A fund of this book; `NotFound` for one of another."""
    fund = queries.fund(get_session(), fund_id)
    if fund.book_id != book.id:
        raise NotFound(CommonReason.NOT_FOUND)
    return fund
