"""Figures of agreement: how many persons, and how long a code counts."""

from __future__ import annotations

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = ()
