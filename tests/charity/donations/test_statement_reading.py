"""Reading a statement: what banks write, what spoils it, and that nothing is guessed (P14)."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from charity import sheets
from charity.donations.reasons import StatementsReason
from charity.donations.statement_reading import (
    Reading,
    ReadRow,
    Verdict,
    delivered,
    figures,
)
from charity.errors import Invalid, ReasonCode
from charity.money import Money
from charity.sheets import SHEET, SheetReason

TODAY = date(2026, 3, 16)
COLUMNS = {one.name: one.columns for one in delivered()}
BANK = COLUMNS["通用银行流水"]
R = StatementsReason


def csv_of(*rows: Sequence[object], encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(*tables: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    for index, rows in enumerate(tables):
        sheet = book.active if index == 0 else book.create_sheet()
        assert sheet is not None
        for row in rows:
            sheet.append(list(row))
        for area in merged if index == 0 else ():
            sheet.merge_cells(area)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(content: bytes, columns: Any = BANK, **changed: Any) -> tuple[list[ReadRow], Reading]:
    reading = Reading(content, columns, TODAY, **changed)
    return list(reading.rows()), reading


def answered(content: bytes) -> tuple[list[ReadRow], Reading] | None:
    """What a file says; None where it is refused as a file, and nothing else may go wrong."""
    try:
        return read(content)
    except Invalid as refusal:
        if refusal.field != "file" or not isinstance(
            refusal.reason, StatementsReason | SheetReason
        ):
            raise
        return None


def verdicts(content: bytes, **changed: Any) -> list[Verdict]:
    return [row.verdict for row in read(content, **changed)[0]]


HEAD = ["日期", "贷方发生额", "借方发生额", "对方户名", "附言"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_encoding_banks_use(encoding: str) -> None:
    (row,), _ = read(csv_of(HEAD, ["2026-03-01", "12.50", "", "张三", "捐款"], encoding=encoding))
    assert (row.amount, row.payer_name, row.remark) == (Money(1250), "张三", "捐款")
    assert row.number == 2


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("12.5", 1250),
        ("1,234,567.89", 123456789),
        ("￥1,234.50", 123450),
        ("¥ 8", 800),
        ("８８．８８", 8888),
        ("1，000.00", 100000),
        ("200元", 20000),
        ("CNY 3.00", 300),
        ("100.0000", 10000),
        ("+5.00", 500),
        (12.5, 1250),
        (3482232.1100000003, 348223211),
        (7, 700),
        ("'9.99", 999),
        ('="9.99"', 999),
    ],
)
def test_every_way_to_write_a_sum(written: object, fen: int) -> None:
    build = xlsx_of([HEAD, ["2026-03-01", written]]) if not isinstance(written, str) else csv_of(
        HEAD, ["2026-03-01", written]
    )  # fmt: skip
    (row,), reading = read(build)
    assert (row.verdict, row.amount) == (Verdict.GIFT, Money(fen))
    assert reading.summed == Money(fen)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("12.345", R.NO_AMOUNT),
        ("1e5", R.NO_AMOUNT),
        ("12,34", R.NO_AMOUNT),
        ("1 000", R.NO_AMOUNT),
        ("约200", R.NO_AMOUNT),
        ("NaN", R.NO_AMOUNT),
        ("99999999999999", R.AMOUNT_TOO_LARGE),
        ("=1+1", R.FORMULA),
        ("＝1+1", R.FORMULA),
        ("", R.CELL_EMPTY),
        ("-", R.CELL_EMPTY),
    ],
)
def test_a_sum_that_is_not_certain_is_none(written: str, reason: StatementsReason) -> None:
    (row,), reading = read(csv_of(["序号", *HEAD], ["1", "2026-03-01", written, ""]))
    assert (row.verdict, row.problem, row.field, row.number) == (Verdict.BAD, reason, "income", 2)
    assert reading.summed == Money(0)


@pytest.mark.parametrize("written", ["0.00", "0", "-12.00", "(12.00)", "−3.00"])
def test_nothing_and_less_than_nothing_are_no_gifts(written: str) -> None:
    (row,), reading = read(csv_of(HEAD, ["2026-03-01", written]))
    assert row.verdict is Verdict.NO_GIFT
    assert row.problem in (R.ROW_ZERO, R.ROW_OUT)
    assert row.key is None
    assert reading.summed == Money(0)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01",
        "2026/3/1",
        "2026.03.01",
        "20260301",
        "2026年3月1日",
        "２０２６－０３－０１",
        "2026-03-01 10:11:12",
        "20260301 101112",
        "20260301101112",
        "2026-03-01T10:11:12",
        date(2026, 3, 1),
        datetime(2026, 3, 1, 10, 11),  # noqa: DTZ001 - as a spreadsheet gives it
        20260301,
    ],
)
def test_every_way_to_write_a_day(written: object) -> None:
    assert figures.day(written) == date(2026, 3, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [
        "26-03-01",
        "01/03/2026",
        "3月1日",
        "2026-13-01",
        "2026-02-30",
        "2026-03-1x",
        46082,
        46082.5,
        "1",
    ],
)
def test_a_day_that_is_not_certain_is_none(written: object) -> None:
    with pytest.raises(figures.Unclear):
        figures.day(written)  # type: ignore[arg-type]


def test_a_day_ahead_is_told() -> None:
    (row,), _ = read(csv_of(HEAD, ["2026-03-18", "5.00"]))
    assert (row.problem, row.field) == (R.DAY_AHEAD, "booked_on")


def test_credit_and_debit_stand_in_columns_or_in_a_sign() -> None:
    columns = csv_of(HEAD, ["2026-03-01", "5.00", "0.00"], ["2026-03-01", "", "5.00"],
                     ["2026-03-01", "5.00", "3.00"])  # fmt: skip
    assert verdicts(columns) == [Verdict.GIFT, Verdict.NO_GIFT, Verdict.BAD]
    signs = csv_of(["日期", "金额", "借贷标志"], ["2026-03-01", "5.00", "贷"],
                   ["2026-03-01", "5.00", "借"], ["2026-03-01", "5.00", "?"])  # fmt: skip
    assert verdicts(signs) == [Verdict.GIFT, Verdict.NO_GIFT, Verdict.BAD]


def test_titles_above_totals_below_and_a_foot() -> None:
    content = xlsx_of(
        [
            ["某银行对账单", None, None],
            ["账号 4200", None, None],
            HEAD,
            ["2026-03-01", 10, None, "张三", ""],
            ["2026-03-02", 20.5, None, "李四", ""],
            ["小计", 30.5, None, "", ""],
            ["合计", 31.5, None, "", ""],
            ["制表人：王五", None, None],
        ],
        merged=["A1:C1", "A2:C2"],
    )
    rows, reading = read(content)
    assert [row.number for row in rows] == [4, 5]
    assert (reading.stated_total, reading.summed) == (Money(3150), Money(3050))


@pytest.mark.parametrize(
    "above",
    [["合计金额：3,482,232.11元"], ["总金额", "3,482,232.11"], ["收入合计", None, 3482232.11]],
)
def test_a_total_may_stand_above(above: list[object]) -> None:
    _, reading = read(xlsx_of([above, HEAD, ["2026-03-01", 10]]))
    assert reading.stated_total == Money(348223211)


def test_a_head_of_two_rows() -> None:
    content = xlsx_of(
        [["交易日期", "发生额", None, "对方户名"], [None, "借方", "贷方", None],
         ["2026-03-01", None, 8, "张三"]]
    )  # fmt: skip
    (row,), _ = read(content)
    assert (row.amount, row.payer_name) == (Money(800), "张三")


def test_cells_merged_over_rows_are_told_not_filled() -> None:
    rows, _ = read(
        xlsx_of([HEAD, ["2026-03-01", 5], [None, 6], ["2026-03-02", 7]], merged=["A2:A3"])
    )
    assert [row.verdict for row in rows] == [Verdict.GIFT, Verdict.BAD, Verdict.GIFT]
    assert (rows[1].number, rows[1].field, rows[1].problem) == (3, "booked_on", R.CELL_EMPTY)


def test_a_formula_is_never_an_answer() -> None:
    rows, _ = read(
        xlsx_of([HEAD, ["2026-03-01", "=1+1"], ["=TODAY()", 5], ["2026-03-01", 5, None, "=A1"]])
    )
    assert [(row.problem, row.field) for row in rows] == [
        (R.FORMULA, "income"),
        (R.FORMULA, "booked_on"),
        (R.FORMULA, "payer_name"),
    ]


def test_a_row_without_day_and_sum_among_rows_is_told() -> None:
    rows, _ = read(csv_of(HEAD, ["2026-03-01", "5.00"], ["", "", "", "张三"], ["2026-03-02", "6"]))
    assert [row.verdict for row in rows] == [Verdict.GIFT, Verdict.BAD, Verdict.GIFT]
    assert rows[1].number == 3


def test_another_currency_and_what_is_not_paid() -> None:
    head = ["订单号", "日期", "金额", "状态", "币种"]
    content = csv_of(head, ["1", "2026-03-01", "5", "支付成功", "人民币"],
                     ["2", "2026-03-01", "5", "待支付", "CNY"],
                     ["3", "2026-03-01", "5", "支付成功", "USD"])  # fmt: skip
    rows, _ = read(content, COLUMNS["通用平台账单"], needs_serial=True)
    assert [row.verdict for row in rows] == [Verdict.GIFT, Verdict.NO_GIFT, Verdict.BAD]
    assert (rows[2].field, rows[2].detail) == ("currency", "USD")


def test_a_number_twice_is_a_repeat_or_a_contradiction() -> None:
    content = csv_of(["流水号", *HEAD], ["a", "2026-03-01", "5"], ["a", "2026-03-01", "5"],
                     ["a", "2026-03-01", "6"])  # fmt: skip
    rows, reading = read(content)
    assert [row.verdict for row in rows] == [Verdict.GIFT, Verdict.REPEATED, Verdict.BAD]
    assert [(row.problem, row.detail) for row in rows[1:]] == [
        (R.ROW_REPEATED, "2"),
        (R.NUMBER_TWICE, "2"),
    ]
    assert reading.summed == Money(500)


@pytest.mark.parametrize("order", [1, -1], ids=["newest last", "newest first"])
def test_a_changed_sum_breaks_the_running_balance(order: int) -> None:
    rows: list[list[object]] = []
    balance = 0
    for number in range(1, 9):
        balance += number * 10
        rows.append([f"2026-03-0{number}", f"{number * 10}.00", "", "甲", "", f"{balance}.00"])
    rows[3][1] = "4000.00"
    content = csv_of([*HEAD, "余额"], *rows[::order])
    _, reading = read(content)
    assert reading.balance_breaks == [5 if order == 1 else 6]
    assert not reading.balance_fits_nowhere


def test_a_gap_in_the_sheets_own_numbers_is_told() -> None:
    content = csv_of(["序号", *HEAD], ["1", "2026-03-01", "5"], ["3", "2026-03-01", "5"],
                     ["x", "2026-03-01", "5"])  # fmt: skip
    rows, _ = read(content)
    assert [(row.problem, row.detail) for row in rows] == [
        (None, ""),
        (R.POSITION_BREAKS, "2"),
        (R.NO_POSITION, "x"),
    ]


def test_the_same_rows_on_two_sheets_are_one_sheet_twice() -> None:
    rows: list[list[Any]] = [HEAD, ["2026-03-01", 5], ["2026-03-02", 6]]
    _, reading = read(xlsx_of(rows, rows))
    assert reading.repeated == [(SHEET + 2, SHEET + 3, 2)]
    assert sheets.place(SHEET + 2) == (2, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", R.NO_HEAD),
        (b"a,b\n1,2\n", R.NO_HEAD),
        (b"\xd0\xcf\x11\xe0old", SheetReason.OLD_EXCEL),
        (b"PK\x03\x04broken", SheetReason.UNREADABLE_FILE),
        (b"\x00\x01\x02", SheetReason.UNREADABLE_FILE),
        (b"\xff\xff\xff", SheetReason.UNREADABLE_FILE),
        (b"x" * (sheets.MOST_BYTES + 1), SheetReason.FILE_TOO_LARGE),
        (csv_of(["日期", "金额", "金额"], ["2026-03-01", "1", "2"]), R.COLUMN_TWICE),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_statement(content: bytes, reason: ReasonCode) -> None:
    with pytest.raises(Invalid) as told:
        read(content)
    assert (told.value.reason, told.value.field) == (reason, "file")


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed(bomb=b"0" * 30_000_000), SheetReason.PACKED_TOO_MUCH),
        (packed(**{f"part{n}": b"" for n in range(600)}), SheetReason.PACKED_TOO_MUCH),
        (packed(**{"xl/vbaProject.bin": b"x"}), SheetReason.HAS_MACROS),
        (packed(**{"not a": b"workbook"}), SheetReason.UNREADABLE_FILE),
    ],
    ids=["bomb", "many parts", "macros", "another zip"],
)
def test_a_workbook_that_is_not_opened(content: bytes, reason: ReasonCode) -> None:
    with pytest.raises(Invalid) as told:
        read(content)
    assert told.value.reason is reason


cells = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "2026-03-01",
            "12.50",
            "合计",
            "贷",
            "借",
            "",
            "-",
            "日期",
            "金额",
            "=1",
            "１２．３",
            "0.00",
        ]
    ),
    st.integers(-(10**12), 10**12).map(str),
)


@given(st.lists(st.lists(cells, max_size=7), max_size=12), st.booleans())
def test_whatever_stands_in_a_table_each_row_is_told_once(
    table: list[list[str]], headed: bool
) -> None:
    rows = [HEAD, *table] if headed else table
    content = csv_of(*rows).replace(b"\x00", b"")
    content = "".join(
        sign for sign in content.decode("utf-8", "replace") if sign != "\x00"
    ).encode()
    answer = answered(content)
    if answer is None:
        return
    found, reading = answer
    numbers = [row.number for row in found]
    assert numbers == sorted(set(numbers))
    gifts = [row for row in found if row.verdict is Verdict.GIFT]
    assert reading.summed == Money.total(row.amount for row in gifts if row.amount)
    for row in found:
        assert (row.key is not None) == (row.verdict is Verdict.GIFT)
        assert (row.problem is None) == (row.verdict is Verdict.GIFT)
        if row.verdict is Verdict.GIFT:
            assert row.amount is not None
            assert row.amount.fen > 0
            assert row.booked_on is not None


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe"]))
def test_whatever_bytes_are_handed_in_the_answer_is_rows_or_a_reason(
    content: bytes, start: bytes
) -> None:
    answered(start + content)


@given(st.data())
def test_a_workbook_with_one_byte_wrong_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(_BOOK)
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    answered(bytes(content))


_BOOK = xlsx_of([HEAD, ["2026-03-01", 5], ["2026-03-02", 6]])


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_the_same_rows_have_the_same_keys_in_every_form_of_file(sums: list[int]) -> None:
    yuan = [f"{fen // 100}.{fen % 100:02d}" for fen in sums]
    table = [["2026-03-01", each, "", "张三", "捐"] for each in yuan]
    one, _ = read(csv_of(HEAD, *table, encoding="gb18030"))
    other, _ = read(csv_of(["对账单"], HEAD, *table, encoding="utf-8-sig"))
    assert [row.key for row in one] == [row.key for row in other]
    assert len({row.key for row in one}) == len(one)
