"""The body of a published result in words: what its page and a correction's difference show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from charity.audits.models import (
    AuditResult,
    FindingSeverity,
    FindingState,
    InspectionProcedure,
)
from charity.money import Money
from web.filters import yuan
from web.labels import label


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """One finding as it was published."""

    number: int
    title: str
    severity: str
    rule: str
    amount: str
    state: str
    due: str


def content_rows(result: AuditResult) -> list[tuple[str, str]]:
    """The terms of an inspection as they were published."""
    body: Mapping[str, Any] = result.body
    plan = body["plan"]
    return [
        (_("查哪段时间"), _("%(a)s 至 %(b)s", a=plan["period_from"], b=plan["period_until"])),
        (_("怎么查"), label(InspectionProcedure(body["procedure"]))),
        (_("检查员"), str(_("、")).join(body["team"])),
        (_("检查组的话"), str(body["words"])),
    ]


def finding_rows(result: AuditResult) -> list[ToldFinding]:
    """The findings as they were published."""
    body: Mapping[str, Any] = result.body
    return [
        ToldFinding(
            number=int(each["number"]),
            title=str(each["title"]),
            severity=label(FindingSeverity(each["severity"])),
            rule=str(each["rule"]),
            amount=yuan(Money(each["amount_fen"])) if each["amount_fen"] else "—",
            state=label(FindingState(each["state"])),
            due=str(each["due_on"]),
        )
        for each in body["findings"]
    ]
