"""Who may say that a requirement of an expense is met: each kind has its own side.

The village speaks for its decision, the county's reviewer for the county, the doing organisation
brings evidence, the charity's approver looks at vouchers of an advance. Notices, conflict reviews,
accepted work and resting accounts are met by their own acts, never here.
"""

from __future__ import annotations

from dataclasses import dataclass

from charity.actor import Actor, Permission, Verdict
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.errors import CommonReason
from charity.spending.models import Duty
from charity.spending.paying_reasons import PayingReason
from charity.spending.policy import ExpenseCase, accepts_for, is_payee, reviews_for
from charity.spending.reasons import SpendingReason

#: Kinds somebody meets with words and a paper.
BY_HAND = frozenset(
    {
        RequirementKind.VILLAGE_DECISION,
        RequirementKind.COUNTY_APPROVAL,
        RequirementKind.EVIDENCE,
        RequirementKind.ADVANCE_SETTLED,
        RequirementKind.JUDGED_BY_HAND,
    }
)
#: Kinds that are nothing without their paper: the minutes, the photographs.
WITH_PAPER = frozenset({RequirementKind.VILLAGE_DECISION, RequirementKind.EVIDENCE})
#: Kinds that may be refused: somebody looked and said no.
REFUSABLE = BY_HAND - {RequirementKind.EVIDENCE}


@dataclass(frozen=True, slots=True)
class MeetingCase:
    """A requirement of an expense, with who met the others."""

    expense: ExpenseCase
    requirement: Requirement
    #: Who met the other requirements of the expense by hand.
    others_met_by: frozenset[int]


def may_meet(actor: Actor, case: MeetingCase) -> Verdict:
    """Whether this person may say that it is met, or that it cannot be."""
    kind = case.requirement.kind
    if kind not in BY_HAND or not _has_the_part(actor, case.expense, kind):
        return Verdict.no() if actor.is_signed_in else Verdict.no(CommonReason.SIGN_IN_FIRST)
    if actor.person_id is None:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    if kind is not RequirementKind.EVIDENCE:
        verdict = _unconcerned(actor, case)
        if not verdict:
            return verdict
    if case.requirement.state is not RequirementState.OPEN:
        return Verdict.no(CommonReason.WRONG_STATE)
    return Verdict.yes()


def _has_the_part(actor: Actor, case: ExpenseCase, kind: RequirementKind) -> bool:
    budget = case.budget
    if kind is RequirementKind.VILLAGE_DECISION:
        return accepts_for(actor, budget)
    if kind is RequirementKind.COUNTY_APPROVAL:
        return reviews_for(actor, case)
    if kind is RequirementKind.EVIDENCE:
        return actor.holds(Permission.EXPENSE_SUBMIT, organisation_id=budget.budget.organisation_id)
    return budget.charity_id is not None and actor.holds(
        Permission.EXPENSE_APPROVE, organisation_id=budget.charity_id
    )


def _unconcerned(actor: Actor, case: MeetingCase) -> Verdict:
    """Who asked for the money, paid it or receives it says nothing about it (A1)."""
    if actor.person_id is None or is_payee(actor, case.expense):
        return Verdict.no(PayingReason.OWN_PAYMENT)
    if case.expense.duties.get(actor.person_id) in (Duty.SUBMIT, Duty.PAY):
        return Verdict.no(SpendingReason.OTHER_DUTY)
    village = {RequirementKind.VILLAGE_DECISION, RequirementKind.COUNTY_APPROVAL}
    if case.requirement.kind in village and actor.person_id in case.others_met_by:
        return Verdict.no(PayingReason.OTHER_MET_BY_SAME)
    return Verdict.yes()
