"""Ask for agreement, give or refuse it, and take back what an edit made worthless."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries
from charity.accounts import services as accounts
from charity.actor import Actor, Permission, require
from charity.approvals.freezing import frozen_hash
from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.approvals.policy import may_decide
from charity.approvals.reasons import ApprovalsReason
from charity.approvals.tiers import ANSWERABLE_ROLES, Tier, needs_answerable, tier_of
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from charity.money import Money
from charity.rows import locking

#: States in which a request still says something; the others are history.
_STANDING = (ApprovalState.OPEN, ApprovalState.GRANTED)


def open_request(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    content: Mapping[str, str | int],
    submitter_person_id: int,
    quorum: int = 0,
    amount: Money | None = None,
) -> ApprovalRequest:
    """Ask different persons to agree to exactly this content of the subject.

    How many is `quorum`, or, with an `amount`, what its tier says today (APR-01); the rows used
    are kept with the request. Whatever was asked or agreed about the subject before is void.
    """
    void(session, actor, subject=subject)
    tier = Tier(quorum, False, "") if amount is None else tier_of(amount, clock.today())
    request = ApprovalRequest(
        subject=subject,
        content_hash=frozen_hash(subject, content),
        quorum=tier.persons,
        tier=tier.rows,
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
    permission: Permission | None = None,
    organisation_id: int | None = None,
) -> ApprovalState:
    """Say yes or no to the open request, and return what became of it.

    The row is locked first, so two decisions at one moment are one after the other; then the
    `permission` in the organisation is read afresh, for who was removed meanwhile decides nothing.
    Raises `InvalidState` when nothing is asked or the content is not what was asked, `Denied` with
    SAME_PERSON for the submitter and for a second voice of one person, `Invalid` on field
    `reason` for a refusal without one.
    """
    request = _lock(session, subject)
    if permission is not None and organisation_id is not None:
        accounts.keep_role(session, actor, permission=permission, organisation_id=organisation_id)
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
    elif _is_enough(session, request, organisation_id):
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


def _is_enough(session: Session, request: ApprovalRequest, organisation_id: int | None) -> bool:
    """Whether enough persons agreed, and where the tier asks it one who answers for the money."""
    agreed = {each.person_id for each in request.decisions if each.agreed}
    if len(agreed) < request.quorum:
        return False
    if not needs_answerable(request.tier) or organisation_id is None:
        return not needs_answerable(request.tier)
    return bool(agreed & queries.persons_in(session, organisation_id, ANSWERABLE_ROLES))


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
