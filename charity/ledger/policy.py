"""Who may touch the book.

Other contexts decide whether a gift, an expense or a project is in order; the ledger asks once
more whether this actor may move money in this book at all.
"""

from __future__ import annotations

from charity.actor import Actor, Permission, Verdict
from charity.ledger.models import Book


def may_open_book(actor: Actor) -> Verdict:
    """A book is opened by the installation (first set-up) or by its administrator."""
    if actor.is_system or actor.holds(Permission.ACCOUNTS_MANAGE):
        return Verdict.yes()
    return Verdict.no()


def may_open_fund(actor: Actor, book: Book) -> Verdict:
    """A fund is opened by its book's treasurer, or when a reviewer publishes what it is for."""
    if actor.holds_anywhere(Permission.PROJECT_REVIEW):
        return Verdict.yes()
    return may_keep(actor, book)


def may_keep(actor: Actor, book: Book) -> Verdict:
    """The book is kept (accounts, closings, purposes, goods) by its organisation's treasurer."""
    return _in_book(actor, book, Permission.EXPENSE_PAY)


def may_post_gift(actor: Actor) -> Verdict:
    """Gifts are posted by the installation, when a gateway says the money is there."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_erase_giver(actor: Actor) -> Verdict:
    """Givers are forgotten by the installation, when they ask for it."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_hold(actor: Actor, book: Book) -> Verdict:
    """Money is held by who may approve expenses of the book's organisation."""
    return _in_book(actor, book, Permission.EXPENSE_APPROVE)


def may_pay(actor: Actor, book: Book) -> Verdict:
    """Money leaves by the treasurer of the book's organisation."""
    return _in_book(actor, book, Permission.EXPENSE_PAY)


def may_seal(actor: Actor) -> Verdict:
    """Sealing is the installation's own work."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_read_book(actor: Actor, book: Book) -> Verdict:
    """The whole book is read by its treasurer and approvers and by auditors."""
    if actor.holds(Permission.BOOK_READ, organisation_id=book.organisation_id):
        return Verdict.yes()
    return Verdict.no()


def _in_book(actor: Actor, book: Book, permission: Permission) -> Verdict:
    if actor.is_system or actor.holds(permission, organisation_id=book.organisation_id):
        return Verdict.yes()
    return Verdict.no()
