"""The verbs of spending: plan, ask, agree, pay, deliver, accept."""

from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.services.budgets import draft_budget, open_for_fund, redraft_budget
from charity.spending.services.deciding import approve_expense, pay_expense, return_expense
from charity.spending.services.deliveries import accept_delivery, report_delivery, return_delivery
from charity.spending.services.expenses import resubmit_expense, submit_expense

__all__ = [
    "DeliverableDraft",
    "LineDraft",
    "accept_delivery",
    "approve_expense",
    "draft_budget",
    "open_for_fund",
    "pay_expense",
    "redraft_budget",
    "report_delivery",
    "resubmit_expense",
    "return_delivery",
    "return_expense",
    "submit_expense",
]
