"""One figure of one rule, with the days it is in force and where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure of one rule, in force from `effective_from` to `effective_to` inclusive."""

    rule_id: str
    value: int | str | tuple[tuple[int, int], ...]
    effective_from: date
    effective_to: date | None
    source: str

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day in China."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def number(self) -> int:
        """The figure as an integer; raises `TypeError` for a text."""
        if not isinstance(self.value, int):
            raise TypeError(f"{self.rule_id} is a text")
        return self.value

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """The figure as pairs: from which one (fen) on, how many; raises `TypeError` for others."""
        if isinstance(self.value, int | str):
            raise TypeError(f"{self.rule_id} has no steps")
        return self.value

    def step(self, reached: int) -> int:
        """The number of the highest step that is reached."""
        return max(number for least, number in self.steps if least <= reached)
