"""The verbs of spending: plan, ask, agree, pay, deliver, accept."""

from charity.spending.intake import DeliverableDraft, LineDraft
from charity.spending.services.advances import add_advance_voucher, return_rest
from charity.spending.services.bank_files import (
    BankLine,
    make_bank_file,
    pay_bank_file,
    take_out_of_bank_file,
    withdraw_bank_file,
)
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
from charity.spending.services.looking import look_again
from charity.spending.services.programmes import Site, bind_site, open_programme
from charity.spending.services.reviewing import review_conflict
from charity.spending.services.village import meet_requirement, refuse_requirement

__all__ = [
    "BankLine",
    "DeliverableDraft",
    "Item",
    "LineDraft",
    "Site",
    "accept_delivery",
    "add_advance_voucher",
    "approve_expense",
    "bind_site",
    "change_budget",
    "decide_budget_change",
    "draft_budget",
    "list_household",
    "look_again",
    "make_bank_file",
    "meet_requirement",
    "open_for_fund",
    "open_programme",
    "pay_bank_file",
    "pay_expense",
    "redraft_budget",
    "refuse_requirement",
    "report_delivery",
    "resubmit_expense",
    "return_delivery",
    "return_expense",
    "return_rest",
    "review_conflict",
    "submit_expense",
    "take_out_of_bank_file",
    "withdraw_bank_file",
    "withdraw_budget_change",
]
