"""What a check finds, and how it says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: which check, at which row, and what was found."""

    check: str
    row: str
    detail: str


#: Told now and then how many rows a check has read, and of how many (0: it does not know).
Told = Callable[[int, int], None]


def untold(_done: int, _whole: int) -> None:
    """Say nothing of how far a check is."""
