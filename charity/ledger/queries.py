"""Reading the book: where a fund stands, what entries say, and the figures behind a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session, aliased

from charity.ledger.backing import shares_of
from charity.ledger.models import (
    Account,
    Book,
    Entry,
    EntryKind,
    EntryNote,
    Fund,
    Inflow,
    Outflow,
    OutflowKind,
    OutflowTotal,
    SealedEntry,
    Transfer,
    Unsealed,
)
from charity.ledger.positions import FundPosition as FundPosition
from charity.ledger.positions import fund_position as fund_position
from charity.ledger.positions import positions as positions
from charity.ledger.statements.period import Period
from charity.ledger.statements.turnover import turnovers
from charity.money import ZERO, Money
from charity.paging import Page
from charity.rows import present


def fund(session: Session, fund_id: int) -> Fund:
    """A fund; raises `NotFound`."""
    return present(session.get(Fund, fund_id))


def funds(session: Session, book_id: int) -> list[Fund]:
    """Every fund of a book, by id."""
    return list(session.scalars(select(Fund).where(Fund.book_id == book_id).order_by(Fund.id)))


def fund_names(session: Session, fund_ids: Iterable[int]) -> dict[int, str]:
    """The names of these funds, of whatever book."""
    rows = session.execute(select(Fund.id, Fund.name).where(Fund.id.in_(list(fund_ids))))
    return dict(rows.all())


def account_codes(session: Session, book_id: int) -> list[str]:
    """The codes of the accounts of a book, in order."""
    query = select(Account.code).where(Account.book_id == book_id).order_by(Account.code)
    return list(session.scalars(query))


def book(session: Session, book_id: int) -> Book:
    """A book; raises `NotFound`."""
    return present(session.get(Book, book_id))


def book_of(session: Session, organisation_id: int) -> Book:
    """The book an organisation keeps; raises `NotFound`."""
    return present(book_kept_by(session, organisation_id))


def book_kept_by(session: Session, organisation_id: int) -> Book | None:
    """The book of an organisation; None where it keeps none here."""
    query = select(Book).where(Book.organisation_id == organisation_id)
    return session.scalars(query).one_or_none()


def books(session: Session) -> list[Book]:
    """Every book, by id."""
    return list(session.scalars(select(Book).order_by(Book.id)))


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry in a list: its number, what it was for, its place in the chain; a deed moves 0."""

    id: int
    occurred_on: date
    kind: EntryKind
    source: str
    note: str
    amount: Money
    position: int | None
    #: The fund whose money moved; empty where none did.
    fund: str


def _entry_rows() -> Select[Entry, str | None, Money | None, int | None, str | None]:
    first = aliased(Transfer)
    return (
        select(Entry, EntryNote.note, first.amount, SealedEntry.position, Fund.name)
        .outerjoin(first, (first.entry_id == Entry.id) & (first.number == 0))
        .outerjoin(Fund, Fund.id == first.debit_fund_id)
        .outerjoin(EntryNote, EntryNote.entry_id == Entry.id)
        .outerjoin(SealedEntry, SealedEntry.entry_id == Entry.id)
    )


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries of a book are wanted; what is empty does not narrow.

    `accounts` are codes, each with its sub-accounts; `side` is debit, credit or either. With a fund
    too, one side of one transfer has both. Days are those an entry is booked on.
    """

    fund_id: int | None = None
    accounts: tuple[str, ...] = ()
    side: str = ""
    first: date | None = None
    last: date | None = None
    kind: EntryKind | None = None


def entries_page(
    session: Session,
    book_id: int,
    number: int = 1,
    *,
    wanted: EntryFilter | None = None,
    size: int = 30,
) -> Page[EntryRow]:
    """Entries of a book, newest first."""
    where = _entries_where(session, book_id, wanted or EntryFilter())
    total = session.scalar(select(func.count()).select_from(Entry).where(*where)) or 0
    query = (
        _entry_rows()
        .where(*where)
        .order_by(Entry.id.desc())
        .limit(size)
        .offset((max(number, 1) - 1) * size)
    )
    rows = [
        EntryRow(
            e.id, e.occurred_on, e.kind, e.source, note or "", amount or ZERO, position, fund or ""
        )
        for e, note, amount, position, fund in session.execute(query)
    ]
    return Page(rows, max(number, 1), size, total)


def _entries_where(
    session: Session, book_id: int, wanted: EntryFilter
) -> list[ColumnElement[bool]]:
    where = [Entry.book_id == book_id]
    if wanted.first is not None:
        where.append(Entry.booked_on >= wanted.first)
    if wanted.last is not None:
        where.append(Entry.booked_on <= wanted.last)
    if wanted.kind is not None:
        where.append(Entry.kind == wanted.kind)
    if wanted.fund_id is None and not wanted.accounts:
        return where
    accounts = _account_ids(session, book_id, wanted.accounts) if wanted.accounts else None
    sides = [
        _touching(book_id, wanted.fund_id, accounts, account, fund)
        for side, account, fund in (
            ("debit", Transfer.debit_account_id, Transfer.debit_fund_id),
            ("credit", Transfer.credit_account_id, Transfer.credit_fund_id),
        )
        if wanted.side in ("", side)
    ]
    where.append(Entry.id.in_(union_all(*sides)))
    return where


def _account_ids(session: Session, book_id: int, codes: Iterable[str]) -> list[int]:
    """The accounts of these codes and what stands under them."""
    rows = session.execute(select(Account.id, Account.code).where(Account.book_id == book_id))
    heads = tuple(codes)
    return [id_ for id_, code in rows if any(f"{code}.".startswith(f"{head}.") for head in heads)]


def _touching(
    book_id: int, fund_id: int | None, accounts: list[int] | None, account: Any, fund: Any
) -> Select[int]:
    """Entries with a transfer one side of which is of the fund and on the accounts."""
    query = select(Transfer.entry_id).where(Transfer.book_id == book_id)
    if accounts is not None:
        query = query.where(account.in_(accounts))
    return query if fund_id is None else query.where(fund == fund_id)


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer in words: account codes and fund names."""

    number: int
    debit: str
    debit_fund: str | None
    credit: str
    credit_fund: str | None
    amount: Money


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry with its transfers, its note and its place in the chain."""

    entry: Entry
    note: str
    transfers: list[TransferRow]
    position: int | None


def entry_detail(session: Session, entry_id: int) -> EntryDetail:
    """Everything an auditor sees of an entry; raises `NotFound`."""
    row = present(session.execute(_entry_rows().where(Entry.id == entry_id)).one_or_none())
    debit, credit = aliased(Account), aliased(Account)
    debit_fund, credit_fund = aliased(Fund), aliased(Fund)
    transfers = session.execute(
        select(
            Transfer.number,
            debit.code,
            debit_fund.name,
            credit.code,
            credit_fund.name,
            Transfer.amount,
        )
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .outerjoin(debit_fund, debit_fund.id == Transfer.debit_fund_id)
        .outerjoin(credit_fund, credit_fund.id == Transfer.credit_fund_id)
        .where(Transfer.entry_id == entry_id)
        .order_by(Transfer.number)
    )
    entry, note, _, position, _ = row
    return EntryDetail(entry, note or "", [TransferRow(*t) for t in transfers], position)


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """An account's turnover in the trial balance; `balance` is debit less credit."""

    code: str
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        """Debit less credit."""
        return self.debit - self.credit


