"""The verbs of approvals: ask, decide, void; and what must be there besides agreement."""

from charity.approvals.services.conflicts import (
    may_review,
    open_conflict_review,
    read_back,
    refuse_related,
    review_conflict,
    touches_related,
)
from charity.approvals.services.deciding import decide, open_request, void
from charity.approvals.services.requiring import (
    ask_again,
    drop_requirement,
    meet_requirement,
    refuse_requirement,
    require_met,
    require_that,
)

__all__ = [
    "ask_again",
    "decide",
    "drop_requirement",
    "may_review",
    "meet_requirement",
    "open_conflict_review",
    "open_request",
    "read_back",
    "refuse_related",
    "refuse_requirement",
    "require_met",
    "require_that",
    "review_conflict",
    "touches_related",
    "void",
]
