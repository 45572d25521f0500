"""What the book's pages show: payments by their expense, seals, entries with their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.actor import Actor
from charity.donations import queries as donations
from charity.errors import CommonReason, NotFound
from charity.ledger import policy, queries, tracing
from charity.ledger.canonical import link_content
from charity.ledger.models import Book, Seal
from charity.ledger.queries import EntryRow, PaidRow
from charity.money import Money
from charity.paging import Page
from charity.registry import queries as registry
from charity.rows import present
from charity.spending import queries as spending
from charity.spending.models import Expense
from projects.listings import queries as listings
from web.filters import yuan
from web.frame import operator_id
from web.ledger import flow_pages
from web.ledger.words import account_words
from web.security.sessions import current_actor

#: Payments and gifts shown on a fund's page.
RECENT = 12


@dataclass(frozen=True, slots=True)
class PaymentView:
    """Money that left, named by the expense it paid where there is one."""

    entry_id: int
    occurred_on: date
    title: str
    payee: str
    amount: Money
    gifts: int
    url: str | None


def payments(session: Session, paid: Sequence[PaidRow]) -> list[PaymentView]:
    """Payments with their expense and the number of gifts behind each."""
    expenses = spending.expense_by_entry_sources(session, [row.source for row in paid])
    gifts = queries.gifts_behind(session, [row.outflow_id for row in paid])
    return [_payment(row, expenses.get(row.source), gifts.get(row.outflow_id, 0)) for row in paid]


def _payment(row: PaidRow, expense: Expense | None, gifts: int) -> PaymentView:
    return PaymentView(
        entry_id=row.entry_id,
        occurred_on=row.occurred_on,
        title=expense.title if expense else _("支出"),
        payee=expense.payee_name if expense else "",
        amount=row.amount,
        gifts=gifts,
        url=url_for("spending.expense", expense_id=expense.id) if expense else None,
    )


def fund_context(session: Session, fund_id: int, year: str | None) -> dict[str, Any]:
    """The public page of one fund; its statement and its flow of one year, or of all time."""
    fund = queries.fund(session, fund_id)
    campaign = registry.campaign_for_fund(session, fund_id)
    paid = queries.recent_payments(session, limit=RECENT, fund_id=fund_id)
    project = listings.project_of_fund(session, fund_id)
    if project is not None:
        listings.readable(session, current_actor(), project)
    return {
        "fund": fund,
        "campaign": campaign,
        "project": project,
        "position": queries.fund_position(session, fund_id),
        "payments": payments(session, paid),
        "gifts": donations.recent_public_gifts(session, campaign.id, RECENT) if campaign else [],
        **flow_pages.of_fund(session, fund, project, year),
    }


@dataclass(frozen=True, slots=True)
class SealView:
    """One link of the chain, as a page shows it."""

    number: int
    sealed_at: datetime
    first: int
    last: int
    entries: int
    root: str
    previous: str
    head: str
    #: The text under the link's hash, so that anyone may compute it again.
    content: str


def seal_view(seal: Seal) -> SealView:
    """Put a seal's bytes into words; positions count from 1 on pages."""
    return SealView(
        number=seal.number,
        sealed_at=clock.instant(seal.sealed_at),
        first=seal.first_position + 1,
        last=seal.first_position + seal.entries,
        entries=seal.entries,
        root=seal.root.hex(),
        previous=seal.previous.hex(),
        head=seal.head.hex(),
        content=link_content(
            book=seal.book_id,
            number=seal.number,
            first=seal.first_position,
            entries=seal.entries,
            root=seal.root,
            sealed_at=seal.sealed_at,
        ).decode(),
    )


def proof_context(session: Session, asked: int | None) -> dict[str, Any]:
    """Every book; the recent seals of the one asked for, else of the operator's.

    Raises `NotFound` for a book that is not there.
    """
    books = queries.books(session)
    chosen = _chosen(books, asked)
    if chosen is None and asked is not None:
        raise NotFound(CommonReason.NOT_FOUND)
    seals = [seal_view(seal) for seal in tracing.recent_seals(session, chosen.id)] if chosen else []
    return {
        "books": books,
        "chosen": chosen,
        "seals": seals,
        "waiting": queries.unsealed_count(session, chosen.id) if chosen else 0,
        "days": tracing.recent_days(session, 14),
    }


def heads_text(session: Session) -> str:
    """The heads of all days, oldest first, and the newest seal of every book, one to a line."""
    lines = [f"# {_('每一行是一天的封存头；抄下来，以后可以核对')}"]
    lines += [f"{day.day} {day.head.hex()}" for day in tracing.days(session)]
    for book in queries.books(session):
        if seal := tracing.latest_seal(session, book.id):
            lines.append(f"seal {book.id} {seal.number} {seal.head.hex()}")
    return "\n".join(lines) + "\n"


def readable_books(session: Session, actor: Actor) -> list[Book]:
    """The books this actor may read as a whole."""
    return [book for book in queries.books(session) if policy.may_read_book(actor, book)]


def book_to_read(session: Session, actor: Actor, asked: int | None) -> tuple[Book, list[Book]]:
    """The book asked for, else the operator's; raises `NotFound` where it is not for this actor."""
    books = readable_books(session, actor)
    chosen = present(_chosen(books, asked))
    return chosen, books


def _chosen(books: Sequence[Book], asked: int | None) -> Book | None:
    """The book of this id; without an id the operator's, else the first."""
    if asked is not None:
        return next((book for book in books if book.id == asked), None)
    mine = operator_id()
    first = books[0] if books else None
    return next((book for book in books if book.organisation_id == mine), first)


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry in the list, named by the expense it paid or by its note."""

    row: EntryRow
    title: str


def entry_views(session: Session, page: Page[EntryRow]) -> list[EntryView]:
    """The entries of a page with what each of them was for."""
    expenses = spending.expense_by_entry_sources(session, [row.source for row in page.items])
    return [EntryView(row, _title(row, expenses.get(row.source))) for row in page.items]


def _title(row: EntryRow, expense: Expense | None) -> str:
    return expense.title if expense else row.note or row.fund


def entry_context(session: Session, actor: Actor, entry_id: int) -> dict[str, Any]:
    """One entry with its transfers, its evidence and its proof; `NotFound` in another's book."""
    detail = queries.entry_detail(session, entry_id)
    book, books = book_to_read(session, actor, detail.entry.book_id)
    source, poster = detail.entry.source, detail.entry.posted_by
    expense = spending.expense_by_entry_sources(session, [source]).get(source)
    return {
        "detail": detail,
        "account": account_words,
        "poster": accounts.user(session, poster) if poster is not None else None,
        "book": book,
        "books": books,
        "posted_at": clock.instant(detail.entry.posted_at),
        "expense": expense,
        "files": _files(expense),
        "proof": tracing.proof_of_entry(session, entry_id),
    }


def balance_words(balance: Money) -> str:
    """A balance with the side it stands on; a dash for none."""
    if not balance:
        return "—"
    side, amount = (_("借"), balance) if balance.fen > 0 else (_("贷"), -balance)
    return f"{side} {yuan(amount)}"


def _files(expense: Expense | None) -> list[dict[str, Any]]:
    """The pictures of an expense as the macro of evidence shows them."""
    if expense is None:
        return []
    return [
        {
            "url": url_for("spending.voucher", voucher_id=voucher.id),
            "name": _("凭证 %(number)s 第 %(n)s 张", number=expense.voucher_number, n=number),
            "is_image": True,
            "alt": _("%(title)s的凭证照片", title=expense.title),
            "note": None,
        }
        for number, voucher in enumerate(expense.vouchers, start=1)
    ]
