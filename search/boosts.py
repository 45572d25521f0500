"""What moves a document besides its words: that it is new, that it still needs something.

Both are mild: they part documents whose words say about the same. The orders by what ends and by
what is lacking are numbers too, so that every engine sorts by the same ones.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from search.query import Sort

#: So much is added to the score of what was published within so many days.
FRESH = ((30, 0.06), (180, 0.04), (365, 0.02))
#: So much to that of what still needs something.
WANTING = 0.05
#: The place in the order by end of what has no end, or has ended.
NEVER = 99_999_999
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_number(text: str) -> int:
    """A day 'YYYY-MM-DD' as the number YYYYMMDD; 0 for anything else."""
    return int(text.replace("-", "")) if _DAY.fullmatch(text) else 0


@lru_cache(maxsize=8)
def fresh_since(today: str) -> tuple[tuple[str, float], ...]:
    """From which days on a document is how fresh, the newest first; nothing without a day."""
    try:
        day = date.fromisoformat(today)
        return tuple((str(day - timedelta(days=days)), worth) for days, worth in FRESH)
    except (ValueError, OverflowError):
        return ()


def boost(published_on: str, wants: str, today: str) -> float:
    """What the score of a document is multiplied by; 1 where the question says no day."""
    steps = fresh_since(today)
    if not steps:
        return 1.0
    fresh = next((worth for since, worth in steps if published_on >= since), 0.0)
    return 1.0 + fresh + (WANTING if wants == "yes" else 0.0)


def ordering(sort: Sort, gap: int, ends: int, today: int) -> float:
    """The number by which ENDING and GAP sort, the greatest first; 0 for the other orders."""
    if sort is Sort.GAP:
        return float(gap)
    if sort is Sort.ENDING:
        return -float(ends if ends >= max(today, 1) else NEVER)
    return 0.0
