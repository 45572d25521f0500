"""Money: the accounts and the lines say the same, and restricted money stays within its purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import BigInteger, ColumnElement, String, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from charity.ledger.chart import AccountCode
from charity.ledger.checks.entries import on_lines
from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.models import (
    Account,
    Closing,
    Entry,
    Fund,
    FundKind,
    Inflow,
    Line,
    Outflow,
    OutflowKind,
    Piece,
    PurposeDecision,
    Transfer,
)

_FEN = type_coerce(Transfer.amount, BigInteger)
_SIDES = (
    (Transfer.debit_account_id, Transfer.debit_fund_id, 1),
    (Transfer.credit_account_id, Transfer.credit_fund_id, -1),
)
#: Money of these is given on only by a decision about its purpose.
_KEPT = (FundKind.PROJECT.value, FundKind.AGENCY.value)

#: Of a book's transfers that name a fund or none: (book, fund or None).
_Place = tuple[int, int | None]


def money_on_lines(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Per fund, what stands on cash, clearing and stock is what its lines hold.

    What names no fund moves between such accounts only, so it adds up to nothing.
    """
    balances = _balances(session, on_lines(Account.code))
    lines: Counter[_Place] = Counter()
    for sign, rows in (
        (
            1,
            select(Fund.book_id, Fund.id, func.sum(type_coerce(Inflow.amount, BigInteger)))
            .join(Line, Line.fund_id == Fund.id)
            .join(Inflow, Inflow.line_id == Line.id)
            .group_by(Fund.book_id, Fund.id),
        ),
        (
            -1,
            select(Fund.book_id, Fund.id, func.sum(type_coerce(Outflow.amount, BigInteger)))
            .join(Outflow, Outflow.fund_id == Fund.id)
            .group_by(Fund.book_id, Fund.id),
        ),
    ):
        for book_id, fund_id, fen in session.execute(rows):
            lines[book_id, fund_id] += sign * int(fen)
    for place in balances.keys() | lines.keys():
        if balances[place] != lines[place]:
            detail = f"accounts {balances[place]}, lines {lines[place]} fen"
            yield Problem("money", _named(place), detail)


def inter_fund_zero(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """The account between funds is zero for every fund after every entry."""
    sides = union_all(
        *(
            select(Transfer.entry_id, fund.label("fund_id"), (sign * _FEN).label("fen"))
            .join(Account, Account.id == account)
            .where(func.substr(Account.code, 1, 4) == AccountCode.INTER_FUND.value)
            for account, fund, sign in _SIDES
        )
    ).subquery()
    rows = session.execute(
        select(sides.c.entry_id, sides.c.fund_id, func.sum(sides.c.fen))
        .group_by(sides.c.entry_id, sides.c.fund_id)
        .having(func.sum(sides.c.fen) != 0)
    )
    for entry_id, fund_id, fen in rows:
        detail = f"leaves {fen} fen between funds at fund {fund_id}"
        yield Problem("inter_fund", f"entry:{entry_id}", detail)


def within_purpose(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Money is spent from its own fund, given on as allowed, and never more than restricted is."""
    strange = (
        select(Piece.line_id, Piece.start)
        .join(Outflow, Outflow.id == Piece.outflow_id)
        .join(Line, Line.id == Piece.line_id)
        .where(Line.fund_id != Outflow.fund_id)
    )
    for line_id, start in session.execute(strange):
        yield Problem("purpose", f"piece:{line_id}:{start}", "is of another fund's line")
    yield from _given_on(session)
    restricted = or_(
        func.substr(Account.code, 1, 4) == AccountCode.NET_ASSETS_RESTRICTED.value,
        Account.code.like("4___.1"),
        Account.code.like("4___.1.%"),
    )
    for place, fen in _balances(session, restricted).items():
        if fen > 0:
            detail = f"spent {fen} fen more than was restricted to it"
            yield Problem("purpose", _named(place), detail)


def _given_on(session: Session) -> Iterator[Problem]:
    """Grants out of a restriction, and those without the decision they need (CHA-162, CHA-164)."""
    of, into = aliased(Fund), aliased(Fund)
    decided = (
        select(PurposeDecision.id)
        .where(PurposeDecision.fund_id == of.id, PurposeDecision.into_fund_id == into.id)
        .exists()
    )
    rows = session.execute(
        select(Inflow.id, of.id, into.id)
        .join(Outflow, Outflow.id == Inflow.origin_outflow_id)
        .join(of, of.id == Outflow.fund_id)
        .join(Line, Line.id == Inflow.line_id)
        .join(into, into.id == Line.fund_id)
        .where(
            type_coerce(Outflow.kind, String) == OutflowKind.GRANT.value,
            of.id != into.id,
            (of.restricted & ~into.restricted)
            | (type_coerce(of.kind, String).in_(_KEPT) & ~decided),
        )
    )
    for inflow_id, of_id, into_id in rows:
        detail = f"fund {of_id} may not give to fund {into_id}, or not without a decision"
        yield Problem("purpose", f"inflow:{inflow_id}", detail)


def years_closed(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """Once a year is closed, its income and costs are carried to net assets, fund by fund."""
    last = (
        select(Closing.book_id, func.max(Closing.through).label("through"))
        .where(Closing.of_year)
        .group_by(Closing.book_id)
        .subquery()
    )
    if session.scalar(select(func.count()).select_from(last)) == 0:
        return
    sums: Counter[tuple[int, int, str]] = Counter()
    for account, fund, sign in _SIDES:
        rows = session.execute(
            select(Transfer.book_id, fund, Account.code, func.sum(_FEN))
            .join(Account, Account.id == account)
            .join(Entry, Entry.id == Transfer.entry_id)
            .join(last, last.c.book_id == Transfer.book_id)
            .where(
                func.substr(Account.code, 1, 1).in_(["4", "5"]), Entry.booked_on <= last.c.through
            )
            .group_by(Transfer.book_id, fund, Account.code)
        )
        for book_id, fund_id, code, fen in rows:
            sums[book_id, fund_id or 0, code] += sign * int(fen)
    for (book_id, fund_id, code), fen in sums.items():
        if fen:
            row = f"fund:{fund_id}" if fund_id else f"book:{book_id}"
            yield Problem("years", row, f"{fen} fen are left on {code} of a closed year")


def _balances(session: Session, accounts: ColumnElement[bool]) -> Counter[_Place]:
    """Debit less credit of these accounts per fund, and per book of what names no fund."""
    balances: Counter[_Place] = Counter()
    for account, fund, sign in _SIDES:
        rows = session.execute(
            select(Transfer.book_id, fund, func.sum(_FEN))
            .join(Account, Account.id == account)
            .where(accounts)
            .group_by(Transfer.book_id, fund)
        )
        for book_id, fund_id, fen in rows:
            balances[book_id, fund_id] += sign * int(fen)
    return balances


def _named(place: _Place) -> str:
    book_id, fund_id = place
    return f"book:{book_id}" if fund_id is None else f"fund:{fund_id}"