def trial_balance(session: Session, book_id: int) -> list[BalanceRow]:
    """Turnover of every account from the first entry on, by code; both sides sum to the same."""
    found = turnovers(session, book_id, Period(date.min, date.max))
    return [
        BalanceRow(code, found[code].debit, found[code].credit)
        if code in found
        else BalanceRow(code, ZERO, ZERO)
        for code in account_codes(session, book_id)
    ]


@dataclass(frozen=True, slots=True)
class PaidRow:
    """Money that left, for the feed of payments; `source` names the expense it paid."""

    outflow_id: int
    entry_id: int
    source: str
    fund_id: int
    amount: Money
    occurred_on: date
    posted_at: int


def recent_payments(session: Session, *, limit: int, fund_id: int | None = None) -> list[PaidRow]:
    """The latest expenses paid, newest first."""
    query = (
        select(
            Outflow.id,
            Entry.id,
            Entry.source,
            Outflow.fund_id,
            Outflow.amount,
            Entry.occurred_on,
            Entry.posted_at,
        )
        .join(Entry, Entry.id == Outflow.entry_id)
        .where(Outflow.kind == OutflowKind.EXPENSE)
        .order_by(Outflow.id.desc())
        .limit(limit)
    )
    if fund_id is not None:
        query = query.where(Outflow.fund_id == fund_id)
    return [PaidRow(*row) for row in session.execute(query)]


def outflow_of_entry(session: Session, entry_id: int) -> int:
    """The first outflow of an entry, by its transfers; raises `NotFound` where it has none."""
    query = select(Outflow.id).where(Outflow.entry_id == entry_id).order_by(Outflow.number)
    return present(session.scalars(query.limit(1)).one_or_none())


def is_booked(session: Session, source: str) -> bool:
    """Whether what this source names is in a book already."""
    return session.scalar(select(Entry.id).where(Entry.source == source)) is not None


def came_back(session: Session, entry_id: int) -> Money:
    """What of the money an entry paid has come back into its fund, by the origin of inflows."""
    query = (
        select(func.sum(Inflow.amount))
        .join(Outflow, Outflow.id == Inflow.origin_outflow_id)
        .where(Outflow.entry_id == entry_id, Outflow.kind == OutflowKind.EXPENSE)
    )
    return session.scalar(query) or ZERO


def gifts_behind(session: Session, outflow_ids: Iterable[int]) -> dict[int, int]:
    """How many gifts stand behind each of these outflows, through every origin.

    Read from what sealing kept; outflows that are not sealed yet are walked now.
    """
    ids = set(outflow_ids)
    kept = session.execute(
        select(OutflowTotal.outflow_id, OutflowTotal.gifts).where(OutflowTotal.outflow_id.in_(ids))
    )
    counts = dict(kept.all())
    walked = shares_of(session, ids - counts.keys())
    return counts | {row.outflow_id: row.gifts for row in walked if row.share_of is None}


def unsealed_count(session: Session, book_id: int) -> int:
    """How many entries of a book wait for the sealer."""
    query = select(func.count()).select_from(Unsealed).where(Unsealed.book_id == book_id)
    return session.scalar(query) or 0


def books_to_seal(session: Session) -> list[int]:
    """The books in which entries wait for the sealer, by id."""
    query = select(Unsealed.book_id).distinct().order_by(Unsealed.book_id)
    return list(session.scalars(query))


def sealed_count(session: Session) -> int:
    """How many entries are sealed, in every book."""
    return session.scalar(select(func.count()).select_from(SealedEntry)) or 0
