"""What the rules say of an application: findings, each with its rule (VEN-01, 02, 03, 09).

Pure: rows in, findings out. BLOCK refuses, WARN is shown to whoever decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from charity.money import Money
from charity.registry.eligibility_organisations import organisation_eligibility
from charity.registry.findings import Finding, block, figure, warn
from charity.registry.models import (
    AnnualInspection,
    DecidedAct,
    InspectionResult,
    Organisation,
    OrganisationKind,
    Restriction,
)
from charity.registry.months import add_years
from projects.ventures.models import Application, ApplicationLineKind
from projects.ventures.reasons import VentureReason
from projects.ventures.terms import CompetitionTerms

#: Rules named by the findings.
ROLES, CAPS, WHO, SHARES = "VEN-01", "VEN-02", "VEN-03", "VEN-09"
#: Results of the yearly inspection with which nobody receives an award.
_FAILED = frozenset({InspectionResult.FAIL, InspectionResult.NOT_SUBMITTED})


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """What is known of an applicant on the day it is judged."""

    organisation: Organisation
    restrictions: Sequence[Restriction] = ()
    #: The registrar's answers, newest year first.
    inspections: Sequence[AnnualInspection] = ()
    #: The last day on which an award of it was ended for a breach.
    broke_on: date | None = None


def application_findings(
    application: Application, facts: ApplicantFacts, terms: CompetitionTerms, on: date
) -> list[Finding]:
    """Whether an application may take part, judged on a day in China."""
    findings = applicant_findings(facts, on)
    if facts.organisation.id == application.competition.organiser_id:
        findings.append(block(ROLES, VentureReason.ORGANISER_APPLIES))
    findings += cap_findings(application.total, application.asked, terms)
    return findings + share_findings(application, terms)


def applicant_findings(facts: ApplicantFacts, on: date) -> list[Finding]:
    """Registered, or filed with a host; on no list; inspected; no broken agreement (VEN-03)."""
    organisation = facts.organisation
    findings = [
        finding
        for finding in organisation_eligibility(
            organisation, act=DecidedAct.GRANTING, on=on, restrictions=facts.restrictions
        )
        # a filed group takes part; what it wins its host receives
        if not (finding.rule_id == "ORG-01" and has_receiver(organisation))
    ]
    if facts.inspections and facts.inspections[0].result in _FAILED:
        year = facts.inspections[0].year
        findings.append(block(WHO, VentureReason.INSPECTION_FAILED, year=year))
    if facts.broke_on is not None:
        years = figure(WHO, on)
        if isinstance(years, Finding):
            findings.append(years)
        elif (until := add_years(facts.broke_on, years.number)) >= on:
            findings.append(block(WHO, VentureReason.BREACH, years, until=until))
    return findings


def has_receiver(organisation: Organisation) -> bool:
    """Whether money may be paid for it: to itself, or to the host of a filed group (ORG-01)."""
    if organisation.kind is not OrganisationKind.COMMUNITY_GROUP:
        return True
    return organisation.host is not None


def receiver_of(organisation: Organisation) -> Organisation | None:
    """The organisation that receives for it; None for a filed group without a host."""
    if organisation.kind is not OrganisationKind.COMMUNITY_GROUP:
        return organisation
    return organisation.host


def cap_findings(total: Money, asked: Money, terms: CompetitionTerms) -> list[Finding]:
    """More than the share of the budget, or than the most for one, is refused (VEN-02)."""
    share = Money(total.fen * terms.cap_permille // 1000)
    findings = []
    if asked > terms.cap:
        findings.append(block(CAPS, VentureReason.SUM_BEYOND, most=terms.cap))
    if asked > share:
        findings.append(block(CAPS, VentureReason.SHARE_BEYOND, most=share))
    return findings


def share_findings(application: Application, terms: CompetitionTerms) -> list[Finding]:
    """Much for staff, or for management, is asked about and never refused (VEN-09)."""
    limits = (
        (ApplicationLineKind.STAFF, terms.staff_permille, VentureReason.STAFF_SHARE),
        (
            ApplicationLineKind.MANAGEMENT,
            terms.management_permille,
            VentureReason.MANAGEMENT_SHARE,
        ),
    )
    findings = []
    for kind, most, reason in limits:
        fen = sum(line.amount.fen for line in application.lines if line.kind is kind)
        if fen * 1000 > most * application.total.fen:
            share = -(-fen * 1000 // application.total.fen)
            findings.append(warn(SHARES, reason, share=share, most=most))
    return findings
