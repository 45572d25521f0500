"""How long an account stays shut after wrong passwords.

Five failures within a quarter of an hour shut it for a quarter of an hour; each further failure
shuts it again, for twice as long as before, up to four hours. Failures are counted for names that
do not exist as well, so that being shut out tells nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

#: Failures that shut an account, and the time in which they are counted together.
LIMIT, WINDOW = 5, timedelta(minutes=15)
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=15), timedelta(hours=4)
#: Failures older than this are forgiven.
MEMORY = timedelta(hours=24)
#: Failures from one address, over all names, after which it has to wait for the window to pass.
ADDRESS_LIMIT = 50


def locked_until(failures: Iterable[datetime]) -> datetime | None:
    """When the account opens again, from the failures since the last success, oldest first.

    None while it was never shut; an instant in the past means that it is open now.
    """
    recent: deque[datetime] = deque()
    until: datetime | None = None
    delay = FIRST_DELAY
    for instant in failures:
        recent.append(instant)
        while recent[0] <= instant - WINDOW:
            recent.popleft()
        if until is not None or len(recent) >= LIMIT:
            until = instant + delay
            delay = min(delay * 2, LONGEST_DELAY)
    return until
