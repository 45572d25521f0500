"""Telling everybody what came of it: results, corrections by a successor, appeals, and the end."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.audits import policy
from charity.audits.models import (
    TOLD_STATES,
    AuditAppeal,
    AuditConclusion,
    AuditFinding,
    AuditPlan,
    AuditPlanState,
    AuditResult,
    FindingState,
    Inspection,
    InspectionState,
)
from charity.audits.reasons import AuditsReason
from charity.audits.services.teams import dismiss_team, lock_inspection
from charity.disclosure import contents
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.rows import insert_or, locked, present

LENGTHS = {"explanation": 1000, "body": 5000, "answer": 5000}
#: States in which there is something to tell everybody.
_TOLD = frozenset(
    {
        InspectionState.FINAL,
        InspectionState.RECTIFYING,
        InspectionState.VERIFIED,
        InspectionState.CLOSED,
        InspectionState.REFERRED,
        InspectionState.OBSTRUCTED,
    }
)
_OPEN = frozenset({FindingState.TOLD, FindingState.ORDERED, FindingState.ANSWERED})


def publish_result(session: Session, actor: Actor, *, inspection_id: int) -> AuditResult:
    """一公开: put the result of one inspection before everybody, once (INS-09).

    Raises `Denied` for anyone but the office, `InvalidState` before the final opinion, `Conflict`
    where it was published: then it is corrected.
    """
    inspection = lock_inspection(session, inspection_id)
    require(policy.may_order(actor, inspection))
    if inspection.state not in _TOLD:
        raise InvalidState(AuditsReason.NOT_FINISHED)
    if latest_result(session, inspection.id) is not None:
        raise Conflict(AuditsReason.ALREADY_PUBLISHED)
    conclusion = _conclusion(session, inspection)
    return _publish(session, actor, inspection, conclusion, None, "")


def correct_result(
    session: Session,
    actor: Actor,
    *,
    result_id: int,
    explanation: str,
    conclusion: AuditConclusion | None = None,
) -> AuditResult:
    """Publish a successor with what holds now; what it corrects stays to be read beside it.

    `conclusion` is what follows from the findings unless it is said. Raises `Denied`, `Invalid` on
    `explanation` or for a result that says the same, `Conflict` where it was corrected before.
    """
    before = present(session.get(AuditResult, result_id))
    inspection = lock_inspection(session, before.inspection_id)
    require(policy.may_order(actor, inspection))
    why = texts.prose(explanation, field="explanation", limit=LENGTHS["explanation"], required=True)
    said = conclusion or _conclusion(session, inspection)
    made = _body(session, inspection)
    if said is before.conclusion and contents.digest(made) == before.digest:
        raise Invalid(AuditsReason.SAYS_THE_SAME, field="conclusion")
    return _publish(session, actor, inspection, said, before, why)


def appeal(session: Session, actor: Actor, *, inspection_id: int, body: str) -> AuditAppeal:
    """复核申请: the organisation does not agree with its published result.

    Raises `NotFound` for everybody but who answers for it, `Conflict` while one is open.
    """
    inspection = lock_inspection(session, inspection_id)
    require(policy.may_enter_room(actor, inspection))
    if latest_result(session, inspection.id) is None:
        raise InvalidState(AuditsReason.NOT_PUBLISHED)
    made = AuditAppeal(
        inspection_id=inspection.id,
        body=texts.prose(body, field="body", limit=LENGTHS["body"], required=True),
        made_by_user_id=present(actor.user_id),
        made_at=clock.now(),
    )
    insert_or(session, made, Conflict(AuditsReason.APPEAL_OPEN))
    outbox.write(session, "inspection.appealed", inspection.subject)
    return made


def answer_appeal(
    session: Session, actor: Actor, *, appeal_id: int, answer: str, upheld: bool
) -> AuditAppeal:
    """The office answers, by somebody outside the team; an upheld one asks for a correction.

    Raises `Denied` (OWN_TEAM), `InvalidState` where it is answered.
    """
    known = present(session.get(AuditAppeal, appeal_id))
    inspection = lock_inspection(session, known.inspection_id)
    require(policy.may_answer_appeal(actor, inspection))
    found = locked(session, select(AuditAppeal).where(AuditAppeal.id == appeal_id))
    if found.answered_at is not None:
        raise InvalidState(CommonReason.WRONG_STATE)
    found.answer = texts.prose(answer, field="answer", limit=LENGTHS["answer"], required=True)
    found.upheld, found.answered_at = upheld, clock.now()
    found.answered_by_user_id = actor.user_id
    session.flush()
    outbox.write(session, "inspection.appeal_answered", inspection.subject)
    return found


def close_inspection(session: Session, actor: Actor, *, inspection_id: int) -> Inspection:
    """Nothing is left to do: its result is public and no finding is open; the team reads no more.

    Raises `Denied`, `InvalidState` with NOT_PUBLISHED, APPEAL_OPEN or FINDINGS_OPEN (`left`).
    """
    inspection = lock_inspection(session, inspection_id)
    require(policy.may_order(actor, inspection))
    if latest_result(session, inspection.id) is None:
        raise InvalidState(AuditsReason.NOT_PUBLISHED)
    waiting = select(AuditAppeal.id).where(
        AuditAppeal.inspection_id == inspection.id, AuditAppeal.answered_at.is_(None)
    )
    if session.scalar(waiting) is not None:
        raise InvalidState(AuditsReason.APPEAL_OPEN)
    states = [each.state for each in _findings(session, inspection.id)]
    left = sum(state in _OPEN or state is FindingState.VERIFIED for state in states)
    if left:
        raise InvalidState(AuditsReason.FINDINGS_OPEN, left=left)
    dismiss_team(session, inspection)
    inspection.move_to(InspectionState.CLOSED)
    inspection.closed_at = clock.now()
    session.flush()
    outbox.write(session, "inspection.closed", inspection.subject)
    return inspection


def close_plan(session: Session, actor: Actor, *, plan_id: int) -> AuditPlan:
    """Every inspection of it is closed; raises `InvalidState` (INSPECTIONS_OPEN, `left`)."""
    plan = locked(session, select(AuditPlan).where(AuditPlan.id == plan_id))
    require(policy.may_manage(actor, plan))
    left = session.scalar(
        select(func.count())
        .select_from(Inspection)
        .where(Inspection.plan_id == plan_id, Inspection.state != InspectionState.CLOSED)
    )
    if left:
        raise InvalidState(AuditsReason.INSPECTIONS_OPEN, left=left)
    plan.move_to(AuditPlanState.CLOSED)
    session.flush()
    outbox.write(session, "audit_plan.closed", plan.subject)
    return plan


def latest_result(session: Session, inspection_id: int) -> AuditResult | None:
    """The version that holds, which ratings and purchases may ask (INS-10); None before one."""
    query = select(AuditResult).where(AuditResult.inspection_id == inspection_id)
    return session.scalar(query.order_by(AuditResult.number.desc()).limit(1))


def _publish(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    conclusion: AuditConclusion,
    before: AuditResult | None,
    explanation: str,
) -> AuditResult:
    body = _body(session, inspection)
    result = AuditResult(
        inspection_id=inspection.id,
        number=1 if before is None else before.number + 1,
        corrects_id=None if before is None else before.id,
        explanation=explanation,
        conclusion=conclusion,
        body=body,
        digest=contents.digest(body),
        published_by_user_id=actor.user_id,
        published_at=clock.now(),
    )
    insert_or(session, result, Conflict(AuditsReason.ALREADY_PUBLISHED))
    outbox.write(session, "audit_result.published", f"audit_result:{result.id}")
    return result


def _conclusion(session: Session, inspection: Inspection) -> AuditConclusion:
    """What follows from the state and the findings that stand."""
    if inspection.state is InspectionState.OBSTRUCTED:
        return AuditConclusion.OBSTRUCTED
    states = {each.state for each in _findings(session, inspection.id)}
    if inspection.state is InspectionState.REFERRED or FindingState.REFERRED in states:
        return AuditConclusion.REFERRED
    if not states:
        return AuditConclusion.NO_ISSUE
    return AuditConclusion.ISSUES_FOUND if states & _OPEN else AuditConclusion.PUT_RIGHT


def _body(session: Session, inspection: Inspection) -> dict[str, object]:
    """What everybody reads: sums in fen, days in ISO form (`contents.canonical`)."""
    plan, organisation = inspection.plan, inspection.organisation
    today = clock.today()
    return {
        "plan": {
            "number": plan.id,
            "title": plan.title,
            "kind": plan.kind.value,
            "period_from": plan.period_from.isoformat(),
            "period_until": plan.period_until.isoformat(),
        },
        "organisation": {"name": organisation.name, "uscc": organisation.uscc or ""},
        "procedure": inspection.procedure.value,
        "state": inspection.state.value,
        "team": [member.inspector.name for member in inspection.team],
        "words": inspection.conclusion or inspection.state_note,
        "findings": [
            {
                "number": each.number,
                "item": each.item,
                "rule": each.rule_id,
                "severity": each.severity.value,
                "title": each.title,
                "amount_fen": each.amount.fen,
                "state": each.state.value,
                "due_on": each.due_on.isoformat() if each.due_on else "",
                "closed_on": each.closed_on.isoformat() if each.closed_on else "",
                "overdue_days": each.overdue_days(today),
            }
            for each in _findings(session, inspection.id)
        ],
    }


def _findings(session: Session, inspection_id: int) -> list[AuditFinding]:
    """The findings that were told and not dropped."""
    query = select(AuditFinding).where(
        AuditFinding.inspection_id == inspection_id, AuditFinding.state.in_(TOLD_STATES)
    )
    return list(session.scalars(query.order_by(AuditFinding.number)))
