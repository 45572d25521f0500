"""The policy table's section of the life of projects (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, SIGNED_IN, Answer, act, form, holders, page

_LEADERS = holders(Permission.PROJECT_EDIT, other_staff=Answer.REFUSED)
_JUDGES = holders(Permission.PROJECT_REVIEW, Permission.DELIVERY_ACCEPT)
_SIGNERS = holders(Permission.LISTING_MANAGE, other_staff=Answer.REFUSED)

PROJECT_LIFE = (
    page("project_life.templates", SIGNED_IN),
    page("project_life.milestones", PUBLIC, project_id="published_project"),
    act("project_life.plan", _LEADERS, project_id="published_project"),
    page("project_life.milestone", PUBLIC, milestone_id="milestone"),
    act("project_life.claim", _LEADERS, milestone_id="milestone"),
    act("project_life.drop", _LEADERS, milestone_id="milestone"),
    act("project_life.accept", _JUDGES, milestone_id="claimed_milestone"),
    act("project_life.send_back", _JUDGES, milestone_id="claimed_milestone"),
    page("project_life.reports", PUBLIC, project_id="published_project"),
    form("project_life.new_report", _LEADERS, project_id="published_project"),
    page("project_life.picture", PUBLIC, picture_id="report_picture"),
    page("project_life.parties", PUBLIC, project_id="published_project"),
    act("project_life.name_party", _LEADERS, project_id="published_project"),
    act("project_life.sign", _SIGNERS, role_id="project_role"),
    act("project_life.drop_party", _LEADERS, role_id="project_role"),
    page("project_life.steer", _LEADERS, project_id="published_project"),
    act("project_life.pause", _LEADERS, project_id="published_project"),
    act("project_life.resume", _LEADERS, project_id="published_project"),
    act("project_life.close", _LEADERS, project_id="published_project"),
    page("project_life.follows", SIGNED_IN),
    act("project_life.follow", SIGNED_IN),
    act("project_life.unfollow", SIGNED_IN),
)
