"""Who may agree: a person, once, and never to what they asked for themselves.

Persons count, not accounts: two accounts of one person are one voice. The tables refuse the same
things again. Whether the person holds the role for it is the asking context's rule.
"""

from __future__ import annotations

from collections.abc import Collection

from charity.actor import Actor, Permission, Verdict
from charity.approvals.models import ApprovalRequest, ApprovalState
from charity.errors import CommonReason
from charity.registry.related_reasons import RelatedReason


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


def may_review(
    actor: Actor,
    *,
    organisation_ids: Collection[int],
    person_ids: Collection[int],
) -> Verdict:
    """Whether this reviewer is unconcerned: of no organisation and no part in the thing."""
    if not actor.holds_anywhere(Permission.CONFLICT_REVIEW):
        return Verdict.no()
    if actor.person_id is None or actor.person_id in person_ids:
        return Verdict.no(RelatedReason.CONCERNED)
    if actor.organisation_ids & set(organisation_ids):
        return Verdict.no(RelatedReason.CONCERNED)
    return Verdict.yes()
