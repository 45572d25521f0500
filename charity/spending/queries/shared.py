"""The selects the questions share: each thing with what is shown of it, and no more."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from charity.spending.models import Budget, BudgetLine, Deliverable, Delivery, Expense


def select_budgets() -> Select[Budget]:
    """Budgets with their lines and deliverables."""
    return select(Budget).options(selectinload(Budget.lines), selectinload(Budget.deliverables))


def select_expense_rows() -> Select[Expense]:
    """Expenses with what a list shows of them."""
    return select(Expense).options(
        joinedload(Expense.budget_line).joinedload(BudgetLine.budget),
        joinedload(Expense.deliverable),
        joinedload(Expense.payout),
    )


def select_expenses() -> Select[Expense]:
    """Expenses with what a page shows of them."""
    return select_expense_rows().options(selectinload(Expense.vouchers))


def select_deliveries() -> Select[Delivery]:
    """Deliveries with their deliverable and budget."""
    return select(Delivery).options(joinedload(Delivery.deliverable).joinedload(Deliverable.budget))
