"""Score sheets filled in on paper, as a list: one row a judge and an entry, one column a criterion.

A criterion's column is headed by its title or its number in the rubric. An empty cell is no score:
it is never a zero. Nothing is guessed: a row that is not certain is told with its number.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources

from charity.errors import Invalid, ReasonCode
from charity.registry.reading import Flaw, cells
from charity.registry.reading.cells import Unclear
from charity.registry.reading.reasons import ListReason
from charity.sheets import SHEET, Cell, rows
from projects.ventures.judging_reasons import SheetListReason

#: Non-empty rows of a sheet among which its head must stand, and rows a file may have.
HEAD_WITHIN, MOST_ROWS = 30, 20_000
_NAME, _COMMENT = 100, 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the rubric as the reader must know it."""

    id: int
    number: int
    title: str
    weight: int


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A row of the list: points in tenths by criterion, blanks left out."""

    number: int
    entry: int
    judge: str
    points: Mapping[int, int]
    comment: str
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetList:
    """A whole list; `head` has the words above the columns, by field."""

    rows: list[ReadSheet]
    head: dict[str, str]

    @property
    def dirt(self) -> Counter[ReasonCode]:
        """How often each flaw stands in the list."""
        return Counter(flaw.reason for row in self.rows for flaw in row.flaws)


def read_score_sheets(content: bytes, rubric: Sequence[Line]) -> SheetList:
    """Read a file (CSV or XLSX) whole.

    Raises `Invalid` on `file`: no head with entry, judge and every criterion, or no row.
    """
    reader = _Reader(rubric)
    found = list(reader.read(content))
    if not reader.head:
        raise Invalid(SheetListReason.NO_HEAD, field="file")
    if not found:
        raise Invalid(SheetListReason.NO_ROWS, field="file")
    return SheetList(found, reader.head)


def template_heads(rubric: Sequence[Line]) -> list[str]:
    """The words above the columns of an empty list."""
    named = _words()
    return [
        named["entry"][0], named["judge"][0], *(line.title for line in rubric), named["comment"][0],
    ]  # fmt: skip


class _Reader:
    """Goes down the rows once, remembering the head and what was said before."""

    def __init__(self, rubric: Sequence[Line]) -> None:
        self.rubric = {f"line{line.id}": line for line in rubric}
        self.heads = {_plain(word): field for field, said in _words().items() for word in said}
        for field, line in self.rubric.items():
            self.heads |= {_plain(line.title): field, str(line.number): field}
        self.columns: dict[str, int] = {}
        self.head: dict[str, str] = {}
        self._said: set[tuple[int, str]] = set()

    def read(self, content: bytes) -> Iterator[ReadSheet]:
        sheet, looked, has_head = -1, 0, False
        for count, (number, row) in enumerate(rows(content)):
            if count > MOST_ROWS:
                raise Invalid(SheetListReason.TOO_MANY, field="file", limit=MOST_ROWS)
            if number // SHEET != sheet:
                sheet, looked, has_head = number // SHEET, 0, False
            if has_head:
                yield self._row(number, row)
            else:
                looked += 1
                has_head = looked <= HEAD_WITHIN and self._open(row)

    def _open(self, row: Sequence[Cell]) -> bool:
        """Take a row for the head where it names entry, judge and every criterion."""
        found: dict[str, int] = {}
        written: dict[str, str] = {}
        for index, cell in enumerate(row):
            name = None if cell is None else self.heads.get(_plain(str(cell)))
            if name is None:
                continue
            if name in found:
                raise Invalid(ListReason.COLUMN_TWICE, field="file", column=str(cell))
            found[name], written[name] = index, str(cell)
        if not {"entry", "judge", *self.rubric} <= found.keys():
            return False
        self.columns, self.head = found, written
        return True

    def _row(self, number: int, row: Sequence[Cell]) -> ReadSheet:
        flaws: list[Flaw] = []
        entry = self._whole(number, row, flaws)
        judge = self._text(number, row, "judge", _NAME, flaws)
        comment = self._text(number, row, "comment", _COMMENT, flaws)
        points: dict[int, int] = {}
        for field, line in self.rubric.items():
            given = self._points(number, row, field, line, flaws)
            if given is not None:
                points[line.id] = given
        if not judge and not flaws:
            flaws.append(Flaw(number, "judge", SheetListReason.JUDGE_UNKNOWN, {"text": ""}))
        if (entry, judge) in self._said and not flaws:
            flaws.append(Flaw(number, "entry", SheetListReason.TWICE))
        self._said.add((entry, judge))
        return ReadSheet(number, entry, judge, points, comment, tuple(flaws))

    def _cell(self, row: Sequence[Cell], field: str) -> Cell:
        index = self.columns.get(field)
        return None if index is None or index >= len(row) else row[index]

    def _text(
        self, number: int, row: Sequence[Cell], field: str, limit: int, flaws: list[Flaw]
    ) -> str:
        try:
            return cells.text(self._cell(row, field), limit)
        except Unclear as unclear:
            flaws.append(Flaw(number, field, unclear.reason, unclear.params))
            return ""

    def _whole(self, number: int, row: Sequence[Cell], flaws: list[Flaw]) -> int:
        said = self._text(number, row, "entry", _NAME, flaws)
        if said.isascii() and said.isdigit() and len(said) < 10:
            return int(said)
        flaws.append(Flaw(number, "entry", SheetListReason.ENTRY_UNKNOWN, {"text": said}))
        return 0

    def _points(
        self, number: int, row: Sequence[Cell], field: str, line: Line, flaws: list[Flaw]
    ) -> int | None:
        """Tenths of a point; None of an empty cell. No more than one digit behind the point."""
        said = unicodedata.normalize("NFKC", self._text(number, row, field, _NAME, flaws))
        if not said:
            return None
        try:
            tenths = Decimal(said) * 10
        except InvalidOperation:
            tenths = Decimal("NaN")
        if not tenths.is_finite() or tenths != tenths.to_integral_value():
            flaws.append(Flaw(number, field, SheetListReason.POINTS_UNCLEAR, {"text": said}))
            return None
        if not 0 <= tenths <= line.weight * 10:
            params = {"text": said, "most": line.weight}
            flaws.append(Flaw(number, field, SheetListReason.POINTS_BEYOND, params))
            return None
        return int(tenths)


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    source = resources.files("projects.ventures") / "data" / "score_words.csv"
    found = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["field"]: tuple(row["words"].split("|")) for row in found}


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in folded if sign.isalnum())
