"""Figures of public fundraising: certificates, plans, partners (HANDBOOK 1.1 to 1.4).

A rule with several figures has one row for each, named after a dot.
"""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

_LAW_2016 = date(2016, 9, 1)
_LAW = date(2024, 9, 5)
_BEFORE_LAW = date(2024, 9, 4)

ROWS: tuple[Parameter, ...] = (
    # years as a charity before it may apply for the certificate
    Parameter("CHA-101", 2, _LAW_2016, _BEFORE_LAW, "慈善法(2016) 22; 民政部令59"),
    Parameter("CHA-101", 1, _LAW, None, "慈善法 22; 民政部令74 5"),
    # years after a certificate was revoked in which it may not apply again
    Parameter("CHA-104", 5, _LAW, None, "慈善法 111"),
    # days between filing a fundraising plan and the start of the activity
    Parameter("CHA-112", 10, _LAW_2016, _BEFORE_LAW, "慈善法(2016) 24; 民政部令59"),
    Parameter("CHA-112", 10, _LAW, date(2025, 12, 31), "慈善法 24; 民政部令74 11"),
    Parameter("CHA-112", 10, date(2026, 1, 1), None, "慈善法 24; 民政部令74 11; 民发〔2025〕57号"),
    # days after its start within which the plan of an emergency campaign is filed
    Parameter("CHA-113", 10, _LAW, None, "慈善法 73"),
    # days between two publications of what an emergency campaign received
    Parameter("CHA-114", 5, _LAW, None, "慈善法 72"),
    # days within which a plan that was changed or found wanting is supplemented
    Parameter("CHA-115", 10, _LAW_2016, None, "民政部令59 11-12; 民政部令74 (assumed kept)"),
    # form of the number a filed plan gets; not found in any official text, so it only warns
    Parameter("CHA-118", r"[0-9A-HJ-NPQRTUWXY]{18}A\d{5}", _LAW_2016, None, "慈善中国 备案编号"),
    # months without charitable activity after which a charity must end, and when it is warned
    Parameter("CHA-169", 24, _LAW, None, "慈善法 17"),
    Parameter("CHA-169.warn", 18, _LAW, None, "own rule (慈善法 17)"),
)
