"""Figures of disclosure: months, days, thresholds (HANDBOOK 1.7).

A day of the year is written `05-31`. A rule with several figures has one row for each, named after
a dot: `DIS-203.every` is the step of its series, `DIS-203.over` the length from which it runs.
"""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

_LAW = date(2024, 9, 5)
_ORDER_81 = date(2026, 1, 1)
_OURS = date(2024, 9, 5)

ROWS: tuple[Parameter, ...] = (
    # days after its end within which a partner's assessment and supervision are published: months
    Parameter("CHA-134", 3, _ORDER_81, None, "民政部令81 7"),
    # days within which a change of charter or bodies is told; the law says promptly
    Parameter("DIS-201", 30, _OURS, None, "own rule (慈善法 79)"),
    # last day of the year for the report on the year before
    Parameter("DIS-202", "05-31", _ORDER_81, None, "民政部令81"),
    # a campaign that lasts longer than so many months tells every so many, and after its end
    Parameter("DIS-203.over", 6, _LAW, None, "慈善法 79"),
    Parameter("DIS-203.every", 3, _LAW, None, "慈善法 79"),
    Parameter("DIS-203.end", 3, _LAW, None, "慈善法 79"),
    # days before a report that was late already when it was first asked for here pauses anything
    Parameter("DIS-203.found_late", 14, _OURS, None, "own rule"),
    # the same for a project, with the use of money and goods
    Parameter("DIS-204.over", 6, _LAW, None, "慈善法 79"),
    Parameter("DIS-204.every", 3, _LAW, None, "慈善法 79"),
    Parameter("DIS-204.end", 3, _LAW, None, "慈善法 79"),
    # days after a major transaction; from how many fen one is major, until the charter says
    Parameter("DIS-205", 30, _ORDER_81, None, "民政部令81 13"),
    Parameter("DIS-205.major", 50_000_000, _ORDER_81, None, "own rule (民政部令81 13)"),
    # days after a dealing with an important related party
    Parameter("DIS-206", 30, _ORDER_81, None, "民政部令81 14"),
    Parameter("DIS-207", "05-31", _ORDER_81, None, "民政部令81 15"),
    Parameter("DIS-208", "05-31", _ORDER_81, None, "民政部令81"),
    # months after the end of a project within which its surplus is accounted for (CHA-165)
    Parameter("DIS-209", 3, _ORDER_81, None, "慈善法 58; 民政部令81"),
    # days after a charity became settlor of a trust
    Parameter("DIS-210", 30, _ORDER_81, None, "民政部令81 12"),
    # days after the end of a members' campaign; the law says promptly
    Parameter("DIS-212", 30, _OURS, None, "own rule (慈善法 80)"),
    # days before its start by which beneficiaries know the standard, process and rules
    Parameter("DIS-213", 1, _LAW, None, "慈善法 81"),
    Parameter("DIS-214", "05-31", _ORDER_81, None, "民政部令61 (assumed kept)"),
    # report of the year before: to the supervising unit, to the registrar, of a foundation
    Parameter("ORG-11.supervisor", "03-31", date(1998, 10, 25), None, "社团条例 28; 民非条例 23"),
    Parameter("ORG-11.registrar", "05-31", date(1998, 10, 25), None, "社团条例 28; 民非条例 23"),
    Parameter("ORG-11.foundation", "03-31", date(2004, 6, 1), None, "基金会管理条例 36"),
    # days after somebody left as legal representative for the audit; the law only asks for one
    Parameter("ORG-19", 60, _LAW, None, "own rule (社团条例 27; 民非条例 22; 基金会管理条例 37)"),
    # days after signing for filing a trust; months between two reports of one
    Parameter("TRU-01", 7, _LAW, None, "慈善法 44-51"),
    Parameter("TRU-02", 12, _LAW, None, "慈善法 44-51"),
)
