"""What pages of related parties show: the roster with its findings, a payment and its touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Verdict
from charity.approvals import policy as approving
from charity.approvals import queries as approvals
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.approvals.touching import read_back
from charity.registry import queries, rosters
from charity.registry.models import OrganisationKind, RelatedParty
from charity.rows import present
from charity.spending import queries as spending
from charity.spending.models import Expense
from charity.spending.policy import ExpenseCase
from web.filters import day, mask_account, mask_name
from web.labels import label, sentence

_KIND = RequirementKind.CONFLICT_REVIEW


@dataclass(frozen=True)
class ReviewCase:
    """One payment and the review it waits for."""

    case: ExpenseCase
    requirement: Requirement

    @property
    def expense(self) -> Expense:
        """The payment itself."""
        return self.case.expense

    @property
    def organisation_ids(self) -> list[int]:
        """The organisations on its two sides."""
        ids = (self.case.budget.charity_id, self.case.budget.budget.organisation_id)
        return [each for each in ids if each is not None]

    def shown(self, session: Session) -> dict[str, Any]:
        """What the page says: the facts of the payment, and whom it touches by which marks."""
        expense = self.expense
        sides = [queries.organisation(session, each).name for each in self.organisation_ids]
        return {
            "expense": expense,
            "facts": [
                (_("金额"), expense.amount),
                (_("收款方"), expense.payee_name),
                (_("对方账号"), mask_account(expense.payee_account)),
                (_("有关单位"), _("、").join(dict.fromkeys(sides))),
                (_("依据"), self.requirement.rule_id),
                (_("提出审查"), day(clock.day_of(self.requirement.opened_at))),
            ],
            "touches": _touches(session, self.requirement),
            "decided": self.requirement
            if self.requirement.state is not RequirementState.OPEN
            else None,
        }


def roster_context(session: Session, organisation_id: int) -> dict[str, Any]:
    """The roster and what it says about council and pay."""
    organisation = queries.organisation(session, organisation_id)
    roster = queries.related_parties(session, organisation_id)
    today = clock.today()
    registrar = organisation.registrar_code or organisation.region_code
    findings = rosters.governance_findings(
        roster, on=today, provincial=len(registrar) == 2 or registrar.endswith("0000")
    )
    findings += rosters.pay_findings(
        roster, on=today, is_foundation=organisation.kind is OrganisationKind.FOUNDATION
    )
    return {
        "organisation": organisation,
        "roster": roster,
        "notes": {party.id: _marks_of(party) for party in roster},
        "findings": [
            (sentence(finding.reason, finding.params), finding.rule_id) for finding in findings
        ],
    }


def waiting(session: Session) -> list[Expense]:
    """The payments that wait for a review, the longest waiting first."""
    asked = approvals.open_requirements(session, kinds=[_KIND])
    ids = [int(each.subject.partition(":")[2]) for each in asked if _is_expense(each)]
    return [spending.expense(session, expense_id) for expense_id in ids]


def review_case(session: Session, expense_id: int) -> ReviewCase:
    """One payment with its review; raises `NotFound` where none was asked."""
    expense = spending.expense(session, expense_id)
    asked = approvals.requirements(session, expense.subject)
    wanted = next((each for each in asked if each.kind is _KIND), None)
    return ReviewCase(spending.case_of_expense(session, expense), present(wanted))


def may_review(actor: Actor, case: ReviewCase) -> Verdict:
    """Whether this reviewer is unconcerned."""
    persons = {*case.case.duties, case.expense.submitter_person_id}
    if case.case.payee_person_id is not None:
        persons.add(case.case.payee_person_id)
    return approving.may_review(actor, organisation_ids=case.organisation_ids, person_ids=persons)


def why_not(verdict: Verdict) -> str:
    """Why somebody reviews nothing; empty where they may."""
    return "" if verdict or verdict.reason is None else sentence(verdict.reason, verdict.params)


def _is_expense(requirement: Requirement) -> bool:
    return requirement.subject.startswith("expense:")


def _marks_of(party: RelatedParty) -> str:
    """Which marks are known of a party; what they are is kept nowhere."""
    known = [
        words
        for words, value in (
            (_("证件"), party.identity_hash),
            (_("电话"), party.phone_hash),
            (_("住址"), party.address_hash),
            (_("账号"), party.account_hash),
        )
        if value is not None
    ]
    return str(_("、").join(known))


def _touches(session: Session, requirement: Requirement) -> list[tuple[str, str, str]]:
    """Name, relation and marks of each party that was touched when the review was asked."""
    words = {
        "identity": _("证件"),
        "phone": _("电话"),
        "address": _("住址"),
        "account": _("账号"),
        "name": _("名称"),
    }
    found = []
    for party_id, marks in read_back(requirement.note):
        party = queries.related_party(session, party_id)
        where = queries.organisation(session, party.organisation_id).name
        name = party.name if party.relation.value == "vendor" else mask_name(party.name)
        same = _("、").join(words[mark] for mark in marks if mark in words)
        found.append((name, f"{where} · {label(party.relation)}", same))
    return found
