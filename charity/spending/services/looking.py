"""Before money goes: what has come up about its payee since it was agreed to."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.spending import policy, queries
from charity.spending.services.locking import lock_expense
from charity.spending.services.needing import review_conflicts


def look_again(
    session: Session,
    actor: Actor,
    *,
    expense_id: int,
    hash_account: Callable[[str], bytes | None],
) -> None:
    """Ask for a conflict review where the payee touches a party recorded meanwhile (CHA-144).

    In a unit of work of its own: a payment that is refused takes back what it wrote itself, and
    the question must stay. Nothing happens for whom the payment is not.
    """
    expense = lock_expense(session, actor, expense_id=expense_id)
    case = queries.case_of_expense(session, expense)
    if not policy.may_see_expense(actor, case) or not policy.may_pay(actor, case):
        return
    review_conflicts(
        session,
        actor,
        expense=expense,
        case=case.budget,
        account_hash=hash_account(expense.payee_account),
    )
