"""What a sample is drawn from: the paid expenses of a book, or a list that was handed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    cast,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from charity.audits.models import AuditSample, Inspection, VoucherList, VoucherListRow
from charity.ledger.models import Book, Fund
from charity.paging import Page, page_of
from charity.rows import present
from charity.spending.models import Budget, BudgetLine, Expense, Payout

#: The frame that is the organisation's own book here.
BOOK = "book"
_LIST = "voucher_list:"


@dataclass(frozen=True, slots=True)
class SampleFrame:
    """Everything a sample may take, in a fixed order; amounts in fen."""

    source: str
    subjects: tuple[str, ...]
    amounts: tuple[int, ...]
    #: What a sample may be parted by besides the amount: `fund:3`, or the month of a list.
    parts: tuple[str, ...]

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the lines `subject, tab, fen`: what a sample names as its frame."""
        lines = (f"{one}\t{fen}\n" for one, fen in zip(self.subjects, self.amounts, strict=True))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def book_value(self) -> int:
        """The sum of what is above zero, in fen."""
        return sum(fen for fen in self.amounts if fen > 0)


def list_source(voucher_list: VoucherList) -> str:
    """How a frame names a list: `voucher_list:7`."""
    return f"{_LIST}{voucher_list.id}"


def frame_of(session: Session, inspection: Inspection, source: str) -> SampleFrame:
    """The frame of an inspection's period from one source.

    Raises `NotFound` for a list of another inspection, or no source.
    """
    first, last = inspection.plan.period_from, inspection.plan.period_until
    if source == BOOK:
        return _book_frame(session, inspection.organisation_id, first, last)
    number = source.removeprefix(_LIST)
    is_list = source.startswith(_LIST) and number.isascii() and number.isdigit()
    found = session.get(VoucherList, int(number)) if is_list else None
    found = present(found if found and found.inspection_id == inspection.id else None)
    return _list_frame(session, found, first, last)


def expenses_of(organisation_id: int) -> ColumnElement[bool]:
    """Where an expense is the organisation's: of its book, or of a budget it carries out."""
    return or_(Book.organisation_id == organisation_id, Budget.organisation_id == organisation_id)


def joined_expenses(*columns: Any) -> Select[Any]:
    """Columns of expenses with their budget, fund and book, for `expenses_of`."""
    return (
        select(*columns)
        .select_from(Expense)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Budget, Budget.id == BudgetLine.budget_id)
        .outerjoin(Fund, Fund.id == Budget.fund_id)
        .outerjoin(Book, Book.id == Fund.book_id)
    )


def subject_of_expense() -> ColumnElement[str]:
    """How approvals name an expense: `expense:42`."""
    return literal("expense:") + cast(Expense.id, String)


def _book_frame(session: Session, organisation_id: int, first: date, last: date) -> SampleFrame:
    query = (
        joined_expenses(Expense.id, type_coerce(Expense.amount, BigInteger), Budget.fund_id)
        .join(Payout, Payout.expense_id == Expense.id)
        .where(expenses_of(organisation_id), Payout.paid_on.between(first, last))
        .order_by(Expense.id)
    )
    rows = session.execute(query).all()
    return SampleFrame(
        source=BOOK,
        subjects=tuple(f"expense:{row[0]}" for row in rows),
        amounts=tuple(int(row[1]) for row in rows),
        parts=tuple(f"fund:{row[2] or 0}" for row in rows),
    )


def _list_frame(session: Session, found: VoucherList, first: date, last: date) -> SampleFrame:
    query = (
        select(
            VoucherListRow.id,
            type_coerce(VoucherListRow.amount, BigInteger),
            VoucherListRow.booked_on,
        )
        .where(
            VoucherListRow.voucher_list_id == found.id,
            VoucherListRow.booked_on.between(first, last),
        )
        .order_by(VoucherListRow.number)
    )
    rows = session.execute(query).all()
    return SampleFrame(
        source=list_source(found),
        subjects=tuple(f"voucher_list_row:{row[0]}" for row in rows),
        amounts=tuple(int(row[1]) for row in rows),
        parts=tuple(f"{row[2]:%Y-%m}" for row in rows),
    )


def is_frame_unchanged(session: Session, sample: AuditSample) -> bool:
    """Whether what a sample was drawn from still is what it was."""
    return frame_of(session, sample.inspection, sample.source).hash == sample.frame_hash


def list_rows_page(session: Session, voucher_list_id: int, number: int = 1) -> Page[VoucherListRow]:
    """The rows of a list, in the order of the file."""
    query = select(VoucherListRow).where(VoucherListRow.voucher_list_id == voucher_list_id)
    return page_of(session, query.order_by(VoucherListRow.number), number, 50)
