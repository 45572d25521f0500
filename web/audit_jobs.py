"""What comes round by itself in audits: draws become void, late orders stop what they stop."""

from __future__ import annotations

import logging

from charity.actor import Actor
from charity.audits import services
from web.db import database

log = logging.getLogger("wushe.audits")

WORKER = Actor.system("worker")


def void_draws() -> None:
    """Draws whose secret was not opened by its day are void, before everybody."""
    with database().unit() as session:
        void = services.void_overdue_draws(session, WORKER)
    if void:
        log.warning("draws void=%s", void)


def stop_late_orders() -> None:
    """An order that is late stops new projects and payments of the organisation."""
    with database().unit() as session:
        late = services.restrict_overdue(session, WORKER)
    if late:
        log.info("orders late=%s", late)
