"""The work behind matching pools: decide what asks, pay what has cooled, look for 套捐.

Each step is a unit of its own. Whoever gets a pool's lock works until nothing asks any more, and
looks again after its last commit; whoever does not get it goes away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations import services
from charity.donations.queries import pools
from charity.donations.services.allotting import BATCH
from charity.donations.services.asking import ASKED
from charity.donations.services.watching import PaidOut
from charity.errors import DomainError
from charity.spending.models import Expense, Payout
from web.db import database

log = logging.getLogger("wushe.pools")

#: One thing done wholly or not at all, with a session of its own.
Unit = Callable[[], AbstractContextManager[Session]]

ALLOTTER = Actor.system("matching")
#: How many batches a request decides; the worker does the rest.
ROUNDS = 3


def allot_pool(unit: Unit, pool_id: int, rounds: int | None = None) -> int:
    """Decide what asks of a pool until nothing does (or `rounds` batches); how many rows."""
    decided, batches = 0, 0
    while rounds is None or batches < rounds:
        with unit() as session:
            done = services.allot(session, ALLOTTER, pool_id=pool_id)
        if done is None:
            break
        decided, batches = decided + done, batches + 1
        if done < BATCH:
            # The lock is gone: what came while it was ours was left to us.
            with unit() as session:
                if not pools.is_asked(session, pool_id):
                    break
    return decided


class Turns:
    """One allotter per process at a time; who comes meanwhile leaves word and goes on.

    So a crowd in one process asks the database for no lock it would not get. Word is left before
    the turn is tried and looked for after it is given up, so none is lost; a request takes at most
    `ROUNDS` turns, and the worker, which asks the database, does what is left then.
    """

    def __init__(self) -> None:
        self._words = Lock()
        self._turn = Lock()
        self._asked: set[int] = set()

    def take(self, unit: Unit, pool_ids: Iterable[int]) -> None:
        """Decide what asks of these pools, unless somebody is at it."""
        with self._words:
            self._asked.update(pool_ids)
        for _ in range(ROUNDS):
            if not self._asked or not self._turn.acquire(blocking=False):
                return
            try:
                with self._words:
                    mine, self._asked = self._asked, set()
                for pool_id in sorted(mine):
                    allot_pool(unit, pool_id, ROUNDS)
            finally:
                self._turn.release()


_turns = Turns()


def allot_pools(rounds: int | None = None) -> int:
    """Decide what asks of any pool; answers how many rows."""
    unit = database().unit
    with unit() as session:
        waiting = pools.pools_to_allot(session)
    return sum(allot_pool(unit, pool_id, rounds) for pool_id in waiting)


def allot_after_gift(session: Session) -> None:
    """After a unit of a request: if a gift asked in it, decide it now unless another one is at it.

    Never fails the request; where no pool was asked it costs nothing.
    """
    asked = session.info.pop(ASKED, None)
    if not asked:
        return
    try:
        _turns.take(database().unit, asked)
    except Exception:
        log.exception("allotting left to the worker")


def allot_now() -> None:
    """Decide some of what asks, within a request; what goes wrong is left to the worker."""
    try:
        allot_pools(ROUNDS)
    except Exception:
        log.exception("allotting left to the worker")


def pay_matches() -> int:
    """Pay every match whose cooling time is over; a campaign that cannot be paid stops no other."""
    unit, on = database().unit, clock.today()
    watch_pools()
    with unit() as session:
        due = pools.due(session, on)
    paid = 0
    for pool_id, campaign_id in due:
        while True:
            try:
                with unit() as session:
                    done = services.confirm(
                        session, ALLOTTER, pool_id=pool_id, campaign_id=campaign_id, on=on
                    )
            except DomainError as refusal:
                log.error(
                    "pool=%s campaign=%s not paid reason=%s", pool_id, campaign_id, refusal.reason
                )
                break
            paid += done
            if not done:
                break
    if paid:
        log.info("paid matches=%s", paid)
    return paid


def watch_pools() -> int:
    """Look through the pools for what looks wrong; answers how many new questions."""
    unit = database().unit
    with unit() as session:
        watched = pools.pools_to_watch(session)
        known = paid_out(session) if watched else []
    raised = 0
    for pool_id in watched:
        with unit() as session:
            raised += services.raise_flags(session, ALLOTTER, pool_id=pool_id, paid_out=known)
    return raised


def paid_out(session: Session) -> list[PaidOut]:
    """To whom money went from every book of this site, and when."""
    query = select(Expense.payee_name, Payout.paid_on, Expense.id).join(
        Payout, Payout.expense_id == Expense.id
    )
    return [
        PaidOut(name, paid_on, f"expense:{expense_id}")
        for name, paid_on, expense_id in session.execute(query)
    ]
