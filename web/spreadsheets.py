"""Tables as files: CSV that Excel reads as Chinese, and XLSX with real numbers.

Nothing a person typed is ever taken for a formula: not by Excel, not by its relatives.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import Response
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from charity import clock
from charity.money import Money

Cell = Money | int | date | str | None

CSV, XLSX = "csv", "xlsx"
_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: With what a text must not begin, or a table may run it; the last four are of full width.
_FORMULA = (*"=+-@", "\t", "\r", "\n", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)))
#: What no XML file may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_YUAN = "#,##0.00"
#: Widths of columns in characters: the narrowest and the widest there may be.
_WIDTHS = (10, 44)


def as_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark Excel looks for; sums as plain yuan (`1234.50`)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(rows: Sequence[Sequence[Cell]], *, title: str, head: int | None = None) -> bytes:
    """One sheet; sums are numbers with two decimals, texts are texts whatever they look like.

    `head` is the row (from 1) that names the columns: it is bold and stays in sight.
    """
    book = Workbook()
    book.properties.creator = ""
    book.properties.created = book.properties.modified = clock.now().replace(tzinfo=None)
    sheet: Any = book.active
    sheet.title = _sheet_name(title)
    if head is not None:
        sheet.freeze_panes = f"A{head + 1}"
    for number, width in enumerate(_columns(rows), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells, start=1):
            _write(sheet.cell(row, column), cell)
            if row in (1, head):
                sheet.cell(row, column).font = Font(bold=True)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def download(rows: Sequence[Sequence[Cell]], kind: str, *, name: str, head: int) -> Response:
    """The table as a file to be saved, `kind` csv or xlsx; `name` may be Chinese."""
    body = as_csv(rows) if kind == CSV else as_xlsx(rows, title=name, head=head)
    response = Response(body, content_type=_TYPES[kind])
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"statement.{kind}\"; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    )
    return response


def safe_text(text: str) -> str:
    """A text no table takes for a formula: what looks like one gets an apostrophe before it."""
    text = _CONTROL.sub("", text)
    return f"'{text}" if _looks_like_formula(text) else text


def _looks_like_formula(text: str) -> bool:
    return text.startswith(_FORMULA) or text.lstrip(" \u3000").startswith(_FORMULA)


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Money():
            return str(cell).replace(",", "")
        case str():
            return safe_text(cell)
        case _:
            return str(cell)


def _write(made: Any, cell: Cell) -> None:
    """Put a value into a cell of the sheet."""
    match cell:
        case Money(fen=fen):
            made.value = Decimal(fen) / 100
            made.number_format = _YUAN
        case str():
            made.value = _CONTROL.sub("", cell)
            made.data_type = "s"
            made.quotePrefix = _looks_like_formula(cell)
        case _:
            made.value = cell


def _columns(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """A width for each column; rows of one cell are headings that may run over."""
    wide: dict[int, int] = {}
    for row in rows:
        if len(row) > 1:
            for number, cell in enumerate(row):
                wide[number] = max(wide.get(number, 0), _width(_plain(cell)))
    low, high = _WIDTHS
    return [min(max(wide.get(number, low) + 2, low), high) for number in range(len(wide))]


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _sheet_name(title: str) -> str:
    """A name Excel allows: at most 31 characters, none of those it keeps for itself."""
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "1"
