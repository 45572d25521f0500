"""My inspections: what the list shows, how it is narrowed, and the filters that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.audits.models import (
    AuditFinding,
    FindingSeverity,
    FindingState,
    Inspection,
    InspectionState,
)
from charity.audits.queries import fieldwork as queries
from charity.audits.queries.fieldwork import Wanted
from charity.registry import queries as registry
from web.fieldwork import words
from web.labels import choices, label

#: Names of the filters of 我的检查, as they stand in the address.
FILTERS = ("state", "place", "overdue", "severity")


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One inspection in my list."""

    url: str
    organisation: str
    place: str
    plan: str
    state: str
    manner: str
    clock: str
    is_late: bool
    findings: int
    worst: str


def asked(args: Mapping[str, str]) -> Wanted:
    """The filter of an address; what makes no sense does not narrow."""
    state, severity = args.get("state", ""), args.get("severity", "")
    place = args.get("place", "")
    return Wanted(
        state=InspectionState(state) if state in set(InspectionState) else None,
        place=place if place.isascii() and place.isdigit() else "",
        is_overdue=args.get("overdue") == "1",
        severity=FindingSeverity(severity) if severity in set(FindingSeverity) else None,
    )


def index_context(session: Session, actor: Actor, args: Mapping[str, str]) -> dict[str, Any]:
    """My inspections as the filters narrow them, with the filters I keep."""
    wanted = asked(args)
    whole = queries.inspections_for(session, actor, Wanted(), on=clock.today())
    found = queries.inspections_for(session, actor, wanted, on=clock.today())
    by_inspection = queries.findings_by_inspection(session, [each.id for each in found])
    codes = {each.organisation.region_code for each in (*whole, *found)}
    places = registry.region_names(session, codes)
    query = query_of(args)
    return {
        "rows": [_row(each, by_inspection[each.id], places) for each in found],
        "filters": _filters(args, wanted, places),
        "is_narrowed": bool(query),
        "query": query,
        "saved": [
            {
                "id": each.id,
                "name": each.name,
                "url": f"{url_for('fieldwork.index')}?{each.query}",
                "is_here": each.query == query,
            }
            for each in queries.filters_of(session, actor.user_id)
        ],
    }


def query_of(args: Mapping[str, str]) -> str:
    """The filters that narrow, as they stand in an address; empty for none."""
    return urlencode([(name, args[name]) for name in FILTERS if args.get(name)])


def _row(
    inspection: Inspection, findings: list[AuditFinding], places: Mapping[str, str]
) -> InspectionRow:
    weights = list(FindingSeverity)
    worst = max((weights.index(each.severity) for each in findings), default=None)
    said, is_late = _nearest(inspection, findings)
    return InspectionRow(
        url=url_for("fieldwork.detail", inspection_id=inspection.id),
        organisation=inspection.organisation.name,
        place=places.get(inspection.organisation.region_code, ""),
        plan=inspection.plan.title,
        state=label(inspection.state),
        manner=words.INSPECTION_MANNERS.get(inspection.state, "wait"),
        clock=said,
        is_late=is_late,
        findings=len(findings),
        worst=label(weights[worst]) if worst is not None else "",
    )


def _nearest(inspection: Inspection, findings: list[AuditFinding]) -> tuple[str, bool]:
    """The first last day that runs: of an order, or of the answer to the draft."""
    running = [each.due_on for each in findings if each.state is FindingState.ORDERED]
    if running:
        return words.until(min(each for each in running if each is not None), clock.today())
    return words.inspection_clock(inspection)


def _filters(
    args: Mapping[str, str], wanted: Wanted, places: Mapping[str, str]
) -> list[dict[str, Any]]:
    where = sorted((code, name) for code, name in places.items())
    options = (
        ("state", _("到哪一步"), _("全部"), choices(InspectionState), wanted.state),
        ("place", _("地点"), _("全部地点"), where, wanted.place),
        ("overdue", _("期限"), _("全部"), [("1", _("只看逾期的"))], args.get("overdue", "")),
        ("severity", _("轻重"), _("全部"), choices(FindingSeverity), wanted.severity),
    )
    keys = ("name", "label", "all", "options", "chosen")
    return [dict(zip(keys, each, strict=True)) for each in options]
