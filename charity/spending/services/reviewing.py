"""A conflict review of an expense: somebody unconcerned lets it go on or refuses it (CHA-144)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.approvals import services as approvals
from charity.approvals.models import Requirement
from charity.spending import queries
from charity.spending.services import needing
from charity.spending.services.locking import lock_expense


def review_conflict(
    session: Session, actor: Actor, *, expense_id: int, clear: bool, note: str
) -> Requirement:
    """Decide the review that an expense waits for; raises as `approvals.review_conflict`."""
    expense = lock_expense(session, actor, expense_id=expense_id)
    case = queries.case_of_expense(session, expense)
    persons = {*case.duties, expense.submitter_person_id}
    if case.payee_person_id is not None:
        persons.add(case.payee_person_id)
    return approvals.review_conflict(
        session,
        actor,
        subject=expense.subject,
        clear=clear,
        note=note,
        organisation_ids=needing.concerned(case.budget),
        person_ids=persons,
    )
