"""What the law says to publishing a project: the campaign, who stands behind it, and whom it helps.

One list of findings, each with its rule; blocks refuse, warnings are for the reviewer's eyes.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from charity import clock
from charity.registry import queries as registry
from charity.registry.eligibility import (
    PlaceFacts,
    PlanFacts,
    campaign_eligibility,
    change_findings,
)
from charity.registry.eligibility_organisations import organisation_eligibility
from charity.registry.findings import Finding, block, warn
from charity.registry.models import (
    MEMBERS_MODES,
    DecidedAct,
    FundraisingMode,
    Organisation,
    PlanSheet,
)
from charity.registry.naming import named_person, pressing_word
from projects.listings.models import Project
from projects.listings.reasons import ListingsReason

#: Until something was typed, all of it is missing.
_EMPTY = PlanSheet()


def campaign_findings(
    session: Session, project: Project, *, operator_id: int, operator_mode: str
) -> list[Finding]:
    """What the rules say to publishing this project today, blocks and warnings."""
    charity = registry.organisation(session, operator_id)
    partner = None if project.organisation_id == operator_id else project.organisation
    today = clock.today()
    agreement = None
    if partner is not None:
        agreement = registry.agreement_between(session, operator_id, partner.id, today)
    sheet = project.plan_sheet
    findings = campaign_eligibility(
        charity=charity,
        partner=partner,
        agreement=agreement,
        plan=PlanFacts(
            number=project.plan_number,
            filed_on=project.plan_filed_on,
            starts_on=project.starts_on,
            ends_on=project.ends_on,
            emergency=sheet.emergency if sheet is not None else "",
        ),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        mode=project.mode,
        operator_mode=operator_mode,
        on=today,
        on_platform=bool(project.platform_url),
        sheet=sheet or _EMPTY,
        place=PlaceFacts(project.region_code, sheet.second_filing if sheet is not None else ""),
    )
    parties = [charity] if partner is None else [charity, partner]
    findings += _of_parties(session, project, parties, today)
    # who owes the supplement of another plan is seen before a new one is opened (CHA-115)
    findings += change_findings(registry.open_plan_changes(session, charity.id), today)
    return findings + aid_findings(project) + pressing_findings(project)


def _of_parties(
    session: Session, project: Project, parties: list[Organisation], today: date
) -> list[Finding]:
    """What restricts those who stand behind it; that they are verified the campaign asks.

    Who is to receive a grant is asked for that too (ORG-01, ORG-16).
    """
    ids = [party.id for party in parties]
    restrictions = registry.restrictions_of(session, organisation_ids=ids)
    findings = []
    for party in parties:
        of_it = [each for each in restrictions if each.organisation_id == party.id]
        active = None
        if party.is_charity:
            active = registry.last_campaign_day(session, party.id, today)
        findings += organisation_eligibility(
            party, act=DecidedAct.POSTING, on=today, restrictions=of_it, last_active=active
        )
        if project.mode is FundraisingMode.GRANT and party.id == project.organisation_id:
            findings += organisation_eligibility(
                party, act=DecidedAct.GRANTING, on=today, restrictions=of_it
            )
    return [finding for finding in findings if finding.rule_id != "CHA-120"]


def aid_findings(project: Project) -> list[Finding]:
    """A named individual is helped elsewhere (AID-01); one beneficiary or a name warns (AID-02).

    Among members, who know each other, mutual aid may name whom it helps.
    """
    if project.mode in MEMBERS_MODES:
        return []
    name = named_person(project.title) or named_person(project.beneficiaries)
    single = project.beneficiary_count == 1
    if name is not None and single:
        return [block("AID-01", ListingsReason.NAMED_INDIVIDUAL)]
    findings = []
    if single:
        findings.append(warn("AID-02", ListingsReason.SINGLE_BENEFICIARY))
    if name is not None:
        findings.append(warn("AID-02", ListingsReason.PERSON_IN_TITLE, name=name))
    return findings


def pressing_findings(project: Project) -> list[Finding]:
    """Giving is free: a word that presses people is for the reviewer to see (CHA-119)."""
    word = pressing_word(project.title) or pressing_word(project.story)
    return [] if word is None else [warn("CHA-119", ListingsReason.PRESSING_WORDS, word=word)]
