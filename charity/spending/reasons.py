"""Why spending is refused."""

from __future__ import annotations

from charity.errors import ReasonCode


class SpendingReason(ReasonCode):
    """Reasons of spending; parameters in brackets."""

    # budgets
    NO_LINES = "spending.no_lines"
    BUDGET_OPENED = "spending.budget_opened"
    BUDGET_NOT_OPENED = "spending.budget_not_opened"
    FUND_HAS_BUDGET = "spending.fund_has_budget"
    OTHER_BUDGET = "spending.other_budget"
    #: (difference: Money) lines or shares no longer add up to the whole.
    SUM_CHANGES = "spending.sum_changes"
    NOTHING_CHANGES = "spending.nothing_changes"
    #: (line: str, least: Money) less than is asked for on the line already.
    BELOW_ASKED = "spending.below_asked"
    CHANGE_WAITS = "spending.change_waits"
    #: (amount: Money) unit cost times quantity is another sum.
    UNIT_COST_TIMES = "spending.unit_cost_times"

    # programmes and households
    SITE_COUNT = "spending.site_count"
    SITE_UNKNOWN = "spending.site_unknown"
    SITE_TWICE = "spending.site_twice"
    SITE_BOUND = "spending.site_bound"
    OTHER_PLACE = "spending.other_place"
    BEYOND_SHARE = "spending.beyond_share"
    NAME_NOT_MASKED = "spending.name_not_masked"
    HOUSEHOLDS_AND_UNITS = "spending.households_and_units"
    HOUSEHOLD_REPORTED = "spending.household_reported"
    ITEM_COUNT = "spending.item_count"

    # expenses
    #: (remaining: Money) more than is left on the budget line.
    LINE_EXCEEDED = "spending.line_exceeded"
    UNITS_REQUIRED = "spending.units_required"
    UNITS_WITHOUT_DELIVERABLE = "spending.units_without_deliverable"
    #: (minimum: int, maximum: int) digits of an account number.
    PAYEE_ACCOUNT = "spending.payee_account"
    IN_FUTURE = "spending.in_future"
    #: AUD-06: this payee's voucher is already asked for on the same line.
    VOUCHER_USED = "spending.voucher_used"
    #: (agreed_on: date) money may not leave before two persons agreed.
    PAID_BEFORE_AGREED = "spending.paid_before_agreed"
    REFERENCE_USED = "spending.reference_used"

    # who may
    #: This person already has another duty on the expense, or is on the other side of the budget.
    OTHER_DUTY = "spending.other_duty"
    #: Work is accepted by others than the organisation that does it.
    OWN_ORGANISATION = "spending.own_organisation"
    UNITS_RANGE = "spending.units_range"

    # pictures
    PICTURE_REQUIRED = "spending.picture_required"
    #: (limit: int) pictures of one expense.
    PICTURE_COUNT = "spending.picture_count"
