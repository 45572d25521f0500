"""A filed plan in words."""

from __future__ import annotations

from flask_babel import gettext as _

from charity.registry.models import FundraisingPlan
from web.filters import day


def plan_number(plan: FundraisingPlan) -> str:
    """The registrar's number; of an emergency until when it will be there (CHA-113)."""
    if plan.awaits_filing:
        return str(_("应急募捐，%(day)s 前补报备案", day=day(plan.filed_on)))
    return plan.number
