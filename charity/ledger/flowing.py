"""What comes onto the lines of funds and leaves them, by kind and by who stands on the other side.

One reading of in- and outflows for two uses: sealing keeps it per month (`FundFlow`), statements
read it of the entries that are not sealed yet.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from charity.ledger.models import (
    Account,
    Entry,
    Inflow,
    InflowGiver,
    Line,
    Outflow,
    OutflowKind,
    Transfer,
)

#: How another fund is named as a party.
FUND_PARTY = "fund:"

Rows = Select[*tuple[Any, ...]]


def incoming(entries: ColumnElement[bool]) -> Rows:
    """Inflows of these entries: book, day, fund, in, kind, party, amount, how many."""
    origin, line = aliased(Outflow), aliased(Line)
    party = case(
        (origin.id.is_(None), func.coalesce(InflowGiver.giver_kind, "")),
        (_text(origin.kind) == OutflowKind.GRANT.value, _fund(origin.fund_id)),
        else_=Account.code,
    )
    kind = func.coalesce(_text(origin.kind), _text(Inflow.income))
    keys = (line.book_id, Entry.booked_on, line.fund_id, kind, party)
    return (
        select(*_columns(True, keys, Inflow.amount))
        .select_from(Inflow)
        .join(Entry, Entry.id == Inflow.entry_id)
        .join(line, line.id == Inflow.line_id)
        .join(Transfer, (Transfer.entry_id == Inflow.entry_id) & (Transfer.number == Inflow.number))
        .join(Account, Account.id == Transfer.credit_account_id)
        .outerjoin(origin, origin.id == Inflow.origin_outflow_id)
        .outerjoin(InflowGiver, InflowGiver.inflow_id == Inflow.id)
        .where(entries)
        .group_by(*keys)
    )


def outgoing(entries: ColumnElement[bool]) -> Rows:
    """Outflows of these entries, in the same columns; a grant names the fund it went to."""
    into = (
        select(func.min(Line.fund_id))
        .join(Inflow, Inflow.line_id == Line.id)
        .where(Inflow.origin_outflow_id == Outflow.id)
        .scalar_subquery()
    )
    party = case(
        (Outflow.kind == OutflowKind.GRANT, func.coalesce(_fund(into), "")), else_=Account.code
    )
    single = (
        select(
            Entry.book_id,
            Entry.booked_on,
            Outflow.fund_id,
            _text(Outflow.kind).label("kind"),
            party.label("party"),
            Outflow.amount,
        )
        .select_from(Outflow)
        .join(Entry, Entry.id == Outflow.entry_id)
        .join(
            Transfer, (Transfer.entry_id == Outflow.entry_id) & (Transfer.number == Outflow.number)
        )
        .join(Account, Account.id == Transfer.debit_account_id)
        .where(entries)
        .subquery()
    )
    keys = (single.c.book_id, single.c.booked_on, single.c.fund_id, single.c.kind, single.c.party)
    return select(*_columns(False, keys, single.c.amount)).group_by(*keys)


def _columns(
    comes_in: bool, keys: tuple[Any, Any, Any, Any, Any], amount: Any
) -> tuple[ColumnElement[Any], ...]:
    book, day, fund, kind, party = keys
    return (
        book.label("book_id"),
        day.label("day"),
        fund.label("fund_id"),
        literal(comes_in).label("incoming"),
        kind.label("kind"),
        party.label("party"),
        func.sum(amount).label("amount"),
        func.count().label("flows"),
    )


def _text(column: Any) -> ColumnElement[str]:
    return type_coerce(column, String)


def _fund(column: Any) -> ColumnElement[str]:
    return literal_column(f"'{FUND_PARTY}'", String).concat(func.cast(column, String))
