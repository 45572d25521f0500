"""What is planned, asked for, paid and done."""

from charity.spending.queries.budgets import (
    FundBudget,
    LineSpending,
    Progress,
    budget,
    budget_of_fund,
    budgets_of_book,
    charity_of_fund,
    deliverable,
    deliverable_progress,
    deliveries_of_budget,
    delivery,
    lines_with_spending,
    remaining_on_line,
)
from charity.spending.queries.cases import (
    case_of_budget,
    case_of_delivery,
    case_of_expense,
    organisations_of_person,
)
from charity.spending.queries.expenses import (
    PAID_SOURCE,
    expense,
    expense_by_entry_sources,
    expenses_of_fund,
    expenses_of_organisations,
    is_group,
    uses_of_voucher,
    voucher,
)
from charity.spending.queries.waiting import (
    waiting_for_acceptance,
    waiting_for_approval,
    waiting_for_payment,
)

__all__ = [
    "PAID_SOURCE",
    "FundBudget",
    "LineSpending",
    "Progress",
    "budget",
    "budget_of_fund",
    "budgets_of_book",
    "case_of_budget",
    "case_of_delivery",
    "case_of_expense",
    "charity_of_fund",
    "deliverable",
    "deliverable_progress",
    "deliveries_of_budget",
    "delivery",
    "expense",
    "expense_by_entry_sources",
    "expenses_of_fund",
    "expenses_of_organisations",
    "is_group",
    "lines_with_spending",
    "organisations_of_person",
    "remaining_on_line",
    "uses_of_voucher",
    "voucher",
    "waiting_for_acceptance",
    "waiting_for_approval",
    "waiting_for_payment",
]
