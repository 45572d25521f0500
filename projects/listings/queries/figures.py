"""Sums over projects: the flow of one, what was paid lately, the totals of a year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, cast, distinct, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from charity.base import BigId
from charity.ledger import queries as ledger
from charity.ledger.models import (
    Entry,
    IncomeSource,
    Inflow,
    InflowGiver,
    Line,
    Outflow,
    OutflowKind,
)
from charity.money import ZERO, Money
from charity.rows import present
from charity.spending.models import BudgetLine, Expense, Payout, Voucher
from projects.listings.flow import Part
from projects.listings.models import Project

#: A giver's row may be deleted; the money stays in the picture.
UNKNOWN_GIVER = "unknown"
FEES = "fees"
UNSPENT = "unspent"
HELD = "held"
#: Money another fund granted to the project's, and money that left it otherwise than by paying.
GRANTED_IN, GRANTED_OUT, REFUNDED, OTHER_COSTS = "granted_in", "granted_out", "refunded", "costs"


@dataclass(frozen=True, slots=True)
class Use:
    """Money that left the fund for one payee under one budget line, in `count` payments."""

    line_id: int
    line_name: str
    payee_name: str
    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class Flow:
    """All money of a project: Σ sources = Σ uses + fees + others + unspent, to the fen.

    What of a payment came back is not part of its use, nor a source.
    """

    sources: tuple[Part, ...]
    uses: tuple[Use, ...]
    fees: Money
    unspent: Money
    #: Granted to other funds, refunded, paid without an expense of this site.
    others: tuple[Part, ...] = ()

    @property
    def raised(self) -> Money:
        """What came in."""
        return Money(sum(part.amount for part in self.sources))

    def by_line(self) -> tuple[Part, ...]:
        """Uses by budget line (`line:<id>`), then fees and what is left."""
        sums: dict[int, tuple[int, int]] = {}
        for use in self.uses:
            amount, count = sums.get(use.line_id, (0, 0))
            sums[use.line_id] = (amount + use.amount.fen, count + use.count)
        return (*(Part(f"line:{i}", a, "", n) for i, (a, n) in sums.items()), *self._rest())

    def by_payee(self) -> tuple[Part, ...]:
        """Uses by budget line and payee (`use:<position in uses>`), then fees and what is left."""
        paid = (Part(f"use:{i}", u.amount.fen, "", u.count) for i, u in enumerate(self.uses))
        return (*paid, *self._rest())

    def _rest(self) -> tuple[Part, ...]:
        return Part(FEES, self.fees.fen), *self.others, Part(UNSPENT, self.unspent.fen, HELD)


@dataclass(frozen=True, slots=True)
class Payment:
    """A paid expense with the project it belongs to and the number of gifts that paid it."""

    expense_id: int
    project_id: int
    project_title: str
    title: str
    amount: Money
    paid_on: date
    gifts: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole site in figures; money and gifts are those of one year."""

    year: int
    raised: Money
    gifts: int
    spent: Money
    #: What of `spent` has a voucher picture anyone may open.
    evidenced: Money
    #: Published so far, in every year, and the places they are for.
    projects: int
    places: int


def flow_of_project(session: Session, project_id: int) -> Flow:
    """Sources by kind of giver, uses by line and payee; raises `NotFound`.

    Uses are read before sources: a gift that comes between the two is then only unspent, and no
    use is ever larger than what is known to have come in.
    """
    project = present(session.get(Project, project_id, options=[joinedload(Project.budget)]))
    if project.budget.fund_id is None:
        return Flow((), (), ZERO, ZERO)
    uses, others = _uses(session, project.budget.fund_id)
    sources = _sources(session, project.budget.fund_id)
    came = sum(part.amount for part in sources)
    left = sum(use.amount.fen for use in uses) + sum(others.values())
    fees = Money(others.pop(FEES, 0))
    rest = tuple(Part(key, fen) for key, fen in others.items())
    return Flow(sources, uses, fees, Money(came - left), rest)


def uses_of_fund(session: Session, fund_id: int) -> tuple[Use, ...]:
    """What a fund paid by budget line and payee, in the order of the lines."""
    return _uses(session, fund_id)[0]


#: What an outflow without an expense of this site is called in the picture.
_LEFT_AS = {
    OutflowKind.FEE: FEES,
    OutflowKind.GRANT: GRANTED_OUT,
    OutflowKind.REFUND: REFUNDED,
    OutflowKind.REVERSAL: REFUNDED,
    OutflowKind.EXPENSE: OTHER_COSTS,
}


