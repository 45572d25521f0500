"""Keeping what the ratios of a year came to; a missed one becomes a duty (RAT-14)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.disclosure import policy
from charity.disclosure.models import RatioReport
from charity.disclosure.queries.ratios import content_of, figures_of, judged
from charity.disclosure.reasons import DisclosureReason
from charity.errors import Invalid, InvalidState
from charity.ledger.models import Book
from charity.money import ZERO, Money
from charity.registry.models import Organisation
from charity.rows import present


def compute_ratios(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    year: int,
    not_usable: Money = ZERO,
    lifted: Money = ZERO,
    because: str = "",
) -> RatioReport:
    """Judge a year that is over by the rows of its last day, and keep the report.

    `not_usable` and `lifted` adjust the income of the year before (RAT-12), and `because` says by
    which agreements; all three are published with the report. Computed again, the later report
    counts. Raises `Denied`, `InvalidState` (YEAR_NOT_OVER, NO_BOOK_THEN), `Invalid` for a negative
    adjustment or one without a reason.
    """
    organisation = present(session.get(Organisation, organisation_id))
    require(policy.may_publish(actor, organisation_id))
    if year >= clock.today().year:
        raise InvalidState(DisclosureReason.YEAR_NOT_OVER, year=year)
    if not_usable < ZERO or lifted < ZERO:
        raise Invalid(DisclosureReason.NEGATIVE_ADJUSTMENT, field="not_usable")
    adjusted = not_usable > ZERO or lifted > ZERO
    said = texts.prose(because, field="because", required=adjusted)
    found = figures_of(session, organisation, year, not_usable=not_usable, lifted=lifted)
    if found is None:
        raise InvalidState(DisclosureReason.NO_BOOK_THEN, year=year)
    content = content_of(found, judged(found, date(year, 12, 31)), year, because=said)
    report = RatioReport(
        organisation_id=organisation_id, year=year, computed_at=clock.now(), content=content
    )
    session.add(report)
    session.flush()
    return report


def compute_missing_ratios(session: Session, actor: Actor, *, on: date) -> int:
    """Judge last year for every charity with a book then that nobody has judged yet.

    Raises `Denied` for anyone but the installation. Answers how many reports were made.
    """
    require(policy.may_keep_duties(actor))
    year = on.year - 1
    judged = select(RatioReport.organisation_id).where(RatioReport.year == year)
    query = (
        select(Organisation.id)
        .join(Book, Book.organisation_id == Organisation.id)
        .where(
            Organisation.is_charity,
            Book.opened_on <= date(year, 12, 31),
            Organisation.id.not_in(judged),
        )
        .order_by(Organisation.id)
    )
    missing = session.scalars(query).all()
    for organisation_id in missing:
        compute_ratios(session, actor, organisation_id=organisation_id, year=year)
    return len(missing)
