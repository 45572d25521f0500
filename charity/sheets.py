"""Files into rows of cells: CSV in the encodings offices use, and XLSX, each within fixed bounds.

A file is judged before it is unpacked: how large, how many parts, how much they hold unpacked. What
lies beyond is refused with a reason; nothing in it is ever executed or fetched.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from charity.errors import Invalid, ReasonCode


class SheetReason(ReasonCode):
    """Why a file is not opened, or not read to its end."""

    FILE_TOO_LARGE = "sheets.file_too_large"
    OLD_EXCEL = "sheets.old_excel"
    TOO_MANY_ROWS = "sheets.too_many_rows"
    UNREADABLE_FILE = "sheets.unreadable_file"
    PACKED_TOO_MUCH = "sheets.packed_too_much"
    HAS_MACROS = "sheets.has_macros"


#: What one cell holds; texts are stripped, an empty cell is None.
Cell = str | int | float | Decimal | date | datetime | None

#: Bytes of a file, unpacked bytes of a workbook, its parts, and how much packing is believed.
MOST_BYTES = 32 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_STRINGS = 64 * 1024 * 1024
MOST_PARTS = 500
MOST_RATIO = 200
#: Rows and columns that are looked at; what lies to the right of the last is passed over.
MOST_ROWS = 300_000
MOST_COLUMNS = 60
#: Characters of one cell.
MOST_CELL = 4000
#: The first row of each further sheet is so much higher: sheet 2, row 5 is 10_000_005.
SHEET = 10_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
_DELIMITERS = ",\t;|"


def place(number: int) -> tuple[int, int]:
    """The sheet, counted from 1, and the row in it, of a row's number."""
    return number // SHEET + 1, number % SHEET


def rows(content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Every row that is not empty, with its number as a spreadsheet shows it.

    Raises `Invalid` on `file`: too large, packed beyond belief, an old or broken workbook, no text
    in an encoding we know.
    """
    if len(content) > MOST_BYTES:
        raise _refusal(SheetReason.FILE_TOO_LARGE, limit=MOST_BYTES // 1024**2)
    if content.startswith(_OLE):
        raise _refusal(SheetReason.OLD_EXCEL)
    found = _workbook(content) if content.startswith(_ZIP) else _text(content)
    for count, (number, cells) in enumerate(found):
        if count >= MOST_ROWS:
            raise _refusal(SheetReason.TOO_MANY_ROWS, limit=MOST_ROWS)
        yield number, cells


def _refusal(reason: SheetReason, **params: object) -> Invalid:
    return Invalid(reason, field="file", **params)


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────


def _text(content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    encoding = _encoding(content)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    delimiter = _delimiter(lines.read(8192))
    lines.seek(0)
    try:
        for number, values in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            cells = [_csv_cell(value) for value in values[:MOST_COLUMNS]]
            if any(cell is not None for cell in cells):
                yield number, cells
    except csv.Error as broken:
        raise _refusal(SheetReason.UNREADABLE_FILE) from broken


def _encoding(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else GB18030 (which holds GBK)."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            candidates: tuple[str, ...] = (name,)
            break
    else:
        candidates = ("utf-8", "gb18030")
    for name in candidates:
        if _decodes(content, name):
            return name
    raise _refusal(SheetReason.UNREADABLE_FILE)


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    try:
        for start in range(0, len(content), _CHUNK):
            # A zero character belongs to no text: it is some other kind of file.
            if "\0" in decoder.decode(view[start : start + _CHUNK]):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(start: str) -> str:
    return max(_DELIMITERS, key=start.count)


def _csv_cell(value: str) -> Cell:
    """Stripped; an office's `="0012"` and `'0012`, which keep Excel from counting, are undone."""
    text = value.strip("\ufeff \t\r\n\u3000\u00a0")
    if len(text) > 3 and text.startswith('="') and text.endswith('"') and '"' not in text[2:-1]:
        text = text[2:-1].strip()
    elif len(text) > 1 and text[0] in "'`" and text[1].isdigit():
        text = text[1:]
    return text[:MOST_CELL] or None


# ── XLSX ─────────────────────────────────────────────────────────────────────────────────────────


def _workbook(content: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    _judge(content)
    try:
        with warnings.catch_warnings():
            # What a workbook has beyond cells (validation, pictures) is no matter of ours.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            for index, sheet in enumerate(book.worksheets):
                if sheet.sheet_state == "visible":
                    yield from _sheet(index, sheet)
            book.close()
    except Invalid:
        raise
    except Exception as broken:
        # The library raises whatever its parser stumbles over: KeyError, ParseError, zlib.error.
        raise _refusal(SheetReason.UNREADABLE_FILE) from broken


def _judge(content: bytes) -> None:
    """Refuse what unpacks to more than a list can hold, and workbooks with programs."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as broken:
        raise _refusal(SheetReason.UNREADABLE_FILE) from broken
    unpacked = sum(part.file_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or strings > MOST_STRINGS
        or unpacked > MOST_RATIO * max(len(content), 1024)
        or any(part.flag_bits & 1 for part in parts)
    ):
        raise _refusal(SheetReason.PACKED_TOO_MUCH)
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise _refusal(SheetReason.HAS_MACROS)


def _sheet(index: int, sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    # What a sheet says of its own size is often wrong.
    sheet.reset_dimensions()
    values = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    for row, raw in enumerate(values, start=1):
        cells = [_xlsx_cell(value) for value in raw]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield index * SHEET + row, cells


def _xlsx_cell(value: Any) -> Cell:
    if value is None or isinstance(value, int | float | date):
        return value
    if isinstance(value, str):
        return value.strip("\ufeff \t\r\n\u3000\u00a0")[:MOST_CELL] or None
    # A formula over many cells, a time of day, a duration: none of them is an answer.
    return f"={type(value).__name__}"
