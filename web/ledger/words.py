"""The words of statements: accounts, the lines of the balance sheet."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from charity.ledger.chart import AccountCode, head_of
from charity.ledger.statements import Shown
from web.labels import label

#: Account heads that have only two halves in the chart.
INCOME_HEADS: dict[str, object] = {
    "4101": _l("捐赠收入"),
    "4201": _l("会费收入"),
    "4301": _l("提供服务收入"),
    "4401": _l("政府补助收入"),
    "4501": _l("商品销售收入"),
    "4601": _l("投资收益"),
    "4901": _l("其他收入"),
}

#: Lines of the balance sheet by their keys.
SHEET_LINES: dict[str, object] = {
    "money": _l("货币资金"),
    "short_term_investments": _l("短期投资"),
    "receivables": _l("应收款项"),
    "prepayments": _l("预付账款"),
    "inventory": _l("存货"),
    "deferred_expenses": _l("待摊费用"),
    "other_current_assets": _l("其他流动资产"),
    "current_assets": _l("流动资产合计"),
    "equity_investments": _l("长期股权投资"),
    "debt_investments": _l("长期债权投资"),
    "long_term_investments": _l("长期投资合计"),
    "fixed_assets_at_cost": _l("固定资产原价"),
    "depreciation": _l("减：累计折旧"),
    "cultural_assets": _l("文物文化资产"),
    "fixed_assets": _l("固定资产合计"),
    "intangibles": _l("无形资产"),
    "agency_assets": _l("受托代理资产"),
    "total_assets": _l("资产总计"),
    "short_term_loans": _l("短期借款"),
    "payables": _l("应付款项"),
    "wages_payable": _l("应付工资"),
    "taxes_payable": _l("应交税金"),
    "advances_received": _l("预收账款"),
    "provisions": _l("预计负债"),
    "other_current_liabilities": _l("其他流动负债"),
    "current_liabilities": _l("流动负债合计"),
    "long_term_loans": _l("长期借款"),
    "long_term_payables": _l("长期应付款"),
    "long_term_liabilities": _l("长期负债合计"),
    "agency_liabilities": _l("受托代理负债"),
    "total_liabilities": _l("负债合计"),
    "net_assets_unrestricted": _l("非限定性净资产"),
    "net_assets_restricted": _l("限定性净资产"),
    "total_net_assets": _l("净资产合计"),
    "total_both": _l("负债和净资产总计"),
}


def account_words(code: str, shown: Mapping[str, Shown] | None = None) -> str:
    """The name of an account: the accountant's or the book's own, else the chart's."""
    if shown is not None and code in shown and shown[code].name:
        return shown[code].name
    if code in set(AccountCode):
        return str(label(AccountCode(code)))
    if code in INCOME_HEADS:
        return str(INCOME_HEADS[code])
    head = head_of(code)
    return account_words(head, shown) if head != code else str(_("科目 %(code)s", code=code))


def account_code(code: str, shown: Mapping[str, Shown]) -> str:
    """The code to show on this day."""
    return shown[code].code if code in shown else code
