"""Who may spend, agree, pay and accept: different persons, on different sides.

Persons count, not accounts. The doing organisation submits; the charity that owns the book agrees
(two persons) and pays (a third); the village or another organisation accepts the work. Who has
spent from a budget accepts nothing of it, and who has accepted spends nothing. The tables
(`expense_duty`, `approval_decision`, `delivery`) refuse the same things once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from charity.actor import ROLE_PERMISSIONS, Actor, Grant, Permission, Verdict
from charity.approvals.models import ApprovalRequest
from charity.approvals.policy import may_decide
from charity.errors import CommonReason
from charity.registry.models import OrganisationKind
from charity.spending.models import (
    Budget,
    BudgetChange,
    Delivery,
    DeliveryState,
    Duty,
    Expense,
    ExpenseState,
)
from charity.spending.paying_reasons import PayingReason
from charity.spending.reasons import SpendingReason

#: A village's own organisations: they do its projects, and receive its money (VIL-02).
VILLAGE_KINDS = frozenset(
    {OrganisationKind.VILLAGE_COLLECTIVE, OrganisationKind.GRASSROOTS_COMMITTEE}
)


@dataclass(frozen=True, slots=True)
class BudgetCase:
    """A budget with what decides who may do something about its money."""

    budget: Budget
    #: The organisation that owns the fund's book; None before a fund is opened.
    charity_id: int | None
    #: Persons who decided about deliveries of the budget.
    acceptors: frozenset[int] = frozenset()
    #: Persons who submitted or paid an expense of the budget.
    spenders: frozenset[int] = frozenset()
    #: Whether its money is a village's, which leaves only as the village decided (VIL-02).
    is_village: bool = False


@dataclass(frozen=True, slots=True)
class ExpenseCase:
    """An expense with what decides who may do something about it."""

    expense: Expense
    budget: BudgetCase
    #: Which duty each person has had on it.
    duties: Mapping[int, Duty]
    request: ApprovalRequest | None
    #: The person who is paid, where one with a known identity is.
    payee_person_id: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryCase:
    """A delivery with what decides who may accept it."""

    delivery: Delivery
    budget: BudgetCase
    #: Organisations the asking person belongs to, through any account.
    member_of: frozenset[int]


def may_draft_budget(actor: Actor, organisation_id: int) -> Verdict:
    """Who edits an organisation's projects writes their budgets."""
    if actor.is_system or actor.holds(Permission.PROJECT_EDIT, organisation_id=organisation_id):
        return Verdict.yes()
    return Verdict.no()


def may_open_budget(actor: Actor, budget: Budget) -> Verdict:
    """A reviewer who is no member of the doing organisation binds the budget to its fund."""
    if actor.is_system:
        return Verdict.yes()
    if budget.organisation_id in actor.organisation_ids:
        return Verdict.no(SpendingReason.OWN_ORGANISATION)
    return Verdict.yes() if actor.holds_anywhere(Permission.PROJECT_REVIEW) else Verdict.no()


def may_change_budget(actor: Actor, case: BudgetCase) -> Verdict:
    """The doing organisation's people move money between lines of a budget that is open."""
    if not actor.holds(Permission.PROJECT_EDIT, organisation_id=case.budget.organisation_id):
        return _refused(actor)
    if case.charity_id is None:
        return Verdict.no(SpendingReason.BUDGET_NOT_OPENED)
    return Verdict.yes()


def may_decide_change(actor: Actor, case: BudgetCase, change: BudgetChange) -> Verdict:
    """An approver of the charity who did not ask for the change and works for nobody it pays."""
    if not _in_charity(actor, case, Permission.EXPENSE_APPROVE):
        return _refused(actor)
    if actor.person_id == change.asker_person_id:
        return Verdict.no(CommonReason.SAME_PERSON)
    if case.budget.organisation_id in actor.organisation_ids - {case.charity_id}:
        return Verdict.no(SpendingReason.OWN_ORGANISATION)
    return Verdict.yes()


def may_manage_programme(actor: Actor, funder_id: int) -> Verdict:
    """The funder's treasurer."""
    if actor.is_system or actor.holds(Permission.PROGRAMME_MANAGE, organisation_id=funder_id):
        return Verdict.yes()
    return _refused(actor)


