"""What is planned, and what became of it: budget against actual, and work accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from charity.ledger.models import Book, Fund
from charity.money import ZERO, Money
from charity.rows import present
from charity.spending.models import (
    Budget,
    BudgetLine,
    Deliverable,
    Delivery,
    DeliveryState,
    Expense,
    ExpenseState,
)
from charity.spending.queries.shared import select_budgets, select_deliveries


def budget(session: Session, budget_id: int) -> Budget:
    """A budget with its lines and deliverables; raises `NotFound`."""
    return present(session.scalars(select_budgets().where(Budget.id == budget_id)).one_or_none())


def budget_of_fund(session: Session, fund_id: int) -> Budget | None:
    """The budget a fund was opened for; None for a fund without one."""
    return session.scalars(select_budgets().where(Budget.fund_id == fund_id)).one_or_none()


def deliverable(session: Session, deliverable_id: int) -> Deliverable:
    """A deliverable with its budget; raises `NotFound`."""
    query = (
        select(Deliverable)
        .where(Deliverable.id == deliverable_id)
        .options(joinedload(Deliverable.budget))
    )
    return present(session.scalars(query).one_or_none())


def charity_of_fund(session: Session, fund_id: int | None) -> int | None:
    """The organisation whose book the fund stands in: its people agree and pay (CHA-133)."""
    query = select(Book.organisation_id).join(Fund, Fund.book_id == Book.id)
    return session.scalar(query.where(Fund.id == fund_id))


@dataclass(frozen=True, slots=True)
class LineSpending:
    """A budget line and what is asked (waiting for agreement), agreed (unpaid) and spent of it."""

    line: BudgetLine
    spent: Money
    approved: Money
    submitted: Money

    @property
    def remaining(self) -> Money:
        """What may still be asked for."""
        return self.line.amount - self.spent - self.approved - self.submitted


def lines_with_spending(
    session: Session, budget_id: int, *, lines: Iterable[BudgetLine] | None = None
) -> list[LineSpending]:
    """The lines of a budget in their order, budget against actual, in two queries.

    In one where the caller has read the `lines` already.
    """
    sums = {
        (line_id, state): total
        for line_id, state, total in session.execute(
            select(Expense.budget_line_id, Expense.state, func.sum(Expense.amount))
            .join(Expense.budget_line)
            .where(BudgetLine.budget_id == budget_id)
            .group_by(Expense.budget_line_id, Expense.state)
        )
    }
    if lines is None:
        ordered = select(BudgetLine).where(BudgetLine.budget_id == budget_id)
        lines = session.scalars(ordered.order_by(BudgetLine.number))
    return [_spending_of(line, sums) for line in lines]


@dataclass(frozen=True, slots=True)
class FundBudget:
    """The budget of a fund, line by line, against what is asked, agreed and spent."""

    fund_id: int
    fund_name: str
    lines: list[LineSpending]


def budgets_of_book(session: Session, book_id: int) -> list[FundBudget]:
    """Every budget whose fund stands in a book, budget against actual, in two queries."""
    in_book = select(Fund.id).where(Fund.book_id == book_id)
    sums = {
        (line_id, state): total
        for line_id, state, total in session.execute(
            select(Expense.budget_line_id, Expense.state, func.sum(Expense.amount))
            .join(Expense.budget_line)
            .join(BudgetLine.budget)
            .where(Budget.fund_id.in_(in_book))
            .group_by(Expense.budget_line_id, Expense.state)
        )
    }
    found: dict[int, FundBudget] = {}
    for line, fund_id, fund_name in session.execute(
        select(BudgetLine, Fund.id, Fund.name)
        .join(BudgetLine.budget)
        .join(Fund, Fund.id == Budget.fund_id)
        .where(Fund.book_id == book_id)
        .order_by(Fund.id, BudgetLine.number)
    ):
        budget = found.setdefault(fund_id, FundBudget(fund_id, fund_name, []))
        budget.lines.append(_spending_of(line, sums))
    return list(found.values())


def _spending_of(line: BudgetLine, sums: dict[tuple[int, ExpenseState], Money]) -> LineSpending:
    return LineSpending(
        line,
        spent=sums.get((line.id, ExpenseState.PAID), ZERO),
        approved=sums.get((line.id, ExpenseState.APPROVED), ZERO),
        submitted=sums.get((line.id, ExpenseState.SUBMITTED), ZERO),
    )


def remaining_on_line(
    session: Session, budget_line_id: int, *, besides: int | None = None
) -> Money:
    """What may still be asked for on a line, leaving one expense (`besides`) out of the sum."""
    asked = select(func.sum(Expense.amount)).where(
        Expense.budget_line_id == budget_line_id, Expense.state != ExpenseState.RETURNED
    )
    if besides is not None:
        asked = asked.where(Expense.id != besides)
    planned = select(BudgetLine.amount).where(BudgetLine.id == budget_line_id)
    return (session.scalar(planned) or ZERO) - (session.scalar(asked) or ZERO)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deliverable is: units accepted, and units claimed that wait for acceptance."""

    deliverable: Deliverable
    claimed: int
    accepted: int

    @property
    def percent(self) -> int:
        """Accepted units in whole percent of the target, rounded down; may exceed 100."""
        return self.accepted * 100 // self.deliverable.target


def deliverable_progress(
    session: Session,
    budget_ids: Collection[int],
    *,
    deliverables: Iterable[Deliverable] | None = None,
) -> dict[int, list[Progress]]:
    """Every deliverable of these budgets, in two queries; claims are no progress.

    In one where the caller has read the `deliverables` already.
    """
    if not budget_ids:
        return {}
    sums = {
        (deliverable_id, state): int(units)
        for deliverable_id, state, units in session.execute(
            select(Delivery.deliverable_id, Delivery.state, func.sum(Delivery.units))
            .join(Delivery.deliverable)
            .where(Deliverable.budget_id.in_(budget_ids))
            .group_by(Delivery.deliverable_id, Delivery.state)
        )
    }
    progress: dict[int, list[Progress]] = {budget_id: [] for budget_id in budget_ids}
    if deliverables is None:
        of_these = select(Deliverable).where(Deliverable.budget_id.in_(budget_ids))
        deliverables = session.scalars(of_these.order_by(Deliverable.budget_id, Deliverable.number))
    for each in deliverables:
        claimed = sums.get((each.id, DeliveryState.CLAIMED), 0)
        accepted = sums.get((each.id, DeliveryState.ACCEPTED), 0)
        progress[each.budget_id].append(Progress(each, claimed, accepted))
    return progress


def delivery(session: Session, delivery_id: int) -> Delivery:
    """A delivery with its deliverable and budget; raises `NotFound`."""
    return present(
        session.scalars(select_deliveries().where(Delivery.id == delivery_id)).one_or_none()
    )


def deliveries_of_budget(session: Session, budget_id: int) -> list[Delivery]:
    """What was reported as done under a budget, the latest first."""
    query = select_deliveries().join(Delivery.deliverable).where(Deliverable.budget_id == budget_id)
    return list(session.scalars(query.order_by(Delivery.id.desc())))
