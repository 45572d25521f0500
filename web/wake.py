"""How the site wakes the worker: huey on a small SQLite file, apart from the books.

Huey loses a running task when its process is killed; that costs nothing here, since a task only
says "look again" and the database knows what is owed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from huey import SqliteHuey

from web.config import Settings

log = logging.getLogger("wushe.wake")

#: The task's name, the same in the site and in the worker.
TASK = "catch_up"
#: A wake-up is due so many seconds after it is sent, and one per so many seconds is enough.
DELAY = 1.0


def open_queue(settings: Settings) -> Any:
    """The queue in the data folder; results are of no use to anybody."""
    return SqliteHuey("wushe", filename=str(settings.data / "queue.db"), results=False, fsync=False)


def answer_wake_ups(queue: Any, work: Callable[[], None]) -> Any:
    """Name `work` as what a wake-up asks for; site and worker must call it by the same name.

    Huey's name of a task is that of its module and its own, so the module is this one for both.
    """
    work.__module__ = __name__
    return queue.task(name=TASK)(work)


class Waker:
    """Sends wake-ups of one process, at most one a second.

    A wake-up is due a second after it is sent, so one sent before this commit and not due yet
    will see it too.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._task: Any = None
        self._due = 0.0

    def wake(self) -> None:
        """Ask the worker to look; never fails the request that asks."""
        if time.monotonic() < self._due:
            return
        with self._lock:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + DELAY
            try:
                self._named_task().schedule(delay=DELAY)
            except Exception:
                # the worker looks by itself every minute
                log.warning("the queue did not take a wake-up", exc_info=True)

    def _named_task(self) -> Any:
        if self._task is None:
            self._task = answer_wake_ups(open_queue(self._settings), _nothing)
        return self._task


def _nothing() -> None:
    """The site only sends the name; the worker knows what to do."""
