"""Figures of notices, closings and what is left (HANDBOOK 1.5, 6.5)."""

from __future__ import annotations

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = ()
