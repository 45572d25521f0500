"""Posting: an event becomes an entry, at most once.

A gift is appended and left to be placed, so givers never wait for each other. Money that moves
between accounts without reaching or leaving a fund's line is posted here as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Invalid, InvalidState
from charity.ledger import policy
from charity.ledger.chart import LINE_ACCOUNTS, AccountCode, head_of, is_money
from charity.ledger.models import Book, Entry, EntryKind, Fund, IncomeSource, OutflowKind
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Draft, Giver, Incoming, Outgoing, Posting, Salts
from charity.ledger.services.entries import append, append_as_known, posted
from charity.ledger.services.grounds import FundGround
from charity.ledger.services.memory import Wanted, read_fund, remembered
from charity.ledger.services.nature import INCOME_ACCOUNTS, arriving, is_agency, leaving
from charity.money import ZERO, Money
from charity.outbox import Event
from charity.rows import present

__all__ = [
    "Giver",
    "check_gift",
    "gift_codes",
    "gift_draft",
    "move_to_bank",
    "post_gift",
    "post_journal",
]


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
    earmark: str = "",
    income: IncomeSource = IncomeSource.DONATION,
    account: str = AccountCode.OTHER_MONETARY_FUNDS,
    note: str = "",
    event: Event | None = None,
) -> Entry:
    """Take in money that has arrived on a money account: Dr `account` / Cr income of its source.

    The gateway's `fee` leaves at once (Dr 5301 / Cr `account`) and takes the last fen of this
    gift; of money that is owed to somebody else it is a debt less (ACC-07). The same source posted
    again returns the first entry; with another amount it is a `Conflict`. The outbox tells `event`
    of a new entry, with its number (`entry_id`). Raises `Invalid` for an
    amount or fee that cannot be, an earmark that is not the fund's, an account that is not money
    of this book; `InvalidState` for a fund that ended, `NotFound` for none.
    """
    check_gift(amount, fee, account)
    draft_on = partial(
        gift_draft,
        amount=amount,
        source=source,
        occurred_on=occurred_on,
        giver=giver,
        fee=fee,
        earmark=earmark,
        income=income,
        account=account,
        note=note,
        salts=Salts(),
    )
    wanted = Wanted(earmark, gift_codes(income, account, fee=bool(fee)))
    if policy.may_post_gift(actor) and (known := remembered(session, fund_id, wanted)):
        # An account or an earmark may be newer than what is remembered: then it is looked for.
        with suppress(Invalid):
            entry = append_as_known(session, actor, draft_on(known), fund=known, event=event)
            if entry is not None:
                return entry
    fund = read_fund(session, fund_id, wanted)
    if not policy.may_post_gift(actor):
        require(policy.may_keep(actor, present(session.get(Book, fund.ground.book_id))))
    draft = draft_on(fund)
    if fund.ended:
        earlier = posted(session, draft)
        if earlier is None:
            raise InvalidState(LedgerReason.FUND_CLOSED)
        return earlier
    return append(session, actor, draft, ground=fund.ground, event=event).entry


@cache
def gift_codes(income: IncomeSource, account: str, *, fee: bool) -> frozenset[str]:
    """What a gift to this money account may touch, whatever the fund."""
    codes = [account, AccountCode.AGENCY_LIABILITIES, *INCOME_ACCOUNTS.get(income, ())]
    if fee:
        codes += [
            AccountCode.FUNDRAISING_COST,
            AccountCode.NET_ASSETS_UNRESTRICTED,
            AccountCode.NET_ASSETS_RESTRICTED,
        ]
    return frozenset(map(str, codes))


def check_gift(amount: Money, fee: Money, account: str) -> None:
    """Raises `Invalid` for what no gift can be, whatever the book says."""
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    if not 0 <= fee.fen < amount.fen:
        raise Invalid(LedgerReason.FEE_TOO_LARGE)
    if not is_money(account):
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="account")


def gift_draft(
    fund: FundGround,
    *,
    amount: Money,
    source: str,
    occurred_on: date,
    giver: Giver,
    fee: Money,
    earmark: str,
    income: IncomeSource,
    account: str,
    note: str,
    salts: Salts | None = None,
) -> Draft:
    """The entry of a gift; raises `Invalid` for a source of income or an earmark that is none."""
    fund_id = fund.fund.id
    postings = arriving(fund.fund, account, income, amount)
    outgoing: list[Outgoing] = []
    if fee:
        outgoing.append(Outgoing(len(postings), fund_id, fee, OutflowKind.FEE, of=0))
        postings += leaving(fund.fund, account, AccountCode.FUNDRAISING_COST, fee)
    if is_agency(fund.fund):
        income = IncomeSource.AGENCY
    return Draft(
        book_id=fund.ground.book_id,
        source=source,
        kind=EntryKind.GIFT,
        occurred_on=occurred_on,
        note=note,
        postings=postings,
        incoming=[Incoming(0, fund.line_id(earmark), amount, giver, income)],
        outgoing=outgoing,
        salts=salts,
    )


def move_to_bank(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    from_account: str = AccountCode.OTHER_MONETARY_FUNDS,
    to_account: str = AccountCode.BANK_DEPOSITS,
    note: str = "",
) -> Entry:
    """Money in hand changes its account: a gateway paid out, cash went to the bank.

    Names no fund, moves no line. Raises `Invalid` for an amount that is not positive and for
    accounts that are not two money accounts of this book.
    """
    book = present(session.get(Book, book_id))
    require(policy.may_pay(actor, book))
    if not (is_money(from_account) and is_money(to_account)) or from_account == to_account:
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="account")
    rows = [Posting(to_account, None, from_account, None, amount)]
    return _post(
        session, actor, Draft(book_id, source, EntryKind.CLEARING, occurred_on, note, rows)
    )


def post_journal(
    session: Session,
    actor: Actor,
    *,
    book_id: int,
    rows: Sequence[Posting],
    source: str,
    occurred_on: date,
    note: str = "",
) -> Entry:
    """Book what touches no line: accruals, depreciation, a liability settled by another.

    Raises `Invalid` without any row, for an amount that is not positive, for an account lines are
    made of (money and goods have verbs of their own), and for a fund of another book.
    """
    book = present(session.get(Book, book_id))
    require(policy.may_keep(actor, book))
    if not rows:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    codes = {code for row in rows for code in (row.debit, row.credit)}
    if any(head_of(code) in LINE_ACCOUNTS for code in codes):
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="account")
    if any((row.debit, row.debit_fund) == (row.credit, row.credit_fund) for row in rows):
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="account")
    named = {fund for row in rows for fund in (row.debit_fund, row.credit_fund)} - {None}
    own = select(Fund.id).where(Fund.book_id == book_id, Fund.id.in_(named))
    if len(session.scalars(own).all()) < len(named):
        raise Invalid(LedgerReason.OTHER_BOOK, field="fund")
    draft = Draft(book_id, source, EntryKind.JOURNAL, occurred_on, note, list(rows))
    return _post(session, actor, draft)


def _post(session: Session, actor: Actor, draft: Draft) -> Entry:
    return posted(session, draft) or append(session, actor, draft).entry
