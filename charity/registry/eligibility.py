"""May this campaign raise money: the one function that reads certificates, plans and agreements.

It answers with findings, each naming its rule and the dated figure it used. BLOCK refuses, WARN is
recorded and shown. Asked before a project is published and again before each gift.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from charity.registry import regions
from charity.registry.eligibility_organisations import verification_findings
from charity.registry.findings import (
    Finding,
    Severity,
    block,
    blocking,
    figure,
    refuse,
    unjudged,
    warn,
)
from charity.registry.models import (
    PUBLIC_FUNDRAISING,
    Campaign,
    CampaignState,
    FundraisingMode,
    Organisation,
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
    PlanChange,
    PlanField,
    PlanSheet,
    RestrictedAct,
)
from charity.registry.reasons import RegistryReason

__all__ = [
    "COLLECTING_MODES",
    "Finding",
    "PlaceFacts",
    "PlanFacts",
    "PlanLike",
    "Severity",
    "blocking",
    "campaign_eligibility",
    "change_findings",
    "filing_by",
    "giving_eligibility",
    "missing_fields",
    "refuse",
    "sheet_findings",
    "supplement_by",
    "territory_findings",
    "unjudged",
]

#: Operator modes in which a campaign may take money, by its legal basis (HANDBOOK 0.1); an operator
#: in mode `listing` only shows and links out.
COLLECTING_MODES: dict[FundraisingMode, frozenset[str]] = {
    FundraisingMode.PUBLIC_ONLINE: frozenset({"qualified_charity", "designated_platform"}),
    FundraisingMode.PUBLIC_OFFLINE: frozenset({"qualified_charity"}),
    FundraisingMode.TARGETED: frozenset({"qualified_charity"}),
    FundraisingMode.MUTUAL_AID: frozenset({"qualified_charity"}),
    # Nothing is collected: a register of grants may stand on any site.
    FundraisingMode.GRANT: frozenset({"qualified_charity", "designated_platform", "listing"}),
}


#: Stands for a rule where the people of a project take no gifts for a while.
PROJECT_PAUSED = "PAUSE"
#: Who works in a village and never collects: partner and doer at most (CHA-131).
_VILLAGES = frozenset({OrganisationKind.GRASSROOTS_COMMITTEE, OrganisationKind.VILLAGE_COLLECTIVE})


class PlanLike(Protocol):
    """What is asked of a fundraising plan; a project's draft has it before the plan is a row."""

    @property
    def number(self) -> str:
        """Number the registrar gave the filing."""

    @property
    def filed_on(self) -> date:
        """Day of filing."""

    @property
    def starts_on(self) -> date:
        """First day of the plan."""

    @property
    def ends_on(self) -> date:
        """Last day of the plan."""

    @property
    def emergency(self) -> str:
        """The major emergency it serves, empty for none (CHA-113)."""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan that is not stored yet."""

    number: str
    filed_on: date
    starts_on: date
    ends_on: date
    emergency: str = ""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Where an activity on the spot happens, and what it was filed as there (CHA-116)."""

    region_code: str
    #: The number of the filing with the county office of that place; empty for none.
    second_filing: str = ""


