"""Persons who were helped with money: whoever was paid as a person, by place, never by full name.

Staff who are paid back what they laid out for others, or got an advance, are not helped.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from charity.paging import SIZE, Page
from charity.rows import present
from charity.spending.models import Budget, BudgetLine, Expense, ExpenseState, PaymentKind

#: Ways in which staff get back or account for what they spent for others.
LAID_OUT = frozenset({PaymentKind.REIMBURSEMENT, PaymentKind.ADVANCE})


@dataclass(frozen=True, slots=True)
class Helped:
    """Somebody who was helped: by the last expense, how often, and when last."""

    expense_id: int
    identity_hash: bytes
    name: str
    region_code: str
    times: int
    last_on: date


def helped_page(session: Session, codes: Collection[str] | None, page: int) -> Page[Helped]:
    """The persons helped in these places and below them, who was helped last first.

    None stands for everywhere.
    """
    each = (
        _helped(codes)
        .with_only_columns(
            func.max(Expense.id).label("id"),
            func.count().label("times"),
            func.max(Expense.spent_on).label("last_on"),
        )
        .group_by(Expense.payee_identity_hash)
    )
    found = each.subquery()
    total = session.scalar(select(func.count()).select_from(found)) or 0
    number = min(max(page, 1), max(1, -(-total // SIZE)))
    query = (
        select(Expense, Budget.region_code, found.c.times, found.c.last_on)
        .join(found, found.c.id == Expense.id)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Budget, Budget.id == BudgetLine.budget_id)
        .order_by(found.c.last_on.desc(), found.c.id.desc())
        .limit(SIZE)
        .offset((number - 1) * SIZE)
    )
    items = [_told(expense, *more) for expense, *more in session.execute(query)]
    return Page(items=items, number=number, size=SIZE, total=total)


def helped(session: Session, codes: Collection[str] | None, expense_id: int) -> Helped:
    """The person of one expense in these places; raises `NotFound` for any other expense."""
    query = _helped(codes).with_only_columns(Expense, Budget.region_code)
    row = present(session.execute(query.where(Expense.id == expense_id)).first())
    return _told(row[0], row[1], 1, row[0].spent_on)


def _told(expense: Expense, region_code: str, times: int, last_on: date) -> Helped:
    identity = present(expense.payee_identity_hash)
    return Helped(expense.id, identity, expense.payee_name, region_code, times, last_on)


def _helped(codes: Collection[str] | None) -> Select[Any]:
    query = (
        select(Expense)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Budget, Budget.id == BudgetLine.budget_id)
        .where(
            Expense.payee_identity_hash.is_not(None),
            Expense.payment_kind.not_in(LAID_OUT),
            Expense.state != ExpenseState.RETURNED,
        )
    )
    if codes is None:
        return query
    return query.where(or_(*(Budget.region_code.startswith(code) for code in codes)))
