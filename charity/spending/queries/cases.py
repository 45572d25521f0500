"""The facts `policy` decides by, gathered for one budget, expense or delivery."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts.models import Membership, User
from charity.approvals import queries as approvals
from charity.approvals.models import RequirementKind
from charity.ledger.models import Book, Fund, FundKind
from charity.registry.models import Organisation
from charity.spending.meeting import MeetingCase
from charity.spending.models import (
    Budget,
    BudgetLine,
    Deliverable,
    Delivery,
    Duty,
    Expense,
    ExpenseDuty,
)
from charity.spending.policy import VILLAGE_KINDS, BudgetCase, DeliveryCase, ExpenseCase
from charity.spending.queries.payments import person_of_identity


def case_of_budget(session: Session, budget: Budget) -> BudgetCase:
    """A budget with the facts `policy` asks for, in three queries."""
    acceptors = select(Delivery.decided_by_person_id).join(Delivery.deliverable)
    acceptors = acceptors.where(
        Deliverable.budget_id == budget.id, Delivery.decided_by_person_id.is_not(None)
    )
    spenders = (
        select(ExpenseDuty.person_id)
        .join(ExpenseDuty.expense)
        .join(Expense.budget_line)
        .where(BudgetLine.budget_id == budget.id, ExpenseDuty.duty.in_((Duty.SUBMIT, Duty.PAY)))
    )
    charity_id, is_village = _facts(session, budget)
    return BudgetCase(
        budget,
        charity_id,
        acceptors=frozenset(person for person in session.scalars(acceptors) if person),
        spenders=frozenset(session.scalars(spenders)),
        is_village=is_village,
    )


def _facts(session: Session, budget: Budget) -> tuple[int | None, bool]:
    """The organisation whose book the budget's fund stands in, and whether it is village money.

    It is where the fund is a village's, or where a village's own organisation does the work.
    """
    query = (
        select(Organisation.kind, Book.organisation_id, Fund.kind)
        .select_from(Organisation)
        .outerjoin(Fund, Fund.id == budget.fund_id)
        .outerjoin(Book, Book.id == Fund.book_id)
        .where(Organisation.id == budget.organisation_id)
    )
    doer, charity_id, kind = session.execute(query).one()
    return charity_id, kind is FundKind.VILLAGE_MUTUAL_AID or doer in VILLAGE_KINDS


def case_of_expense(session: Session, expense: Expense) -> ExpenseCase:
    """An expense with the facts `policy` asks for."""
    duties = select(ExpenseDuty.person_id, ExpenseDuty.duty)
    found = session.execute(duties.where(ExpenseDuty.expense_id == expense.id))
    return ExpenseCase(
        expense,
        case_of_budget(session, expense.budget_line.budget),
        {person_id: duty for person_id, duty in found},
        approvals.request_for(session, expense.subject),
        person_of_identity(session, expense.payee_identity_hash),
    )


def meeting_case(session: Session, case: ExpenseCase, kind: RequirementKind) -> MeetingCase | None:
    """A requirement of an expense with who met its others; None where it is not asked."""
    asked = approvals.requirements(session, case.expense.subject)
    wanted = next((each for each in asked if each.kind is kind), None)
    if wanted is None:
        return None
    others = {each.met_by_person_id for each in asked if each is not wanted}
    return MeetingCase(case, wanted, frozenset(one for one in others if one is not None))


def case_of_delivery(
    session: Session, delivery: Delivery, *, person_id: int | None
) -> DeliveryCase:
    """A delivery with the facts `policy` asks for about the person who would accept it."""
    return DeliveryCase(
        delivery,
        case_of_budget(session, delivery.deliverable.budget),
        organisations_of_person(session, person_id),
    )


def organisations_of_person(session: Session, person_id: int | None) -> frozenset[int]:
    """Where the person belongs in any role today, through whichever account."""
    query = (
        select(Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(User.person_id == person_id, Membership.revoked_at.is_(None))
    )
    return frozenset(found for found in session.scalars(query) if found is not None)