def campaign_eligibility(
    *,
    charity: Organisation,
    partner: Organisation | None,
    agreement: PartnerAgreement | None,
    plan: PlanLike,
    starts_on: date,
    ends_on: date,
    mode: FundraisingMode,
    operator_mode: str,
    on: date,
    on_platform: bool = False,
    sheet: PlanSheet | None = None,
    place: PlaceFacts | None = None,
) -> list[Finding]:
    """Whether `charity` may raise money in public from `starts_on` to `ends_on`, judged `on` a day.

    `partner` is the organisation for whose work it raises (合作募捐), None where it is its own.
    Rules CHA-101, 104, 105, 111, 112, 113, 116, 118, 120, 131, 132; an empty list means nothing is
    in the way. `sheet` is what the plan says and `place` where it happens, None where not asked.
    Certificate, filed plan and partner agreement are asked of public fundraising alone (HANDBOOK
    0.1): targeted fundraising needs a charity, mutual aid and grants a verified organisation. An
    operator in mode `listing` shows a campaign that a designated platform carries (`on_platform`).
    A day before the first figure of a rule is a warning that asks a person (NO_FIGURE).
    """
    findings: list[Finding] = []
    if operator_mode == "listing" and on_platform and mode in PUBLIC_FUNDRAISING:
        # The platform collects, and has seen its charity's papers; the plan is shown here.
        return _period(starts_on, ends_on, on) + _plan(plan, charity, starts_on, ends_on, on)
    if operator_mode not in COLLECTING_MODES[mode]:
        findings.append(block("CHA-105", RegistryReason.OPERATOR_COLLECTS_NOTHING))
    findings += _period(starts_on, ends_on, on)
    if mode not in PUBLIC_FUNDRAISING:
        return findings + _standing(charity, mode)
    if charity.kind in _VILLAGES:
        findings.append(block("VIL-01", RegistryReason.VILLAGE_COLLECTS))
    if mode is FundraisingMode.PUBLIC_ONLINE:
        findings += verification_findings(charity, by_installation=True)
        if partner is not None and partner.id != charity.id:
            findings += verification_findings(partner)
    findings += _certificate(charity, starts_on, ends_on)
    findings += _plan(plan, charity, starts_on, ends_on, on)
    if sheet is not None:
        findings += sheet_findings(sheet)
    if place is not None and mode is FundraisingMode.PUBLIC_OFFLINE:
        findings += territory_findings(charity, place)
    if partner is not None and partner.id != charity.id:
        findings += _partner(charity, partner, agreement, plan.filed_on, ends_on)
    return findings


def giving_eligibility(campaign: Campaign, on: date) -> list[Finding]:
    """Whether a gift may be begun for this campaign on a day in China.

    It must be open and within its period, its charity's certificate in force (CHA-101, CHA-111),
    and nothing may restrict it or its parties (ORG-17, overdue disclosure); a grant collects
    nothing.
    """
    findings = []
    if campaign.mode is FundraisingMode.GRANT:
        findings.append(block("GRANT", RegistryReason.GRANTS_ONLY))
    if campaign.state is not CampaignState.OPEN or on > campaign.ends_on:
        findings.append(block("CHA-111", RegistryReason.CAMPAIGN_ENDED, day=campaign.last_day))
    elif on < campaign.starts_on:
        reason = RegistryReason.CAMPAIGN_NOT_STARTED
        findings.append(block("CHA-111", reason, day=campaign.starts_on))
    if campaign.mode in PUBLIC_FUNDRAISING and not campaign.charity.may_raise_on(on):
        findings.append(block("CHA-101", RegistryReason.CERTIFICATE_NOT_IN_FORCE, day=on))
    if campaign.stopped_by is not None:
        findings.append(_stopped(campaign.stopped_by))
    return findings


def _stopped(rule: str) -> Finding:
    """What stops it for now: its own people for a while, or a rule."""
    if rule == PROJECT_PAUSED:
        return block(rule, RegistryReason.CAMPAIGN_PAUSED)
    return block(rule, RegistryReason.RESTRICTED, act=RestrictedAct.COLLECT, rule=rule)


def missing_fields(sheet: PlanSheet) -> list[PlanField]:
    """What a plan does not say yet, in the order of the law (CHA-111)."""
    return [
        column
        for column in PlanField
        if (said := getattr(sheet, column.value)) is None
        or (isinstance(said, str) and not said.strip())
    ]


def sheet_findings(sheet: PlanSheet) -> list[Finding]:
    """A plan of which one of the eleven things is missing is not sent (CHA-111)."""
    return [
        block("CHA-111", RegistryReason.PLAN_FIELD_EMPTY, column=column)
        for column in missing_fields(sheet)
    ]


