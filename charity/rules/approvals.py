"""Figures of agreement: how many persons, and how long a code counts."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = (
    # different persons who agree to an expense: from which sum (fen), how many
    Parameter("APR-01", ((0, 2), (5_000_000, 3)), date(2016, 9, 1), None, "own rule"),
    # minutes after which a code of the second factor is asked for again before money moves
    Parameter("APR-02", 5, date(2016, 9, 1), None, "own rule"),
    # sum (fen) from which an owner or a treasurer of the charity is among those who agree
    Parameter("APR-04", 5_000_000, date(2016, 9, 1), None, "own rule"),
    # different persons who agree to a refund: from which sum (fen), how many
    Parameter("APR-05", ((0, 1), (500_000, 2)), date(2016, 9, 1), None, "own rule"),
)
