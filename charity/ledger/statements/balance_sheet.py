"""资产负债表: what a book has, owes and is free to use at the end of a day.

The lines are those of 《民间非营利组织会计制度》. Income and costs of a year that is not closed yet
belong to net assets already, so the sheet says the same before and after the closing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from charity.ledger.chart import AccountClass, class_of, head_of, is_restricted
from charity.ledger.chart import AccountCode as A
from charity.ledger.statements.period import Period
from charity.ledger.statements.turnover import turnovers
from charity.money import ZERO, Money

#: Lines made of accounts, by the sums they belong to. A line's key names it; words are put in by
#: the page.
ASSETS: dict[str, dict[str, tuple[A, ...]]] = {
    "current_assets": {
        "money": (A.CASH_ON_HAND, A.BANK_DEPOSITS, A.OTHER_MONETARY_FUNDS),
        "short_term_investments": (A.SHORT_TERM_INVESTMENTS,),
        "receivables": (A.ACCOUNTS_RECEIVABLE, A.OTHER_RECEIVABLES),
        "prepayments": (A.PREPAYMENTS,),
        "inventory": (A.INVENTORY,),
        "deferred_expenses": (A.DEFERRED_EXPENSES,),
    },
    "long_term_investments": {
        "equity_investments": (A.LONG_TERM_EQUITY,),
        "debt_investments": (A.LONG_TERM_DEBT_INVESTMENTS,),
    },
    "fixed_assets": {
        "fixed_assets_at_cost": (A.FIXED_ASSETS,),
        "depreciation": (A.DEPRECIATION,),
        "cultural_assets": (A.CULTURAL_ASSETS,),
    },
    "intangible_assets": {"intangibles": (A.INTANGIBLES,)},
    "agency_assets_sum": {"agency_assets": (A.AGENCY_ASSETS,)},
}
LIABILITIES: dict[str, dict[str, tuple[A, ...]]] = {
    "current_liabilities": {
        "short_term_loans": (A.SHORT_TERM_LOANS,),
        "payables": (A.NOTES_PAYABLE, A.ACCOUNTS_PAYABLE, A.OTHER_PAYABLES),
        "wages_payable": (A.WAGES_PAYABLE,),
        "taxes_payable": (A.TAXES_PAYABLE,),
        "advances_received": (A.ADVANCES_RECEIVED,),
        "provisions": (A.PROVISIONS,),
    },
    "long_term_liabilities": {
        "long_term_loans": (A.LONG_TERM_LOANS,),
        "long_term_payables": (A.LONG_TERM_PAYABLES,),
    },
    "agency_liabilities_sum": {"agency_liabilities": (A.AGENCY_LIABILITIES,)},
}
#: Sums of a single line say nothing that the line does not say.
SILENT_SUMS = frozenset({"intangible_assets", "agency_assets_sum", "agency_liabilities_sum"})

UNRESTRICTED, RESTRICTED = "net_assets_unrestricted", "net_assets_restricted"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line at the beginning of the year and at the day.

    Depreciation stands as a positive figure to be taken off. `codes` are the accounts behind it;
    a sum has none.
    """

    key: str
    codes: tuple[str, ...]
    opening: Money
    closing: Money

    @property
    def is_sum(self) -> bool:
        """Whether it adds up the lines before it."""
        return not self.codes


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """The sheet at the end of `day`; `year` begins on its first column's day."""

    day: date
    assets: tuple[SheetLine, ...]
    liabilities: tuple[SheetLine, ...]
    net_assets: tuple[SheetLine, ...]

    def line(self, key: str) -> SheetLine:
        """A line by its key; raises `KeyError`."""
        lines = (*self.assets, *self.liabilities, *self.net_assets)
        return {line.key: line for line in lines}[key]

    @property
    def is_balanced(self) -> bool:
        """Whether assets equal liabilities and net assets, in both columns."""
        left, right = self.line("total_assets"), self.line("total_both")
        return (left.opening, left.closing) == (right.opening, right.closing)


@dataclass(frozen=True, slots=True)
class _Balances:
    """Balances by code, debit less credit."""

    at_opening: Mapping[str, Money]
    at_closing: Mapping[str, Money]

    def line(self, key: str, codes: Iterable[str], sign: int) -> SheetLine:
        wanted = tuple(sorted(codes))
        return SheetLine(
            key,
            wanted,
            self._sum(self.at_opening, wanted, sign),
            self._sum(self.at_closing, wanted, sign),
        )

    def _sum(self, balances: Mapping[str, Money], heads: tuple[str, ...], sign: int) -> Money:
        found = (m for code, m in balances.items() if code in heads or head_of(code) in heads)
        return Money.total(found) * sign

    def codes_of(self, klass: AccountClass) -> set[str]:
        """The accounts of a class that ever moved."""
        return {code for code in self.at_closing if class_of(code) is klass}


def balance_sheet(session: Session, book_id: int, day: date) -> BalanceSheet:
    """The sheet of a book at the end of `day`, beside the beginning of that year."""
    found = turnovers(session, book_id, Period.year_to(day))
    balances = _Balances(
        {code: turnover.opening for code, turnover in found.items()},
        {code: turnover.closing for code, turnover in found.items()},
    )
    assets = _part(balances, ASSETS, AccountClass.ASSETS, 1, "total_assets")
    liabilities = _part(balances, LIABILITIES, AccountClass.LIABILITIES, -1, "total_liabilities")
    net_assets = _net_assets(balances)
    both = _added("total_both", [liabilities[-1], net_assets[-1]])
    return BalanceSheet(day, tuple(assets), tuple(liabilities), (*net_assets, both))


def _part(
    balances: _Balances,
    plan: Mapping[str, Mapping[str, tuple[A, ...]]],
    klass: AccountClass,
    sign: int,
    total: str,
) -> list[SheetLine]:
    """The lines of one half with their sums; accounts no line knows stand in `other_…`."""
    known = {str(code) for group in plan.values() for codes in group.values() for code in codes}
    others = {head_of(code) for code in balances.codes_of(klass)} - known
    lines, sums = [], []
    for number, (sum_key, group) in enumerate(plan.items()):
        made = [_line(balances, key, codes, sign) for key, codes in group.items()]
        if number == 0 and others:
            made.append(balances.line(f"other_{sum_key}", others, sign))
        summed = _added(sum_key, made)
        sums.append(summed)
        lines += made if sum_key in SILENT_SUMS else [*made, summed]
    return [*lines, _added(total, sums)]


def _line(balances: _Balances, key: str, codes: Iterable[str], sign: int) -> SheetLine:
    return balances.line(key, codes, -sign if key == "depreciation" else sign)


def _added(key: str, lines: Iterable[SheetLine]) -> SheetLine:
    """A sum; depreciation is taken off."""
    opening = closing = ZERO
    for line in lines:
        sign = -1 if line.key == "depreciation" else 1
        opening, closing = opening + line.opening * sign, closing + line.closing * sign
    return SheetLine(key, (), opening, closing)


def _net_assets(balances: _Balances) -> list[SheetLine]:
    """Net assets by restriction, with the income and costs of years not closed yet."""
    income = balances.codes_of(AccountClass.INCOME)
    restricted = {code for code in income if is_restricted(code)}
    free = (income - restricted) | balances.codes_of(AccountClass.COSTS)
    lines = [
        balances.line(UNRESTRICTED, {A.NET_ASSETS_UNRESTRICTED, *free}, -1),
        balances.line(RESTRICTED, {A.NET_ASSETS_RESTRICTED, *restricted}, -1),
    ]
    return [*lines, _added("total_net_assets", lines)]
