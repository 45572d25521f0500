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
}
