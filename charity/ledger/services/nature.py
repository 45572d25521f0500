"""What a fund's kind means for the accounts: the one place that decides it.

Restricted money comes in as restricted income, and its restriction is lifted as it is spent
(ACC-04). Unrestricted money knows no such second step. Agency money is a debt to somebody named,
never income or cost (ACC-07).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.errors import Invalid, InvalidState
from charity.ledger.chart import (
    AccountClass,
    AccountCode,
    class_of,
    is_money,
    is_restricted,
    net_assets,
)
from charity.ledger.models import Account, Fund, FundClosing, FundKind, IncomeSource
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Posting
from charity.ledger.services.entries import first_open_day
from charity.ledger.services.grounds import FundFact
from charity.money import Money
from charity.rows import present

#: The restricted and the unrestricted account of every source of income.
INCOME_ACCOUNTS: dict[IncomeSource, tuple[AccountCode, AccountCode]] = {
    **dict.fromkeys(
        (
            IncomeSource.DONATION,
            IncomeSource.GRANT,
            IncomeSource.COMMUNITY_FUND,
            IncomeSource.MATCHING,
        ),
        (AccountCode.DONATION_INCOME_RESTRICTED, AccountCode.DONATION_INCOME_UNRESTRICTED),
    ),
    **dict.fromkeys(
        (IncomeSource.GOVERNMENT_PURCHASE, IncomeSource.SERVICE),
        (AccountCode.SERVICE_INCOME_RESTRICTED, AccountCode.SERVICE_INCOME_UNRESTRICTED),
    ),
    IncomeSource.VENTURE: (
        AccountCode.GRANT_INCOME_RESTRICTED,
        AccountCode.GRANT_INCOME_UNRESTRICTED,
    ),
    IncomeSource.MARKET: (
        AccountCode.SALES_INCOME_RESTRICTED,
        AccountCode.SALES_INCOME_UNRESTRICTED,
    ),
    IncomeSource.DUES: (AccountCode.DUES_RESTRICTED, AccountCode.DUES_UNRESTRICTED),
    IncomeSource.INVESTMENT: (
        AccountCode.INVESTMENT_INCOME_RESTRICTED,
        AccountCode.INVESTMENT_INCOME_UNRESTRICTED,
    ),
    IncomeSource.OTHER: (
        AccountCode.OTHER_INCOME_RESTRICTED,
        AccountCode.OTHER_INCOME_UNRESTRICTED,
    ),
    IncomeSource.OPENING: (
        AccountCode.NET_ASSETS_RESTRICTED,
        AccountCode.NET_ASSETS_UNRESTRICTED,
    ),
}


def is_agency(fund: Fund | FundFact) -> bool:
    """Whether the fund's money is owed to somebody named."""
    return fund.kind is FundKind.AGENCY


def capital(fund: Fund | FundFact) -> AccountCode:
    """Whose the fund's money is: net assets of its kind, or a debt."""
    if is_agency(fund):
        return AccountCode.AGENCY_LIABILITIES
    return net_assets(restricted=fund.restricted)


def income_account(fund: Fund | FundFact, income: IncomeSource) -> AccountCode:
    """What is credited when money of this source arrives in the fund.

    Raises `Invalid` (WRONG_ACCOUNT) for a source that is none here: money that only moves within
    a book, and agency money in a fund that is the organisation's own.
    """
    if is_agency(fund):
        return AccountCode.AGENCY_LIABILITIES
    if income not in INCOME_ACCOUNTS:
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="income")
    restricted, unrestricted = INCOME_ACCOUNTS[income]
    return restricted if fund.restricted else unrestricted


def arriving(
    fund: Fund | FundFact, account: str, income: IncomeSource, amount: Money
) -> list[Posting]:
    """Money arrives in a fund as income; the first transfer is the inflow's."""
    return [Posting(account, fund.id, income_account(fund, income), fund.id, amount)]


