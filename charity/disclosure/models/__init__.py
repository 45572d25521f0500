"""Tables of disclosure: duties and entries, notices and objections, how projects end."""

from __future__ import annotations

from charity.disclosure.models.agreed_rates import AllocationKey, GiftRate
from charity.disclosure.models.closings import (
    PROJECT_CLOSING_TRANSITIONS,
    ProjectClosing,
    ProjectClosingState,
    SurplusAnswer,
    SurplusChoice,
    SurplusDisposal,
)
from charity.disclosure.models.complaints import COMPLAINT_TRANSITIONS, Complaint, ComplaintState
from charity.disclosure.models.duties import (
    DisclosureDuty,
    DisclosureEntry,
    DisclosureKind,
    RatioReport,
)
from charity.disclosure.models.notices import (
    NOTICE_TRANSITIONS,
    Notice,
    NoticeState,
    Objection,
    PublicNoticeKind,
)

__all__ = [
    "COMPLAINT_TRANSITIONS",
    "NOTICE_TRANSITIONS",
    "PROJECT_CLOSING_TRANSITIONS",
    "AllocationKey",
    "Complaint",
    "ComplaintState",
    "DisclosureDuty",
    "DisclosureEntry",
    "DisclosureKind",
    "GiftRate",
    "Notice",
    "NoticeState",
    "Objection",
    "ProjectClosing",
    "ProjectClosingState",
    "PublicNoticeKind",
    "RatioReport",
    "SurplusAnswer",
    "SurplusChoice",
    "SurplusDisposal",
]
