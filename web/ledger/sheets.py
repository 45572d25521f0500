"""What a statement is made of, whether it is read on a page, printed, or opened as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from charity.money import Money

#: What a cell may hold; None is an empty one.
Value = Money | int | str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: its value, and where the rows behind it are shown."""

    value: Value
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `manner` is '' for a line, head, sum or total; `depth` sets it in."""

    name: str
    figures: tuple[Figure, ...] = ()
    code: str = ""
    manner: str = ""
    depth: int = 0
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement: `columns` head the figures, `first` heads the names of the lines.

    `agrees` says whether the two sides that must be equal are; None where there is nothing to
    compare. `time` is a day or two; amounts are yuan.
    """

    key: str
    title: str
    subject: str
    first: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    time: tuple[date, ...]
    foot: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    agrees: bool | None = None
    #: How many lines there are where `lines` are one page of them already.
    of: int | None = None

    #: The row of `table()` that names the columns, counted from 1.
    HEAD: ClassVar[int] = 5

    def part(self, number: int, size: int) -> Sheet:
        """The lines of one page of it, counted from 1; the foot stays that of all."""
        if self.of is not None:
            return self
        start = (number - 1) * size
        return replace(self, lines=self.lines[start : start + size])

    def table(self) -> list[list[Value]]:
        """Everything as rows of cells, for files: whose it is, of when, the head, the lines."""
        days = " — ".join(day.isoformat() for day in self.time)
        body = [self._cells(line) for line in (*self.lines, *self.foot)]
        notes: list[list[Value]] = [[note] for note in self.notes]
        return [
            [self.title],
            [self.subject],
            [days],
            [],
            ["", self.first, *self.columns],
            *body,
            [],
            *notes,
        ]

    @staticmethod
    def _cells(line: Line) -> list[Value]:
        return [line.code, "　" * line.depth + line.name, *(f.value for f in line.figures)]


def figures(values: Iterable[Value], hrefs: Sequence[str | None] = ()) -> tuple[Figure, ...]:
    """Cells of these values; as many links as there are go with them in order."""
    links = [*hrefs]
    return tuple(
        Figure(value, links[number] if number < len(links) else None)
        for number, value in enumerate(values)
    )
