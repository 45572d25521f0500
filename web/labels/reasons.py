"""One sentence for every reason code, by its value; parameters as %(name)s."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, object] = {
    # ── common ──
    "common.not_found": _l("没有找到。"),
    "common.not_permitted": _l("您的角色不能做这件事。"),
    "common.sign_in_first": _l("请先登录。"),
    "common.wrong_state": _l("它现在的状态不允许这样做，可能别人刚处理过，请刷新再看。"),
    "common.required": _l("请填写这一项。"),
    "common.too_long": _l("写得太长了。"),
    "common.not_positive": _l("要大于零。"),
    "common.same_person": _l("同一个人不能既提交又审批、付款或验收，请由另一位同事来办。"),
    "common.dates_reversed": _l("结束日期不能早于开始日期。"),
    # ── listings ──
    "listings.title_length": _l("项目名称要 %(minimum)s 到 %(maximum)s 个字。"),
    "listings.story_length": _l("请用 %(minimum)s 到 %(maximum)s 个字写清为什么要做、怎么做。"),
    "listings.beneficiaries_length": _l("请写明帮助哪一类人，不超过 %(maximum)s 个字。"),
    "listings.beneficiary_count": _l("人数要在 1 到 %(maximum)s 之间。"),
    "listings.region_unknown": _l("没有找到这个地方，请从列表里选。"),
    "listings.region_too_wide": _l("请具体到街道、乡镇或村、社区。"),
    "listings.target_range": _l("目标金额要在 %(minimum)s 到 %(maximum)s 之间。"),
    "listings.period_over": _l("结束日期已经过了，请改成以后的日子再送审。"),
    "listings.plan_filed_after_start": _l("备案日期不能晚于开始日期。"),
    "listings.lines_missing": _l("至少要有一行预算。"),
    "listings.lines_too_many": _l("预算最多 %(maximum)s 行，请合并几行。"),
    "listings.line_incomplete": _l("预算第 %(row)s 行要有用途和大于零的金额。"),
    "listings.budget_sum": _l("预算各行合计 %(total)s，目标金额是 %(target)s，两个数要相等。"),
    "listings.deliverables_too_many": _l("成果最多 %(maximum)s 项，请合并几项。"),
    "listings.deliverable_incomplete": _l("成果第 %(row)s 行要有名称、单位、单价和数量。"),
    "listings.deliverables_sum": _l(
        "成果按单价乘数量合计 %(total)s，超过了目标金额 %(target)s。"
    ),
    "listings.organisation_not_verified": _l("组织核实以后才能发起项目。"),
    "listings.own_organisation": _l("不能审核自己所在组织的项目，请由别的组织的审核人来办。"),
    "listings.operator_without_book": _l("运营方还没有开立账簿，暂时不能公布项目。"),
    "listings.single_beneficiary": _l(
        "只帮助一个人的项目可能是个人求助：个人求助要走指定平台或社会救助，不能用公开募捐代替。"
    ),
}