def may_submit_expense(actor: Actor, case: BudgetCase) -> Verdict:
    """The doing organisation's people, unless this person accepts the work of this budget."""
    if not actor.holds(Permission.EXPENSE_SUBMIT, organisation_id=case.budget.organisation_id):
        return _refused(actor)
    if actor.person_id in case.acceptors:
        return Verdict.no(SpendingReason.OTHER_DUTY)
    if case.charity_id is None:
        return Verdict.no(SpendingReason.BUDGET_NOT_OPENED)
    return Verdict.yes()


def may_resubmit(actor: Actor, case: ExpenseCase) -> Verdict:
    """Who may submit may correct it until it is agreed to, unless they decided about it."""
    verdict = may_submit_expense(actor, case.budget)
    if not verdict:
        return verdict
    if _holds_other(actor, case, Duty.SUBMIT):
        return Verdict.no(SpendingReason.OTHER_DUTY)
    if case.expense.state not in (ExpenseState.SUBMITTED, ExpenseState.RETURNED):
        return Verdict.no(CommonReason.WRONG_STATE)
    return Verdict.yes()


def may_approve(actor: Actor, case: ExpenseCase) -> Verdict:
    """An approver of the charity who did not submit it, pay it or already decide (A1)."""
    if not _in_charity(actor, case.budget, Permission.EXPENSE_APPROVE):
        return _refused(actor)
    if _holds_other(actor, case, Duty.APPROVE):
        return Verdict.no(CommonReason.SAME_PERSON)
    if is_payee(actor, case):
        return Verdict.no(PayingReason.OWN_PAYMENT)
    if case.expense.state is not ExpenseState.SUBMITTED:
        return Verdict.no(CommonReason.WRONG_STATE)
    return may_decide(actor, case.request)


def may_return(actor: Actor, case: ExpenseCase) -> Verdict:
    """While asked, an approver refuses it; once agreed, approvers and treasurers recall it."""
    if case.expense.state is not ExpenseState.APPROVED:
        return may_approve(actor, case)
    approves = _in_charity(actor, case.budget, Permission.EXPENSE_APPROVE)
    if not approves and not _in_charity(actor, case.budget, Permission.EXPENSE_PAY):
        return _refused(actor)
    if case.duties.get(actor.person_id or 0) is Duty.SUBMIT:
        return Verdict.no(CommonReason.SAME_PERSON)
    return Verdict.yes()


def may_take_back(actor: Actor, case: ExpenseCase) -> Verdict:
    """A treasurer of the charity books what of a payment came back."""
    if not _in_charity(actor, case.budget, Permission.EXPENSE_PAY):
        return _refused(actor)
    if case.expense.state is not ExpenseState.PAID:
        return Verdict.no(CommonReason.WRONG_STATE)
    return Verdict.yes()


def may_pay(actor: Actor, case: ExpenseCase) -> Verdict:
    """A treasurer of the charity who neither submitted nor approved it, nor accepts the work."""
    if not _in_charity(actor, case.budget, Permission.EXPENSE_PAY):
        return _refused(actor)
    if _holds_other(actor, case, Duty.PAY):
        return Verdict.no(CommonReason.SAME_PERSON)
    if is_payee(actor, case):
        return Verdict.no(PayingReason.OWN_PAYMENT)
    if actor.person_id in case.budget.acceptors:
        return Verdict.no(SpendingReason.OTHER_DUTY)
    if case.expense.state is not ExpenseState.APPROVED:
        return Verdict.no(CommonReason.WRONG_STATE)
    return Verdict.yes()


def may_see_expense(actor: Actor, case: ExpenseCase) -> Verdict:
    """Paid expenses are public; before that its organisation, the charity's people and auditors."""
    if case.expense.state is ExpenseState.PAID or actor.is_system:
        return Verdict.yes()
    if case.budget.budget.organisation_id in actor.organisation_ids:
        return Verdict.yes()
    spending = (Permission.EXPENSE_APPROVE, Permission.EXPENSE_PAY, Permission.BOOK_READ)
    if any(_in_charity(actor, case.budget, permission) for permission in spending):
        return Verdict.yes()
    if case.budget.is_village and (accepts_for(actor, case.budget) or reviews_for(actor, case)):
        # who says for the village, or for the county, that it may be paid
        return Verdict.yes()
    return Verdict.absent()


