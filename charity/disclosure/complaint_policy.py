"""Who reads complaints and answers them: staff of the operator, never who is complained of."""

from __future__ import annotations

from charity.actor import Actor, Permission, Verdict
from charity.disclosure.complaint_reasons import ComplaintReason
from charity.disclosure.models import Complaint

#: What staff of the operator holds, and no organisation gives its own people.
STAFF = (Permission.STANDING_RECORD, Permission.PROJECT_REVIEW)


def may_read_complaints(actor: Actor) -> Verdict:
    """Reviewers and verifiers."""
    held = actor.is_system or any(map(actor.holds_anywhere, STAFF))
    return Verdict.yes() if held else Verdict.no()


def may_answer(actor: Actor, complaint: Complaint) -> Verdict:
    """The same, but nobody who belongs to the organisation it is about (VIL-04)."""
    verdict = may_read_complaints(actor)
    if verdict and complaint.organisation_id in actor.organisation_ids:
        return Verdict.no(ComplaintReason.OWN_ORGANISATION)
    return verdict
