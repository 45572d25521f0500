"""Tables as files: Chinese that Excel reads, numbers that are numbers, and nothing that runs."""

from __future__ import annotations

import csv
import io
from datetime import date
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask

from charity.money import Money
from web import spreadsheets
from web.spreadsheets import Cell, as_csv, as_xlsx, download

ROWS: list[list[Cell]] = [
    ["业务活动表"],
    ["甲慈善会"],
    ["", "项目", "合计"],
    ["4101", "捐赠收入", Money.yuan("1234567.80")],
    ["5101", "业务活动成本", Money(-5)],
    ["", "笔数", 12],
    ["", "日期", date(2026, 3, 16)],
    ["", None, Money(0)],
]

DANGEROUS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1",
    "\n=1",
    '＝HYPERLINK("x")',
    "  =1+1",
    "　=1+1",
]


def read_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def read_xlsx(body: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return sheet  # type: ignore[return-value]


def test_csv_is_marked_chinese_and_plain() -> None:
    body = as_csv(ROWS)
    assert body.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in body
    rows = read_csv(body)
    assert rows[0] == ["业务活动表"]
    assert rows[3] == ["4101", "捐赠收入", "1234567.80"]
    assert rows[4][2] == "-0.05"
    assert rows[5:] == [["", "笔数", "12"], ["", "日期", "2026-03-16"], ["", "", "0.00"]]


def test_xlsx_holds_numbers_with_two_decimals() -> None:
    sheet = read_xlsx(as_xlsx(ROWS, title="业务活动表", head=3))
    assert sheet.title == "业务活动表"
    assert sheet.freeze_panes == "A4"
    assert sheet["C4"].value == 1234567.8
    assert sheet["C4"].number_format == "#,##0.00"
    assert sheet["C4"].data_type == "n"
    assert sheet["C5"].value == -0.05
    assert sheet["C6"].value == 12
    assert sheet["A4"].value == "4101", "a code is a text"
    assert sheet["B3"].font.bold
    assert not sheet["B4"].font.bold


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_ever_a_formula(text: str) -> None:
    rows: list[list[Cell]] = [["标题"], [text, Money(-100)]]
    ((cell, amount),) = read_csv(as_csv(rows))[1:]
    assert cell.startswith("'")
    assert amount == "-1.00", "a sum is no text"
    found = read_xlsx(as_xlsx(rows, title="表"))["A2"]
    assert found.data_type != "f"
    assert str(found.value).strip().endswith(text.strip()[-3:])


def test_letters_no_file_may_hold_are_left_out() -> None:
    rows: list[list[Cell]] = [["a\x00b\x08c", "d\ufffee"]]
    assert read_csv(as_csv(rows)) == [["abc", "de"]]
    assert read_xlsx(as_xlsx(rows, title="[a]/b*?:c" * 9))["A1"].value == "abc"


def test_the_file_says_nothing_of_who_made_it_and_when(app: Flask) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(ROWS, title="表")))
    assert book.properties.creator in ("", None)
    assert book.properties.lastModifiedBy is None


@pytest.mark.parametrize("kind", [spreadsheets.CSV, spreadsheets.XLSX])
def test_a_download_has_a_chinese_name(app: Flask, kind: str) -> None:
    with app.test_request_context():
        response = download(ROWS, kind, name="甲慈善会 业务活动表", head=3)
    header = response.headers["Content-Disposition"]
    assert header.startswith("attachment;")
    assert unquote(header).endswith(f"甲慈善会 业务活动表.{kind}")
    assert header.isascii()
    assert response.get_data()
