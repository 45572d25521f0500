"""May this organisation act at all: its state, what restricts it, whether it lies idle.

The other half of the eligibility function (`eligibility` asks the campaign). Pure: rows in,
findings out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from charity.clock import day_of
from charity.registry.findings import Finding, block, figure, warn
from charity.registry.models import (
    DecidedAct,
    Organisation,
    OrganisationKind,
    OrganisationState,
    RestrictedAct,
    Restriction,
)
from charity.registry.months import add_months
from charity.registry.reasons import RegistryReason

#: What a restriction of an act stops when eligibility is asked.
STOPPED_BY: dict[DecidedAct, RestrictedAct] = {
    DecidedAct.POSTING: RestrictedAct.POST,
    DecidedAct.DONATING: RestrictedAct.COLLECT,
    DecidedAct.GRANTING: RestrictedAct.RECEIVE_GRANT,
    DecidedAct.PAYING: RestrictedAct.PAY,
}


def organisation_eligibility(
    organisation: Organisation,
    *,
    act: DecidedAct,
    on: date,
    restrictions: Sequence[Restriction] = (),
    last_active: date | None = None,
) -> list[Finding]:
    """Whether an organisation may do `act` on a day in China.

    `restrictions` are those that stand for it, its campaign and the campaign's charity;
    `last_active` is the last day of charitable activity known here. Rules CHA-120, CHA-169 (WARN)
    and whatever restricts (ORG-16, ORG-17, overdue disclosure). GRANTING asks ORG-01 as well.
    """
    findings = []
    if organisation.state is not OrganisationState.VERIFIED:
        findings.append(block("CHA-120", RegistryReason.NOT_VERIFIED))
    findings += restriction_findings(restrictions, act)
    if act is DecidedAct.GRANTING:
        findings += payee_eligibility(organisation)
    if organisation.is_charity and act is DecidedAct.POSTING:
        findings += idle_findings(organisation, last_active, on)
    return findings


def verification_findings(
    organisation: Organisation, *, by_installation: bool = False
) -> list[Finding]:
    """Who is listed online has a record of who saw its papers, when, and what was seen (CHA-120).

    `by_installation`: the operator itself is vouched for by the installation, so nobody's name
    need stand there. The state alone is no record.
    """
    who = by_installation or organisation.verified_by_user_id is not None
    seen = (organisation.verification_note or "").strip()
    if who and seen and organisation.verified_at is not None:
        return []
    return [block("CHA-120", RegistryReason.VERIFICATION_MISSING, name=organisation.name)]


def restriction_findings(restrictions: Sequence[Restriction], act: DecidedAct) -> list[Finding]:
    """What restrictions stop `act`, each by the rule it was written for."""
    return [
        block(
            restriction.rule_id,
            RegistryReason.RESTRICTED,
            act=restriction.act,
            rule=restriction.rule_id,
            since=day_of(restriction.since),
        )
        for restriction in restrictions
        if restriction.act is STOPPED_BY[act]
    ]


def payee_eligibility(payee: Organisation) -> list[Finding]:
    """Whether money may be paid to an organisation: never to a filed group itself (ORG-01).

    Its host receives for it; where it has none, that is said.
    """
    if payee.kind is not OrganisationKind.COMMUNITY_GROUP:
        return []
    if payee.host is None:
        return [block("ORG-01", RegistryReason.GROUP_WITHOUT_HOST, name=payee.name)]
    return [block("ORG-01", RegistryReason.GROUP_PAYEE, name=payee.name, host=payee.host.name)]


def idle_findings(organisation: Organisation, last_active: date | None, on: date) -> list[Finding]:
    """A charity that did nothing charitable for 18 months is warned, after two years more loudly.

    Counted from its last activity, else from the day it became a charity (CHA-169).
    """
    since = last_active or organisation.charity_since
    if since is None:
        return []
    for rule, reason in (
        ("CHA-169", RegistryReason.IDLE_TOO_LONG),
        ("CHA-169.warn", RegistryReason.IDLE),
    ):
        row = figure(rule, on)
        if isinstance(row, Finding):
            return [row]
        if add_months(since, row.number) <= on:
            return [warn("CHA-169", reason, row, since=since, months=row.number)]
    return []
