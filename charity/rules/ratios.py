"""Figures of annual spend and management cost (HANDBOOK 1.6)."""

from __future__ import annotations

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = ()
