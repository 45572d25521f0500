"""Who may plan for a district: its dispatchers, for the places their role reaches."""

from __future__ import annotations

from charity.actor import Actor, Verdict
from charity.errors import CommonReason
from projects.listings.policy.listing import dispatches


def may_plan(actor: Actor, region_code: str) -> Verdict:
    """Make, read, change, send and discard the dispatch plans of a place (NEED_DISPATCH there)."""
    if dispatches(actor, region_code):
        return Verdict.yes()
    if not actor.is_signed_in:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    return Verdict.no(CommonReason.NOT_PERMITTED)