def _uses(session: Session, fund_id: int) -> tuple[tuple[Use, ...], dict[str, int]]:
    """Uses by line and payee, and the fen that left otherwise; each less what came back."""
    net = func.sum(cast(Outflow.amount, BigId) - _came_back(fund_id))
    rows = session.execute(
        select(Outflow.kind, BudgetLine.id, BudgetLine.name, Expense.payee_name, net, func.count())
        .select_from(Outflow)
        .outerjoin(Payout, Payout.entry_id == Outflow.entry_id)
        .outerjoin(Expense, Expense.id == Payout.expense_id)
        .outerjoin(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .where(Outflow.fund_id == fund_id, Outflow.kind != OutflowKind.MOVE)
        .group_by(
            Outflow.kind, BudgetLine.id, BudgetLine.number, BudgetLine.name, Expense.payee_name
        )
        .order_by(BudgetLine.number, net.desc(), Expense.payee_name)
    )
    uses: list[Use] = []
    others: dict[str, int] = defaultdict(int)
    for kind, line_id, line_name, payee_name, fen, count in rows:
        if line_id:
            uses.append(Use(line_id, line_name, payee_name, Money(int(fen)), count))
        else:
            others[_LEFT_AS[kind]] += int(fen)
    return tuple(uses), others


def _came_back(fund_id: int) -> ColumnElement[int]:
    """The fen of an outflow that returned to the same fund."""
    query = (
        select(func.coalesce(func.sum(cast(Inflow.amount, BigId)), 0))
        .join(Line, Line.id == Inflow.line_id)
        .where(Inflow.origin_outflow_id == Outflow.id, Line.fund_id == fund_id)
    )
    return query.correlate(Outflow).scalar_subquery()


def _sources(session: Session, fund_id: int) -> tuple[Part, ...]:
    """What came from givers, by kind, and from other funds; largest first."""
    origin = aliased(Outflow)
    name = case(
        (origin.id.is_not(None), GRANTED_IN),
        else_=func.coalesce(InflowGiver.giver_kind, UNKNOWN_GIVER),
    )
    rows = session.execute(
        select(name, func.sum(Inflow.amount))
        .select_from(Inflow)
        .join(Line, Line.id == Inflow.line_id)
        .outerjoin(InflowGiver, InflowGiver.inflow_id == Inflow.id)
        .outerjoin(origin, origin.id == Inflow.origin_outflow_id)
        .where(Line.fund_id == fund_id, func.coalesce(origin.fund_id, 0) != fund_id)
        .group_by(name)
    )
    parts = [Part(key, amount.fen) for key, amount in rows]
    return tuple(sorted(parts, key=lambda part: (-part.amount, part.key)))


def recent_spending(session: Session, limit: int) -> list[Payment]:
    """The latest paid expenses of published projects, newest first."""
    rows = session.execute(
        select(Expense, Project.id, Project.title, Payout.paid_on, Outflow.id)
        .join(Payout, Payout.expense_id == Expense.id)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Project, Project.budget_id == BudgetLine.budget_id)
        .join(Outflow, Outflow.entry_id == Payout.entry_id)
        .where(Project.public_ones())
        .order_by(Payout.paid_on.desc(), Payout.expense_id.desc())
        .limit(limit)
    ).all()
    gifts = ledger.gifts_behind(session, [row[4] for row in rows])
    return [
        Payment(e.id, project_id, title, e.title, e.amount, paid_on, gifts.get(outflow_id, 0))
        for e, project_id, title, paid_on, outflow_id in rows
    ]


def totals(session: Session, year: int) -> Totals:
    """The figures of the home page; a year is one of China's calendar."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    gifts, raised = session.execute(
        select(func.count(), func.sum(Inflow.amount))
        .join(Entry, Entry.id == Inflow.entry_id)
        .where(Inflow.income == IncomeSource.DONATION, Entry.occurred_on.between(first, last))
    ).one()
    spent: dict[bool, Money] = defaultdict(lambda: ZERO)
    shown = exists().where(Voucher.expense_id == Payout.expense_id)
    for has_voucher, amount in session.execute(
        select(shown, func.sum(Outflow.amount))
        .select_from(Outflow)
        .join(Entry, Entry.id == Outflow.entry_id)
        .join(Payout, Payout.entry_id == Entry.id)
        .where(Outflow.kind == OutflowKind.EXPENSE, Entry.occurred_on.between(first, last))
        .group_by(shown)
    ):
        spent[bool(has_voucher)] += amount
    projects, places = session.execute(
        select(func.count(), func.count(distinct(Project.region_code))).where(Project.public_ones())
    ).one()
    return Totals(
        year, raised or ZERO, gifts, spent[True] + spent[False], spent[True], projects, places
    )
