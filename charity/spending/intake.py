"""What people typed about money and units, made fit to be kept; for texts see `charity.texts`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from charity.errors import CommonReason, Invalid
from charity.money import MAXIMUM_FEN, Money
from charity.spending.models import CostKind
from charity.spending.reasons import SpendingReason

#: Digits of a bank account number.
ACCOUNT_MINIMUM, ACCOUNT_MAXIMUM = 6, 40
MAX_UNITS = 1_000_000
MAX_LINES = 50

_DIGITS = re.compile(r"[0-9][0-9 ]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A budget line before it is kept."""

    name: str
    kind: CostKind
    amount: Money
    #: So much each, so many of them; both or neither, and their product is the amount.
    unit_cost: Money | None = None
    quantity: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DeliverableDraft:
    """A deliverable before it is kept: so many units, so much each."""

    name: str
    unit: str
    unit_cost: Money
    target: int
    #: The purpose whose own line of fen pays for it first; empty for none.
    earmark: str = ""


def account(value: str) -> str:
    """A bank account number as bare digits; raises `Invalid` unless 6 to 40 digits (and spaces)."""
    typed = value.strip(" ")
    digits = typed.replace(" ", "")
    if not _DIGITS.fullmatch(typed) or not ACCOUNT_MINIMUM <= len(digits) <= ACCOUNT_MAXIMUM:
        raise Invalid(
            SpendingReason.PAYEE_ACCOUNT,
            field="payee_account",
            minimum=ACCOUNT_MINIMUM,
            maximum=ACCOUNT_MAXIMUM,
        )
    return digits


def positive(amount: Money, *, field: str) -> Money:
    """An amount above zero and within what one figure may be; raises `Invalid`."""
    if amount.fen <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field=field)
    if amount.fen > MAXIMUM_FEN:
        raise Invalid(CommonReason.TOO_LONG, field=field, limit=MAXIMUM_FEN)
    return amount


def units(value: int, *, field: str = "units") -> int:
    """Whole units from 1 to a million; raises `Invalid`."""
    if not 1 <= value <= MAX_UNITS:
        raise Invalid(SpendingReason.UNITS_RANGE, field=field, minimum=1, maximum=MAX_UNITS)
    return value
