"""Why an agreement is refused."""

from __future__ import annotations

from charity.errors import ReasonCode


class ApprovalsReason(ReasonCode):
    """Reasons of approvals."""

    #: What would be agreed now is not what was asked: an edit slipped in between.
    CONTENT_CHANGED = "approvals.content_changed"
    NOT_OPEN = "approvals.not_open"
    #: Something that goes before is not met: `kind` says what.
    REQUIREMENT_OPEN = "approvals.requirement_open"
