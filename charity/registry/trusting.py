"""What the law asks of charitable trusts: filed in time, told of yearly, for nobody related.

Pure: a trust and its reports in, findings and due days out. TRU-01 and TRU-02 are tasks: they
warn, and disclosure makes duties of their days. TRU-03 refuses.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from charity.registry.findings import Finding, figure, warn
from charity.registry.forces_reasons import ForcesReason
from charity.registry.models import CharitableTrust, OrganisationKind, TrustReport
from charity.registry.months import add_months

#: Filed with the trustee's civil-affairs office within days of signing (慈善法 44-51).
FILING = "TRU-01"
#: Told of in public at least once a year, in months (慈善法 44-51).
REPORTING = "TRU-02"
#: Nobody related to settlor, trustee or staff is a beneficiary; the rule has no figure.
RELATED = "TRU-03"


def may_be_trustee(kind: OrganisationKind, *, is_charity: bool) -> bool:
    """A charity or a trust company; which enterprise is one, whoever enters it has seen."""
    return is_charity or kind is OrganisationKind.ENTERPRISE


def filing_due(signed_on: date) -> date | None:
    """The last day on which a trust signed that day is filed; None on a day without a figure."""
    row = figure(FILING, signed_on)
    return None if isinstance(row, Finding) else signed_on + timedelta(days=row.number)


def filing_findings(trust: CharitableTrust, on: date) -> list[Finding]:
    """Whether it was filed in time, asked on a day in China (TRU-01).

    A trust filed late, or not yet though the time is over, has no tax advantage. Before the first
    figure of the rule a person judges.
    """
    row = figure(FILING, trust.signed_on)
    if isinstance(row, Finding):
        return [row]
    due = trust.signed_on + timedelta(days=row.number)
    if (trust.filed_on or on) <= due:
        return []
    late, missing = ForcesReason.TRUST_FILED_LATE, ForcesReason.TRUST_NOT_FILED
    return [warn(FILING, late if trust.filed_on else missing, row, due=due, days=row.number)]


def report_due(trust: CharitableTrust, reports: Sequence[TrustReport]) -> date | None:
    """The day by which the public is told of it next; None once it has ended, or without a figure.

    Counted from the last report, or from the day it was signed.
    """
    if trust.ended_on is not None:
        return None
    last = max((report.published_on for report in reports), default=trust.signed_on)
    row = figure(REPORTING, last)
    return None if isinstance(row, Finding) else add_months(last, row.number)


def report_findings(
    trust: CharitableTrust, reports: Sequence[TrustReport], on: date
) -> list[Finding]:
    """Whether the public was told of it within the year, asked on a day in China (TRU-02)."""
    if trust.ended_on is not None:
        return []
    last = max((report.published_on for report in reports), default=trust.signed_on)
    row = figure(REPORTING, last)
    if isinstance(row, Finding):
        return [row]
    due = add_months(last, row.number)
    return [] if on <= due else [warn(REPORTING, ForcesReason.TRUST_NOT_REPORTED, row, due=due)]


def is_related(
    identity_hash: bytes, settlor: bytes | None, related: Collection[bytes | None]
) -> bool:
    """Whether a beneficiary is the settlor, or related to the trustee or of its staff (TRU-03)."""
    return identity_hash == settlor or identity_hash in related
