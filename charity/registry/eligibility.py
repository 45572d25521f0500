"""May this campaign raise money: the one function that reads certificates, plans and agreements.

It answers with findings, each naming its rule and the dated figure it used. BLOCK refuses, WARN is
recorded and shown. Asked before a project is published and again before each gift.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from charity.registry.models import (
    PUBLIC_FUNDRAISING,
    Campaign,
    CampaignState,
    FundraisingMode,
    Organisation,
    OrganisationState,
    PartnerAgreement,
)
from charity.registry.reasons import RegistryReason
from charity.rules import Parameter, parameter

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


class Severity(enum.StrEnum):
    """What a finding does."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not met, with the parameters of its sentence and the figure it used."""

    rule_id: str
    severity: Severity
    reason: RegistryReason
    params: dict[str, object] = field(default_factory=dict)
    parameter: Parameter | None = None


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


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan that is not stored yet."""

    number: str
    filed_on: date
    starts_on: date
    ends_on: date


def blocking(findings: list[Finding]) -> list[Finding]:
    """The findings that refuse."""
    return [finding for finding in findings if finding.severity is Severity.BLOCK]


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
) -> list[Finding]:
    """Whether `charity` may raise money in public from `starts_on` to `ends_on`, judged `on` a day.

    `partner` is the organisation for whose work it raises (合作募捐), None where it is its own.
    Rules CHA-101, 105, 111, 112, 118, 120, 131, 132; an empty list means nothing is in the way.
    Certificate, filed plan and partner agreement are asked of public fundraising alone (HANDBOOK
    0.1): targeted fundraising needs a charity, mutual aid and grants a verified organisation. An
    operator in mode `listing` shows a campaign that a designated platform carries (`on_platform`).
    Raises `LookupError` for a day before the Charity Law of 2016.
    """
    findings: list[Finding] = []
    if operator_mode == "listing" and on_platform and mode in PUBLIC_FUNDRAISING:
        # The platform collects, and has seen its charity's papers; the plan is shown here.
        return _period(starts_on, ends_on, on) + _plan(plan, charity, starts_on, ends_on, on)
    if operator_mode not in COLLECTING_MODES[mode]:
        findings.append(_block("CHA-105", RegistryReason.OPERATOR_COLLECTS_NOTHING))
    findings += _period(starts_on, ends_on, on)
    if mode not in PUBLIC_FUNDRAISING:
        return findings + _standing(charity, mode)
    findings += _certificate(charity, starts_on, ends_on)
    findings += _plan(plan, charity, starts_on, ends_on, on)
    if partner is not None and partner.id != charity.id:
        findings += _partner(charity, partner, agreement, plan.filed_on, ends_on)
    return findings


def giving_eligibility(campaign: Campaign, on: date) -> list[Finding]:
    """Whether a gift may be begun for this campaign on a day in China.

    It must be open and within its period, its charity's certificate in force (CHA-101, CHA-111);
    a grant collects nothing.
    """
    findings = []
    if campaign.mode is FundraisingMode.GRANT:
        findings.append(_block("GRANT", RegistryReason.GRANTS_ONLY))
    if campaign.state is not CampaignState.OPEN or on > campaign.ends_on:
        findings.append(_block("CHA-111", RegistryReason.CAMPAIGN_ENDED, day=campaign.ends_on))
    elif on < campaign.starts_on:
        reason = RegistryReason.CAMPAIGN_NOT_STARTED
        findings.append(_block("CHA-111", reason, day=campaign.starts_on))
    if campaign.mode in PUBLIC_FUNDRAISING and not campaign.charity.may_raise_on(on):
        findings.append(_block("CHA-101", RegistryReason.CERTIFICATE_NOT_IN_FORCE, day=on))
    return findings


def _standing(charity: Organisation, mode: FundraisingMode) -> list[Finding]:
    """Who may raise money from its own people: a verified organisation, for 定向募捐 a charity."""
    findings = []
    if charity.state is not OrganisationState.VERIFIED:
        findings.append(_block("CHA-120", RegistryReason.CHARITY_NOT_VERIFIED))
    if mode is FundraisingMode.TARGETED and not charity.is_charity:
        findings.append(_block("CHA-101", RegistryReason.NOT_A_CHARITY))
    return findings


def _period(starts_on: date, ends_on: date, on: date) -> list[Finding]:
    if ends_on < starts_on:
        return [_block("CHA-111", RegistryReason.PERIOD_REVERSED)]
    if ends_on < on:
        return [_block("CHA-111", RegistryReason.PERIOD_OVER, day=ends_on)]
    return []


def _certificate(charity: Organisation, starts_on: date, ends_on: date) -> list[Finding]:
    """Who collects must be a verified charity with a certificate in force at the start."""
    findings = []
    if charity.state is not OrganisationState.VERIFIED:
        findings.append(_block("CHA-120", RegistryReason.CHARITY_NOT_VERIFIED))
    if not charity.is_charity or charity.certificate_number is None:
        findings.append(_block("CHA-101", RegistryReason.NO_CERTIFICATE))
    elif not charity.may_raise_on(starts_on):
        reason = RegistryReason.CERTIFICATE_NOT_IN_FORCE
        findings.append(_block("CHA-101", reason, day=starts_on))
    elif not charity.may_raise_on(ends_on):
        until = charity.certificate_until
        findings.append(_warn("CHA-101", RegistryReason.CERTIFICATE_ENDS_EARLY, day=until))
    return findings


def _plan(
    plan: PlanLike, charity: Organisation, starts_on: date, ends_on: date, on: date
) -> list[Finding]:
    """A plan filed in time, covering the whole activity, with a number of the usual form."""
    if not plan.number.strip():
        return [_block("CHA-111", RegistryReason.PLAN_MISSING)]
    findings = []
    days = parameter("CHA-112", on)
    earliest = plan.filed_on + timedelta(days=days.number)
    if earliest > starts_on:
        reason = RegistryReason.PLAN_FILED_LATE
        findings.append(_block("CHA-112", reason, days, days=days.number, earliest=earliest))
    if plan.filed_on > on:
        findings.append(_block("CHA-112", RegistryReason.PLAN_NOT_FILED_YET, day=plan.filed_on))
    if plan.starts_on > starts_on or plan.ends_on < ends_on:
        findings.append(_block("CHA-111", RegistryReason.PLAN_PERIOD))
    form = parameter("CHA-118", on)
    if not re.fullmatch(str(form.value), plan.number, re.ASCII) or (
        plan.number[:18] != charity.uscc
    ):
        findings.append(_warn("CHA-118", RegistryReason.PLAN_NUMBER_FORM, form, number=plan.number))
    return findings


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
        findings.append(_block("CHA-131", RegistryReason.PARTNER_NOT_VERIFIED))
    if agreement is None or (agreement.charity_id, agreement.partner_id) != (
        charity.id,
        partner.id,
    ):
        return [*findings, _block("CHA-132", RegistryReason.AGREEMENT_MISSING)]
    if not agreement.assessment_note.strip():
        findings.append(_block("CHA-132", RegistryReason.PARTNER_NOT_ASSESSED))
    if agreement.signed_on > filed_on:
        reason = RegistryReason.AGREEMENT_AFTER_FILING
        findings.append(_block("CHA-132", reason, signed_on=agreement.signed_on, filed_on=filed_on))
    if agreement.ends_on is not None and agreement.ends_on < ends_on:
        reason = RegistryReason.AGREEMENT_ENDS_EARLY
        findings.append(_block("CHA-132", reason, day=agreement.ends_on))
    return findings


def _block(
    rule_id: str, reason: RegistryReason, used: Parameter | None = None, /, **params: object
) -> Finding:
    return Finding(rule_id, Severity.BLOCK, reason, params, used)


def _warn(
    rule_id: str, reason: RegistryReason, used: Parameter | None = None, /, **params: object
) -> Finding:
    return Finding(rule_id, Severity.WARN, reason, params, used)
