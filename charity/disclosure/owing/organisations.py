"""What organisations owe of each year, of their bodies, and of a ratio they missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from charity import clock
from charity.disclosure import due
from charity.disclosure.models import DisclosureKind, RatioReport
from charity.disclosure.owing.wanted import Wanted, once_in_force
from charity.registry.models import (
    AnnualInspection,
    Campaign,
    InspectionResult,
    LegalRepresentative,
    Organisation,
    OrganisationKind,
    OrganisationState,
    RelatedParty,
    Relation,
)

CHARTER, ANNUAL, PARTIES, MAJOR_PROJECTS, PAY = (
    "DIS-201",
    "DIS-202",
    "DIS-207",
    "DIS-208",
    "DIS-214",
)
RATIO, LEAVING = "RAT-14", "ORG-19"
_SUPERVISOR, _REGISTRAR, _FOUNDATION = "ORG-11.supervisor", "ORG-11.registrar", "ORG-11.foundation"

#: The first year whose reports are asked for here: those due once 令81 is in force.
FIRST_YEAR = 2025
#: Kinds that report to their registrar each year, and by which rules (ORG-11).
INSPECTED: dict[OrganisationKind, tuple[str, ...]] = {
    OrganisationKind.ASSOCIATION: (_SUPERVISOR, _REGISTRAR),
    OrganisationKind.SOCIAL_SERVICE_ORG: (_SUPERVISOR, _REGISTRAR),
    OrganisationKind.FOUNDATION: (_FOUNDATION,),
}
#: Who belongs to the bodies whose members are public.
BODIES = (
    Relation.LEGAL_REPRESENTATIVE,
    Relation.COUNCIL,
    Relation.SUPERVISOR,
    Relation.MANAGER,
)


def of_organisations(session: Session, today: date) -> Iterator[Wanted]:
    """What charities, and who raises money with one here, owe of every year that is over."""
    years = range(FIRST_YEAR, today.year)
    inspections = select(AnnualInspection.organisation_id, AnnualInspection.year).where(
        AnnualInspection.year >= FIRST_YEAR,
        AnnualInspection.result != InspectionResult.NOT_SUBMITTED,
    )
    inspected = {(organisation_id, year) for organisation_id, year in session.execute(inspections)}
    partners = select(Campaign.partner_id).where(Campaign.partner_id.is_not(None))
    query = (
        select(Organisation)
        .where(
            Organisation.state == OrganisationState.VERIFIED,
            or_(Organisation.is_charity, Organisation.id.in_(partners)),
        )
        .order_by(Organisation.id)
    )
    for organisation in session.scalars(query).all():
        for year in years:
            if _since(organisation) <= date(year, 12, 31):
                reported = (organisation.id, year) in inspected
                yield from _of_year(organisation, year, reported=reported)
    yield from _of_bodies(session)
    yield from _of_ratios(session)
    yield from _of_representatives(session)


def _since(organisation: Organisation) -> date:
    """The day from which it has years to report on; the day it came here where nothing is known."""
    return organisation.established_on or clock.day_of(organisation.registered_at)


def _of_year(organisation: Organisation, year: int, *, reported: bool) -> Iterator[Wanted]:
    owed = [
        (rule_id, DisclosureKind.ANNUAL_REPORT, reported)
        for rule_id in INSPECTED.get(organisation.kind, ())
    ]
    if organisation.is_charity:
        owed.append((ANNUAL, DisclosureKind.ANNUAL_REPORT, False))
        owed.append((PARTIES, DisclosureKind.RELATED_PARTIES, False))
        if organisation.may_raise_on(date(year, 12, 31)):
            owed.append((PAY, DisclosureKind.PAY_AND_STANDARDS, False))
        else:
            owed.append((MAJOR_PROJECTS, DisclosureKind.MAJOR_PROJECTS, False))
    for rule_id, kind, done in owed:
        yield from once_in_force(_yearly, rule_id, kind, organisation.id, year, done=done)


def _yearly(
    rule_id: str, kind: DisclosureKind, organisation_id: int, year: int, *, done: bool
) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=rule_id,
        kind=kind,
        subject=f"organisation:{organisation_id}",
        organisation_id=organisation_id,
        period_from=date(year, 1, 1),
        period_until=date(year, 12, 31),
        due_on=due.yearly(rule_id, year),
        done=done,
    )


def _of_bodies(session: Session) -> Iterator[Wanted]:
    """DIS-201: who came to or left the bodies of a charity after it was known here."""
    query = (
        select(RelatedParty.since, RelatedParty.until, Organisation)
        .join(Organisation, Organisation.id == RelatedParty.organisation_id)
        .where(Organisation.is_charity, RelatedParty.relation.in_(BODIES))
    )
    changes = {
        (organisation.id, day)
        for since, until, organisation in session.execute(query)
        for day in (since, until)
        if day is not None and day > clock.day_of(organisation.registered_at)
    }
    for organisation_id, day in sorted(changes):
        yield from once_in_force(_changed, organisation_id, day)


def _changed(organisation_id: int, day: date) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=CHARTER,
        kind=DisclosureKind.CHARTER,
        subject=f"organisation:{organisation_id}",
        organisation_id=organisation_id,
        period_from=day,
        period_until=day,
        due_on=due.days_after(CHARTER, day),
    )


def _of_representatives(session: Session) -> Iterator[Wanted]:
    """ORG-19: whoever represented it is audited when somebody else does, known here since then."""
    query = (
        select(LegalRepresentative.until, Organisation)
        .join(Organisation, Organisation.id == LegalRepresentative.organisation_id)
        .where(
            LegalRepresentative.until.is_not(None),
            Organisation.kind.in_(INSPECTED),
            Organisation.state == OrganisationState.VERIFIED,
        )
        .order_by(LegalRepresentative.id)
    )
    for until, organisation in session.execute(query):
        if until is not None and until >= clock.day_of(organisation.registered_at):
            yield from once_in_force(_leaving, organisation.id, until)


def _leaving(organisation_id: int, day: date) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=LEAVING,
        kind=DisclosureKind.LEAVING_AUDIT,
        subject=f"organisation:{organisation_id}",
        organisation_id=organisation_id,
        period_from=day,
        period_until=day,
        due_on=due.days_after(LEAVING, day),
    )


def _of_ratios(session: Session) -> Iterator[Wanted]:
    """RAT-14: a ratio that was not met is reported and published with the year's report."""
    reports = session.scalars(select(RatioReport).order_by(RatioReport.id))
    latest = {(report.organisation_id, report.year): report for report in reports}
    for (organisation_id, year), report in latest.items():
        if report.content.get("missed"):
            yield from once_in_force(_missed, organisation_id, year)


def _missed(organisation_id: int, year: int) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=RATIO,
        kind=DisclosureKind.RATIO_MISSED,
        subject=f"organisation:{organisation_id}",
        organisation_id=organisation_id,
        period_from=date(year, 1, 1),
        period_until=date(year, 12, 31),
        due_on=due.yearly(ANNUAL, year),
    )
