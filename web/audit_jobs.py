"""What comes round by itself in audits: void draws, late orders, books that are looked through."""

from __future__ import annotations

import logging
from functools import partial

from charity import clock, outbox
from charity.actor import Actor
from charity.audits import services
from charity.audits.queries.beside import unlooked
from charity.audits.queries.flags import FLAGS_ASKED, asked_rows, organisations_at_work
from charity.audits.services.flagging import LOOKS_A_RUN, Progress, looks_of
from charity.outbox import Outbox
from web.db import database
from web.ports import ports
from web.spending.marks import hash_account

log = logging.getLogger("wushe.audits")

WORKER = Actor.system("worker")
#: Pictures whose looks are kept together.
LOOKS_AT_ONCE = 50


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


def look_through_asked() -> int:
    """Do the looks that somebody asked for on a page; answers how many.

    The row of the outbox is what is owed: it says how far the look is, and one that a killed worker
    left is begun anew.
    """
    with database().session(reads=True) as session:
        rows = outbox.waiting(session, only=FLAGS_ASKED)
        owed = [(row.id, int(row.subject.removeprefix("organisation:"))) for row in rows]
    for row_id, organisation_id in owed:
        try:
            raised = ask_book(organisation_id, progress=partial(_note, row_id))
        except Exception as error:
            log.exception("organisation=%s", organisation_id)
            _note(row_id, "", error)
        else:
            log.info("organisation=%s questions=%s", organisation_id, raised)
            with database().unit() as session:
                # earlier ones that failed are answered by this look, too
                for row in session.scalars(asked_rows(organisation_id)):
                    row.handled_at = clock.now() if row.id <= row_id else None
    return len(owed)


def _note(row_id: int, step: str, error: Exception | None = None) -> None:
    """Say on the row how far a look is, or that it failed."""
    with database().unit() as session:
        row = session.get_one(Outbox, row_id)
        row.data = {**row.data, "step": step}
        if error is not None:
            row.attempts += 1
            row.last_error = f"{type(error).__name__}: {error}"[:500]


def ask_book(organisation_id: int, progress: Progress | None = None) -> int:
    """Look through one organisation's book; answers how many questions the look raised.

    It reads beside everybody who writes, and writes down what it found in a moment.
    """
    if progress is not None:
        progress("looks")
    _look_at_pictures(organisation_id)
    with database().session(reads=True) as session:
        found = services.look_through(
            session,
            WORKER,
            organisation_id=organisation_id,
            progress=progress,
            hash_account=hash_account,
        )
    if found is None:
        return 0
    with database().unit() as session:
        run = services.keep_found(session, WORKER, organisation_id=organisation_id, found=found)
        return run.raised


def _look_at_pictures(organisation_id: int) -> None:
    """Work out how new pictures look, some at a time."""
    with database().session(reads=True) as session:
        digests = unlooked(session, organisation_id, LOOKS_A_RUN)
    for start in range(0, len(digests), LOOKS_AT_ONCE):
        looks = looks_of(ports().files, digests[start : start + LOOKS_AT_ONCE])
        with database().unit() as session:
            services.keep_looks(session, WORKER, looks=looks)
