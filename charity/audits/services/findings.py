"""Findings and 整改: written, told, ordered with a day, answered, seen by a second person, closed.

An order that is late stops new projects and payments of the organisation until it is closed; the
rows say which finding and which rule, so the organisation reads why.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts, workdays
from charity.actor import Actor, Verdict, require
from charity.audits import policy
from charity.audits.models import (
    AuditFinding,
    FindingCheck,
    FindingExtension,
    FindingPaper,
    FindingSeverity,
    FindingState,
    Inspection,
    InspectionState,
    PaperSide,
)
from charity.audits.reasons import AuditsReason
from charity.audits.services.inspecting import require_item
from charity.audits.services.teams import lock_inspection
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from charity.evidence import Evidence
from charity.files import FileStore
from charity.money import ZERO, Money
from charity.registry import services as registry
from charity.registry.models import RestrictedAct
from charity.rows import insert_or, locked, present
from charity.rules.handbook import rules

LENGTHS = {"title": 120, "body": 5000, "note": 2000}
#: What a late order stops: no new campaign or project, no payout.
STOPPED = (RestrictedAct.POST, RestrictedAct.PAY)
#: Findings are written while the team works, before they are told.
_WRITING = frozenset({InspectionState.FIELDWORK, InspectionState.DRAFT_FINDINGS})
_DONE = frozenset({FindingState.CLOSED, FindingState.REFERRED, FindingState.DROPPED})
#: Orders that one run of the job looks at.
BATCH = 500


def source_of(finding: AuditFinding) -> str:
    """How a late order signs its restrictions: `finding:42`, after an extension `finding:42:1`.

    What was lifted is never put back by the same source, and an extension lifts.
    """
    times = len(finding.extensions)
    return f"{finding.subject}:{times}" if times else finding.subject


def record_finding(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    item: str,
    rule_id: str,
    severity: FindingSeverity,
    title: str,
    body: str = "",
    amount: Money = ZERO,
) -> AuditFinding:
    """Write down what is wrong: item, rule, severity, and the money it touches in fen.

    Raises `Denied`, `Invalid` beside the field, `InvalidState` outside the fieldwork.
    """
    inspection = lock_inspection(session, inspection_id)
    require(policy.may_inspect(actor, inspection))
    _require_writing(inspection)
    number = session.scalar(
        select(func.max(AuditFinding.number)).where(AuditFinding.inspection_id == inspection.id)
    )
    finding = AuditFinding(
        inspection_id=inspection.id,
        number=(number or 0) + 1,
        state=FindingState.DRAFT,
        found_by_user_id=present(actor.user_id),
        found_by_person_id=present(actor.person_id),
        found_at=clock.now(),
    )
    _write(finding, inspection, item, rule_id, severity, title, body, amount)
    session.add(finding)
    session.flush()
    return finding


def change_finding(
    session: Session,
    actor: Actor,
    *,
    finding_id: int,
    item: str,
    rule_id: str,
    severity: FindingSeverity,
    title: str,
    body: str = "",
    amount: Money = ZERO,
) -> AuditFinding:
    """Write a finding anew before it is told. Raises as `record_finding`, `InvalidState` after."""
    finding, inspection = _locked(session, finding_id)
    require(policy.may_inspect(actor, inspection))
    if finding.state is not FindingState.DRAFT:
        raise InvalidState(CommonReason.WRONG_STATE, state=finding.state)
    _write(finding, inspection, item, rule_id, severity, title, body, amount)
    session.flush()
    return finding


def drop_finding(session: Session, actor: Actor, *, finding_id: int, note: str) -> AuditFinding:
    """It does not hold, perhaps by what the organisation answered; `note` says why."""
    finding, inspection = _locked(session, finding_id)
    require(_team_or_office(actor, inspection))
    finding.end_note = texts.prose(note, field="note", limit=LENGTHS["note"], required=True)
    finding.move_to(FindingState.DROPPED)
    return _moved(session, finding, inspection, "dropped")


def file_evidence(
    session: Session,
    actor: Actor,
    *,
    finding_id: int,
    title: str,
    evidence: Evidence,
    files: FileStore,
    file_name: str = "",
) -> FindingPaper:
    """Put a paper of the team beside a finding that is not done; it is never taken away."""
    finding, inspection = _locked(session, finding_id)
    require(policy.may_inspect(actor, inspection))
    if finding.state in _DONE:
        raise InvalidState(CommonReason.WRONG_STATE, state=finding.state)
    return _filed(session, actor, finding, PaperSide.TEAM, title, evidence, files, file_name)


def order_rectification(
    session: Session,
    actor: Actor,
    *,
    finding_id: int,
    order: str,
    due_on: date | None = None,
) -> AuditFinding:
    """责令整改: the office orders what is to be done, and by when.

    Without `due_on` the plan's working days are counted from today (INS-09). Raises `Denied` for
    anyone but the office, `Invalid` on `order` or `due_on`, `InvalidState` before the opinion.
    """
    finding, inspection = _locked(session, finding_id)
    require(policy.may_order(actor, inspection))
    if inspection.state not in {InspectionState.FINAL, InspectionState.RECTIFYING}:
        raise InvalidState(CommonReason.WRONG_STATE, state=inspection.state)
    today = clock.today()
    days = inspection.plan.rectification_days
    last = workdays.add_workdays(today, days) if due_on is None else due_on
    if last <= today:
        raise Invalid(AuditsReason.DUE_TOO_EARLY, field="due_on", day=today)
    finding.order = texts.prose(order, field="order", limit=LENGTHS["body"], required=True)
    finding.ordered_on, finding.due_on = today, last
    finding.move_to(FindingState.ORDERED)
    if inspection.state is InspectionState.FINAL:
        inspection.move_to(InspectionState.RECTIFYING)
    return _moved(session, finding, inspection, "ordered")


def answer_order(
    session: Session,
    actor: Actor,
    *,
    finding_id: int,
    answer: str,
    evidence: Evidence | None = None,
    files: FileStore | None = None,
) -> AuditFinding:
    """The organisation says what it did, with its proof.

    Raises `NotFound` for everybody but who answers for it, `InvalidState` unless it is ordered.
    """
    finding, inspection = _locked(session, finding_id)
    require(policy.may_enter_room(actor, inspection))
    finding.answer = texts.prose(answer, field="answer", limit=LENGTHS["body"], required=True)
    finding.answered_on, finding.answered_by_user_id = clock.today(), actor.user_id
    finding.move_to(FindingState.ANSWERED)
    if evidence is not None and files is not None:
        _filed(session, actor, finding, PaperSide.ORGANISATION, finding.title, evidence, files, "")
    return _moved(session, finding, inspection, "answered")


def extend_order(
    session: Session, actor: Actor, *, finding_id: int, until: date, reason: str
) -> FindingExtension:
    """The office gives more time; everybody reads why. What lateness stopped goes on.

    Raises `Denied`, `Invalid` on `until` (later than the last day, and than yesterday) or `reason`.
    """
    finding, inspection = _locked(session, finding_id)
    require(policy.may_order(actor, inspection))
    if finding.state is not FindingState.ORDERED or finding.due_on is None:
        raise InvalidState(CommonReason.WRONG_STATE, state=finding.state)
    if until <= finding.due_on or until < clock.today():
        raise Invalid(AuditsReason.DUE_TOO_EARLY, field="until", day=finding.due_on)
    why = texts.prose(reason, field="reason", limit=LENGTHS["note"], required=True)
    registry.lift_restrictions(session, actor, source=source_of(finding), note=why)
    extension = FindingExtension(
        finding_id=finding.id,
        was_due_on=finding.due_on,
        until=until,
        reason=why,
        granted_by_user_id=present(actor.user_id),
        granted_at=clock.now(),
    )
    session.add(extension)
    finding.due_on = until
    session.flush()
    session.expire(finding, ["extensions"])
    outbox.write(session, "finding.extended", finding.subject)
    return extension


def check_order(
    session: Session, actor: Actor, *, finding_id: int, is_right: bool, note: str = ""
) -> AuditFinding:
    """A second person looks whether it is right now; what is not goes back to be put right.

    Raises `Denied` (FOUND_IT_THEMSELVES for who found it), `Invalid` without a `note` where it is
    not right, `InvalidState` unless it is answered.
    """
    finding, inspection = _locked(session, finding_id)
    require(policy.may_check(actor, inspection, finding.found_by_person_id))
    if finding.state is not FindingState.ANSWERED:
        raise InvalidState(CommonReason.WRONG_STATE, state=finding.state)
    said = texts.prose(note, field="note", limit=LENGTHS["note"], required=not is_right)
    check = FindingCheck(
        finding_id=finding.id,
        is_right=is_right,
        note=said,
        found_by_person_id=finding.found_by_person_id,
        checked_by_person_id=present(actor.person_id),
        checked_by_user_id=present(actor.user_id),
        checked_at=clock.now(),
    )
    insert_or(session, check, Denied(AuditsReason.FOUND_IT_THEMSELVES))
    session.expire(finding, ["checks"])
    finding.move_to(FindingState.VERIFIED if is_right else FindingState.ORDERED)
    return _moved(session, finding, inspection, "checked")


def close_finding(
    session: Session, actor: Actor, *, finding_id: int, note: str = ""
) -> AuditFinding:
    """销号: it is right, or the other department has ended it; what it stopped goes on.

    Raises `Denied`, `InvalidState` unless it is verified or referred.
    """
    finding, inspection = _locked(session, finding_id)
    require(_team_or_office(actor, inspection))
    said = texts.prose(note, field="note", limit=LENGTHS["note"])
    finding.move_to(FindingState.CLOSED)
    finding.closed_on = clock.today()
    finding.end_note = said or finding.end_note
    registry.lift_restrictions(session, actor, source=source_of(finding), note=said)
    return _moved(session, finding, inspection, "closed")


def refer_finding(session: Session, actor: Actor, *, finding_id: int, note: str) -> AuditFinding:
    """Hand a finding over to another department; `note` says to which, and why (INS-09)."""
    finding, inspection = _locked(session, finding_id)
    require(_team_or_office(actor, inspection))
    finding.end_note = texts.prose(note, field="note", limit=LENGTHS["note"], required=True)
    finding.move_to(FindingState.REFERRED)
    return _moved(session, finding, inspection, "referred")


def restrict_overdue(session: Session, actor: Actor) -> int:
    """Stop what a late order stops; answers how many orders are late today.

    Run again it changes nothing. Raises `Denied` for anyone but the installation.
    """
    require(policy.may_void(actor))
    query = (
        select(AuditFinding)
        .where(AuditFinding.state == FindingState.ORDERED, AuditFinding.due_on < clock.today())
        .order_by(AuditFinding.id)
    )
    late = session.scalars(query).all()
    for finding in late:
        for act in STOPPED:
            registry.restrict(
                session,
                actor,
                organisation_id=finding.inspection.organisation_id,
                act=act,
                rule_id=finding.item,
                source=source_of(finding),
            )
    return len(late)


def _write(
    finding: AuditFinding,
    inspection: Inspection,
    item: str,
    rule_id: str,
    severity: FindingSeverity,
    title: str,
    body: str,
    amount: Money,
) -> None:
    require_item(inspection, item)
    rule = rule_id.strip() or item
    if rule not in {each.id for each in rules()}:
        raise Invalid(AuditsReason.UNKNOWN_RULE, field="rule_id")
    if amount.fen < 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="amount")
    finding.item, finding.rule_id, finding.severity = item, rule, severity
    finding.title = texts.line(title, field="title", limit=LENGTHS["title"])
    finding.body = texts.prose(body, field="body", limit=LENGTHS["body"])
    finding.amount = amount


def _locked(session: Session, finding_id: int) -> tuple[AuditFinding, Inspection]:
    """The finding and its inspection under their locks, the inspection first."""
    known = present(session.get(AuditFinding, finding_id))
    inspection = lock_inspection(session, known.inspection_id)
    return locked(session, select(AuditFinding).where(AuditFinding.id == finding_id)), inspection


def _team_or_office(actor: Actor, inspection: Inspection) -> Verdict:
    return policy.may_order(actor, inspection) or policy.may_inspect(actor, inspection)


def _require_writing(inspection: Inspection) -> None:
    if inspection.state not in _WRITING:
        raise InvalidState(CommonReason.WRONG_STATE, state=inspection.state)


def _filed(
    session: Session,
    actor: Actor,
    finding: AuditFinding,
    side: PaperSide,
    title: str,
    evidence: Evidence,
    files: FileStore,
    file_name: str,
) -> FindingPaper:
    paper = FindingPaper(
        finding_id=finding.id,
        side=side,
        title=texts.line(title, field="title", limit=LENGTHS["title"]),
        file_hash=files.put(evidence.content),
        file_name=texts.line(file_name, field="file_name", required=False),
        media_type=evidence.media_type,
        filed_by_user_id=present(actor.user_id),
        filed_at=clock.now(),
    )
    session.add(paper)
    session.flush()
    session.expire(finding, ["papers"])
    return paper


def _moved(
    session: Session, finding: AuditFinding, inspection: Inspection, event: str
) -> AuditFinding:
    """Keep it, tell it, and see whether everything of the inspection is put right now."""
    session.flush()
    outbox.write(session, f"finding.{event}", finding.subject)
    if inspection.state in {InspectionState.FINAL, InspectionState.RECTIFYING}:
        states = session.scalars(
            select(AuditFinding.state).where(AuditFinding.inspection_id == inspection.id)
        ).all()
        if all(state in _DONE for state in states):
            inspection.move_to(InspectionState.VERIFIED)
            session.flush()
            outbox.write(session, "inspection.verified", inspection.subject)
    return finding
