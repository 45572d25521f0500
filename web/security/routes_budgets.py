"""The policy table's section of budgets, programmes and households (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, Answer, act, form, holders, page

_CHANGERS = holders(Permission.PROJECT_EDIT, other_staff=Answer.REFUSED)
_KEEPERS = holders(Permission.PROGRAMME_MANAGE)

BUDGETS = (
    page("budgets.budget", PUBLIC, project_id="published_project"),
    act("budgets.budget", _CHANGERS, project_id="published_project"),
    act(
        "budgets.agree",
        holders(Permission.EXPENSE_APPROVE),
        project_id="published_project",
        change_id="budget_change",
    ),
    act(
        "budgets.refuse",
        holders(Permission.EXPENSE_APPROVE),
        project_id="published_project",
        change_id="budget_change",
    ),
    act("budgets.withdraw", _CHANGERS, project_id="published_project", change_id="budget_change"),
    page(
        "budgets.households", PUBLIC, project_id="published_project", deliverable_id="deliverable"
    ),
    act(
        "budgets.households",
        holders(Permission.DELIVERY_REPORT, other_staff=Answer.REFUSED),
        project_id="published_project",
        deliverable_id="deliverable",
    ),
    page("budgets.programmes", PUBLIC),
    page("budgets.programme", PUBLIC, programme_id="programme"),
    form("budgets.new", _KEEPERS),
    form("budgets.bind", _KEEPERS, site_id="site"),
)
