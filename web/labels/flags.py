"""The words of red flags, samples and lists of vouchers: questions, never findings."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from charity.money import Money

FLAG_SENTENCES: dict[str, object] = {
    # ── red flags ──
    "flags.digits": _l(
        "这个项目 %(count)s 笔金额的首位数字分布不像自然形成的（卡方 %(chi_square_milli)s），"
        "这些金额是怎么定的？"
    ),
    "flags.gift_digits": _l(
        "%(year)s 年 %(count)s 笔收入金额的首位数字分布不像自然形成的"
        "（卡方 %(chi_square_milli)s），是什么原因？"
    ),
    "flags.same_sum": _l("%(days)s 天内两次付给“%(payee)s”同样的 %(amount_fen)s，是不是重复付款？"),
    "flags.same_invoice": _l("票据 %(voucher)s 用了两次，是不是重复报销？"),
    "flags.same_reference": _l("两笔支出写着同一个银行流水号 %(reference)s，哪一笔是真的？"),
    "flags.round_sums": _l(
        "%(year)s 年这个项目有 %(count)s 笔整千元支出，占 %(share_permille)s，"
        "别的项目约 %(usual_permille)s，为什么这么整？"
    ),
    "flags.just_under": _l(
        "%(year)s 年有 %(below)s 笔刚好低于审批线 %(limit_fen)s，略高的只有 %(above)s 笔，"
        "为什么都在线下？"
    ),
    "flags.split": _l(
        "%(days)s 天内分 %(parts)s 笔付给“%(payee)s”，合计 %(total_fen)s，"
        "超过审批线 %(limit_fen)s，是不是拆开的？"
    ),
    "flags.cash_share": _l(
        "%(year)s 年这个项目有 %(count)s 笔现金支出，占 %(share_permille)s，为什么用现金？"
    ),
    "flags.cash_large": _l("一次付了 %(amount_fen)s 现金，超过 %(limit_fen)s，为什么不转账？"),
    "flags.shared_vendor": _l(
        "收款方“%(payee)s”与组织的管理人员有相同的信息（%(marks)s），是不是关联方？"
    ),
    "flags.one_vendor": _l("这个项目 %(share_permille)s 的钱付给了“%(payee)s”，是怎么选中的？"),
    "flags.new_vendor": _l(
        "“%(payee)s”出现 %(days)s 天内就在 %(places)s 个村社收款，共 %(total_fen)s，是怎么选中的？"
    ),
    "flags.at_night": _l(
        "同一个人有 %(count)s 次审批在深夜，占 %(share_permille)s，是本人办的吗？"
    ),
    "flags.on_free_days": _l(
        "同一个人有 %(count)s 次审批在休息日，占 %(share_permille)s，是本人办的吗？"
    ),
    "flags.own_approval": _l("经办人和审批人是同一个人，为什么？"),
    "flags.year_end": _l(
        "%(year)s 年这个项目 %(share_permille)s 的钱在最后 %(days)s 天花出，为什么集中在年底？"
    ),
    "flags.paid_early": _l("付款比审批早了 %(days)s 天，为什么先付？"),
    "flags.same_picture": _l("两笔支出附了同一张照片，哪一笔是真的？"),
    "flags.like_picture": _l("两笔支出的照片几乎一样，是不是同一张？"),
    "flags.many_projects": _l("同一个人从 %(projects)s 个项目领钱，是不是重复受助？"),
    "flags.helped_after": _l("受助人去世或者迁走 %(days)s 天以后还有支出，是谁领的？"),
    "flags.gift_loop": _l(
        "收款方“%(payee)s”在 %(days)s 天之内捐过 %(gift_fen)s，又收了 %(amount_fen)s，"
        "这笔捐款是真的吗？"
    ),
    # ── samples ──
    "samples.frame_empty": _l("检查期间没有可抽的凭证，请换一个来源。"),
    "samples.size_needed": _l("请写要看多少张。"),
    "samples.materiality_needed": _l("货币单元抽样要写可接受的错误金额，或者写要看多少张。"),
    "samples.confidence_range": _l("把握写 50 到 99 的百分数。"),
    "samples.tolerable_range": _l("可容忍的错误率写 1 到 50 的百分数，预计错误不能小于零。"),
    "samples.too_many": _l("一次最多抽 %(most)s 张，请放宽要求，或者全部检查。"),
    "samples.seed_needed": _l("请写种子，别人用它能重抽一遍。"),
    "samples.pick_needed": _l("请挑出要看的凭证。"),
    "samples.not_in_frame": _l("%(subject)s 不在抽样范围里。"),
    "samples.strata_more": _l("分成了 %(strata)s 层，每层至少抽一张，请多抽几张。"),
    "samples.left": _l("还有 %(left)s 张没有看，看完才能评价。"),
    "samples.frame_changed": _l("账有了变化，和抽样时不一样了，请先查明原因，再重新抽样。"),
    # ── lists of vouchers ──
    "vouchers.no_head": _l("没有找到表头。至少要有“日期”和“金额”两列。"),
    "vouchers.no_rows": _l("清单里没有一行凭证。"),
    "vouchers.handed_in": _l("同样的清单已经交过了。"),
    "vouchers.empty": _l("这一格是空的。"),
    "vouchers.too_long": _l("这一格太长，最多 %(limit)s 个字。"),
    "vouchers.formula": _l("这一格是公式，请换成算好的值。"),
    "vouchers.no_day": _l("这一格不是日期，请写成 2026-03-16 这样。"),
    "vouchers.day_ahead": _l("日期在今天以后。"),
    "vouchers.no_amount": _l("这一格不是金额，请写元，最多两位小数。"),
    "vouchers.cash_unclear": _l("看不出是不是现金，请写“现金”或者“转账”。"),
    "vouchers.nameless": _l("凭证号、收款人、摘要都没有写，认不出是哪张凭证。"),
    "vouchers.total_differs": _l(
        "合计写的是 %(stated)s，上面各行加起来是 %(summed)s，两个数不一样。"
    ),
}

_MARKS: dict[str, object] = {
    "account": _l("银行账号"),
    "phone": _l("电话"),
    "address": _l("地址"),
    "identity": _l("证件"),
    "name": _l("姓名"),
}


def spoken(params: Mapping[str, object]) -> dict[str, object]:
    """The figures of a flag or a flaw as a sentence takes them: sums, shares, names of marks."""
    return {name: _spoken(name, value) for name, value in params.items()}


def _spoken(name: str, value: object) -> object:
    if isinstance(value, int) and name.endswith("_fen"):
        return Money(value)
    if isinstance(value, int) and name.endswith("_permille"):
        return f"{value // 10}.{value % 10}%"
    if isinstance(value, int) and name.endswith("_milli"):
        return f"{value / 1000:.1f}"
    if name == "marks" and isinstance(value, list):
        # marks stand side by side as in an address: a stroke parts them in every language
        return " / ".join(str(_MARKS.get(mark, mark)) for mark in value)
    return value
