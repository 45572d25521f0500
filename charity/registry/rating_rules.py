"""Whether an organisation could be rated, and what its place on a list means (ORG-13, ORG-17).

Pure: rows in, findings out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from charity.registry.findings import Finding, block, figure, warn
from charity.registry.models import (
    AnnualInspection,
    CreditList,
    InspectionResult,
    ListEntry,
    Organisation,
    Rating,
)
from charity.registry.months import add_years
from charity.registry.reasons import RegistryReason
from charity.workdays import add_workdays

#: A year that is no ground for a rating.
_REFUSED = (InspectionResult.FAIL, InspectionResult.NOT_SUBMITTED)


def rating_findings(
    organisation: Organisation,
    *,
    rated_on: date,
    ratings: Sequence[Rating],
    inspections: Sequence[AnnualInspection],
    listed: bool,
) -> list[Finding]:
    """What stood in the way of a rating on that day (ORG-13).

    Two whole years of registration, two years since the last rating, the last year inspected and
    not failed, no two years in a row just barely passed, on no list.
    """
    findings = []
    if organisation.established_on is not None:
        findings += _not_before(
            "ORG-13.open",
            organisation.established_on,
            rated_on,
            RegistryReason.RATING_TOO_EARLY,
        )
    earlier = [rating.rated_on for rating in ratings if rating.rated_on < rated_on]
    if earlier:
        findings += _not_before(
            "ORG-13.again", max(earlier), rated_on, RegistryReason.RATED_RECENTLY
        )
    results = [
        each.result
        for each in sorted(inspections, key=lambda each: -each.year)
        if each.decided_on <= rated_on
    ]
    barely = results[:2] == [InspectionResult.BASIC_PASS] * 2
    if listed or barely or (results and results[0] in _REFUSED):
        findings.append(block("ORG-13", RegistryReason.RATING_BARRED))
    return findings


def list_findings(entries: Sequence[ListEntry], on: date) -> list[Finding]:
    """What staff should see of its entries on a day in China.

    Two years on the abnormal list lead to the serious one (ORG-17); an entry is public knowledge
    within five working days, so one recorded later is pointed out (ORG-18).
    """
    findings = []
    for entry in entries:
        stands = entry.removed_on is None or entry.removed_on > on
        if stands and entry.list is CreditList.ABNORMAL:
            years = figure("ORG-17", on)
            if isinstance(years, Finding):
                findings.append(years)
            elif add_years(entry.listed_on, years.number) <= on:
                reason = RegistryReason.LISTED_TOO_LONG
                findings.append(
                    warn("ORG-17", reason, years, since=entry.listed_on, years=years.number)
                )
        days = figure("ORG-18", entry.listed_on)
        if isinstance(days, Finding):
            findings.append(days)
        elif entry.recorded_on > add_workdays(entry.listed_on, days.number):
            reason = RegistryReason.RECORDED_LATE
            findings.append(warn("ORG-18", reason, days, day=entry.listed_on, days=days.number))
    return findings


def _not_before(rule_id: str, since: date, rated_on: date, reason: RegistryReason) -> list[Finding]:
    years = figure(rule_id, rated_on)
    if isinstance(years, Finding):
        return [years]
    earliest = add_years(since, years.number)
    if rated_on >= earliest:
        return []
    return [block("ORG-13", reason, years, years=years.number, earliest=earliest)]
