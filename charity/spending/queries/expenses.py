"""What was asked for, with its evidence and its payment."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from charity.rows import present
from charity.spending.models import Budget, BudgetLine, Expense, ExpenseState, Voucher
from charity.spending.queries.shared import select_expenses

#: The source an entry of the book has when it pays an expense.
PAID_SOURCE = "expense:{id}:paid"
_PAID_SOURCE = re.compile(r"expense:(\d{1,18}):paid", re.ASCII)


def expense(session: Session, expense_id: int) -> Expense:
    """An expense with its line, deliverable, vouchers, duties and payout; raises `NotFound`."""
    return present(session.scalars(select_expenses().where(Expense.id == expense_id)).one_or_none())


def expenses_of_fund(
    session: Session, fund_id: int, states: Collection[ExpenseState] | None = None
) -> list[Expense]:
    """The expenses of a fund (in some states, or all), the latest first."""
    query = select_expenses().join(Expense.budget_line).join(BudgetLine.budget)
    query = query.where(Budget.fund_id == fund_id).order_by(Expense.id.desc())
    if states is not None:
        query = query.where(Expense.state.in_(states))
    return list(session.scalars(query))


def expenses_of_organisations(
    session: Session,
    organisation_ids: Collection[int],
    states: Collection[ExpenseState],
    *,
    limit: int = 200,
) -> list[Expense]:
    """What these organisations asked for and is in one of the states, the oldest first."""
    query = select_expenses().join(Expense.budget_line).join(BudgetLine.budget)
    query = query.where(Budget.organisation_id.in_(organisation_ids), Expense.state.in_(states))
    return list(session.scalars(query.order_by(Expense.id).limit(limit)))


def expense_by_entry_sources(session: Session, sources: Iterable[str]) -> dict[str, Expense]:
    """The expense that each of these entries of the book paid; other sources are left out."""
    ids = {int(match[1]): source for source in sources if (match := _PAID_SOURCE.fullmatch(source))}
    if not ids:
        return {}
    paid = session.scalars(select_expenses().where(Expense.id.in_(ids)))
    return {ids[each.id]: each for each in paid}


def voucher(session: Session, voucher_id: int) -> Voucher:
    """A voucher with its expense; raises `NotFound`."""
    query = (
        select(Voucher)
        .where(Voucher.id == voucher_id)
        .options(joinedload(Voucher.expense).joinedload(Expense.budget_line))
    )
    return present(session.scalars(query).one_or_none())


def uses_of_voucher(session: Session, wanted: Expense) -> int:
    """How many other expenses of the line, not sent back, name this payee's voucher."""
    same = select(func.count()).where(
        Expense.budget_line_id == wanted.budget_line_id,
        Expense.payee_name == wanted.payee_name,
        Expense.voucher_number == wanted.voucher_number,
        Expense.state != ExpenseState.RETURNED,
    )
    if wanted.id is not None:
        same = same.where(Expense.id != wanted.id)
    return session.scalar(same) or 0
