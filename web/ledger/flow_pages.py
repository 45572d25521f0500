"""What everybody sees of a fund's and an organisation's money: its statement and its flow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import queries, statements
from charity.ledger.models import Book, Fund
from charity.ledger.statements import FundSize, FundStatement, Period
from charity.money import Money
from charity.registry.models import Organisation
from projects.listings import queries as listings
from projects.listings.models import Project
from web.ledger import flows
from web.ledger.asked import ask
from web.ledger.fund_sheets import fund_sheet
from web.ledger.periods import EARLIEST, LATEST

#: Funds named in an organisation's table.
FUNDS = 30
#: Funds drawn one by one; those beyond are one node.
DRAWN = 11
#: At most so many of these are there because they grant or were granted.
GRANTING = 7


def of_fund(
    session: Session, fund: Fund, project: Project | None, year: str | None
) -> dict[str, Any]:
    """The statement of a fund, where its money lies, and its picture.

    Payees are told for all time only: expenses know the day they were paid, not the book's months.
    """
    period, chosen = _period(year)
    book = queries.book(session, fund.book_id)
    found = statements.fund_statement(session, fund.id, period)
    flow = statements.flow_through([found])
    names = queries.fund_names(session, flow.fund_ids)
    uses: Sequence[listings.Use] = ()
    if project is not None and chosen is None:
        uses = listings.uses_of_fund(session, fund.id)
    return {
        "statement": fund_sheet(ask(session, book, period), found, names),
        "lines": statements.lines_in_hand(session, fund.id),
        "sankey_view": flows.fund_picture(fund.id, flow, names, uses),
        "years": _years(fund.opened_on.year),
        "year": chosen,
    }


def of_organisation(
    session: Session, organisation: Organisation, year: str | None
) -> dict[str, Any]:
    """The picture of all funds in the book of an organisation, and the funds in a table."""
    book = queries.book_kept_by(session, organisation.id)
    if book is None:
        return {"organisation": organisation, "book": None}
    period, chosen = _period(year)
    sizes = statements.funds_with_money(session, book.id, period)
    ids = [size.fund_id for size in sizes]
    own = statements.own(session, book.id)
    drawn = _drawn(sizes)
    table = statements.funds_table(session, book.id, period, {*drawn, *ids[:FUNDS]})
    flow = statements.flow_through(statements.together(table, drawn, own).values())
    names = queries.fund_names(session, flow.fund_ids | table.keys())
    return {
        "organisation": organisation,
        "book": book,
        "sankey_view": flows.book_picture(flow, names, len(ids) - len(drawn)),
        "years": _years(_begun(session, book)),
        "year": chosen,
        "fund_names": names,
        "funds": [_row(table[fund_id], own) for fund_id in ids[:FUNDS]],
        "more_funds": max(len(ids) - FUNDS, 0),
        **_sums(table, own),
    }


def _drawn(sizes: Sequence[FundSize]) -> list[int]:
    """The funds drawn one by one: who grants to whom is seen only where both are."""
    granting = [size.fund_id for size in sizes if size.granted][:GRANTING]
    largest = [size.fund_id for size in sizes if size.fund_id not in granting]
    return granting + largest[: DRAWN - len(granting)]


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund in an organisation's table; grants of other books are income, to them are use."""

    fund_id: int
    income: Money
    granted_in: Money
    used: Money
    granted_out: Money
    closing: Money


def _sums(table: Mapping[int, FundStatement], own: Collection[int]) -> dict[str, Money]:
    """All funds of the book; grants between them are neither income nor use."""
    rows = [_row(each, own) for each in table.values()]
    return {
        "opening": Money.total(each.opening for each in table.values()),
        "income": Money.total(row.income for row in rows),
        "used": Money.total(row.used for row in rows),
        "closing": Money.total(row.closing for row in rows),
    }


def _row(found: FundStatement, own: Collection[int]) -> FundRow:
    here = {*own, statements.REST}
    granted_in = Money.total(m for other, m in found.granted_in.items() if other in here)
    granted_out = Money.total(m for other, m in found.granted_out.items() if other in here)
    return FundRow(
        found.fund_id,
        income=found.received - granted_in,
        granted_in=granted_in,
        used=found.used - granted_out,
        granted_out=granted_out,
        closing=found.closing,
    )


def _begun(session: Session, book: Book) -> int:
    """The year of the first fund, or of the book."""
    return min([book.opened_on, *(fund.opened_on for fund in queries.funds(session, book.id))]).year


def _years(first: int) -> list[int]:
    """The years to choose from, the latest first."""
    return list(range(clock.today().year, first - 1, -1))


def _period(year: str | None) -> tuple[Period, int | None]:
    """The year asked for, else all time."""
    if year and year.isascii() and year.isdigit() and len(year) == 4:
        number = int(year)
        if EARLIEST.year <= number <= LATEST.year:
            return Period.year(number), number
    return Period(EARLIEST, LATEST), None
