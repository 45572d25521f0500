"""The verbs of spending: plan, ask, agree, pay, deliver, accept."""

from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.services.budgets import draft_budget, open_for_fund, redraft_budget
from charity.spending.services.changing import (
    change_budget,
    decide_budget_change,
    withdraw_budget_change,
)
from charity.spending.services.deciding import approve_expense, pay_expense, return_expense
from charity.spending.services.deliveries import accept_delivery, report_delivery, return_delivery
from charity.spending.services.expenses import resubmit_expense, submit_expense
from charity.spending.services.households import Item, list_household
from charity.spending.services.programmes import Site, bind_site, open_programme

__all__ = [
    "DeliverableDraft",
    "Item",
    "LineDraft",
    "Site",
    "accept_delivery",
    "approve_expense",
    "bind_site",
    "change_budget",
    "decide_budget_change",
    "draft_budget",
    "list_household",
    "open_for_fund",
    "open_programme",
    "pay_expense",
    "redraft_budget",
    "report_delivery",
    "resubmit_expense",
    "return_delivery",
    "return_expense",
    "submit_expense",
    "withdraw_budget_change",
]
