"""How far an inspection and a finding are, in words and colours."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _

from charity import clock
from charity.audits.models import (
    AuditFinding,
    ChecklistVerdict,
    FindingSeverity,
    FindingState,
    FlagState,
    Inspection,
    InspectionState,
)
from web.filters import day
from web.labels import label

#: A step of a life: its name, `done`, `now`, `todo` or `bad`, and a small word.
Step = tuple[str, str, str | None]

_S, _F = InspectionState, FindingState

INSPECTION_MANNERS = {
    _S.FIELDWORK: "jade", _S.VERIFIED: "good", _S.CLOSED: "good", _S.OBSTRUCTED: "bad",
    _S.REFERRED: "seal",
}  # fmt: skip
FINDING_MANNERS = {
    _F.ORDERED: "wait", _F.ANSWERED: "jade", _F.VERIFIED: "good", _F.CLOSED: "good",
    _F.REFERRED: "seal", _F.DROPPED: "",
}  # fmt: skip
SEVERITY_MANNERS = {
    FindingSeverity.MINOR: "", FindingSeverity.SERIOUS: "wait", FindingSeverity.GRAVE: "bad",
}  # fmt: skip
VERDICT_MANNERS = {
    ChecklistVerdict.OK: "good", ChecklistVerdict.ISSUE: "bad", ChecklistVerdict.NOT_APPLICABLE: "",
}  # fmt: skip
FLAG_MANNERS = {FlagState.OPEN: "wait", FlagState.EXPLAINED: "good", FlagState.TAKEN_UP: "bad"}

#: The straight way of an inspection, and of a finding.
_WAY = (
    _S.DRAWN, _S.NOTIFIED, _S.FIELDWORK, _S.DRAFT_FINDINGS, _S.ORG_RESPONSE, _S.FINAL,
    _S.RECTIFYING, _S.VERIFIED, _S.CLOSED,
)  # fmt: skip
_FINDING_WAY = (_F.DRAFT, _F.TOLD, _F.ORDERED, _F.ANSWERED, _F.VERIFIED, _F.CLOSED)


def inspection_steps(inspection: Inspection) -> list[Step]:
    """The way of an inspection; where it stopped stands in place of the step it stopped at."""
    notes = {
        _S.NOTIFIED: inspection.notice_delivered_on,
        _S.FIELDWORK: inspection.fieldwork_from,
        _S.ORG_RESPONSE: inspection.responded_at,
        _S.FINAL: inspection.finished_at,
        _S.CLOSED: inspection.closed_at,
    }
    state = inspection.state
    if state not in _WAY:
        reached = _WAY[: 6 if inspection.finished_at else 3]
        done: list[Step] = [(label(one), "done", _noted(notes.get(one))) for one in reached]
        return [*done, (label(state), "bad", None)]
    at = _WAY.index(state)
    return [
        (label(one), _manner(n, at, len(_WAY)), _noted(notes.get(one)))
        for n, one in enumerate(_WAY)
    ]


def finding_steps(finding: AuditFinding) -> list[Step]:
    """The way of a finding, from its writing to its end."""
    notes = {
        _F.DRAFT: finding.found_at, _F.ORDERED: finding.ordered_on,
        _F.ANSWERED: finding.answered_on, _F.CLOSED: finding.closed_on,
    }  # fmt: skip
    state = finding.state
    if state not in _FINDING_WAY:
        return [
            (label(_F.DRAFT), "done", day(finding.found_at)),
            (label(state), "bad", _noted(finding.closed_on)),
        ]
    at = _FINDING_WAY.index(state)
    return [
        (label(one), _manner(n, at, len(_FINDING_WAY)), _noted(notes.get(one)))
        for n, one in enumerate(_FINDING_WAY)
    ]


def _noted(at: date | datetime | None) -> str | None:
    return day(at) if at else None


def _manner(n: int, at: int, length: int) -> str:
    """The last step is done when it is reached; any other is where one stands."""
    return "done" if n < at or n == at == length - 1 else "now" if n == at else "todo"


def until(due_on: date | None, today: date) -> tuple[str, bool]:
    """A day by which something is to be done, with the days left, and whether it is late."""
    if due_on is None:
        return "", False
    left = (due_on - today).days
    if left < 0:
        return str(_("期限 %(day)s，已逾期 %(n)s 天", day=day(due_on), n=-left)), True
    if left == 0:
        return str(_("今天到期")), False
    return str(_("期限 %(day)s，还有 %(n)s 天", day=day(due_on), n=left)), False


def finding_clock(finding: AuditFinding) -> tuple[str, bool]:
    """When an order is due; what was answered late says so too."""
    today = clock.today()
    if finding.state is _F.ORDERED:
        return until(finding.due_on, today)
    late = finding.overdue_days(today)
    return (str(_("逾期了 %(n)s 天", n=late)), True) if late else ("", False)


def inspection_clock(inspection: Inspection) -> tuple[str, bool]:
    """What an inspection waits for by when: the answer of the organisation."""
    if inspection.state is _S.ORG_RESPONSE and inspection.responded_at is None:
        return until(inspection.response_due_on, clock.today())
    return "", False


def period(inspection: Inspection) -> str:
    """The first and the last day of what is looked at."""
    plan = inspection.plan
    said = _(
        "查 %(start)s 至 %(end)s 的账", start=day(plan.period_from), end=day(plan.period_until)
    )
    return str(said)
