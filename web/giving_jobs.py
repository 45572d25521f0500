"""What giving owes by the calendar: the turns of monthly plans."""

from __future__ import annotations

import logging

from charity import clock
from charity.donations import services
from charity.donations.queries import monthly
from charity.errors import DomainError
from web.db import database
from web.gateway_jobs import WORKER
from web.ports import ports, settings

log = logging.getLogger("wushe.giving")


def turn_months() -> int:
    """Tell, ask and remind whoever gives every month; answers how many plans were looked at.

    Each plan has its own unit: one that fails is logged and tried again the next time.
    """
    today = clock.today()
    with database().unit() as session:
        plans = monthly.plans_to_turn(session, today)
    for plan_id in plans:
        try:
            with database().unit() as session:
                services.turn_plan(
                    session,
                    WORKER,
                    plan_id=plan_id,
                    on=today,
                    gateway=ports().gateway,
                    operator_mode=settings().operator_mode,
                )
        except DomainError as error:
            log.warning("monthly plan=%s reason=%s", plan_id, error.reason)
    return len(plans)
