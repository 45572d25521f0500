"""The words of budgets, programmes and households."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

BUDGET_LABELS: dict[str, object] = {
    "BudgetChangeState.ASKED": _l("等人同意"),
    "BudgetChangeState.MADE": _l("已改"),
    "BudgetChangeState.REFUSED": _l("没有同意"),
    "BudgetChangeState.WITHDRAWN": _l("已撤回"),
    "SiteKind.COMMUNITY": _l("村社"),
    "SiteKind.STREET": _l("乡镇（街道）"),
}

BUDGET_SENTENCES: dict[str, object] = {
    "spending.sum_changes": _l("加起来和总数差 %(difference)s，请核对。"),
    "spending.nothing_changes": _l("哪一项都没有改。"),
    "spending.below_asked": _l("“%(line)s”已经报了支出，不能少于 %(least)s。"),
    "spending.change_waits": _l("还有一次改动在等人同意，先等它办完或撤回。"),
    "spending.unit_cost_times": _l("单价乘数量是 %(amount)s，和这一项的金额不一样。"),
    "spending.site_count": _l("站点要有 1 到 %(limit)s 个。"),
    "spending.site_unknown": _l("没有 %(code)s 这个区划代码。"),
    "spending.site_twice": _l("%(code)s 写了两次。"),
    "spending.site_bound": _l("这个站点或这个项目已经定下了。"),
    "spending.other_place": _l("不在这个地方。"),
    "spending.beyond_share": _l("预算超过了这个站点的额度 %(share)s。"),
    "spending.name_not_masked": _l("只写姓，后面用 * 代替，例如：王**。"),
    "spending.households_and_units": _l("选的户数和报的数量要一样。"),
    "spending.household_reported": _l("这一户已经报过了。"),
    "spending.item_count": _l("清单最多 %(limit)s 样，单价不能是负数。"),
}
