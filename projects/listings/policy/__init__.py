"""Who may do what on the three lists."""

from __future__ import annotations

from projects.listings.policy.dispatching import may_plan
from projects.listings.policy.life import (
    may_accept_milestone,
    may_follow,
    may_report,
    may_sign,
    may_steer,
)
from projects.listings.policy.listing import (
    PUBLIC_NEEDS,
    dispatches,
    holds_booking,
    holds_token,
    may_answer,
    may_dispatch,
    may_judge_unit,
    may_manage_resource,
    may_post_listing,
    may_read_contacts,
    may_see_claim,
    may_see_need,
    may_speak_for_need,
    may_speak_for_unit,
    may_withdraw_claim,
    may_withdraw_need,
    stands_for_need,
    stands_for_unit,
)
from projects.listings.policy.projects import may_edit, may_post, may_review, may_see

__all__ = [
    "PUBLIC_NEEDS",
    "dispatches",
    "holds_booking",
    "holds_token",
    "may_accept_milestone",
    "may_answer",
    "may_dispatch",
    "may_edit",
    "may_follow",
    "may_judge_unit",
    "may_manage_resource",
    "may_plan",
    "may_post",
    "may_post_listing",
    "may_read_contacts",
    "may_report",
    "may_review",
    "may_see",
    "may_see_claim",
    "may_see_need",
    "may_sign",
    "may_speak_for_need",
    "may_speak_for_unit",
    "may_steer",
    "may_withdraw_claim",
    "may_withdraw_need",
    "stands_for_need",
    "stands_for_unit",
]
