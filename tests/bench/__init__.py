"""Benchmarks: each figure stands beside a yardstick measured in the same run.

A machine's own speed says little, and it changes from hour to hour on a shared one; the ratio to
something well known, measured in turns, holds. A module `bench_<name>.py` here offers
`rows() -> Iterator[Row]`; `python -m tests.bench [name …]` runs them and prints one table.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `yardstick` names what `standard` was measured on, in the same unit."""

    name: str
    figure: float
    unit: str
    yardstick: str = ""
    standard: float | None = None

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of the yardstick's."""
        return self.figure / self.standard if self.standard else None
