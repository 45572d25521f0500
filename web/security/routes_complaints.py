"""The policy table's section of plans, representatives, complaints and consents (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import Answer, act, form, holders

_RAISERS = holders(
    Permission.PROJECT_REVIEW,
    Permission.ORGANISATION_EDIT,
    staff=Answer.REFUSED,
    other_staff=Answer.REFUSED,
)
_NAMERS = holders(
    Permission.REGISTRY_KEEP, Permission.ORGANISATION_EDIT, other_staff=Answer.REFUSED
)

COMPLAINTS = (
    form("plans.detail", _RAISERS, plan_id="plan"),
    act("plans.file", _RAISERS, plan_id="plan"),
    act("plans.supplement", _RAISERS, plan_id="plan"),
    form("representatives.index", _NAMERS, organisation_id="organisation"),
)
