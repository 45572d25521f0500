"""Figures about persons: ages, storage, consent (HANDBOOK 9)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = (
    # one in so many: the largest part of a council from one employer, or from outside the mainland
    Parameter("CHA-103", 3, date(2024, 9, 5), None, "民政部令74 5"),
    # supervisors of an organisation registered at provincial level or above
    Parameter("CHA-103.supervisors", 3, date(2024, 9, 5), None, "民政部令74 5"),
    # votes for a major investment, of all members of the deciding body
    Parameter("CHA-166", ((2, 3),), date(2024, 9, 5), None, "慈善法 55"),
    # words of a payment that distributes what may not be distributed
    Parameter(
        "CHA-161",
        "分红|股息|股利|利润分配|返还(?!押金|保证金)",
        date(2024, 9, 5),
        None,
        "慈善法 53, 109",
    ),
    # one in so many: the largest part of a foundation's council that is paid
    Parameter("AUD-03", 3, date(2004, 6, 1), None, "基金会管理条例 20, 23"),
    # the birthday up to which, itself included, a child's data need a guardian's consent
    Parameter("PII-02", 14, date(2021, 11, 1), None, "个人信息保护法 28, 31"),
)
