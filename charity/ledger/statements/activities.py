"""业务活动表: income, costs and the change of net assets of any period, by restriction.

The closing of a year carries income and costs to net assets on 31 December; it is left out here,
or every closed year would look empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from charity.ledger.chart import AccountClass, AccountCode, class_of, head_of, is_restricted
from charity.ledger.models import EntryKind
from charity.ledger.statements.period import Period
from charity.ledger.statements.turnover import (
    RareTransfer,
    rare_transfers,
    turnovers,
    without_closings,
)
from charity.money import ZERO, Money

_FREE, _BOUND = AccountCode.NET_ASSETS_UNRESTRICTED, AccountCode.NET_ASSETS_RESTRICTED
#: Between these an amount only changes its restriction or its fund.
_WITHIN = frozenset({str(_FREE), str(_BOUND), str(AccountCode.INTER_FUND)})


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An amount by restriction; `code` is the account without its restricted half."""

    code: str
    unrestricted: Money = ZERO
    restricted: Money = ZERO

    @property
    def total(self) -> Money:
        """Both together."""
        return self.unrestricted + self.restricted

    def __add__(self, other: ActivityLine) -> ActivityLine:
        return ActivityLine(
            self.code, self.unrestricted + other.unrestricted, self.restricted + other.restricted
        )

    def __sub__(self, other: ActivityLine) -> ActivityLine:
        return ActivityLine(
            self.code, self.unrestricted - other.unrestricted, self.restricted - other.restricted
        )


@dataclass(frozen=True, slots=True)
class Activities:
    """The statement of a period. `change` equals the difference of the balance sheets.

    `released` is what lost its restriction, as much less in one column as more in the other
    (ACC-04). `others` moved net assets past income and costs: opening balances, and income or
    costs of a closed year taken back.
    """

    period: Period
    income: tuple[ActivityLine, ...]
    costs: tuple[ActivityLine, ...]
    released: ActivityLine
    others: ActivityLine

    @property
    def total_income(self) -> ActivityLine:
        """All income."""
        return sum(self.income, start=ActivityLine(""))

    @property
    def total_costs(self) -> ActivityLine:
        """All costs."""
        return sum(self.costs, start=ActivityLine(""))

    @property
    def change(self) -> ActivityLine:
        """By how much net assets changed."""
        return self.total_income - self.total_costs + self.released + self.others


def activities(session: Session, book_id: int, period: Period) -> Activities:
    """The statement of activities of a book for any period."""
    rare = rare_transfers(session, book_id, period)
    changes = without_closings(turnovers(session, book_id, period), rare)
    income: dict[str, ActivityLine] = {}
    costs: dict[str, ActivityLine] = {}
    for code, change in sorted(changes.items()):
        head = head_of(code)
        match class_of(code):
            case AccountClass.INCOME if is_restricted(code):
                income[head] = _line(income, head) + ActivityLine(head, ZERO, -change)
            case AccountClass.INCOME:
                income[head] = _line(income, head) + ActivityLine(head, -change, ZERO)
            case AccountClass.COSTS:
                costs[head] = _line(costs, head) + ActivityLine(head, change, ZERO)
            case _:
                pass
    bound, free = (
        Money.total(-m for code, m in changes.items() if head_of(code) == net_assets)
        for net_assets in (_BOUND, _FREE)
    )
    adjusted = _adjusted(rare)
    lifted = adjusted - bound
    return Activities(
        period,
        tuple(income.values()),
        tuple(costs.values()),
        released=ActivityLine("", lifted, -lifted),
        others=ActivityLine("", free - lifted, adjusted),
    )


def _line(lines: dict[str, ActivityLine], head: str) -> ActivityLine:
    return lines.get(head, ActivityLine(head))


def _adjusted(rare: list[RareTransfer]) -> Money:
    """What restricted net assets got from, or gave to, accounts that are no net assets."""
    adjusted = ZERO
    for kind, debit, credit, amount in rare:
        if kind is EntryKind.CLOSING or {head_of(debit), head_of(credit)} <= _WITHIN:
            continue
        if head_of(credit) == _BOUND:
            adjusted += amount
        if head_of(debit) == _BOUND:
            adjusted -= amount
    return adjusted
