"""The policy table's section of plans, representatives, complaints and consents (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, SIGNED_IN, Answer, act, form, holders, page

_RAISERS = holders(
    Permission.PROJECT_REVIEW,
    Permission.ORGANISATION_EDIT,
    staff=Answer.REFUSED,
    other_staff=Answer.REFUSED,
)
_NAMERS = holders(
    Permission.REGISTRY_KEEP, Permission.ORGANISATION_EDIT, other_staff=Answer.REFUSED
)

_STAFF = holders(Permission.STANDING_RECORD, Permission.PROJECT_REVIEW)

COMPLAINTS = (
    form("complaints.new", PUBLIC, about="complaint_about"),
    page("complaints.page", PUBLIC, token="complaint_token"),  # noqa: S106 - a sample's name
    page("complaints.index", _STAFF),
    form("complaints.answer", _STAFF, complaint_id="complaint"),
    page("consents.index", SIGNED_IN),
    act("consents.withdraw", SIGNED_IN, consent_id="consent"),
    form("plans.detail", _RAISERS, plan_id="plan"),
    act("plans.file", _RAISERS, plan_id="plan"),
    act("plans.supplement", _RAISERS, plan_id="plan"),
    form("representatives.index", _NAMERS, organisation_id="organisation"),
)
