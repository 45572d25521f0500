"""The organisation asks for more time to put a finding right; the office extends, or refuses.

A refusal is a work paper about the request (`extension_ask:5`): it is never changed, lies in the
inspection's file, and the organisation reads its reason in its room.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.audits import policy
from charity.audits.models import AuditFinding, ExtensionAsk, FindingState, WorkPaper
from charity.audits.queries.fieldwork import open_ask
from charity.audits.reasons import AuditsReason
from charity.audits.services.teams import lock_inspection
from charity.errors import CommonReason, Invalid, InvalidState
from charity.rows import present

NOTE_LENGTH = 2000


def ask_extension(
    session: Session, actor: Actor, *, finding_id: int, until: date, reason: str
) -> ExtensionAsk:
    """Ask for more time until a day in China; nothing changes before the office extends it.

    Raises `NotFound` for everybody but who answers for the organisation, `InvalidState` unless it
    is ordered and not answered, `Invalid` without a reason or for a day that is no later
    (DUE_TOO_EARLY).
    """
    finding = present(session.get(AuditFinding, finding_id))
    require(policy.may_enter_room(actor, finding.inspection))
    if finding.state is not FindingState.ORDERED:
        raise InvalidState(CommonReason.WRONG_STATE, state=finding.state)
    if finding.due_on is None or until <= finding.due_on:
        raise Invalid(AuditsReason.DUE_TOO_EARLY, field="until", day=finding.due_on)
    asked = ExtensionAsk(
        finding_id=finding.id,
        until=until,
        reason=texts.prose(reason, field="reason", limit=NOTE_LENGTH, required=True),
        asked_by_user_id=present(actor.user_id),
        asked_at=clock.now(),
    )
    session.add(asked)
    session.flush()
    outbox.write(session, "finding.asked", finding.subject)
    return asked


def refuse_extension(session: Session, actor: Actor, *, finding_id: int, reason: str) -> WorkPaper:
    """Say no to the request that waits, with a reason the organisation reads; the day stays.

    Raises `Denied` for anyone but the office, `InvalidState` where no request waits, `Invalid`
    without a reason.
    """
    finding = present(session.get(AuditFinding, finding_id))
    inspection = lock_inspection(session, finding.inspection_id)
    require(policy.may_order(actor, inspection))
    asked = open_ask(session, finding)
    if asked is None:
        raise InvalidState(CommonReason.WRONG_STATE, state=finding.state)
    why = texts.prose(reason, field="reason", limit=NOTE_LENGTH, required=True)
    last = select(func.max(WorkPaper.number)).where(WorkPaper.inspection_id == inspection.id)
    refusal = WorkPaper(
        inspection_id=inspection.id,
        number=(session.scalar(last) or 0) + 1,
        item=finding.item,
        title=finding.title,
        body=why,
        about=asked.subject,
        filed_by_user_id=present(actor.user_id),
        filed_at=clock.now(),
    )
    session.add(refusal)
    session.flush()
    outbox.write(session, "finding.ask_refused", finding.subject)
    return refusal
