"""How often Python looks for cycles while rows by the thousand come and go."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Instead of every 700 new objects; rows are never in a cycle.
_SELDOM = (100_000, 50, 50)
_lock = threading.Lock()
#: The thresholds to come back to, once for each who is inside.
_before: list[tuple[int, int, int]] = []


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for cycles rarely, and not again at what is here already, until the last one leaves."""
    with _lock:
        if not _before:
            gc.freeze()
        _before.append(_before[0] if _before else gc.get_threshold())
        gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        with _lock:
            thresholds = _before.pop()
            if not _before:
                gc.set_threshold(*thresholds)
                gc.unfreeze()
