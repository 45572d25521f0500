"""Totals that sealing keeps: each is what the sealed rows add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from charity.ledger import flowing
from charity.ledger.backing import shares_of_batch
from charity.ledger.checks.problem import Problem, Told, untold
from charity.ledger.models import (
    AccountDay,
    BookHead,
    Entry,
    FundFlow,
    FundMonth,
    Inflow,
    InflowGiver,
    Outflow,
    OutflowShare,
    OutflowTotal,
    SealedEntry,
    ShareOf,
    Transfer,
    Unsealed,
)

#: Positions whose outflows are added up at once.
BATCH = 4096

_Rows = Select[*tuple[Any, ...]]

_FEN = type_coerce(Transfer.amount, BigInteger)
_SIDES = (
    (Transfer.debit_account_id, Transfer.debit_fund_id, True),
    (Transfer.credit_account_id, Transfer.credit_fund_id, False),
)


def turnover_kept(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """The kept turnovers of days and of funds' months are those of the sealed transfers."""
    kept: _Rows = select(
        AccountDay.book_id,
        AccountDay.day.label("day"),
        literal(0).label("fund_id"),
        AccountDay.account_id,
        (-type_coerce(AccountDay.debit, BigInteger)).label("debit"),
        (-type_coerce(AccountDay.credit, BigInteger)).label("credit"),
    )
    for book_id, day, _, account_id, debit, credit in session.execute(
        _differences(kept, *(_turnover(account, None, side) for account, _, side in _SIDES))
    ):
        row = f"account_day:{book_id}:{day}:{account_id}"
        yield Problem("totals", row, f"lacks {debit} fen debit, {credit} fen credit")
    kept = select(
        FundMonth.book_id,
        FundMonth.month.label("day"),
        FundMonth.fund_id,
        FundMonth.account_id,
        (-type_coerce(FundMonth.debit, BigInteger)).label("debit"),
        (-type_coerce(FundMonth.credit, BigInteger)).label("credit"),
    )
    dialect = session.connection().dialect.name
    months = (_by_month(_turnover(*side), dialect) for side in _SIDES)
    for book_id, month, fund_id, account_id, debit, credit in session.execute(
        _differences(kept, *months)
    ):
        row = f"fund_month:{book_id}:{month}:{fund_id}:{account_id}"
        yield Problem("totals", row, f"lacks {debit} fen debit, {credit} fen credit")


def _turnover(
    account: SQLColumnExpression[Any], fund: SQLColumnExpression[Any] | None, is_debit: bool
) -> _Rows:
    """One side of all sealed transfers, added up by book, day, fund and account."""
    total = func.sum(_FEN)
    nothing = literal(0, BigInteger)
    fund_id = literal(0) if fund is None else fund
    keys = [Transfer.book_id, Entry.booked_on, *([] if fund is None else [fund]), account]
    query = (
        select(
            Transfer.book_id,
            Entry.booked_on.label("day"),
            fund_id.label("fund_id"),
            account.label("account_id"),
            (total if is_debit else nothing).label("debit"),
            (nothing if is_debit else total).label("credit"),
        )
        .join(Entry, Entry.id == Transfer.entry_id)
        .outerjoin(Unsealed, Unsealed.entry_id == Entry.id)
        .where(Unsealed.entry_id.is_(None))
        .group_by(*keys)
    )
    return query if fund is None else query.where(fund.is_not(None))


def _by_month(query: _Rows, dialect: str) -> _Rows:
    """The same by the first day of the month; what is added up is added up again."""
    days = query.subquery().c
    month = _month_of(days.day, dialect).label("day")
    return select(days.book_id, month, days.fund_id, days.account_id, days.debit, days.credit)


