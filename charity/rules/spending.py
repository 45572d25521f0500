"""Figures of spending: cash, payees, evidence, changes of budgets (HANDBOOK 1.5, 3.2, 6.1)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = (
    # thousandths of a line that may move without agreement; beyond that two persons agree
    Parameter("VEN-10", 100, date(2016, 9, 1), None, "公益创投惯例; own rule"),
)
