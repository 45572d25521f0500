"""Figures of annual spend and management cost (HANDBOOK 1.6): shares in percent, bounds in fen.

`.spend` is the least charitable spend, `.manage` the most management cost, `.from` the net assets
from which a band begins, which itself belongs to it (含本数).
"""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

_SINCE = date(2016, 9, 1)
_LAW = "慈善法 61; 三部门2016规定 7"
_BANDS = "慈善法 61; 三部门2016规定 8"

ROWS: tuple[Parameter, ...] = (
    # foundations with a certificate: of the income of the year before, of this year's total spend
    Parameter("RAT-01.spend", 70, _SINCE, None, _LAW),
    Parameter("RAT-01.manage", 10, _SINCE, None, _LAW),
    # associations and social service organisations with a certificate
    Parameter("RAT-02.spend", 70, _SINCE, None, _LAW),
    Parameter("RAT-02.manage", 13, _SINCE, None, _LAW),
    # foundations without: of net assets at the end of the year before, by their size
    Parameter("RAT-03.from", 6_000_000_000, _SINCE, None, _BANDS),
    Parameter("RAT-03.spend", 6, _SINCE, None, _BANDS),
    Parameter("RAT-03.manage", 12, _SINCE, None, _BANDS),
    Parameter("RAT-04.from", 800_000_000, _SINCE, None, _BANDS),
    Parameter("RAT-04.spend", 6, _SINCE, None, _BANDS),
    Parameter("RAT-04.manage", 13, _SINCE, None, _BANDS),
    Parameter("RAT-05.from", 400_000_000, _SINCE, None, _BANDS),
    Parameter("RAT-05.spend", 7, _SINCE, None, _BANDS),
    Parameter("RAT-05.manage", 15, _SINCE, None, _BANDS),
    Parameter("RAT-06.spend", 8, _SINCE, None, _BANDS),
    Parameter("RAT-06.manage", 20, _SINCE, None, _BANDS),
    # associations and social service organisations without
    Parameter("RAT-07.from", 1_000_000_000, _SINCE, None, _BANDS),
    Parameter("RAT-07.spend", 6, _SINCE, None, _BANDS),
    Parameter("RAT-07.manage", 13, _SINCE, None, _BANDS),
    Parameter("RAT-08.from", 500_000_000, _SINCE, None, _BANDS),
    Parameter("RAT-08.spend", 7, _SINCE, None, _BANDS),
    Parameter("RAT-08.manage", 14, _SINCE, None, _BANDS),
    Parameter("RAT-09.from", 100_000_000, _SINCE, None, _BANDS),
    Parameter("RAT-09.spend", 8, _SINCE, None, _BANDS),
    Parameter("RAT-09.manage", 15, _SINCE, None, _BANDS),
    Parameter("RAT-10.spend", 8, _SINCE, None, _BANDS),
    # the smallest also spend half of the income of the year before
    Parameter("RAT-10.income", 50, _SINCE, None, _BANDS),
    Parameter("RAT-10.manage", 20, _SINCE, None, _BANDS),
    # years whose average may stand for the year before
    Parameter("RAT-11", 3, _SINCE, None, "慈善法 61; 三部门2016规定 10"),
    # from this management cost on, in fen, the percentage applies
    Parameter("RAT-13", 20_000_000, _SINCE, None, "三部门2016规定 11"),
    # a draft: the most that raising money may cost of what it raised; shown only where asked for
    Parameter("RAT-17", 3, date(2025, 11, 12), None, "2025年征求意见稿 (not adopted)"),
)
