"""The order in which spending takes its locks: budget, then expense or delivery, then approvals.

One budget is worked on by one transaction at a time, so sums of its lines and who stands on which
side are read as they will be committed. The ledger's locks come after all of these.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import CommonReason, Denied
from charity.rows import locked, present
from charity.spending.models import (
    Budget,
    BudgetLine,
    Deliverable,
    Delivery,
    Duty,
    Expense,
    ExpenseDuty,
)


def person_of(session: Session, actor: Actor) -> tuple[int, int]:
    """The user and the person who act; raises `Denied` where nobody in flesh and blood does."""
    if actor.user_id is None or actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id, actor.person_id


def lock_budget(session: Session, actor: Actor, *, budget_id: int) -> Budget:
    """The budget, locked and read afresh; raises `NotFound`."""
    return locked(session, select(Budget).where(Budget.id == budget_id))


def lock_expense(session: Session, actor: Actor, *, expense_id: int) -> Expense:
    """The expense behind its budget, both locked and read afresh; raises `NotFound`."""
    budget_id = session.scalar(
        select(BudgetLine.budget_id)
        .join(Expense, Expense.budget_line_id == BudgetLine.id)
        .where(Expense.id == expense_id)
    )
    lock_budget(session, actor, budget_id=present(budget_id))
    return locked(session, select(Expense).where(Expense.id == expense_id))


def lock_delivery(session: Session, actor: Actor, *, delivery_id: int) -> Delivery:
    """The delivery behind its budget, both locked and read afresh; raises `NotFound`."""
    budget_id = session.scalar(
        select(Deliverable.budget_id)
        .join(Delivery, Delivery.deliverable_id == Deliverable.id)
        .where(Delivery.id == delivery_id)
    )
    lock_budget(session, actor, budget_id=present(budget_id))
    return locked(session, select(Delivery).where(Delivery.id == delivery_id))


def take_duty(session: Session, actor: Actor, *, expense: Expense, duty: Duty) -> None:
    """Record what this person does for the expense; `Denied` where they have another duty."""
    _, person_id = person_of(session, actor)
    held = session.get(ExpenseDuty, (expense.id, person_id))
    if held is None:
        session.add(ExpenseDuty(expense_id=expense.id, person_id=person_id, duty=duty))
        session.flush()
    elif held.duty is not duty:
        raise Denied(CommonReason.SAME_PERSON)