def leaving(fund: Fund | FundFact, account: str, cost: str, amount: Money) -> list[Posting]:
    """Money leaves a fund as cost; the first transfer is the outflow's."""
    if is_agency(fund):
        return [Posting(AccountCode.AGENCY_LIABILITIES, fund.id, account, fund.id, amount)]
    postings = [Posting(cost, fund.id, account, fund.id, amount)]
    if fund.restricted:
        postings.append(released(fund, amount))
    return postings


def released(fund: Fund | FundFact, amount: Money) -> Posting:
    """The restriction is used up: restricted net assets become unrestricted (ACC-04)."""
    restricted, free = AccountCode.NET_ASSETS_RESTRICTED, AccountCode.NET_ASSETS_UNRESTRICTED
    return Posting(restricted, fund.id, free, fund.id, amount)


def coming_back(
    fund: Fund, account: str, taken_from: str, amounts: Sequence[Money]
) -> list[Posting]:
    """Spent money comes back in parts, each of them an inflow; the restriction comes back too.

    `taken_from` is the cost account that was debited, or what stands for it in a later year.
    """
    if is_agency(fund):
        taken_from = AccountCode.AGENCY_LIABILITIES
    postings = [Posting(account, fund.id, taken_from, fund.id, amount) for amount in amounts]
    if fund.restricted and not is_agency(fund):
        postings.append(mirrored(released(fund, Money.total(amounts))))
    return postings


def handed_out(fund: Fund, account: str, amount: Money) -> list[Posting]:
    """Money leaves a fund for another of the same book; the first transfer is the outflow's."""
    between = AccountCode.INTER_FUND
    return [
        Posting(between, fund.id, account, fund.id, amount),
        Posting(capital(fund), fund.id, between, fund.id, amount),
    ]


def handed_in(fund: Fund, account: str, amounts: Sequence[Money]) -> list[Posting]:
    """Money of another fund of the book arrives in parts, each of them an inflow."""
    between = AccountCode.INTER_FUND
    return [
        *(Posting(account, fund.id, between, fund.id, amount) for amount in amounts),
        Posting(between, fund.id, capital(fund), fund.id, Money.total(amounts)),
    ]


def mirrored(posting: Posting) -> Posting:
    """The transfer that takes another back."""
    return Posting(
        posting.credit, posting.credit_fund, posting.debit, posting.debit_fund, posting.amount
    )


def taken_back(code: str, *, of: date, on: date) -> str:
    """The account that takes back what an account was given on the day `of`, booked `on` a day.

    Within the year that is the account itself. Income and cost of an earlier year are net assets
    by then, so these are changed (ACC-02): restricted income the restricted, the rest the others.
    """
    if of.year != on.year and class_of(code) in (AccountClass.INCOME, AccountClass.COSTS):
        return net_assets(restricted=is_restricted(code))
    return code


def booking_day(session: Session, book_id: int, occurred_on: date) -> date:
    """The day an event of `occurred_on` is booked on: the same, or the first open one."""
    return max(occurred_on, first_open_day(session, book_id) or occurred_on)


def active_funds(session: Session, fund_ids: Sequence[int]) -> list[Fund]:
    """These funds in this order; raises `NotFound`, and `InvalidState` for one that ended.

    The caller holds the heads of their lines, so that none of them ends meanwhile.
    """
    funds = [present(session.get(Fund, fund_id)) for fund_id in fund_ids]
    ended = select(FundClosing.fund_id).where(FundClosing.fund_id.in_(fund_ids))
    if session.scalars(ended).first() is not None:
        raise InvalidState(LedgerReason.FUND_CLOSED)
    return funds


def check_money_account(session: Session, book_id: int, code: str) -> None:
    """Raises `Invalid` on `account` unless the code is one of this book and holds money in hand."""
    if not is_money(code):
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="account")
    check_account(session, book_id, code, field="account")


def check_account(session: Session, book_id: int, code: str, *, field: str) -> None:
    """Raises `Invalid` (UNKNOWN_ACCOUNT) on this field unless the book has the account."""
    known = select(Account.id).where(Account.book_id == book_id, Account.code == str(code))
    if session.scalar(known) is None:
        raise Invalid(LedgerReason.UNKNOWN_ACCOUNT, field=field, code=str(code))
