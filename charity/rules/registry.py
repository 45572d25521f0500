"""Figures of the registry: ratings, lists, trusts, committees (HANDBOOK 2, 6.2, 6.3)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

_RATING = date(2011, 3, 1)
_LISTS = date(2018, 1, 24)

ROWS: tuple[Parameter, ...] = (
    # years for which a rating holds
    Parameter("ORG-13", 5, _RATING, None, "社会组织评估管理办法"),
    # whole years of registration before the first rating; years before rating again for a rise
    Parameter("ORG-13.open", 2, _RATING, None, "社会组织评估管理办法"),
    Parameter("ORG-13.again", 2, _RATING, None, "社会组织评估管理办法"),
    # years on the abnormal list after which an organisation goes to the serious one
    Parameter("ORG-17", 2, _LISTS, None, "民政部令60"),
    # working days within which an authority enters credit information
    Parameter("ORG-18", 5, _LISTS, None, "民政部令60"),
    # the smallest committee of a community fund; it is odd and unpaid
    Parameter("FND-02", 5, date(2025, 1, 1), None, "湖南省社区慈善基金指引 (2025)"),
)
