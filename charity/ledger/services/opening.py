"""Opening balances: what an organisation had and owed before it kept this book.

They are the first thing that is booked, in one entry. A fund's money becomes an inflow without
giver, for the book does not know who gave it; every other balance stands against net assets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import CommonReason, Invalid, InvalidState
from charity.ledger import policy
from charity.ledger.chart import (
    LINE_ACCOUNTS,
    AccountClass,
    AccountCode,
    class_of,
    head_of,
    is_money,
)
from charity.ledger.models import (
    Account,
    Book,
    Entry,
    EntryKind,
    Fund,
    IncomeSource,
    Line,
    LineKind,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Draft, Incoming, Posting
from charity.ledger.services.entries import append, posted
from charity.ledger.services.nature import capital, is_agency
from charity.money import Money
from charity.rows import present

#: What an opening entry is posted for; there is one in a book.
SOURCE = "opening"
_BALANCE_SHEET = frozenset({AccountClass.ASSETS, AccountClass.LIABILITIES})


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on an account, on its debit or credit side; money names its fund and line."""

    account: str
    amount: Money
    debit: bool
    fund_id: int | None = None
    earmark: str = ""


def post_opening(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    balances: Sequence[Balance],
    occurred_on: date | None = None,
    note: str = "",
) -> Entry:
    """Carry in what was there on the day the book was opened (or on `occurred_on`).

    Assets and liabilities only: net assets follow from them, and the income and costs of a year
    belong to the book they were booked in. Money must name its fund; goods on stock are carried in
    as lots (`receive_goods` with income OPENING). Raises `InvalidState` once anything is booked,
    `Invalid` for a balance that cannot be carried in; repeated, the first entry is returned.
    """
    book = present(session.get(Book, book_id))
    require(policy.may_keep(actor, book))
    if not balances:
        raise Invalid(CommonReason.REQUIRED, field="balances")
    funds = _funds(session, book_id, balances)
    _check_accounts(session, book_id, balances, funds)
    lines = _lines(session, balances)
    draft = Draft(
        book_id=book_id,
        source=SOURCE,
        kind=EntryKind.OPENING,
        occurred_on=occurred_on or book.opened_on,
        note=note,
        postings=[_posting(each, funds.get(each.fund_id or 0)) for each in balances],
        incoming=[
            Incoming(number, lines[_place(each)], each.amount, None, IncomeSource.OPENING)
            for number, each in enumerate(balances)
            if is_money(each.account)
        ],
    )
    earlier = posted(session, draft)
    if earlier is None:
        require_unused(session, book_id)
    return earlier or append(session, actor, draft).entry


def require_unused(session: Session, book_id: int) -> None:
    """Raise `InvalidState` once anything but deeds and openings is booked."""
    used = select(Entry.id).where(
        Entry.book_id == book_id, Entry.kind.not_in([EntryKind.DEED, EntryKind.OPENING])
    )
    if session.scalar(used.limit(1)) is not None:
        raise InvalidState(LedgerReason.BOOK_IN_USE)


def _funds(session: Session, book_id: int, balances: Sequence[Balance]) -> dict[int, Fund]:
    """The funds that are named, all of this book."""
    ids = {each.fund_id for each in balances if each.fund_id is not None}
    query = select(Fund).where(Fund.id.in_(ids), Fund.book_id == book_id)
    funds = {fund.id: fund for fund in session.scalars(query)}
    if funds.keys() != ids:
        raise Invalid(LedgerReason.OTHER_BOOK, field="fund_id")
    return funds


def _check_accounts(
    session: Session, book_id: int, balances: Sequence[Balance], funds: dict[int, Fund]
) -> None:
    """Refuse amounts, accounts and sides that no opening balance has.

    Of pass-through money only the money is carried in: what is owed for it follows (ACC-07).
    """
    codes = set(session.scalars(select(Account.code).where(Account.book_id == book_id)))
    for each in balances:
        if each.amount.fen <= 0:
            raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
        if each.account not in codes:
            raise Invalid(LedgerReason.UNKNOWN_ACCOUNT, field="account", code=each.account)
        stock = head_of(each.account) in LINE_ACCOUNTS and not is_money(each.account)
        overdrawn = is_money(each.account) and not each.debit
        fund = funds.get(each.fund_id or 0)
        owed = fund is not None and is_agency(fund) and not is_money(each.account)
        if class_of(each.account) not in _BALANCE_SHEET or stock or overdrawn or owed:
            raise Invalid(LedgerReason.WRONG_ACCOUNT, field="account")
        if is_money(each.account) and each.fund_id is None:
            raise Invalid(CommonReason.REQUIRED, field="fund_id")


def _lines(session: Session, balances: Sequence[Balance]) -> dict[tuple[int, str], int]:
    """The line of every fund and earmark that money is named for."""
    wanted = {_place(each) for each in balances if is_money(each.account)}
    rows = session.execute(
        select(Line.fund_id, Line.earmark, Line.id).where(
            Line.fund_id.in_([fund_id for fund_id, _ in wanted]), Line.kind != LineKind.GOODS
        )
    )
    lines = {(fund_id, earmark): line_id for fund_id, earmark, line_id in rows}
    if not wanted <= lines.keys():
        raise Invalid(LedgerReason.FOREIGN_EARMARK, field="earmark")
    return lines


def _place(balance: Balance) -> tuple[int, str]:
    """The fund and earmark a balance of money stands on."""
    return balance.fund_id or 0, balance.earmark


def _posting(balance: Balance, fund: Fund | None) -> Posting:
    """The balance against the net assets of its fund, or against what a passed-on sum is owed."""
    against = AccountCode.NET_ASSETS_UNRESTRICTED if fund is None else capital(fund)
    fund_id = balance.fund_id
    if balance.debit:
        return Posting(balance.account, fund_id, against, fund_id, balance.amount)
    return Posting(against, fund_id, balance.account, fund_id, balance.amount)