def accepts_for(actor: Actor, case: BudgetCase) -> bool:
    """Whether the person speaks for the place where the work is done."""
    return any(
        grant.region_code is not None
        and Permission.DELIVERY_ACCEPT in ROLE_PERMISSIONS[grant.role]
        and case.budget.region_code.startswith(grant.region_code)
        for grant in actor.grants
    )


def reviews_for(actor: Actor, case: ExpenseCase) -> bool:
    """Whether the person reviews projects and belongs not to the doing organisation."""
    if case.budget.budget.organisation_id in actor.organisation_ids:
        return False
    return actor.holds_anywhere(Permission.PROJECT_REVIEW)


def is_payee(actor: Actor, case: ExpenseCase) -> bool:
    """Whether the money goes to this very person."""
    return actor.person_id is not None and actor.person_id == case.payee_person_id


def may_see_voucher(actor: Actor, case: ExpenseCase) -> Verdict:
    """The evidence is seen by whoever may see the expense."""
    return may_see_expense(actor, case)


def may_see_account(actor: Actor, case: ExpenseCase) -> Verdict:
    """The payee's whole account number is for the treasurer who pays to it."""
    treasurer = _in_charity(actor, case.budget, Permission.EXPENSE_PAY)
    return Verdict.yes() if treasurer else Verdict.no()


def may_write_bank_file(actor: Actor, charity_id: int) -> Verdict:
    """A treasurer of the charity writes what the bank pays."""
    if actor.holds(Permission.BANK_FILE, organisation_id=charity_id):
        return Verdict.yes()
    return _refused(actor)


def may_see_bank_file(actor: Actor, charity_id: int) -> Verdict:
    """Bank files are the charity's own: its treasurers, approvers and auditors."""
    rights = (Permission.BANK_FILE, Permission.BOOK_READ)
    if any(actor.holds(right, organisation_id=charity_id) for right in rights):
        return Verdict.yes()
    return Verdict.absent()


def may_report_delivery(actor: Actor, case: BudgetCase) -> Verdict:
    """The doing organisation's people say what is done."""
    if not actor.holds(Permission.DELIVERY_REPORT, organisation_id=case.budget.organisation_id):
        return _refused(actor)
    if case.charity_id is None:
        return Verdict.no(SpendingReason.BUDGET_NOT_OPENED)
    return Verdict.yes()


def may_accept(actor: Actor, case: DeliveryCase) -> Verdict:
    """The village's acceptor or another organisation's reviewer; not who claimed or spent."""
    budget = case.budget.budget
    if not any(_reaches(grant, budget) for grant in actor.grants):
        return _refused(actor)
    if budget.organisation_id in actor.organisation_ids | case.member_of:
        return Verdict.no(SpendingReason.OWN_ORGANISATION)
    if actor.person_id is None or actor.person_id == case.delivery.claimed_by_person_id:
        return Verdict.no(CommonReason.SAME_PERSON)
    if actor.person_id in case.budget.spenders:
        return Verdict.no(SpendingReason.OTHER_DUTY)
    if case.delivery.state is not DeliveryState.CLAIMED:
        return Verdict.no(CommonReason.WRONG_STATE)
    return Verdict.yes()


def _reaches(grant: Grant, budget: Budget) -> bool:
    """Whether a role of accepting is held over the place, or in another organisation."""
    if Permission.DELIVERY_ACCEPT not in ROLE_PERMISSIONS[grant.role]:
        return False
    if grant.region_code is not None:
        return budget.region_code.startswith(grant.region_code)
    return grant.organisation_id != budget.organisation_id


def _in_charity(actor: Actor, case: BudgetCase, permission: Permission) -> bool:
    return case.charity_id is not None and actor.holds(permission, organisation_id=case.charity_id)


def _holds_other(actor: Actor, case: ExpenseCase, duty: Duty) -> bool:
    """Whether this person has had another duty on the expense (or is no person at all)."""
    if actor.person_id is None:
        return True
    return case.duties.get(actor.person_id, duty) is not duty


def _refused(actor: Actor) -> Verdict:
    return Verdict.no() if actor.is_signed_in else Verdict.no(CommonReason.SIGN_IN_FIRST)
