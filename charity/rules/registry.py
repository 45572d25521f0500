"""Figures of the registry: ratings, lists, trusts, committees (HANDBOOK 2, 6.2, 6.3)."""

from __future__ import annotations

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = ()
