"""The worker: huey runs what `web/jobs.py` lists, when the clock or the site says so."""

from __future__ import annotations

import os
from collections.abc import Callable

from flask import Flask
from huey import crontab

from web import indexing, jobs, wake
from web.db import database
from web.ports import settings

#: China's clock is eight hours ahead of UTC, by which huey reads its times.
_AHEAD = 8
#: By how much the worker gives way where the site wants the same processor.
POLITENESS = 5


def run(app: Flask) -> None:
    """Catch up once, then work until told to stop (SIGINT lets the running job end)."""
    # visitors and gateways wait for the site; nobody waits for the worker
    os.nice(POLITENESS)
    with app.app_context():
        with database().session(reads=True) as session:
            indexing.learn_places(session)
        queue = wake.open_queue(settings())
        jobs.catch_up()
    wake.answer_wake_ups(queue, _inside(app, jobs.catch_up))
    for job in jobs.PERIODIC:
        when = crontab(minute=job.minute, hour=_in_utc(job.hour))
        queue.periodic_task(when, name=f"periodic_{job.run.__name__}")(_inside(app, job.run))
    consumer = queue.create_consumer(
        workers=1, worker_type="thread", initial_delay=0.1, max_delay=0.5, scheduler_interval=1
    )
    consumer.run()


def _inside(app: Flask, work: Callable[[], object]) -> Callable[[], None]:
    def inside() -> None:
        with app.app_context():
            work()

    return inside


def _in_utc(hour: str) -> str:
    return str((int(hour) - _AHEAD) % 24) if hour.isdigit() else hour
