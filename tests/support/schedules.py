"""How many schedules a test of money tries, and how the run says so at its end.

The figures of the plan (RELIABILITY 2.3) are for `make soak`; `make test` tries a twentieth of
each and never under fifty, drawn the same way every time, and the soak draws new ones each round.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

#: The name under which pytest carries a figure from a worker to the summary.
FIGURE = "figure"

#: The fewest schedules of any such test.
LEAST = 50
#: Which part of the full size `make test` tries.
PART = 20


def is_soaking() -> bool:
    """Whether this run repeats the suite under new examples."""
    return os.environ.get("HYPOTHESIS_PROFILE") == "soak"


def size(full: int) -> int:
    """How many of `full` schedules this run tries."""
    return full if is_soaking() else max(LEAST, full // PART)


def chances(name: str, number: int) -> list[random.Random]:
    """A source of chance for each of so many schedules, which a failure can name by its place."""
    drawn = os.urandom(8).hex() if is_soaking() else ""
    return [random.Random(f"{name}-{drawn}-{place}") for place in range(number)]


#: Tells the summary a figure: `tell("P1: 500 schedules of 10,000")`.
Tell = Callable[[str], None]