def supplement_by(told_on: date) -> date | None:
    """The last day for mending a plan that was found wanting that day (CHA-115).

    None before the first figure: then nobody set one.
    """
    days = figure("CHA-115", told_on)
    return None if isinstance(days, Finding) else told_on + timedelta(days=days.number)


def change_findings(changes: Sequence[PlanChange], on: date) -> list[Finding]:
    """A change of a running plan that nobody supplemented in time warns (CHA-115)."""
    findings = []
    for change in changes:
        days = figure("CHA-115", change.changed_on)
        if isinstance(days, Finding):
            findings.append(days)
            continue
        latest = change.changed_on + timedelta(days=days.number)
        if (change.supplemented_on or on) > latest:
            reason = RegistryReason.PLAN_CHANGE_LATE
            findings.append(
                warn("CHA-115", reason, days, changed_on=change.changed_on, latest=latest)
            )
    return findings


def filing_by(starts_on: date) -> date | None:
    """The last day for filing the plan of an emergency (CHA-113); None before the first figure."""
    days = figure("CHA-113", starts_on)
    return None if isinstance(days, Finding) else starts_on + timedelta(days=days.number)


def territory_findings(charity: Organisation, place: PlaceFacts) -> list[Finding]:
    """Boxes and events stay where the charity is registered, or are filed there too (CHA-116)."""
    registrar = registrar_of(charity)
    if registrar is None:
        return [warn("CHA-116", RegistryReason.REGISTRAR_UNKNOWN)]
    if regions.contains(registrar, place.region_code) or place.second_filing.strip():
        return []
    return [block("CHA-116", RegistryReason.OUTSIDE_TERRITORY, registrar=registrar)]


def registrar_of(organisation: Organisation) -> str | None:
    """The division whose office registered it: as recorded, else as its credit code says."""
    if organisation.registrar_code:
        return regions.normalise(organisation.registrar_code)
    try:
        return regions.normalise((organisation.uscc or "")[2:8])
    except ValueError:
        return None


def _standing(charity: Organisation, mode: FundraisingMode) -> list[Finding]:
    """Who may raise money from its own people: a verified organisation, for 定向募捐 a charity."""
    findings = []
    if charity.state is not OrganisationState.VERIFIED:
        findings.append(block("CHA-120", RegistryReason.CHARITY_NOT_VERIFIED))
    if mode is FundraisingMode.TARGETED and not charity.is_charity:
        findings.append(block("CHA-101", RegistryReason.NOT_A_CHARITY))
    return findings


def _period(starts_on: date, ends_on: date, on: date) -> list[Finding]:
    if ends_on < starts_on:
        return [block("CHA-111", RegistryReason.PERIOD_REVERSED)]
    if ends_on < on:
        return [block("CHA-111", RegistryReason.PERIOD_OVER, day=ends_on)]
    return []


def _certificate(charity: Organisation, starts_on: date, ends_on: date) -> list[Finding]:
    """Who collects must be a verified charity with a certificate in force at the start."""
    findings = []
    if charity.state is not OrganisationState.VERIFIED:
        findings.append(block("CHA-120", RegistryReason.CHARITY_NOT_VERIFIED))
    if not charity.is_charity or charity.certificate_number is None:
        findings.append(block("CHA-101", RegistryReason.NO_CERTIFICATE))
    elif charity.is_revoked_on(starts_on):
        reason, revoked_on = RegistryReason.CERTIFICATE_REVOKED, charity.certificate_revoked_on
        findings.append(block("CHA-104", reason, day=revoked_on))
    elif not charity.may_raise_on(starts_on):
        reason = RegistryReason.CERTIFICATE_NOT_IN_FORCE
        findings.append(block("CHA-101", reason, day=starts_on))
    elif not charity.may_raise_on(ends_on):
        until = charity.certificate_until
        findings.append(warn("CHA-101", RegistryReason.CERTIFICATE_ENDS_EARLY, day=until))
    return findings


