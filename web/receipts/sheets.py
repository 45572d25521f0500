"""Receipt numbers by spreadsheet: the list of what is owed goes out, filled in it comes back.

A file is read whole and shown as a dry run; each row is judged by the same rule as one entered by
hand, and a row that cannot be says why. Rows that are there already change nothing.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask import json
from flask_babel import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.donations import services
from charity.donations.queries.receipts import DueReceipt
from charity.errors import CommonReason, DomainError, NotFound
from web.certificates.words import number_of
from web.labels import sentence
from web.spreadsheets import Cell

#: Rows and bytes of the largest file that is read, and bytes of what an XLSX may unfold to.
MOST_ROWS, MOST_BYTES, MOST_UNFOLDED = 5_000, 2_000_000, 60_000_000


class Unreadable(Exception):
    """The file is none of those we read; its text is a sentence."""


@dataclass(frozen=True)
class SheetRow:
    """One row as it was typed, with its number in the file."""

    line: int
    donation: str
    batch_code: str
    number: str
    check_code: str
    issued_on: str


@dataclass(frozen=True)
class Judged:
    """A row and what is wrong with it; empty where it can be recorded."""

    row: SheetRow
    problem: str


def heads() -> list[str]:
    """The names of the columns, in the order of the file we hand out."""
    return [*_info_heads(), *_number_heads().values()]


def owed_rows(due: Sequence[DueReceipt]) -> list[list[Cell]]:
    """What is owed as a table to be filled in; the last four columns are empty."""
    rows: list[list[Cell]] = [list(heads())]
    for each in due:
        receipt, donation = each.receipt, each.donation
        rows.append(
            [
                number_of(donation),
                each.payer_name,
                receipt.payer_uscc if receipt else "",
                each.campaign.title,
                donation.kept,
                donation.kept.in_words(),
                each.arrived_on,
                each.due_on,
                "",
                "",
                "",
                "",
            ]
        )
    return rows


def read(name: str, content: bytes) -> list[SheetRow]:
    """The rows of a CSV or XLSX file in which a number was filled in; raises `Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("文件太大，请分几次导入。"))
    table = _read_xlsx(content) if content[:2] == b"PK" else _read_csv(content)
    wanted = {"donation": _("捐赠编号"), **_number_heads()}
    columns: dict[str, int] | None = None
    rows: list[SheetRow] = []
    for line, cells in enumerate(table, start=1):
        if line > MOST_ROWS:
            raise Unreadable(_("一次最多导入 %(n)s 行。", n=MOST_ROWS))
        if columns is None:
            found = {cell: place for place, cell in enumerate(cells) if cell}
            if all(word in found for key, word in wanted.items() if key != "check_code"):
                columns = {key: found[word] for key, word in wanted.items() if word in found}
            continue
        said = {key: cells[place] for key, place in columns.items() if place < len(cells)}
        if said.get("donation") and (said.get("number") or said.get("batch_code")):
            rows.append(SheetRow(line=line, **{key: said.get(key, "") for key in wanted}))
    if columns is None:
        raise Unreadable(
            _("没有找到表头，至少要有这几列：%(names)s。", names="、".join(wanted.values()))
        )
    if not rows:
        raise Unreadable(_("文件里没有填了票据号码的行。"))
    return rows


def judge(session: Session, actor: Actor, rows: Sequence[SheetRow]) -> list[Judged]:
    """Record every row that can be, each by itself, in the caller's unit; and say what cannot.

    Whoever only wants to look undoes the unit afterwards.
    """
    judged = []
    for row in rows:
        try:
            with session.begin_nested():
                _record(session, actor, row)
        except DomainError as refusal:
            judged.append(Judged(row, sentence(refusal.reason, refusal.params)))
        except Unreadable as refusal:
            judged.append(Judged(row, str(refusal)))
        else:
            judged.append(Judged(row, ""))
    return judged


def pack(rows: Sequence[SheetRow]) -> str:
    """Rows for the form that records them after they were looked at."""
    return json.dumps([asdict(row) for row in rows])


def unpack(text: str) -> list[SheetRow]:
    """Rows from the form; they are judged again, so a changed one gains nothing."""
    try:
        found = [SheetRow(**each) for each in json.loads(text)]
        return [
            SheetRow(int(row.line), *(str(part)[:200] for part in list(asdict(row).values())[1:]))
            for row in found[:MOST_ROWS]
        ]
    except (TypeError, ValueError) as wrong:
        raise Unreadable(_("这一页已经过时，请重新上传文件。")) from wrong


def _record(session: Session, actor: Actor, row: SheetRow) -> None:
    services.record_receipt(
        session,
        actor,
        donation_id=_donation_id(row.donation),
        batch_code=row.batch_code,
        number=row.number,
        check_code="".join(row.check_code.split()),
        issued_on=_day(row.issued_on),
    )


def _donation_id(text: str) -> int:
    """`D-26-000123`, or the plain number."""
    found = re.fullmatch(r"(?:D-[0-9]{2}-)?([0-9]{1,18})", text.strip(), re.ASCII)
    if found is None:
        raise NotFound(CommonReason.NOT_FOUND)
    return int(found[1])


def _day(text: str) -> date:
    """`2026-11-22`, `2026/11/22` or `20261122`."""
    found = re.fullmatch(r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})(?: .*)?", text.strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else date.max
    except ValueError:
        return date.max


def _read_xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNFOLDED:
                raise Unreadable(_("文件太大，请分几次导入。"))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = [[_text(cell) for cell in row[:60]] for row in sheet.iter_rows(values_only=True)]
        book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as wrong:
        raise Unreadable(_("这个文件打不开，请另存为 xlsx 或 csv 再试。")) from wrong
    yield from rows


def _read_csv(content: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(_("这个文件打不开，请另存为 xlsx 或 csv 再试。"))
    try:
        yield from (
            [cell.strip().lstrip("'") for cell in row] for row in csv.reader(io.StringIO(text))
        )
    except csv.Error as wrong:
        raise Unreadable(_("这个文件打不开，请另存为 xlsx 或 csv 再试。")) from wrong


def _text(value: object) -> str:
    """A cell as a person reads it; a number that lost its leading zeros cannot be helped here."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()[:200]


def _info_heads() -> list[str]:
    return [
        _("捐赠编号"),
        _("交款人"),
        _("统一社会信用代码"),
        _("项目名称"),
        _("金额"),
        _("大写金额"),
        _("到账日"),
        _("最迟开票日"),
    ]


def _number_heads() -> dict[str, str]:
    """Our names of the columns to be filled in, and what stands above them."""
    return {
        "batch_code": _("票据代码"),
        "number": _("票据号码"),
        "check_code": _("校验码"),
        "issued_on": _("开票日期"),
    }
