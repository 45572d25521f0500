"""Posting: an event becomes an entry, at most once.

A gift is appended and left to be placed, so givers never wait for each other. A payment out locks
its line, places what waits, and consumes the earliest unspent fen in the same act.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Insufficient, Invalid
from charity.ledger import policy
from charity.ledger.chart import COST_ACCOUNTS, AccountCode
from charity.ledger.models import Book, Entry, EntryKind, Fund, OutflowKind
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.consuming import consume_earliest
from charity.ledger.services.entries import (
    Draft,
    Giver,
    Incoming,
    Outgoing,
    Posting,
    append,
    posted,
)
from charity.ledger.services.holding import free, general_line, take_back
from charity.ledger.services.placing import place
from charity.money import ZERO, Money
from charity.rows import present

__all__ = ["Giver", "move_to_bank", "pay", "post_gift"]


def post_gift(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    giver: Giver,
    fee: Money = ZERO,
    note: str = "",
) -> Entry:
    """Take in a gift that a gateway says has arrived: Dr 1009 / Cr donation income.

    The gateway's `fee` leaves at once (Dr 5301 / Cr 1009) and takes the last fen of this gift.
    The same source posted again returns the first entry; with another amount it is a `Conflict`.
    """
    require(policy.may_post_gift(actor))
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    if not 0 <= fee.fen < amount.fen:
        raise Invalid(LedgerReason.FEE_TOO_LARGE)
    line, book = general_line(session, fund_id)
    restricted = session.scalars(select(Fund.restricted).where(Fund.id == fund_id)).one()
    income = (
        AccountCode.DONATION_INCOME_RESTRICTED
        if restricted
        else AccountCode.DONATION_INCOME_UNRESTRICTED
    )
    clearing = AccountCode.OTHER_MONETARY_FUNDS
    postings = [Posting(clearing, fund_id, income, fund_id, amount)]
    outgoing: list[Outgoing] = []
    if fee:
        postings.append(Posting(AccountCode.FUNDRAISING_COST, fund_id, clearing, fund_id, fee))
        outgoing.append(Outgoing(1, fund_id, fee, OutflowKind.FEE, of=0))
        if restricted:
            postings.append(_release(fund_id, fee))
    draft = Draft(
        book_id=book.id,
        source=source,
        kind=EntryKind.GIFT,
        occurred_on=occurred_on,
        note=note,
        postings=postings,
        incoming=[Incoming(0, line.id, amount, giver)],
        outgoing=outgoing,
    )
    return posted(session, draft) or append(session, actor, draft).entry


def move_to_bank(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    note: str = "",
) -> Entry:
    """A gateway paid out to the bank account: Dr 1002 / Cr 1009. Names no fund, moves no line."""
    book = present(session.get(Book, book_id))
    require(policy.may_pay(actor, book))
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    bank, clearing = AccountCode.BANK_DEPOSITS, AccountCode.OTHER_MONETARY_FUNDS
    draft = Draft(
        book_id=book.id,
        source=source,
        kind=EntryKind.CLEARING,
        occurred_on=occurred_on,
        note=note,
        postings=[Posting(bank, None, clearing, None, amount)],
    )
    return posted(session, draft) or append(session, actor, draft).entry


def pay(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    cost: AccountCode,
    release: str | None = None,
    note: str = "",
) -> Entry:
    """Money leaves a fund for an expense: Dr cost / Cr 1002, and the restriction is lifted.

    Consumes the earliest unspent fen of the fund's line (ACC-04 for Dr 3102 / Cr 3101). `release`
    names a hold given back in the same act. Raises `Insufficient` when too little is free.
    """
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    if cost not in COST_ACCOUNTS:
        raise Invalid(LedgerReason.WRONG_ACCOUNT)
    line, book = general_line(session, fund_id)
    require(policy.may_pay(actor, book))
    draft = _payment(session, book.id, fund_id, amount, source, occurred_on, cost, note)
    head = place(session, actor, line_ids=[line.id])[line.id]
    earlier = posted(session, draft)
    if earlier is not None:
        return earlier
    if release is not None:
        take_back(session, release, [line.id])
    if free(head) < amount:
        raise Insufficient(LedgerReason.INSUFFICIENT, field="amount", available=free(head))
    appended = append(session, actor, draft)
    consume_earliest(session, appended.outflows[0], [(head, amount.fen)])
    return appended.entry


def _payment(
    session: Session,
    book_id: int,
    fund_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    cost: AccountCode,
    note: str,
) -> Draft:
    postings = [Posting(cost, fund_id, AccountCode.BANK_DEPOSITS, fund_id, amount)]
    if session.scalars(select(Fund.restricted).where(Fund.id == fund_id)).one():
        postings.append(_release(fund_id, amount))
    return Draft(
        book_id=book_id,
        source=source,
        kind=EntryKind.EXPENSE,
        occurred_on=occurred_on,
        note=note,
        postings=postings,
        outgoing=[Outgoing(0, fund_id, amount, OutflowKind.EXPENSE)],
    )


def _release(fund_id: int, amount: Money) -> Posting:
    """The restriction is used up: restricted net assets become unrestricted (ACC-04)."""
    return Posting(
        AccountCode.NET_ASSETS_RESTRICTED,
        fund_id,
        AccountCode.NET_ASSETS_UNRESTRICTED,
        fund_id,
        amount,
    )
