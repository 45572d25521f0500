"""Figures about persons: ages, storage, consent (HANDBOOK 9)."""

from __future__ import annotations

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = ()
