"""The register of annual inspections year by year, and organisations without a sign of life."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from charity import clock
from charity.audits.queries.frames import REGISTERED
from charity.disclosure.models import DisclosureEntry
from charity.ledger.models import Book, Entry
from charity.paging import Page
from charity.registry.models import (
    AnnualInspection,
    Campaign,
    InspectionResult,
    Organisation,
    OrganisationState,
)
from charity.rules import parameter
from charity.spending.models import Budget, BudgetLine, Expense

#: Days without a sign of life, and annual inspections missed one after the other, after which one
#: asks: a year without activities is ground for revoking a registration; here it is a question.
QUIET, MISSED = "ORG-16.quiet", "ORG-16.missed"
ROWS = 30


@dataclass(frozen=True, slots=True)
class InspectionYear:
    """How many of one year there are by result; a year without grades has none that are due."""

    year: int
    counts: Mapping[InspectionResult, int]

    @property
    def due(self) -> int:
        """Who had to be inspected: those who did not come too, those without a grade not."""
        return sum(self.counts.values()) - self.counts.get(InspectionResult.REPORT_ONLY, 0)

    @property
    def passed(self) -> int:
        """合格 and nothing less."""
        return self.counts.get(InspectionResult.PASS, 0)

    @property
    def per_mille(self) -> int:
        """The pass rate, passed by due, in thousandths rounded down (ORG-12)."""
        return self.passed * 1000 // self.due if self.due else 0


def pass_rates(session: Session, *, region_code: str = "") -> list[InspectionYear]:
    """Every year that was recorded for a place and everything below it, the oldest first."""
    query = (
        select(AnnualInspection.year, AnnualInspection.result, func.count())
        .join(Organisation, Organisation.id == AnnualInspection.organisation_id)
        .where(*_within([region_code] if region_code else None))
        .group_by(AnnualInspection.year, AnnualInspection.result)
        .order_by(AnnualInspection.year)
    )
    years: dict[int, dict[InspectionResult, int]] = {}
    for year, result, count in session.execute(query):
        years.setdefault(year, {})[result] = count
    return [InspectionYear(year, counts) for year, counts in years.items()]


def register_page(
    session: Session,
    number: int = 1,
    *,
    region_code: str = "",
    year: int | None = None,
    result: InspectionResult | None = None,
) -> Page[tuple[AnnualInspection, Organisation]]:
    """The rows that the figures are counted from, the newest year first."""
    where = _within([region_code] if region_code else None)
    if year is not None:
        where.append(AnnualInspection.year == year)
    if result is not None:
        where.append(AnnualInspection.result == result)
    query = (
        select(AnnualInspection, Organisation)
        .join(Organisation, Organisation.id == AnnualInspection.organisation_id)
        .where(*where)
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // ROWS)))
    query = query.order_by(AnnualInspection.year.desc(), Organisation.name, AnnualInspection.id)
    found = session.execute(query.limit(ROWS).offset((number - 1) * ROWS))
    return Page([(row, organisation) for row, organisation in found], number, ROWS, total)


@dataclass(frozen=True, slots=True)
class Dormant:
    """An organisation to ask after: when it last stirred, and the years it missed."""

    organisation: Organisation
    #: The last sign of life here; None where there never was one.
    last_on: date | None
    #: Years of annual inspection it did not come to, running up to the last one recorded.
    missed: tuple[int, ...]
    is_quiet: bool


def dormant(
    session: Session,
    *,
    region_codes: Collection[str] | None,
    on: date,
    also: Mapping[int, date] | None = None,
) -> list[Dormant]:
    """Registered organisations of these places (None: everywhere) nobody has heard of lately.

    Quiet: no campaign, entry, expense or publication for so many days (ORG-16.quiet) and no
    younger than that; or so many annual inspections missed in a row (ORG-16.missed). `also`
    brings signs of life from elsewhere, by organisation. The longest quiet first. A question,
    never a verdict.
    """
    query = select(Organisation).where(
        Organisation.state == OrganisationState.VERIFIED,
        Organisation.uscc.is_not(None),
        Organisation.kind.in_(REGISTERED),
        *_within(region_codes),
    )
    signs, missed = _signs(session, also or {}), _missed(session)
    since = on - timedelta(days=parameter(QUIET, on).number)
    many = parameter(MISSED, on).number
    found = []
    for each in session.scalars(query):
        last = signs.get(each.id)
        begun = each.established_on or clock.day_of(each.registered_at)
        quiet = max(last or begun, begun) < since
        years = missed.get(each.id, ())
        if quiet or len(years) >= many:
            found.append(Dormant(each, last, years, quiet))
    return sorted(found, key=lambda row: (row.last_on or date.min, row.organisation.name))


def _signs(session: Session, also: Mapping[int, date]) -> dict[int, date]:
    """The last day on which each organisation did something in the books."""
    signs = dict(also)
    for query in _sources():
        for organisation_id, last in session.execute(query):
            if organisation_id is None or last is None:
                continue
            day = clock.day_of(last) if isinstance(last, datetime) else last
            signs[organisation_id] = max(day, signs.get(organisation_id, day))
    return signs


def _sources() -> Iterator[Select[*tuple[Any, ...]]]:
    """One question for each kind of sign: organisation, last time."""
    today = clock.today()
    for owner in (Campaign.charity_id, Campaign.partner_id):
        yield (
            select(owner, func.max(Campaign.starts_on))
            .where(Campaign.starts_on <= today)
            .group_by(owner)
        )
    yield (
        select(Book.organisation_id, func.max(Entry.booked_on))
        .join(Entry, Entry.book_id == Book.id)
        .group_by(Book.organisation_id)
    )
    yield (
        select(Budget.organisation_id, func.max(Expense.submitted_at))
        .join(BudgetLine, BudgetLine.budget_id == Budget.id)
        .join(Expense, Expense.budget_line_id == BudgetLine.id)
        .group_by(Budget.organisation_id)
    )
    yield select(DisclosureEntry.organisation_id, func.max(DisclosureEntry.published_at)).group_by(
        DisclosureEntry.organisation_id
    )
    yield (
        select(AnnualInspection.organisation_id, func.max(AnnualInspection.decided_on))
        .where(AnnualInspection.result != InspectionResult.NOT_SUBMITTED)
        .group_by(AnnualInspection.organisation_id)
    )


def _missed(session: Session) -> dict[int, tuple[int, ...]]:
    """The years each organisation missed without a break, up to the last one recorded of it."""
    query = select(
        AnnualInspection.organisation_id, AnnualInspection.year, AnnualInspection.result
    ).order_by(AnnualInspection.organisation_id, AnnualInspection.year)
    found: dict[int, tuple[int, ...]] = {}
    for organisation_id, year, result in session.execute(query):
        before = found.get(organisation_id, ())
        missed = result is InspectionResult.NOT_SUBMITTED
        found[organisation_id] = (*before, year) if missed else ()
    return {organisation_id: years for organisation_id, years in found.items() if years}


def _within(codes: Collection[str] | None) -> list[ColumnElement[bool]]:
    if codes is None:
        return []
    column = Organisation.region_code
    return [or_(false(), *(column.startswith(each, autoescape=True) for each in sorted(codes)))]
