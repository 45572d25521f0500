"""Figures of spending: cash, payees, evidence, changes of budgets (HANDBOOK 1.5, 3.2, 6.1)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = (
    # fen above which a settlement should not be in cash (现金管理暂行条例, 结算起点)
    Parameter("AUD-10", 100_000, date(1988, 10, 1), None, "现金管理暂行条例"),
    # days within which the same payee and amount twice is a question
    Parameter("RF-02", 30, date(2016, 9, 1), None, "own rule"),
    # days after a payout to a village within which its evidence is due
    Parameter("VIL-03", 30, date(2016, 9, 1), None, "own rule"),
    # hours a payee's changed bank account rests before money goes to it
    Parameter("PAY-01", 48, date(2016, 9, 1), None, "own rule"),
    # days after an advance was paid within which vouchers account for it
    Parameter("PAY-02", 30, date(2016, 9, 1), None, "own rule"),
    # thousandths of a line that may move without agreement; beyond that two persons agree
    Parameter("VEN-10", 100, date(2016, 9, 1), None, "公益创投惯例; own rule"),
)
