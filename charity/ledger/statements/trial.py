"""The trial balance: every account before, during and after a period."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from charity.ledger.statements.period import Period
from charity.ledger.statements.turnover import turnovers
from charity.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class TrialRow:
    """An account; `opening` and `closing` are debit less credit."""

    code: str
    opening: Money
    debit: Money
    credit: Money
    closing: Money

    @property
    def opening_sides(self) -> tuple[Money, Money]:
        """The opening balance as (debit, credit), one of them zero."""
        return _sides(self.opening)

    @property
    def closing_sides(self) -> tuple[Money, Money]:
        """The closing balance as (debit, credit), one of them zero."""
        return _sides(self.closing)


def trial_balance(session: Session, book_id: int, period: Period) -> list[TrialRow]:
    """Every account that ever moved, by code; debits and credits sum to the same in each pair."""
    return [
        TrialRow(code, found.opening, found.debit, found.credit, found.closing)
        for code, found in turnovers(session, book_id, period).items()
    ]


def _sides(balance: Money) -> tuple[Money, Money]:
    return (balance, ZERO) if balance.fen >= 0 else (ZERO, -balance)
