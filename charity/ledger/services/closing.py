"""Closing months and years (ACC-02): nothing is booked on a closed day any more.

Months are closed in order, each once it is over; the first is that of the first day booked, or any
before it. 31 December closes whatever of its year is open, and carries every fund's income and
costs to its net assets. Lines are untouched: no money moves. What happened on a closed day and is
heard of later is booked on the first open day and keeps its own date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, InvalidState
from charity.ledger import policy
from charity.ledger.chart import AccountClass, AccountCode, class_of, is_restricted, net_assets
from charity.ledger.models import Account, Book, Closing, Entry, EntryKind, Transfer
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Draft, Posting
from charity.ledger.services.entries import append, first_open_day, record_deed
from charity.money import Money
from charity.rows import present, unique_or

#: Transfers of one closing entry at most; a book with many funds is closed by several.
TRANSFERS = 500
_CARRIED = frozenset({AccountClass.INCOME, AccountClass.COSTS})
#: Debits less credits, in fen, of an account within a fund.
_Balances = dict[tuple[str, int | None], int]


def close_period(session: Session, actor: Actor, *, book_id: int, through: date) -> Closing:
    """Close a book through the last day of a month; 31 December closes the year.

    Waits for whoever is posting at this moment, and what they posted is closed with it. Raises
    `Invalid` for a day that is no month's last, `InvalidState` for a period that is not over or
    out of order, `Conflict` for one that is closed already.
    """
    book = present(session.get(Book, book_id))
    require(policy.may_keep(actor, book))
    of_year = through.month == 12
    _check(session, book, through)
    closing = Closing(book_id=book_id, through=through, of_year=of_year)
    with unique_or(session, Conflict(LedgerReason.ALREADY_CLOSED, through=through)):
        session.add(closing)
    # Only now: the insert has waited for the book, so every entry on a closed day can be seen.
    if of_year:
        _carry(session, actor, book_id, through)
    record_deed(
        session,
        actor,
        book_id=book_id,
        source=f"closed:{through.isoformat()}",
        occurred_on=clock.today(),
        covers=[closing],
    )
    return closing


def _check(session: Session, book: Book, through: date) -> None:
    """Refuse a period that cannot be closed, or not yet."""
    if through != month_end(through):
        raise Invalid(LedgerReason.CLOSE_IN_ORDER, field="through")
    if through >= clock.today():
        raise InvalidState(LedgerReason.NOT_OVER, field="through")
    first_open = first_open_day(session, book.id)
    if first_open is not None and through < first_open:
        raise Conflict(LedgerReason.ALREADY_CLOSED, field="through", through=through)
    begins = first_open or _first_day(session, book)
    if through > (month_end(begins) if through.month < 12 else date(begins.year, 12, 31)):
        raise InvalidState(LedgerReason.CLOSE_IN_ORDER, field="through")


def _first_day(session: Session, book: Book) -> date:
    """The first day that is booked."""
    query = select(func.min(Entry.booked_on)).where(Entry.book_id == book.id)
    return session.scalar(query) or book.opened_on


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _carry(session: Session, actor: Actor, book_id: int, through: date) -> None:
    """Carry income and costs to net assets, fund by fund, so that each account is left at 0."""
    balances = _balances(session, book_id, through)
    postings = [_posting(*key, fen) for key, fen in sorted(balances.items(), key=_order) if fen]
    for number, part in enumerate(_chunks(postings), start=1):
        draft = Draft(
            book_id=book_id,
            source=f"closing:{through.year}:{number}",
            kind=EntryKind.CLOSING,
            occurred_on=through,
            note="",
            postings=part,
        )
        append(session, actor, draft)


def _balances(session: Session, book_id: int, through: date) -> _Balances:
    """What stands on the income and cost accounts since they were last carried, per fund."""
    since = session.scalar(
        select(func.max(Closing.through)).where(
            Closing.book_id == book_id, Closing.of_year, Closing.through < through
        )
    )
    accounts = select(Account.id, Account.code).where(Account.book_id == book_id)
    codes = {
        account_id: code
        for account_id, code in session.execute(accounts)
        if class_of(code) in _CARRIED
    }
    balances: _Balances = defaultdict(int)
    for account, fund, sign in (
        (Transfer.debit_account_id, Transfer.debit_fund_id, 1),
        (Transfer.credit_account_id, Transfer.credit_fund_id, -1),
    ):
        query = (
            select(account, fund, func.sum(Transfer.amount))
            .join(Entry, Entry.id == Transfer.entry_id)
            .where(
                Transfer.book_id == book_id, account.in_(list(codes)), Entry.booked_on <= through
            )
            .group_by(account, fund)
        )
        if since is not None:
            query = query.where(Entry.booked_on > since)
        for account_id, fund_id, amount in session.execute(query):
            balances[codes[account_id], fund_id] += sign * amount.fen
    return balances


def _posting(code: str, fund_id: int | None, fen: int) -> Posting:
    """What brings the account back to 0: restricted income to 3102, all else to 3101."""
    target: AccountCode = net_assets(restricted=is_restricted(code))
    if fen > 0:
        return Posting(target, fund_id, code, fund_id, Money(fen))
    return Posting(code, fund_id, target, fund_id, Money(-fen))


def _order(item: tuple[tuple[str, int | None], int]) -> tuple[int, str]:
    (code, fund_id), _ = item
    return fund_id or 0, code


def _chunks(postings: Sequence[Posting]) -> Iterator[list[Posting]]:
    for start in range(0, len(postings), TRANSFERS):
        yield list(postings[start : start + TRANSFERS])
