"""Figures of agreement: how many persons, and how long a code counts."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = (
    # minutes after which a code of the second factor is asked for again before money moves
    Parameter("APR-02", 5, date(2016, 9, 1), None, "own rule"),
)
