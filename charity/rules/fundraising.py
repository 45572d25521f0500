"""Figures of public fundraising: certificates, plans, partners (HANDBOOK 1.1 to 1.4)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

ROWS = (
    # days between filing a fundraising plan and the start of the activity
    Parameter("CHA-112", 10, date(2016, 9, 1), date(2024, 9, 4), "慈善法(2016) 24; 民政部令59"),
    Parameter("CHA-112", 10, date(2024, 9, 5), date(2025, 12, 31), "慈善法 24; 民政部令74 11"),
    Parameter("CHA-112", 10, date(2026, 1, 1), None, "慈善法 24; 民政部令74 11; 民发〔2025〕57号"),
    # days after its start within which the plan of an emergency campaign is filed
    Parameter("CHA-113", 10, date(2024, 9, 5), None, "慈善法 73"),
    # days between two publications of what an emergency campaign received
    Parameter("CHA-114", 5, date(2024, 9, 5), None, "慈善法 72"),
    # form of the number a filed plan gets; not found in any official text, so it only warns
    Parameter(
        "CHA-118", r"[0-9A-HJ-NPQRTUWXY]{18}A\d{5}", date(2016, 9, 1), None, "慈善中国 备案编号"
    ),
)
