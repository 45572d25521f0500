"""The ratios of a year, with every figure from the statements of the organisation's own book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.disclosure import ratios
from charity.disclosure.models import AllocationKey, GiftRate, RatioReport
from charity.disclosure.ratios import AgreedRate, Figures, RatioKind, RatioOutcome, Verdict
from charity.donations.models import Donation
from charity.ledger import queries as ledger
from charity.ledger import statements, tracing
from charity.ledger.chart import AccountCode
from charity.ledger.models import Book, OutflowKind
from charity.ledger.statements import Activities, Period
from charity.money import ZERO, Money
from charity.registry.models import Organisation

Content = dict[str, Any]
_MILLION = 1_000_000
#: Years before the one that is judged: as many as an average may take.
_YEARS = 3
_DONATIONS = AccountCode.DONATION_INCOME_RESTRICTED.partition(".")[0]


def figures_of(
    session: Session,
    organisation: Organisation,
    year: int,
    *,
    not_usable: Money = ZERO,
    lifted: Money = ZERO,
) -> Figures | None:
    """The figures of a year from the book; None where it keeps none, or none that year.

    `not_usable` and `lifted` adjust the income of the year before (RAT-12): restricted income that
    might not be used then, and net assets whose time restriction ended then. Years before the book
    was opened are not known.
    """
    book = ledger.book_kept_by(session, organisation.id)
    if book is None or book.opened_on.year > year:
        return None
    now = statements.activities(session, book.id, Period.year(year))
    before = _years_before(book, year)
    incomes = [
        statements.activities(session, book.id, Period.year(each)).total_income.total.fen
        for each in before
    ]
    if incomes:
        incomes[0] = ratios.income_of_year(incomes[0], not_usable.fen, lifted.fen)
    return Figures(
        kind=organisation.kind,
        is_charity=organisation.is_charity,
        has_certificate=organisation.may_raise_on(date(year, 12, 31)),
        charitable=_cost(now, AccountCode.PROGRAMME_COST),
        management=_cost(now, AccountCode.MANAGEMENT_COST),
        total=now.total_costs.total.fen,
        incomes=tuple(incomes),
        net_assets=tuple(_net_assets(session, book, each) for each in before),
        agreed=tuple(_agreed(session, organisation.id, year)),
        not_usable=not_usable.fen if incomes else 0,
        lifted=lifted.fen if incomes else 0,
        fundraising_cost=_cost(now, AccountCode.FUNDRAISING_COST),
        fundraising_income=sum(row.total.fen for row in now.income if row.code == _DONATIONS),
    )


def _agreed(session: Session, organisation_id: int, year: int) -> Iterator[AgreedRate]:
    """What was spent in the year of gifts with a rate of their own, gift by gift (RAT-15)."""
    query = (
        select(GiftRate.permille, Donation.entry_id)
        .join(Donation, Donation.id == GiftRate.donation_id)
        .where(GiftRate.organisation_id == organisation_id, Donation.entry_id.is_not(None))
        .order_by(GiftRate.id)
    )
    for permille, entry_id in session.execute(query):
        if entry_id is None:
            continue
        steps = tracing.trail_of_entry(session, entry_id).steps
        spent = sum(
            step.amount.fen
            for step in steps
            if step.kind is OutflowKind.EXPENSE and step.occurred_on.year == year
        )
        if spent:
            yield AgreedRate(spent, permille)


def allocation_key(session: Session, organisation_id: int, on: date) -> AllocationKey | None:
    """By which key shared costs are split on a day; None where nobody set one (RAT-18)."""
    query = select(AllocationKey).where(
        AllocationKey.organisation_id == organisation_id, AllocationKey.since <= on
    )
    return session.scalar(query.order_by(AllocationKey.since.desc()).limit(1))


def judged(figures: Figures, on: date) -> list[Verdict]:
    """Every ratio of a year that ends on a day; the draft's too, once there is one (RAT-17)."""
    try:
        return ratios.judge(figures, on, with_draft=True)
    except LookupError:
        return ratios.judge(figures, on)


def _years_before(book: Book, year: int) -> list[int]:
    """The years before, the last one first, as far as the book goes back."""
    return [each for each in range(year - 1, year - 1 - _YEARS, -1) if each >= book.opened_on.year]


def _cost(found: Activities, code: AccountCode) -> int:
    return sum(row.total.fen for row in found.costs if row.code == code)


def _net_assets(session: Session, book: Book, year: int) -> int:
    sheet = statements.balance_sheet(session, book.id, date(year, 12, 31))
    return sheet.line("total_net_assets").closing.fen


def content_of(
    figures: Figures, verdicts: list[Verdict], year: int, *, because: str = ""
) -> Content:
    """What is kept of a judgement: sums in fen, shares in millionths, rows used, verdicts.

    `because` says why the income of the year before was adjusted (RAT-12).
    """
    return {
        "year": year,
        "is_charity": figures.is_charity,
        "has_certificate": figures.has_certificate,
        "charitable_fen": figures.charitable,
        "management_fen": figures.management,
        "total_fen": figures.total,
        "fundraising_fen": figures.fundraising_cost,
        "incomes_fen": list(figures.incomes),
        "not_usable_fen": figures.not_usable,
        "lifted_fen": figures.lifted,
        "adjusted_because": because,
        "net_assets_before_fen": list(figures.net_assets),
        "verdicts": [_verdict(each) for each in verdicts],
        "missed": ratios.missed(verdicts),
    }


def _verdict(verdict: Verdict) -> Content:
    return {
        "rule": verdict.rule_id,
        "kind": verdict.kind.value,
        "outcome": verdict.outcome.value,
        "share_millionths": _millionths(verdict.share),
        "limit_millionths": _millionths(verdict.limit),
        "base_fen": None if verdict.base is None else int(verdict.base),
        "is_average": verdict.is_average,
        "used": [
            {
                "rule": row.rule_id,
                "value": row.value,
                "since": row.effective_from.isoformat(),
                "source": row.source,
            }
            for row in verdict.used
        ],
    }


def _millionths(share: Fraction | None) -> int | None:
    """Rounded down, so that a ratio just missed never reads as met."""
    return None if share is None else int(share * _MILLION)


def so_far(session: Session, organisation: Organisation, year: int) -> Content | None:
    """The year as the book stands now, for a year that is not over; nothing is kept of it."""
    found = figures_of(session, organisation, year)
    if found is None:
        return None
    return content_of(found, judged(found, date(year, 12, 31)), year)


def reports(session: Session, organisation_id: int) -> list[RatioReport]:
    """The latest report of each year, the last year first."""
    query = (
        select(RatioReport)
        .where(RatioReport.organisation_id == organisation_id)
        .order_by(RatioReport.year, RatioReport.id)
    )
    latest = {report.year: report for report in session.scalars(query)}
    return [latest[year] for year in sorted(latest, reverse=True)]


def outcome_of(content: Content) -> RatioOutcome:
    """The worst of its verdicts: what a list shows in one word."""
    outcomes = {
        RatioOutcome(each["outcome"])
        for each in content["verdicts"]
        # the draft informs and weighs nothing
        if each["kind"] != RatioKind.FUNDRAISING.value
    }
    for each in (RatioOutcome.MISSED, RatioOutcome.UNKNOWN, RatioOutcome.REPORTED):
        if each in outcomes:
            return each
    return RatioOutcome.MET
