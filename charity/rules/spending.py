"""Figures of spending: cash, payees, evidence, changes of budgets (HANDBOOK 1.5, 3.2, 6.1)."""

from __future__ import annotations

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = ()
