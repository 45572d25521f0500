"""Lists of vouchers as they are handed in: whole, or with every row named that is not certain."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from charity.audits.sample_reasons import VoucherReason
from charity.audits.voucher_reading import (
    read_vouchers,
    rows_hash,
    rows_text,
    template_heads,
)
from charity.errors import Invalid
from charity.money import Money

TODAY = date(2026, 3, 16)
HEAD = "凭证号,日期,收款人,摘要,金额,支付方式"
GOOD = f"""某中心支出凭证
{HEAD}
记-001,2025-03-02,甲公司,购买扶手,"1,234.50",转账
记-002,2025/3/5,乙店,办公用品,-20.00,现金
记-003,20250309,丙,劳务,0,
合计,,,,1214.50,
"""


def _csv(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def test_a_list_is_read_whole_and_frozen() -> None:
    found = read_vouchers(GOOD.encode("gb18030"), TODAY)
    assert found.flaws == []
    assert found.total == Money(121_450)
    assert [(row.number, row.amount.fen, row.is_cash) for row in found.rows] == [
        (3, 123_450, False),
        (4, -2_000, True),
        (5, 0, False),
    ]
    assert found.rows[1].booked_on == date(2025, 3, 5)
    assert (
        rows_text(found.rows).splitlines()[1]
        == "4\t记-002\t2025-03-05\t乙店\t办公用品\t-2000\tcash"
    )
    assert rows_hash(found.rows) != rows_hash(found.rows[:2])


def test_a_workbook_says_the_same() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(template_heads())
    sheet.append(["记-001", date(2025, 3, 2), "甲公司", "购买扶手", 1234.5, "银行转账"])
    out = io.BytesIO()
    book.save(out)
    [row] = read_vouchers(out.getvalue(), TODAY).rows
    assert (row.voucher_number, row.amount, row.booked_on) == (
        "记-001", Money(123_450), date(2025, 3, 2),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("1,,甲,事,10,", "booked_on", VoucherReason.EMPTY),
        ("1,三月二日,甲,事,10,", "booked_on", VoucherReason.NO_DAY),
        ("1,2026-03-17,甲,事,10,", "booked_on", VoucherReason.DAY_AHEAD),
        ("1,2025-03-02,甲,事,,", "amount", VoucherReason.EMPTY),
        ("1,2025-03-02,甲,事,十元,", "amount", VoucherReason.NO_AMOUNT),
        ("1,2025-03-02,甲,事,1.005,", "amount", VoucherReason.NO_AMOUNT),
        ("1,2025-03-02,甲,事,=1+1,", "amount", VoucherReason.FORMULA),
        ("1,2025-03-02,=HYPERLINK(1),事,1,", "payee", VoucherReason.FORMULA),
        (f"1,2025-03-02,{'甲' * 201},事,1,", "payee", VoucherReason.TOO_LONG),
        ("1,2025-03-02,甲,事,1,以物抵", "is_cash", VoucherReason.CASH_UNCLEAR),
        (",2025-03-02,,,1,", "payee", VoucherReason.NAMELESS),
        ("合计,,,,3.00,", "amount", VoucherReason.TOTAL_DIFFERS),
    ],
)
def test_a_row_that_is_not_certain_is_named(row: str, column: str, reason: VoucherReason) -> None:
    found = read_vouchers(_csv("1,2025-01-02,甲,事,2.00,转账", row), TODAY)
    [flaw] = found.flaws
    assert (flaw.number, flaw.column, flaw.reason) == (3, column, reason)
    assert len(found.rows) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [("甲,乙\n1,2", VoucherReason.NO_HEAD), (HEAD, VoucherReason.NO_ROWS)],
)
def test_what_is_no_list_is_refused(content: str, reason: VoucherReason) -> None:
    with pytest.raises(Invalid) as refused:
        read_vouchers(content.encode(), TODAY)
    assert (refused.value.reason, refused.value.field) == (reason, "file")
