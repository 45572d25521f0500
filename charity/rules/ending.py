"""Figures of notices, closings and what is left (HANDBOOK 1.5, 6.5)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

#: Where no law sets the figure: a rule of this house.
_OURS = "own rule"
_SINCE = date(2016, 9, 1)

ROWS: tuple[Parameter, ...] = (
    # days a public notice stands after the day it is put up
    Parameter("VEN-07", 7, _SINCE, None, "公益创投各地办法（杭州、广州、长宁）"),
    # working days, where the organiser counts in these
    Parameter("VEN-07.workdays", 5, _SINCE, None, "公益创投各地办法（杭州、广州、长宁）"),
    # days for which a payout to a village is announced in the village
    Parameter("VIL-02.notice", 7, _SINCE, None, _OURS),
    # objections to one notice taken within an hour, and of one contact within a day
    Parameter("NOT-01", 20, _SINCE, None, _OURS),
    Parameter("NOT-02", 3, _SINCE, None, _OURS),
    # complaints about one thing taken within an hour
    Parameter("VIL-04", 20, _SINCE, None, _OURS),
    # days givers have to say what becomes of what is left of their gift
    Parameter("CHA-165.ask", 14, _SINCE, None, _OURS),
    # persons who must agree to a closing, besides the one who prepared it
    Parameter("CHA-165.agree", 2, _SINCE, None, _OURS),
)
