"""What rows say of each other: a running balance that does not run, sheets that come twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from charity.money import Money

#: A chain of balances is believed where it holds for at least so many rows, and for most of them.
_LEAST = 3
_MOST_BREAKS = 200


@dataclass
class Balances:
    """Follows the balance column downwards and upwards, for statements of either order."""

    _last: tuple[int, Money, Money] | None = None
    #: Per order (newest last, newest first): links that hold, and rows at which one breaks.
    _held: list[int] = field(default_factory=lambda: [0, 0])
    _broken: list[list[int]] = field(default_factory=lambda: [[], []])

    def see(self, number: int, moved: Money, balance: Money) -> None:
        """A row that moved so much (below zero: out) and left this balance."""
        if self._last is not None:
            earlier, its_move, its_balance = self._last
            self._note(0, number, its_balance + moved == balance)
            self._note(1, earlier, balance + its_move == its_balance)
        self._last = (number, moved, balance)

    def interrupt(self) -> None:
        """A row that cannot be read: what stands beyond it cannot be compared."""
        self._last = None

    def _note(self, order: int, number: int, holds: bool) -> None:
        if holds:
            self._held[order] += 1
        elif len(self._broken[order]) < _MOST_BREAKS:
            self._broken[order].append(number)

    def breaks(self) -> list[int]:
        """The rows whose sum and balance contradict each other, in the order that holds best."""
        order = 0 if self._held[0] >= self._held[1] else 1
        if self._held[order] < max(_LEAST, len(self._broken[order])):
            return []
        return self._broken[order]

    @property
    def hold_nowhere(self) -> bool:
        """Whether there is a balance column that fits the sums in neither order."""
        tries = self._held[0] + len(self._broken[0])
        return tries >= _LEAST and max(self._held) < tries / 2


@dataclass
class Sections:
    """The rows beneath each head; the same rows beneath two heads are a sheet handed in twice."""

    repeated: list[tuple[int, int, int]] = field(default_factory=list)
    _known: dict[bytes, int] = field(default_factory=dict)
    _hash: hashlib._Hash | None = None
    _first: int = 0
    _last: int = 0
    _rows: int = 0

    def open(self) -> None:
        """A head stands here: what follows is a section of its own."""
        self.close()
        self._hash, self._rows = hashlib.sha256(), 0

    def see(self, number: int, digest: bytes) -> None:
        """A row of the open section."""
        if self._hash is not None:
            self._hash.update(digest)
            self._first = self._first if self._rows else number
            self._last = number
            self._rows += 1

    def close(self) -> None:
        """The section ends; one known already is told as (first row, last row, first before)."""
        if self._hash is None or self._rows < 2:
            return
        digest = self._hash.digest()
        before = self._known.setdefault(digest, self._first)
        if before != self._first:
            self.repeated.append((self._first, self._last, before))
        self._hash = None
