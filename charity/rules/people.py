"""Figures about persons: ages, storage, consent (HANDBOOK 9)."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

ROWS: tuple[Parameter, ...] = (
    # the birthday up to which, itself included, a child's data need a guardian's consent
    Parameter("PII-02", 14, date(2021, 11, 1), None, "个人信息保护法 28, 31"),
)
