"""A bank file in bytes: CSV in two encodings, or XLSX; what people typed is never a formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from charity.spending.services import BankLine
from web.spreadsheets import Cell, as_csv, as_xlsx

CSV, GB18030, XLSX = "csv", "gb18030", "xlsx"
#: The end of a file's name and its type, by format.
KINDS = {
    CSV: ("csv", "text/csv; charset=utf-8"),
    GB18030: ("csv", "text/csv; charset=gb18030"),
    XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def writer(file_format: str) -> Callable[[Sequence[BankLine]], bytes]:
    """What makes the bytes of a format; raises `KeyError` for another."""
    return {CSV: _csv, GB18030: _gb18030, XLSX: _xlsx}[file_format]


def _rows(lines: Sequence[BankLine]) -> list[Sequence[Cell]]:
    head = (_("序号"), _("收款户名"), _("收款账号"), _("金额（元）"), _("用途"), _("平台编号"))
    return [
        head,
        *(
            (
                each.number,
                each.payee_name,
                each.payee_account,
                each.amount,
                each.purpose,
                f"E{each.expense_id}",
            )
            for each in lines
        ),
    ]


def _csv(lines: Sequence[BankLine]) -> bytes:
    return as_csv(_rows(lines))


def _gb18030(lines: Sequence[BankLine]) -> bytes:
    """As the counter programmes of many banks read it."""
    return as_csv(_rows(lines)).decode("utf-8-sig").encode("gb18030")


def _xlsx(lines: Sequence[BankLine]) -> bytes:
    return as_xlsx(_rows(lines), title=_("付款文件"), head=1)
