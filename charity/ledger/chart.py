"""The chart of accounts of 《民间非营利组织会计制度》 (2004 codes) as far as the book uses it.

Income and net assets are kept restricted and unrestricted apart (ACC-01). The words for the codes
stand in `web/labels/`.
"""

from __future__ import annotations

import enum


class AccountCode(enum.StrEnum):
    """Codes of the accounts every book is opened with."""

    CASH_ON_HAND = "1001"
    BANK_DEPOSITS = "1002"
    #: Money a payment gateway or platform has taken in and not yet paid out to the bank account.
    OTHER_MONETARY_FUNDS = "1009"
    NET_ASSETS_UNRESTRICTED = "3101"
    NET_ASSETS_RESTRICTED = "3102"
    DONATION_INCOME_RESTRICTED = "4101.1"
    DONATION_INCOME_UNRESTRICTED = "4101.2"
    PROGRAMME_COST = "5101"
    MANAGEMENT_COST = "5201"
    FUNDRAISING_COST = "5301"


#: Where money in hand stands; a fund's share of these equals what its lines hold.
MONEY_ACCOUNTS = frozenset(
    {AccountCode.CASH_ON_HAND, AccountCode.BANK_DEPOSITS, AccountCode.OTHER_MONETARY_FUNDS}
)

#: What an expense may be charged to (ACC-08).
COST_ACCOUNTS = frozenset(
    {AccountCode.PROGRAMME_COST, AccountCode.MANAGEMENT_COST, AccountCode.FUNDRAISING_COST}
)
