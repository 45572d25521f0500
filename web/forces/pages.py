"""What the pages of the five parties show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.registry import policy, queries, trusting
from charity.registry.models import (
    CharitableTrust,
    Organisation,
    OrganisationKind,
    Region,
    SocialWorkStation,
    StationModule,
    TrustReport,
)
from web.filters import day
from web.labels import label, sentence


def station_context(session: Session, actor: Actor, found: SocialWorkStation) -> dict[str, Any]:
    """One station with its modules and what stands below it."""
    checks = queries.checks_of(session, [found.id])[found.id]
    parent = queries.station(session, found.parent_id) if found.parent_id else None
    return {
        "station": found,
        "parent": parent,
        "path": queries.region_path(session, found.region_code),
        "below": queries.stations_below(session, found.id),
        "modules": [(module, checks.get(module)) for module in StationModule],
        "keeps": bool(policy.may_keep_register(actor, found.region_code)),
        "particulars": [
            (_("级别"), label(found.tier)),
            (_("社工人数"), found.workers),
            (_("开始服务"), day(found.opened_on)),
            (_("已关闭"), day(found.closed_on) if found.closed_on else None),
        ],
    }


def trust_findings(
    trust: CharitableTrust, reports: Sequence[TrustReport], on: date
) -> list[tuple[str, str]]:
    """The rules a trust does not meet on a day, each with its sentence."""
    found = [
        *trusting.filing_findings(trust, on),
        *trusting.report_findings(trust, reports, on),
    ]
    return [(each.rule_id, sentence(each.reason, each.params)) for each in found]


def trust_context(session: Session, actor: Actor, found: CharitableTrust) -> dict[str, Any]:
    """One trust with its reports and those it supports, by masked name."""
    reports = queries.trust_reports(session, [found.id])[found.id]
    due = trusting.report_due(found, reports)
    return {
        "trust": found,
        "reports": reports,
        "beneficiaries": queries.trust_beneficiaries(session, found.id),
        "findings": trust_findings(found, reports, clock.today()),
        "keeps": bool(policy.may_keep_register(actor, found.trustee.region_code)),
        "particulars": [
            (_("委托人"), found.settlor_name),
            (_("监察人"), found.supervisor_name or None),
            (_("财产"), found.amount),
            (_("签订"), day(found.signed_on)),
            (_("备案"), _filing(found)),
            (_("下次公开报告最晚"), day(due) if due else None),
            (_("已终止"), day(found.ended_on) if found.ended_on else None),
        ],
    }


def _filing(found: CharitableTrust) -> str:
    if found.filed_on is not None:
        return str(
            _("%(day)s，编号 %(number)s", day=day(found.filed_on), number=found.filing_number)
        )
    due = trusting.filing_due(found.signed_on)
    if due is None:
        return str(_("还没有备案"))
    return str(_("还没有备案，最晚 %(day)s", day=day(due)))


def of_organisation(session: Session, actor: Actor, found: Organisation) -> dict[str, Any]:
    """What the page of an organisation says of the five parties."""
    is_group = found.kind is OrganisationKind.COMMUNITY_GROUP
    return {
        "host": found.host if is_group else None,
        "hosted": [] if is_group else queries.hosted_by(session, found.id),
        "stations": queries.stations_run_by(session, found.id)
        if found.is_social_work_agency
        else [],
        "volunteer_teams": queries.volunteer_teams_of(session, found.id),
        "members": queries.federation_members(session, found.id)
        if found.kind is OrganisationKind.ASSOCIATION
        else [],
        "federations": queries.federations_of(session, found.id),
        "incubations": queries.incubations_of(session, found.id),
        "honours": queries.honours_of(session, found.id),
        "trusts": queries.trusts_of(session, found.id),
        "keeps": bool(policy.may_keep_register(actor, found.region_code)),
    }


def of_place(session: Session, actor: Actor, place: Region) -> dict[str, Any]:
    """What the page of a place says of the five parties, and of who runs it (DIV-01)."""
    added, taken = queries.regions_managed(session, place.code)
    stations, teams = queries.counts_in(session, place.code)
    codes = [*added, *taken, *([place.managed_by_code] if place.managed_by_code else [])]
    names = queries.region_names(session, codes) if codes else {}
    return {
        "stations": stations,
        "teams": teams,
        "managed_by": (place.managed_by_code, names.get(place.managed_by_code or "", ""))
        if place.managed_by_code
        else None,
        "added": [(code, names[code]) for code in added],
        "taken": [(code, names[code]) for code in taken],
        "keeps": bool(policy.may_keep_register(actor, place.code)),
    }