def _month_of(day: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """The first day of a day's month."""
    if dialect == "sqlite":
        return type_coerce(func.date(day, "start of month"), Date)
    return cast(func.date_trunc("month", day), Date)


def _differences(*parts: _Rows) -> _Rows:
    """The keys at which the parts do not cancel out."""
    rows: Subquery = union_all(*parts).subquery()
    keys = (rows.c.book_id, rows.c.day, rows.c.fund_id, rows.c.account_id)
    debit, credit = func.sum(rows.c.debit), func.sum(rows.c.credit)
    return select(*keys, debit, credit).group_by(*keys).having((debit != 0) | (credit != 0))


def flows_kept(session: Session, _told: Told = untold) -> Iterator[Problem]:
    """The kept flows of funds' months are those of the sealed entries.

    Kinds of givers are compared as long as no giver was erased.
    """
    dialect, sealed = session.connection().dialect.name, Entry.id.not_in(select(Unsealed.entry_id))
    names = ["fund_id", "incoming", "kind", *([] if _is_anybody_erased(session) else ["party"])]
    sides = [rows(sealed).subquery().c for rows in (flowing.incoming, flowing.outgoing)]
    kept = FundFlow.__table__.c
    parts = [
        select(
            side.book_id,
            month.label("month"),
            *(side[name] for name in names),
            (sign * type_coerce(side.amount, BigInteger)).label("amount"),
            (sign * side.flows).label("flows"),
        )
        for side, month, sign in (
            *((side, _month_of(side.day, dialect), 1) for side in sides),
            (kept, kept.month, -1),
        )
    ]
    both = union_all(*parts).subquery().c
    keys = (both.book_id, both.month, *(both[name] for name in names))
    fen, flows = func.sum(both.amount), func.sum(both.flows)
    query: _Rows = select(*keys, fen, flows).group_by(*keys).having((fen != 0) | (flows != 0))
    for *key, amount, number in session.execute(query):
        row = ":".join(str(part) for part in ("fund_flow", *key))
        yield Problem("flows_kept", row, f"lacks {amount} fen in {number} flows")


# ── who stands behind an outflow ─────────────────────────────────────────────────────────────────

#: What is kept of one outflow: by nothing and by each share, (amount, gifts, givers).
_Figures = dict[tuple[str, str], tuple[int, int, int]]


def backing_kept(session: Session, told: Told = untold) -> Iterator[Problem]:
    """The kept numbers of gifts and givers behind each outflow, and their shares, hold.

    Where a giver was erased since, what was counted under a kind and a place cannot be counted
    again: there only the gifts, the sources of income and the sums are compared.
    """
    heads = session.execute(select(BookHead.book_id, BookHead.positions)).all()
    whole, done, erased = sum(end for _, end in heads), 0, _is_anybody_erased(session)
    for book_id, end in heads:
        last = session.scalar(
            select(func.max(SealedEntry.position)).where(SealedEntry.book_id == book_id)
        )
        for first in range(0, min(end, (last or 0) + 1), BATCH):
            found, kept = _found(session, book_id, first), _kept(session, book_id, first)
            for outflow_id in found.keys() | kept.keys():
                mine, theirs = kept.get(outflow_id, {}), found.get(outflow_id, {})
                if mine != theirs and not (erased and _same_but_erased(mine, theirs)):
                    odd = dict(mine.items() ^ theirs.items())
                    detail = f"differs from its rows at {min(odd)}"
                    yield Problem("backing", f"outflow_total:{outflow_id}", detail)
            done += BATCH
            told(min(done, whole), whole)
    yield from _astray(session)


def _found(session: Session, book_id: int, first: int) -> dict[int, _Figures]:
    """What stands behind the outflows of these positions, walked now."""
    figures: dict[int, _Figures] = defaultdict(dict)
    for share in shares_of_batch(session, book_id=book_id, first=first, end=first + BATCH):
        key = (share.share_of.value if share.share_of else "", share.value)
        amount = share.amount if share.share_of else 0
        figures[share.outflow_id][key] = (amount, share.gifts, share.givers)
    return figures


def _kept(session: Session, book_id: int, first: int) -> dict[int, _Figures]:
    """What was kept of them."""
    among = (
        SealedEntry.book_id == book_id,
        SealedEntry.position >= first,
        SealedEntry.position < first + BATCH,
    )
    figures: dict[int, _Figures] = defaultdict(dict)
    totals = (
        select(OutflowTotal.outflow_id, OutflowTotal.gifts, OutflowTotal.givers)
        .join(Outflow, Outflow.id == OutflowTotal.outflow_id)
        .join(SealedEntry, SealedEntry.entry_id == Outflow.entry_id)
        .where(*among)
    )
    for outflow_id, gifts, givers in session.execute(totals):
        figures[outflow_id]["", ""] = (0, gifts, givers)
    shares = (
        select(
            OutflowShare.outflow_id,
            type_coerce(OutflowShare.share_of, String),
            OutflowShare.value,
            type_coerce(OutflowShare.amount, BigInteger),
            OutflowShare.gifts,
            OutflowShare.givers,
        )
        .join(Outflow, Outflow.id == OutflowShare.outflow_id)
        .join(SealedEntry, SealedEntry.entry_id == Outflow.entry_id)
        .where(*among)
    )
    for outflow_id, share_of, value, amount, gifts, givers in session.execute(shares):
        figures[outflow_id][share_of, value] = (amount, gifts, givers)
    return figures


def _same_but_erased(kept: _Figures, found: _Figures) -> bool:
    """Whether nothing differs but what an erased giver takes away from a kind and a place."""

    def unnamed(figures: _Figures) -> int:
        return figures.get((ShareOf.GIVER_KIND.value, ""), (0, 0, 0))[0]

    def lasting(figures: _Figures) -> dict[tuple[str, str], tuple[int, int]]:
        sums: dict[tuple[str, str], tuple[int, int]] = {}
        for (share_of, value), (amount, gifts, _) in figures.items():
            key = (share_of, value if share_of in {"", ShareOf.INCOME.value} else "")
            before = sums.get(key, (0, 0))
            sums[key] = (before[0] + amount, before[1] + gifts)
        return sums

    return unnamed(found) > unnamed(kept) and lasting(kept) == lasting(found)


def _is_anybody_erased(session: Session) -> bool:
    erased = (
        select(Inflow.id)
        .outerjoin(InflowGiver, InflowGiver.inflow_id == Inflow.id)
        .where(Inflow.giver_digest.is_not(None), InflowGiver.inflow_id.is_(None))
        .limit(1)
    )
    return session.scalar(erased) is not None


def _astray(session: Session) -> Iterator[Problem]:
    """Figures kept of outflows that are not sealed, or not there."""
    for table in (OutflowTotal, OutflowShare):
        rows = session.scalars(
            select(table.outflow_id)
            .outerjoin(Outflow, Outflow.id == table.outflow_id)
            .outerjoin(SealedEntry, SealedEntry.entry_id == Outflow.entry_id)
            .where(SealedEntry.entry_id.is_(None))
            .distinct()
        )
        for outflow_id in rows:
            row = f"{table.__tablename__}:{outflow_id}"
            yield Problem("backing", row, "kept of an outflow that is not sealed")
