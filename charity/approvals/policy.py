"""Who may agree: a person, once, and never to what they asked for themselves.

Persons count, not accounts: two accounts of one person are one voice. The tables refuse the same
things again. Whether the person holds the role for it is the asking context's rule.
"""

from __future__ import annotations

from charity.actor import Actor, Verdict
from charity.approvals.models import ApprovalRequest, ApprovalState
from charity.errors import CommonReason


def may_decide(actor: Actor, request: ApprovalRequest | None) -> Verdict:
    """Whether this person may still say yes or no to the request (RELIABILITY A1)."""
    if actor.user_id is None or actor.person_id is None:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    if request is None or request.state is not ApprovalState.OPEN:
        return Verdict.no(CommonReason.WRONG_STATE)
    decided = {decision.person_id for decision in request.decisions}
    if actor.person_id in decided | {request.submitter_person_id}:
        return Verdict.no(CommonReason.SAME_PERSON)
    return Verdict.yes()
