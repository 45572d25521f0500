"""Ask for agreement, give or refuse it, and take back what an edit made worthless."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.approvals.freezing import frozen_hash
from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.approvals.policy import may_decide
from charity.approvals.reasons import ApprovalsReason
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from charity.rows import locking

#: States in which a request still says something; the others are history.
_STANDING = (ApprovalState.OPEN, ApprovalState.GRANTED)


def open_request(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    content: Mapping[str, str | int],
    quorum: int,
    submitter_person_id: int,
) -> ApprovalRequest:
    """Ask `quorum` different persons to agree to exactly this content of the subject.

    Whatever was asked or agreed about the subject before is void from now on.
    """
    void(session, actor, subject=subject)
    request = ApprovalRequest(
        subject=subject,
        content_hash=frozen_hash(subject, content),
        quorum=quorum,
        submitter_person_id=submitter_person_id,
        state=ApprovalState.OPEN,
        opened_at=clock.now(),
    )
    session.add(request)
    session.flush()
    return request


def decide(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    agreed: bool,
    reason: str,
    content: Mapping[str, str | int],
) -> ApprovalState:
    """Say yes or no to the open request, and return what became of it.

    The row is locked first, so two decisions at one moment are one after the other. Raises
    `InvalidState` when nothing is asked or the content is not what was asked, `Denied` with
    SAME_PERSON for the submitter and for a second voice of one person, `Invalid` on field
    `reason` for a refusal without one.
    """
    request = _lock(session, subject)
    if request is None or request.state is not ApprovalState.OPEN:
        raise InvalidState(ApprovalsReason.NOT_OPEN)
    require(may_decide(actor, request))
    if actor.user_id is None or actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if frozen_hash(subject, content) != request.content_hash:
        raise InvalidState(ApprovalsReason.CONTENT_CHANGED)
    if not agreed and not reason.strip():
        raise Invalid(CommonReason.REQUIRED, field="reason")
    decision = ApprovalDecision(
        user_id=actor.user_id,
        person_id=actor.person_id,
        submitter_person_id=request.submitter_person_id,
        agreed=agreed,
        reason=reason.strip(),
        content_hash=request.content_hash,
        decided_at=clock.now(),
    )
    request.decisions.append(decision)
    if not agreed:
        _close(request, ApprovalState.REFUSED)
    elif sum(each.agreed for each in request.decisions) >= request.quorum:
        _close(request, ApprovalState.GRANTED)
    session.flush()
    return request.state


def void(session: Session, actor: Actor, *, subject: str) -> None:
    """Take back what was asked or agreed: any edit does. Nothing standing, nothing happens."""
    request = _lock(session, subject)
    if request is not None and request.state in _STANDING:
        _close(request, ApprovalState.VOID)
        # before a successor is inserted: only one request about a subject may be open
        session.flush()


def _close(request: ApprovalRequest, state: ApprovalState) -> None:
    request.move_to(state)
    request.closed_at = clock.now()


def _lock(session: Session, subject: str) -> ApprovalRequest | None:
    """The latest request, locked and read afresh, with the decisions that stand now."""
    query = (
        select(ApprovalRequest)
        .where(ApprovalRequest.subject == subject)
        .order_by(ApprovalRequest.id.desc())
        .limit(1)
    )
    request = session.scalars(locking(query)).first()
    if request is not None:
        session.refresh(request, ["decisions"])
    return request
