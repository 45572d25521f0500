"""What comes round by itself in audits: void draws, late orders, books that are looked through."""

from __future__ import annotations

import logging

from charity.actor import Actor
from charity.audits import services
from charity.audits.queries.flags import organisations_at_work
from charity.audits.services.flagging import Progress
from web.db import database
from web.ports import ports
from web.spending.marks import hash_account

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


def ask_books() -> None:
    """Look through the books of organisations under inspection, each in a transaction of its own.

    By night, so that a team finds the questions in the morning; a later look sees what is new.
    """
    with database().session(reads=True) as session:
        ids = organisations_at_work(session)
    for organisation_id in ids:
        raised = ask_book(organisation_id)
        if raised:
            log.info("organisation=%s questions=%s", organisation_id, raised)


def ask_book(organisation_id: int, progress: Progress | None = None) -> int:
    """Look through one organisation's book; answers how many questions the look raised."""
    with database().unit() as session:
        run = services.raise_flags(
            session,
            WORKER,
            organisation_id=organisation_id,
            progress=progress,
            files=ports().files,
            hash_account=hash_account,
        )
        return run.raised
