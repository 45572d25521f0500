"""Figures of disclosure: months, days, thresholds (HANDBOOK 1.7)."""

from __future__ import annotations

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = ()
