"""How many must agree to a sum: tiers of amount, as dated rows (APR-01), and who is among them.

Below 50,000 yuan two persons agree. From there three, and one of them is an owner or a treasurer of
the charity itself (APR-04): besides the roles of approver, somebody who answers for its money. The
treasurer who pays is always another person again (RELIABILITY A1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from charity.actor import Role
from charity.money import Money
from charity.rules import Parameter, parameter

PERSONS, ANSWERABLE = "APR-01", "APR-04"

#: Roles of those who answer for a charity's money.
ANSWERABLE_ROLES = frozenset({Role.OWNER, Role.TREASURER})


@dataclass(frozen=True, slots=True)
class Tier:
    """How many persons agree, whether one of them answers for the money, by which rows."""

    persons: int
    needs_answerable: bool
    rows: str


def tier_of(amount: Money, on: date) -> Tier:
    """What agreement to this sum needs on a day in China.

    Raises `LookupError` on a day before the first rows.
    """
    persons, answerable = parameter(PERSONS, on), parameter(ANSWERABLE, on)
    needed = amount.fen >= answerable.number
    rows = [persons, answerable] if needed else [persons]
    return Tier(persons.step(amount.fen), needed, " ".join(map(_named, rows)))


def needs_answerable(rows: str) -> bool:
    """Whether a request asked under these rows needs one who answers for the money."""
    return ANSWERABLE in rows


def _named(row: Parameter) -> str:
    return f"{row.rule_id}@{row.effective_from.isoformat()}"
