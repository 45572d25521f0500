"""The daily work of disclosure: duties from the facts of the day, and letters about them."""

from __future__ import annotations

import logging

from charity import clock
from charity.actor import Actor
from charity.disclosure import services
from charity.registry import queries as registry
from web.db import database
from web.ports import settings

log = logging.getLogger("wushe.disclosure")

WORKER = Actor.system("worker")


def keep_duties() -> None:
    """Judge last year, bring duties to today's facts, stop what is late, remind publishers."""
    today = clock.today()
    with database().unit() as session:
        services.compute_missing_ratios(session, WORKER, on=today)
    with database().unit() as session:
        raised = services.raise_duties(session, WORKER, on=today)
    with database().unit() as session:
        operator = registry.organisation_by_uscc(session, settings().operator_uscc)
        mail = settings().operator_mail
        also = {operator.id: mail} if operator is not None and mail else {}
        reminded = services.remind_of_duties(session, WORKER, on=today, also=also)
    log.info(
        "duties made=%s dropped=%s done=%s stopped=%s reminded=%s",
        raised.made,
        raised.dropped,
        raised.done,
        raised.stopped,
        reminded,
    )
