"""Entries stand alone and whole: their sources, transfers, book, period and deeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from charity.ledger import deeds
from charity.ledger.chart import LINE_ACCOUNTS
from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.models import (
    Account,
    Closing,
    Deed,
    DeedSubject,
    Entry,
    EntryKind,
    Fund,
    Inflow,
    Line,
    Outflow,
    Transfer,
)

#: Subjects that may stand without a deed, if they are older than deeds are.
_MAY_BE_OLDER = {DeedSubject.BOOK, DeedSubject.ACCOUNT, DeedSubject.FUND, DeedSubject.LINE}


def on_lines(code: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether an account's code is one that lines of fen are made of, or stands under one."""
    return func.substr(code, 1, 4).in_(sorted(LINE_ACCOUNTS))


def sources_unique(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """No event stands in a book twice, and no entry is taken back twice."""
    rows = session.execute(
        select(func.max(Entry.id), Entry.source)
        .group_by(Entry.book_id, Entry.source)
        .having(func.count() > 1)
    )
    for entry_id, source in rows:
        yield Problem("sources", f"entry:{entry_id}", f"another entry has the source {source}")
    again = session.execute(
        select(func.max(Entry.id), Entry.reverses_id)
        .where(Entry.reverses_id.is_not(None))
        .group_by(Entry.reverses_id)
        .having(func.count() > 1)
    )
    for entry_id, reversed_id in again:
        yield Problem("sources", f"entry:{entry_id}", f"entry {reversed_id} is taken back again")


def transfers_complete(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Every entry has exactly the transfers it declared, numbered from 0, each of an amount."""
    found = (
        select(
            Transfer.entry_id,
            func.count().label("found"),
            func.min(Transfer.number).label("first"),
            func.max(Transfer.number).label("last"),
        )
        .group_by(Transfer.entry_id)
        .subquery()
    )
    rows = session.execute(
        select(Entry.id, Entry.transfers, func.coalesce(found.c.found, 0))
        .outerjoin(found, found.c.entry_id == Entry.id)
        .where(
            (func.coalesce(found.c.found, 0) != Entry.transfers)
            | (found.c.last != Entry.transfers - 1)
            | (found.c.first != 0)
        )
    )
    for entry_id, declared, number in rows:
        yield Problem("transfers", f"entry:{entry_id}", f"declared {declared}, found {number}")
    empty = select(Transfer.entry_id, Transfer.number).where(
        type_coerce(Transfer.amount, Entry.id.type) <= 0
    )
    for entry_id, number in session.execute(empty):
        yield Problem("transfers", f"transfer:{entry_id}:{number}", "moves no amount")


def same_book(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """A transfer's entry, accounts and funds are of its book; a line's fund is of the line's."""
    debit, credit = aliased(Account), aliased(Account)
    debit_fund, credit_fund = aliased(Fund), aliased(Fund)
    rows = session.execute(
        select(Transfer.entry_id, Transfer.number)
        .outerjoin(Entry, Entry.id == Transfer.entry_id)
        .outerjoin(debit, debit.id == Transfer.debit_account_id)
        .outerjoin(credit, credit.id == Transfer.credit_account_id)
        .outerjoin(debit_fund, debit_fund.id == Transfer.debit_fund_id)
        .outerjoin(credit_fund, credit_fund.id == Transfer.credit_fund_id)
        .where(
            or_(
                *(
                    func.coalesce(one, 0) != Transfer.book_id
                    for one in (Entry.book_id, debit.book_id, credit.book_id)
                ),
                func.coalesce(debit_fund.book_id, Transfer.book_id) != Transfer.book_id,
                func.coalesce(credit_fund.book_id, Transfer.book_id) != Transfer.book_id,
                Transfer.debit_fund_id.is_not(None) & debit_fund.id.is_(None),
                Transfer.credit_fund_id.is_not(None) & credit_fund.id.is_(None),
            )
        )
    )
    for entry_id, number in rows:
        detail = "its entry, accounts and funds are not of one book"
        yield Problem("same_book", f"transfer:{entry_id}:{number}", detail)
    lines = (
        select(Line.id)
        .outerjoin(Fund, (Fund.id == Line.fund_id) & (Fund.book_id == Line.book_id))
        .where(Fund.id.is_(None))
    )
    for line_id in session.scalars(lines):
        yield Problem("same_book", f"line:{line_id}", "its fund is not of its book")


def flows_carried(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """What comes onto a line or leaves it is carried by a transfer on the account of its fund."""
    arrives = (
        _flows(Inflow)
        .outerjoin(Line, Line.id == Inflow.line_id)
        .outerjoin(Account, Account.id == Transfer.debit_account_id)
        .where(_carried(Inflow, Transfer.debit_fund_id, Line.fund_id))
    )
    leaves = (
        _flows(Outflow)
        .outerjoin(Account, Account.id == Transfer.credit_account_id)
        .where(_carried(Outflow, Transfer.credit_fund_id, Outflow.fund_id))
    )
    for name, query in (("inflow", arrives), ("outflow", leaves)):
        for id_ in session.scalars(query):
            yield Problem("flows", f"{name}:{id_}", "no transfer of its fund carries it")


def _flows(table: type[Inflow | Outflow]) -> Select[int]:
    return select(table.id).outerjoin(
        Transfer, (Transfer.entry_id == table.entry_id) & (Transfer.number == table.number)
    )


def _carried(
    table: type[Inflow | Outflow], side: SQLColumnExpression[Any], fund: SQLColumnExpression[Any]
) -> ColumnElement[bool]:
    return or_(
        Transfer.entry_id.is_(None),
        Transfer.amount != table.amount,
        func.coalesce(side, 0) != func.coalesce(fund, -1),
        ~func.coalesce(on_lines(Account.code), False),
    )


def closed_untouched(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Nothing was booked on days that were closed already (ACC-02)."""
    rows = session.execute(
        select(Entry.id, Closing.through)
        .join(Closing, (Closing.book_id == Entry.book_id) & (Closing.through >= Entry.booked_on))
        .join(Deed, (Deed.subject_id == Closing.id) & (Deed.subject == DeedSubject.CLOSING))
        .where(
            Entry.id > Deed.entry_id,
            ~(
                (type_coerce(Entry.kind, String) == EntryKind.CLOSING.value)
                & (Entry.booked_on == Closing.through)
            ),
        )
    )
    for entry_id, through in rows:
        yield Problem("closed", f"entry:{entry_id}", f"booked after all until {through} was closed")
    wrong = select(Entry.id).where(Entry.booked_on < Entry.occurred_on)
    for entry_id in session.scalars(wrong):
        yield Problem("closed", f"entry:{entry_id}", "booked before it happened")


def deeds_cover(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Every book, account, fund, line, lot, decision and closing has its deed.

    Books, accounts, funds and lines may be older than deeds are: those before the first of their
    kind that has one.
    """
    for subject, (table, columns) in deeds.COVERED.items():
        key = getattr(table, columns[0])
        query = (
            select(key)
            .outerjoin(Deed, (Deed.subject_id == key) & (Deed.subject == subject))
            .where(Deed.entry_id.is_(None))
        )
        if subject in _MAY_BE_OLDER:
            first = select(func.min(Deed.subject_id)).where(Deed.subject == subject)
            query = query.where(key > first.scalar_subquery())
        for id_ in session.scalars(query):
            yield Problem("deeds", f"{subject}:{id_}", "no deed covers it")
    astray = (
        select(type_coerce(Deed.subject, String), Deed.subject_id)
        .outerjoin(Entry, Entry.id == Deed.entry_id)
        .where(
            func.coalesce(type_coerce(Entry.kind, String), "") != EntryKind.DEED.value,
        )
    )
    for subject_name, id_ in session.execute(astray):
        yield Problem("deeds", f"deed:{subject_name}:{id_}", "its entry is no deed")
