"""Debit and credit of every account, before a period and in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, literal, select, text, union_all
from sqlalchemy.orm import Session, aliased

from charity.ledger.models import Account, AccountDay, Entry, EntryKind, Transfer, Unsealed
from charity.ledger.models.entries import ADJUSTING
from charity.ledger.statements.period import Period
from charity.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class Turnover:
    """An account's balance before a period (debit less credit) and both sides within it."""

    opening: Money = ZERO
    debit: Money = ZERO
    credit: Money = ZERO

    @property
    def change(self) -> Money:
        """Debit less credit within the period."""
        return self.debit - self.credit

    @property
    def closing(self) -> Money:
        """The balance at the end, debit less credit."""
        return self.opening + self.change


def turnovers(session: Session, book_id: int, period: Period) -> dict[str, Turnover]:
    """By account code; accounts that never moved up to the period's end are left out."""
    moves = union_all(
        select(
            AccountDay.account_id,
            AccountDay.day.label("day"),
            AccountDay.debit.label("debit"),
            AccountDay.credit.label("credit"),
        ).where(AccountDay.book_id == book_id, AccountDay.day <= period.last),
        _unsealed(book_id, period, debit=True),
        _unsealed(book_id, period, debit=False),
    ).subquery()
    nothing = literal(ZERO, type_=Transfer.amount.type)
    before = moves.c.day < period.first
    rows = session.execute(
        select(
            Account.code,
            func.sum(case((before, moves.c.debit), else_=nothing)),
            func.sum(case((before, moves.c.credit), else_=nothing)),
            func.sum(case((before, nothing), else_=moves.c.debit)),
            func.sum(case((before, nothing), else_=moves.c.credit)),
        )
        .join(Account, Account.id == moves.c.account_id)
        .group_by(Account.code)
        .order_by(Account.code)
    )
    return {
        code: Turnover(debit_before - credit_before, debit, credit)
        for code, debit_before, credit_before, debit, credit in rows
    }


def _unsealed(book_id: int, period: Period, *, debit: bool) -> Select[*tuple[Any, ...]]:
    """One side of the transfers of entries that are not in the kept totals yet."""
    nothing = literal(ZERO, type_=Transfer.amount.type)
    return (
        select(
            Transfer.debit_account_id if debit else Transfer.credit_account_id,
            Entry.booked_on,
            Transfer.amount if debit else nothing,
            nothing if debit else Transfer.amount,
        )
        .select_from(Unsealed)
        .join(Entry, Entry.id == Unsealed.entry_id)
        .join(Transfer, Transfer.entry_id == Unsealed.entry_id)
        .where(Unsealed.book_id == book_id, Entry.booked_on <= period.last)
    )


#: (kind of entry, debit code, credit code, sum)
RareTransfer = tuple[EntryKind, str, str, Money]


def rare_transfers(session: Session, book_id: int, period: Period) -> list[RareTransfer]:
    """The sums of openings, closings, refunds, returns, reversals and journals by accounts.

    They are few beside gifts and payments, and an index holds them alone.
    """
    debit, credit = aliased(Account), aliased(Account)
    rows = session.execute(
        select(Entry.kind, debit.code, credit.code, func.sum(Transfer.amount))
        .select_from(Entry)
        .join(Transfer, Transfer.entry_id == Entry.id)
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .where(
            text(f"entry.{ADJUSTING}"),
            Entry.book_id == book_id,
            Entry.booked_on.between(period.first, period.last),
        )
        .group_by(Entry.kind, debit.code, credit.code)
    )
    return [(kind, debited, credited, amount) for kind, debited, credited, amount in rows]


def without_closings(found: dict[str, Turnover], rare: list[RareTransfer]) -> dict[str, Money]:
    """Change of each account (debit less credit) with what year closings carried taken out."""
    changes: dict[str, Money] = defaultdict(lambda: ZERO)
    for code, turnover in found.items():
        changes[code] = turnover.change
    for kind, debit, credit, amount in rare:
        if kind is EntryKind.CLOSING:
            changes[debit] -= amount
            changes[credit] += amount
    return changes
