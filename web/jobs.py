"""Work that no visitor waits for: what happened is handed on, gateways are believed, books sealed.

The database is the truth about work still owed (outbox, gateway events, unsealed entries); the
queue only wakes the worker, so a killed worker or a lost wake-up loses nothing. `PERIODIC` is the
one table of jobs that come round by themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.accounts import services as accounts
from charity.actor import Actor
from charity.audits.queries.flags import FLAGS_ASKED
from charity.donations import checks as donation_checks
from charity.donations import services as donations
from charity.ledger import checks as ledger_checks
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.outbox import Outbox
from web import indexing, letters, wake
from web.audit_jobs import ask_books, look_through_asked, stop_late_orders, void_draws
from web.closings.work import end_notices, finish_closings
from web.config import Settings
from web.db import database
from web.disclosures.work import keep_duties
from web.fieldwork.work import remind_of_orders, tell_of_inspections
from web.gateway_jobs import (
    alarm,
    apply_events,
    ask_fees,
    ask_gateways,
    compare_days,
    give_back,
)
from web.giving_jobs import turn_months
from web.judging.telling import tell_of_competitions
from web.listing_jobs import erase_contacts, keep_clocks, take_in_gifts
from web.pools.work import allot_pools, pay_matches
from web.ports import ports
from web.project_life.telling import tell_followers
from web.search_jobs import keep_index
from web.searches.work import tell_searchers
from web.statements.work import catch_up_statements

log = logging.getLogger("wushe.jobs")

#: Rows of the outbox taken in one transaction.
BATCH = 200
#: What is owed and takes long has a worker of its own, and is not handed on.
LONG = (FLAGS_ASKED,)

WORKER = Actor.system("worker")


def init_app(app: Flask, settings: Settings) -> None:
    """After each commit of the site, wake the worker; tests do the work themselves."""
    app.extensions.setdefault("wushe.after_commit", [])
    if settings.environment != "test":
        app.extensions["wushe.after_commit"].append(wake.Waker(settings).wake)


# ── the outbox ───────────────────────────────────────────────────────────────────────────────────


def index_for_search(session: Session, rows: Sequence[Outbox]) -> None:
    """Bring what happened into the search index."""
    indexing.apply_outbox(session, ports().index, rows)


#: Who hears of what happened; each gets every row once, and takes repeats without harm.
CONSUMERS: tuple[Callable[[Session, Sequence[Outbox]], None], ...] = (
    index_for_search,
    tell_followers,
    tell_of_inspections,
    tell_of_competitions,
)


def drain_outbox() -> int:
    """Hand every waiting row to the consumers; answers how many were handled."""
    handled = 0
    while rows := _hand_on(_waiting()):
        handled += rows
    return handled


def _waiting() -> list[int]:
    with database().unit() as session:
        return [row.id for row in outbox.waiting(session, limit=BATCH, but=LONG)]


def _hand_on(ids: Sequence[int]) -> int:
    """A batch at once; if it fails, one by one, so that a poisoned row stops nobody else."""
    if not ids:
        return 0
    try:
        _handle(ids)
    except Exception as error:
        if len(ids) == 1:
            _set_aside(ids[0], error)
            return 0
        return sum(_hand_on([single]) for single in ids)
    return len(ids)


def _handle(ids: Sequence[int]) -> None:
    with database().unit() as session:
        rows = session.scalars(select(Outbox).where(Outbox.id.in_(ids)).order_by(Outbox.id)).all()
        for consumer in CONSUMERS:
            consumer(session, rows)
        for row in rows:
            row.handled_at = clock.now()


def _set_aside(row_id: int, error: Exception) -> None:
    log.error("outbox row=%s error=%s", row_id, type(error).__name__, exc_info=error)
    with database().unit() as session:
        row = session.get_one(Outbox, row_id)
        row.attempts += 1
        row.last_error = f"{type(error).__name__}: {error}"[:500]


# ── gateways and books ───────────────────────────────────────────────────────────────────────────


def seal_books() -> int:
    """Seal what waits in every book; answers how many entries."""
    with database().unit() as session:
        books = ledger_queries.books_to_seal(session)
    sealed = 0
    for book_id in books:
        while True:
            with database().unit() as session:
                entries = ledger.seal(session, WORKER, book_id=book_id)
            sealed += entries
            if not entries:
                break
    return sealed


def publish_days() -> None:
    """Publish the head of every day that is over."""
    with database().unit() as session:
        heads = ledger.publish_days(session, WORKER, before=clock.today())
    for head in heads:
        log.info("day=%s seals=%s head=%s", head.day, head.seals, head.head.hex())


def catch_up() -> None:
    """Do all work that is owed now: events first, since they make entries, entries make news."""
    # what a person just confirmed or handed in is seen to be worked on
    catch_up_statements()
    events = apply_events()
    allot_pools()
    sealed, handed = seal_books(), drain_outbox()
    if events or sealed or handed:
        log.info("caught up events=%s sealed=%s outbox=%s", events, sealed, handed)
    # last, since it takes longest: nothing above waits for it
    look_through_asked()


# ── what comes round by itself ───────────────────────────────────────────────────────────────────


def send_letters() -> None:
    """Send the letters that are owed."""
    sent = letters.send_owed()
    if sent:
        log.info("letters sent=%s", sent)


def forget() -> None:
    """Delete old sign-in attempts and sessions that are long over."""
    with database().unit() as session:
        accounts.forget_old_attempts(session, WORKER)


def remind_of_promises() -> None:
    """Write the letters that remind givers of promises today."""
    after: int | None = 0
    while after is not None:
        with database().unit() as session:
            after = donations.remind(session, WORKER, after=after)


def verify_books() -> None:
    """Recompute the books and shout when they lie."""
    with database().session(reads=True) as session:
        problems = [*ledger_checks.verify(session), *donation_checks.verify(session)]
    for problem in problems:
        log.critical("book check=%s row=%s detail=%s", problem.check, problem.row, problem.detail)


@dataclass(frozen=True)
class Job:
    """One job that comes round: at which minutes and hours, by the clock in China."""

    run: Callable[[], object]
    minute: str
    hour: str = "*"


PERIODIC: tuple[Job, ...] = (
    Job(catch_up, minute="*"),
    Job(send_letters, minute="*"),
    Job(give_back, minute="*"),
    Job(ask_gateways, minute="*/10"),
    Job(ask_fees, minute="*/30"),
    Job(alarm, minute="15"),
    Job(compare_days, minute="30", hour="4"),
    Job(publish_days, minute="5"),
    Job(pay_matches, minute="30", hour="2"),
    Job(forget, minute="20", hour="3"),
    Job(verify_books, minute="40", hour="3"),
    Job(turn_months, minute="20", hour="8"),
    Job(end_notices, minute="15", hour="0"),
    Job(finish_closings, minute="*/5"),
    Job(keep_duties, minute="30", hour="0"),
    Job(void_draws, minute="1", hour="0"),
    Job(stop_late_orders, minute="35", hour="0"),
    Job(ask_books, minute="10", hour="1"),
    Job(remind_of_promises, minute="10", hour="9"),
    Job(remind_of_orders, minute="15", hour="9"),
    Job(keep_clocks, minute="*/5"),
    Job(take_in_gifts, minute="*/5"),
    Job(erase_contacts, minute="50", hour="3"),
    Job(keep_index, minute="35"),
    Job(tell_searchers, minute="25"),
)
