"""The verbs of approvals: ask, decide, void; and what must be there besides agreement."""

from charity.approvals.services.conflicts import (
    open_conflict_review,
    refuse_related,
    review_conflict,
)
from charity.approvals.services.deciding import decide, open_request, void
from charity.approvals.services.requiring import (
    KeptPaper,
    ask_again,
    drop_requirement,
    meet_requirement,
    refuse_requirement,
    require_met,
    require_that,
)

__all__ = [
    "KeptPaper",
    "ask_again",
    "decide",
    "drop_requirement",
    "meet_requirement",
    "open_conflict_review",
    "open_request",
    "refuse_related",
    "refuse_requirement",
    "require_met",
    "require_that",
    "review_conflict",
    "void",
]
