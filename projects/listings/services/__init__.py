"""Verbs of the three lists."""

from __future__ import annotations

from projects.listings.services.bookings import (
    answer_booking,
    ask_booking,
    return_booking,
    withdraw_booking,
)
from projects.listings.services.claims import (
    accept_claim,
    claim_need,
    decline_claim,
    dispatch_need,
    invite_resource,
    lapse_claims,
    withdraw_claim,
)
from projects.listings.services.dispatching import (
    SentPlan,
    add_plan_row,
    change_plan_row,
    discard_plan,
    make_plan,
    send_plan,
)
from projects.listings.services.escalating import (
    escalate_due_needs,
)
from projects.listings.services.evaluating import (
    evaluate,
    hide_evaluation,
)
from projects.listings.services.filing import file_emergency_plan
from projects.listings.services.following import follow, tell_followers, unfollow
from projects.listings.services.life import close_project, pause_project, resume_project
from projects.listings.services.milestones import (
    accept_milestone,
    claim_milestone,
    drop_milestone,
    plan_milestone,
    return_milestone,
)
from projects.listings.services.needs import (
    close_need,
    confirm_need,
    decline_need,
    erase_contacts,
    fulfil_need,
    order_need,
    refer_need,
    reopen_need,
    withdraw_need,
)
from projects.listings.services.parties import drop_party, name_party, sign_role
from projects.listings.services.projects import (
    REASONS_MAXIMUM,
    draft_project,
    edit_project,
    judge_project,
    publish_project,
    return_project,
    submit_project,
)
from projects.listings.services.reporting import PictureDraft, publish_report
from projects.listings.services.resources import (
    change_resource,
    pause_resource,
    post_resource,
    resume_resource,
    withdraw_resource,
)
from projects.listings.services.searching import (
    ASKED_MAXIMUM,
    follow_search,
    record_finds,
    see_finds,
    unfollow_search,
)
from projects.listings.services.serving import (
    confirm_claim,
    confirm_service,
    finish_claim,
    refuse_service,
    report_service,
    send_back_claim,
    take_in_gifts,
)

__all__ = [
    "ASKED_MAXIMUM",
    "REASONS_MAXIMUM",
    "PictureDraft",
    "SentPlan",
    "accept_claim",
    "accept_milestone",
    "add_plan_row",
    "answer_booking",
    "ask_booking",
    "change_plan_row",
    "change_resource",
    "claim_milestone",
    "claim_need",
    "close_need",
    "close_project",
    "confirm_claim",
    "confirm_need",
    "confirm_service",
    "decline_claim",
    "decline_need",
    "discard_plan",
    "dispatch_need",
    "draft_project",
    "drop_milestone",
    "drop_party",
    "edit_project",
    "erase_contacts",
    "escalate_due_needs",
    "evaluate",
    "file_emergency_plan",
    "finish_claim",
    "follow",
    "follow_search",
    "fulfil_need",
    "hide_evaluation",
    "invite_resource",
    "judge_project",
    "lapse_claims",
    "make_plan",
    "name_party",
    "order_need",
    "pause_project",
    "pause_resource",
    "plan_milestone",
    "post_resource",
    "publish_project",
    "publish_report",
    "record_finds",
    "refer_need",
    "refuse_service",
    "reopen_need",
    "report_service",
    "resume_project",
    "resume_resource",
    "return_booking",
    "return_milestone",
    "return_project",
    "see_finds",
    "send_back_claim",
    "send_plan",
    "sign_role",
    "submit_project",
    "take_in_gifts",
    "tell_followers",
    "unfollow",
    "unfollow_search",
    "withdraw_booking",
    "withdraw_claim",
    "withdraw_need",
    "withdraw_resource",
]
