"""What rows and columns of statements are called, and the sentence of a row's problem."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from charity.donations.models import StatementRow
from charity.donations.reasons import StatementsReason
from charity.donations.statement_reading import place
from web.labels import sentence

FIELD_NAMES: dict[str, object] = {
    "serial": _l("流水号或订单号"),
    "position": _l("序号"),
    "booked_on": _l("日期"),
    "income": _l("收入（贷方）"),
    "outgo": _l("支出（借方）"),
    "amount": _l("金额"),
    "direction": _l("借贷标志"),
    "payer_name": _l("对方户名"),
    "payer_account": _l("对方账号"),
    "remark": _l("附言、摘要"),
    "status": _l("支付状态"),
    "balance": _l("余额"),
    "currency": _l("币种"),
    "words_in": _l("表示收入的字"),
    "words_out": _l("表示支出的字"),
    "words_paid": _l("表示已支付的字"),
    "words_total": _l("合计行的开头"),
    "words_subtotal": _l("小计和余额行的开头"),
    "words_currency": _l("人民币的写法"),
    "words_enterprise": _l("企业名称里的字"),
    "words_unit": _l("单位名称里的字"),
}


def row_name(number: int) -> str:
    """Where a row stands in its file, as a spreadsheet counts."""
    sheet, line = place(number)
    if sheet == 1:
        return str(_("第 %(n)s 行", n=line))
    return str(_("第 %(sheet)s 张表第 %(n)s 行", sheet=sheet, n=line))


def problem(row: StatementRow) -> str:
    """Why a row is no gift, or waits: the column and the sentence; empty where nothing is wrong."""
    if not row.problem:
        return ""
    said = sentence(StatementsReason(row.problem), {"detail": _detail(row)})
    name = FIELD_NAMES.get(row.field)
    return f"{name}{_('：')}{said}" if name else said


def _detail(row: StatementRow) -> str:
    """What the sentence names: another row, or the words of the cell."""
    note = row.note
    if row.problem in _ELSEWHERE and ":" in note:
        statement, _colon, number = note.partition(":")
        return str(
            _("流水 %(statement)s 的%(row)s", statement=statement, row=row_name(int(number)))
        )
    if row.problem in _ROWS and note.isdigit():
        return row_name(int(note))
    return note


_ELSEWHERE = {StatementsReason.ROW_KNOWN.value, StatementsReason.ROW_CHANGED.value}
_ROWS = {StatementsReason.ROW_REPEATED.value, StatementsReason.NUMBER_TWICE.value}
