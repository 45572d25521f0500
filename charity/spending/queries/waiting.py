"""What waits for people: the lists of the desk."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, String, cast, false, literal, or_, select
from sqlalchemy.orm import Session

from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.ledger.models import Book, Fund
from charity.spending.models import (
    Budget,
    BudgetLine,
    Deliverable,
    Delivery,
    DeliveryState,
    Duty,
    Expense,
    ExpenseDuty,
    ExpenseState,
)
from charity.spending.queries.shared import select_deliveries, select_expense_rows


def waiting_for_approval(
    session: Session,
    *,
    charity_ids: Collection[int] | None = None,
    person_id: int | None = None,
    limit: int = 200,
) -> list[Expense]:
    """Expenses that wait for agreement, the oldest first.

    `charity_ids` keeps to books of these organisations (None: all); `person_id` leaves out what
    this person submitted, paid or has decided about in the open round.
    """
    query = _waiting(ExpenseState.SUBMITTED, charity_ids, limit)
    if person_id is not None:
        other = ExpenseDuty.duty != Duty.APPROVE
        query = query.where(
            ~Expense.duties.any((ExpenseDuty.person_id == person_id) & other),
            literal("expense:").concat(cast(Expense.id, String)).not_in(_decided_by(person_id)),
        )
    return list(session.scalars(query))


def waiting_for_payment(
    session: Session,
    *,
    charity_ids: Collection[int] | None = None,
    person_id: int | None = None,
    limit: int = 200,
) -> list[Expense]:
    """Expenses agreed to and not paid, the oldest first.

    `charity_ids` as for approval; `person_id` leaves out what this person submitted or agreed to.
    """
    query = _waiting(ExpenseState.APPROVED, charity_ids, limit)
    if person_id is not None:
        query = query.where(~Expense.duties.any(ExpenseDuty.person_id == person_id))
    return list(session.scalars(query))


def waiting_for_acceptance(
    session: Session, region_prefixes: Collection[str] | None = None, *, limit: int = 200
) -> list[Delivery]:
    """Deliveries that wait for acceptance in these places and below (None: everywhere)."""
    query = (
        select_deliveries()
        .join(Delivery.deliverable)
        .join(Deliverable.budget)
        .where(Delivery.state == DeliveryState.CLAIMED)
        .order_by(Delivery.id)
        .limit(limit)
    )
    if region_prefixes is not None:
        below = [Budget.region_code.startswith(code, autoescape=True) for code in region_prefixes]
        query = query.where(or_(false(), *below))
    return list(session.scalars(query))


def _waiting(
    state: ExpenseState, charity_ids: Collection[int] | None, limit: int
) -> Select[Expense]:
    query = select_expense_rows().where(Expense.state == state).order_by(Expense.id).limit(limit)
    if charity_ids is None:
        return query
    funds = (
        select(Fund.id)
        .join(Book, Book.id == Fund.book_id)
        .where(Book.organisation_id.in_(charity_ids))
    )
    return query.join(Expense.budget_line).join(BudgetLine.budget).where(Budget.fund_id.in_(funds))


def _decided_by(person_id: int) -> Select[str]:
    """The subjects still open that this person has said yes or no to."""
    return (
        select(ApprovalRequest.subject)
        .join(ApprovalRequest.decisions)
        .where(ApprovalRequest.state == ApprovalState.OPEN, ApprovalDecision.person_id == person_id)
    )
