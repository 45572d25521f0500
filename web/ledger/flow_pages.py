"""What everybody sees of a fund's and an organisation's money: its statement and its flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.ledger import queries, statements
from charity.ledger.models import Book, Fund
from charity.ledger.statements import Period
from charity.money import ZERO
from charity.registry.models import Organisation
from projects.listings import queries as listings
from projects.listings.models import Project
from web.ledger import flows
from web.ledger.asked import ask
from web.ledger.fund_sheets import fund_sheet
from web.ledger.periods import EARLIEST, LATEST

#: Funds named in an organisation's table; beyond, they are one line.
FUNDS = 30


def of_fund(
    session: Session, fund: Fund, project: Project | None, year: str | None
) -> dict[str, Any]:
    """The statement of a fund, where its money lies, and its picture.

    Payees are told for all time only: expenses know the day they were paid, not the book's months.
    """
    period, chosen = _period(year)
    book = queries.book(session, fund.book_id)
    flow = statements.fund_flow(session, fund.id, period)
    uses: Sequence[listings.Use] = ()
    if project is not None and chosen is None:
        uses = listings.flow_of_project(session, project.id).uses
    return {
        "statement": fund_sheet(ask(session, book, period), fund.id),
        "lines": statements.lines_in_hand(session, fund.id),
        "sankey_view": flows.fund_picture(fund.id, flow, _names(session, flow), uses),
        "years": _years(fund.opened_on.year),
        "year": chosen,
    }


def of_organisation(
    session: Session, organisation: Organisation, year: str | None
) -> dict[str, Any]:
    """The picture of all funds in the book of an organisation, and the funds in a table."""
    book = next(
        (each for each in queries.books(session) if each.organisation_id == organisation.id), None
    )
    if book is None:
        return {"organisation": organisation, "book": None}
    period, chosen = _period(year)
    flow = statements.book_flow(session, book.id, period)
    return {
        "organisation": organisation,
        "book": book,
        "sankey_view": flows.book_picture(flow, _names(session, flow)),
        "years": _years(_begun(session, book)),
        "year": chosen,
        **_funds(session, book, period),
    }


def _funds(session: Session, book: Book, period: Period) -> dict[str, Any]:
    """The largest funds by what came in or was there, and the sums of all.

    Grants between funds of the book are neither income nor use here.
    """
    table = statements.funds_table(session, book.id, period)
    ordered = sorted(table.values(), key=lambda f: (-(f.received + f.opening).fen, f.fund_id))
    opening = income = used = closing = ZERO
    for each in ordered:
        income += each.total_income
        used += each.spent + each.fees + each.refunds + each.reversals
        closing += each.closing
        opening += each.opening
    return {
        "funds": ordered[:FUNDS],
        "fund_names": queries.fund_names(session, [each.fund_id for each in ordered[:FUNDS]]),
        "more_funds": max(len(ordered) - FUNDS, 0),
        "opening": opening,
        "income": income,
        "used": used,
        "closing": closing,
    }


def _names(session: Session, flow: statements.Flow) -> dict[int, str]:
    return queries.fund_names(session, flow.fund_ids)


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
