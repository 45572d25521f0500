"""Tables of spending: budgets, deliverables, deliveries, expenses, vouchers and payouts."""

from __future__ import annotations

from charity.spending.models.budgets import (
    BUDGET_CHANGE_TRANSITIONS,
    Budget,
    BudgetChange,
    BudgetChangePart,
    BudgetChangeState,
    BudgetLine,
    CostKind,
    Deliverable,
    Programme,
    SiteAllocation,
    SiteKind,
)
from charity.spending.models.deliveries import (
    DELIVERY_TRANSITIONS,
    Delivery,
    DeliveryState,
    Household,
    HouseholdDelivery,
    HouseholdItem,
)
from charity.spending.models.expenses import (
    EXPENSE_TRANSITIONS,
    Duty,
    Expense,
    ExpenseDuty,
    ExpenseState,
    PayeeAccount,
    PaymentBatch,
    PaymentBatchItem,
    PaymentKind,
    Payout,
    Voucher,
)

__all__ = [
    "BUDGET_CHANGE_TRANSITIONS",
    "DELIVERY_TRANSITIONS",
    "EXPENSE_TRANSITIONS",
    "Budget",
    "BudgetChange",
    "BudgetChangePart",
    "BudgetChangeState",
    "BudgetLine",
    "CostKind",
    "Deliverable",
    "Delivery",
    "DeliveryState",
    "Duty",
    "Expense",
    "ExpenseDuty",
    "ExpenseState",
    "Household",
    "HouseholdDelivery",
    "HouseholdItem",
    "PayeeAccount",
    "PaymentBatch",
    "PaymentBatchItem",
    "PaymentKind",
    "Payout",
    "Programme",
    "SiteAllocation",
    "SiteKind",
    "Voucher",
]
