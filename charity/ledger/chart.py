"""The chart of accounts of 《民间非营利组织会计制度》, in its 2004 codes.

Income and net assets are kept restricted and unrestricted apart (ACC-01). A book may open
sub-accounts under any code (`1002.02`, the second bank account). The words for the codes stand in
`web/labels/`; how the 2026 system shows them is the accountant's mapping (`AccountMapping`).
"""

from __future__ import annotations

import enum


class AccountCode(enum.StrEnum):
    """Codes of the accounts every book is opened with."""

    CASH_ON_HAND = "1001"
    BANK_DEPOSITS = "1002"
    #: Money a payment gateway or platform has taken in and not yet paid out to the bank account.
    OTHER_MONETARY_FUNDS = "1009"
    SHORT_TERM_INVESTMENTS = "1101"
    ACCOUNTS_RECEIVABLE = "1121"
    OTHER_RECEIVABLES = "1122"
    PREPAYMENTS = "1141"
    INVENTORY = "1201"
    DEFERRED_EXPENSES = "1301"
    LONG_TERM_EQUITY = "1401"
    LONG_TERM_DEBT_INVESTMENTS = "1402"
    FIXED_ASSETS = "1501"
    DEPRECIATION = "1502"
    CULTURAL_ASSETS = "1506"
    INTANGIBLES = "1601"
    AGENCY_ASSETS = "1701"
    SHORT_TERM_LOANS = "2101"
    NOTES_PAYABLE = "2201"
    ACCOUNTS_PAYABLE = "2202"
    ADVANCES_RECEIVED = "2203"
    WAGES_PAYABLE = "2204"
    TAXES_PAYABLE = "2206"
    OTHER_PAYABLES = "2209"
    PROVISIONS = "2401"
    LONG_TERM_LOANS = "2501"
    LONG_TERM_PAYABLES = "2502"
    AGENCY_LIABILITIES = "2601"
    NET_ASSETS_UNRESTRICTED = "3101"
    NET_ASSETS_RESTRICTED = "3102"
    #: Between funds of one book; zero per fund after every entry. Not in the statutory chart.
    INTER_FUND = "3901"
    DONATION_INCOME_RESTRICTED = "4101.1"
    DONATION_INCOME_UNRESTRICTED = "4101.2"
    DUES_RESTRICTED = "4201.1"
    DUES_UNRESTRICTED = "4201.2"
    SERVICE_INCOME_RESTRICTED = "4301.1"
    SERVICE_INCOME_UNRESTRICTED = "4301.2"
    GRANT_INCOME_RESTRICTED = "4401.1"
    GRANT_INCOME_UNRESTRICTED = "4401.2"
    SALES_INCOME_RESTRICTED = "4501.1"
    SALES_INCOME_UNRESTRICTED = "4501.2"
    INVESTMENT_INCOME_RESTRICTED = "4601.1"
    INVESTMENT_INCOME_UNRESTRICTED = "4601.2"
    OTHER_INCOME_RESTRICTED = "4901.1"
    OTHER_INCOME_UNRESTRICTED = "4901.2"
    PROGRAMME_COST = "5101"
    MANAGEMENT_COST = "5201"
    FUNDRAISING_COST = "5301"
    OTHER_COST = "5401"


class AccountClass(enum.StrEnum):
    """The classes of the chart, by the first digit of the code."""

    ASSETS = "1"
    LIABILITIES = "2"
    NET_ASSETS = "3"
    INCOME = "4"
    COSTS = "5"


def class_of(code: str) -> AccountClass:
    """The class an account belongs to; raises `ValueError` for a code outside the chart."""
    return AccountClass(code[:1])


def head_of(code: str) -> str:
    """The four-digit account a sub-account stands under."""
    return code.partition(".")[0]


#: Where money in hand stands (with their sub-accounts).
MONEY_ACCOUNTS = frozenset(
    {AccountCode.CASH_ON_HAND, AccountCode.BANK_DEPOSITS, AccountCode.OTHER_MONETARY_FUNDS}
)
#: What lines are made of: money, and goods on stock. A fund's share of these equals its lines.
LINE_ACCOUNTS = MONEY_ACCOUNTS | {AccountCode.INVENTORY, AccountCode.AGENCY_ASSETS}

#: What an expense may be charged to (ACC-08).
COST_ACCOUNTS = frozenset(
    {
        AccountCode.PROGRAMME_COST,
        AccountCode.MANAGEMENT_COST,
        AccountCode.FUNDRAISING_COST,
        AccountCode.OTHER_COST,
    }
)


def is_money(code: str) -> bool:
    """Whether the account holds money in hand, itself or as a sub-account."""
    return head_of(code) in MONEY_ACCOUNTS


def is_restricted(code: str) -> bool:
    """Whether an income account is the restricted one of its pair."""
    return class_of(code) is AccountClass.INCOME and code.split(".")[1:2] == ["1"]


def net_assets(*, restricted: bool) -> AccountCode:
    """The net assets of a fund's kind."""
    if restricted:
        return AccountCode.NET_ASSETS_RESTRICTED
    return AccountCode.NET_ASSETS_UNRESTRICTED
