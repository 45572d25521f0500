"""What comes round by itself on the three lists: clocks run out, gifts arrive, contacts go."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from charity.actor import Actor
from projects.listings import services
from web.db import database

log = logging.getLogger("wushe.listings")

WORKER = Actor.system("worker")


def keep_clocks() -> None:
    """Proposals nobody answered lapse; what is late is called out to the next place up (吹哨)."""
    _until_done("lapsed", services.lapse_claims)
    _until_done("escalated", services.escalate_due_needs)


def take_in_gifts() -> None:
    """Gifts that kept the promise of a claim are counted as delivered."""
    _until_done("taken in", services.take_in_gifts)


def erase_contacts() -> None:
    """Names and telephones go 90 days after an order or a loan ended (PII-05)."""
    _until_done("contacts erased", services.erase_contacts)


def _until_done(what: str, verb: Callable[[Session, Actor], int]) -> None:
    """Each batch is a unit of its own; a batch that finds nothing is the last."""
    while True:
        with database().unit() as session:
            done = verb(session, WORKER)
        if not done:
            return
        log.info("%s=%s", what, done)
