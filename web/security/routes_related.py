"""The policy table's section of related parties and conflict reviews (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import Answer, act, form, holders, page

_RECORDERS = holders(Permission.RELATED_RECORD, other_staff=Answer.REFUSED)
_REVIEWERS = holders(Permission.CONFLICT_REVIEW)

RELATED = (
    form("related.index", _RECORDERS, organisation_id="organisation"),
    act("related.end", _RECORDERS, organisation_id="organisation", party_id="related_party"),
    page("related.reviews", _REVIEWERS),
    form("related.review", _REVIEWERS, expense_id="conflict_expense"),
)