def _plan(
    plan: PlanLike, charity: Organisation, starts_on: date, ends_on: date, on: date
) -> list[Finding]:
    """A plan filed in time, covering the whole activity, with a number of the usual form."""
    if not plan.number.strip():
        return _unfiled(plan, starts_on, on)
    findings = _filing_days(plan, starts_on, on)
    if plan.filed_on > on:
        findings.append(block("CHA-112", RegistryReason.PLAN_NOT_FILED_YET, day=plan.filed_on))
    if plan.starts_on > starts_on or plan.ends_on < ends_on:
        findings.append(block("CHA-111", RegistryReason.PLAN_PERIOD))
    form = figure("CHA-118", on)
    if isinstance(form, Finding):
        return [*findings, form]
    if not re.fullmatch(str(form.value), plan.number, re.ASCII) or (
        plan.number[:18] != charity.uscc
    ):
        findings.append(warn("CHA-118", RegistryReason.PLAN_NUMBER_FORM, form, number=plan.number))
    return findings


def _unfiled(plan: PlanLike, starts_on: date, on: date) -> list[Finding]:
    """Without a number only an emergency goes on, and not beyond the last day for filing."""
    if not plan.emergency.strip():
        return [block("CHA-111", RegistryReason.PLAN_MISSING)]
    days = figure("CHA-113", on)
    if isinstance(days, Finding):
        return [days]
    latest = starts_on + timedelta(days=days.number)
    if on > latest:
        reason = RegistryReason.EMERGENCY_FILED_LATE
        return [block("CHA-113", reason, days, days=days.number, latest=latest)]
    return [warn("CHA-113", RegistryReason.EMERGENCY_TO_FILE, days, latest=latest)]


def _filing_days(plan: PlanLike, starts_on: date, on: date) -> list[Finding]:
    """So many days before the start, or, in a major emergency, so many after it at the latest."""
    days = figure("CHA-113" if plan.emergency.strip() else "CHA-112", on)
    if isinstance(days, Finding):
        return [days]
    if plan.emergency.strip():
        latest = starts_on + timedelta(days=days.number)
        if plan.filed_on > latest:
            reason = RegistryReason.EMERGENCY_FILED_LATE
            return [block("CHA-113", reason, days, days=days.number, latest=latest)]
        return []
    earliest = plan.filed_on + timedelta(days=days.number)
    if earliest > starts_on:
        reason = RegistryReason.PLAN_FILED_LATE
        return [block("CHA-112", reason, days, days=days.number, earliest=earliest)]
    return []


def _partner(
    charity: Organisation,
    partner: Organisation,
    agreement: PartnerAgreement | None,
    filed_on: date,
    ends_on: date,
) -> list[Finding]:
    """合作募捐: a verified, assessed partner with an agreement signed before the plan was filed."""
    findings = []
    if partner.state is not OrganisationState.VERIFIED:
        findings.append(block("CHA-131", RegistryReason.PARTNER_NOT_VERIFIED))
    if agreement is None or (agreement.charity_id, agreement.partner_id) != (
        charity.id,
        partner.id,
    ):
        return [*findings, block("CHA-132", RegistryReason.AGREEMENT_MISSING)]
    if not agreement.assessment_note.strip():
        findings.append(block("CHA-132", RegistryReason.PARTNER_NOT_ASSESSED))
    if agreement.signed_on > filed_on:
        reason = RegistryReason.AGREEMENT_AFTER_FILING
        findings.append(block("CHA-132", reason, signed_on=agreement.signed_on, filed_on=filed_on))
    if agreement.ends_on is not None and agreement.ends_on < ends_on:
        reason = RegistryReason.AGREEMENT_ENDS_EARLY
        findings.append(block("CHA-132", reason, day=agreement.ends_on))
    return findings
