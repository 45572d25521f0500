"""The words of agreement: codes of the second factor, who decides, related parties."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

AGREEMENT_LABELS: dict[str, object] = {
    "Relation.FOUNDER": _l("发起人"),
    "Relation.MAJOR_DONOR": _l("主要捐赠人"),
    "Relation.LEGAL_REPRESENTATIVE": _l("法定代表人"),
    "Relation.COUNCIL": _l("理事"),
    "Relation.SUPERVISOR": _l("监事"),
    "Relation.MANAGER": _l("管理人员"),
    "Relation.STAFF": _l("工作人员"),
    "Relation.RELATIVE": _l("近亲属"),
    "Relation.VENDOR": _l("他们开办或管理的单位"),
    "Office.NONE": _l("没有"),
    "Office.CHAIR": _l("理事长、会长"),
    "Office.SECRETARY_GENERAL": _l("秘书长"),
    "ContactKind.PHONE": _l("电话"),
    "ContactKind.ADDRESS": _l("地址"),
    "ContactKind.ACCOUNT": _l("银行账号"),
}

AGREEMENT_SENTENCES: dict[str, object] = {
    "accounts.code_wrong": _l("验证码不对，或者已经用过了。请等验证器显示下一个再输入。"),
    "accounts.no_factor": _l("这个账户没有设置两步验证，不用清除。"),
    "related.relative_of_whom": _l("请选他是谁的近亲属。"),
    "related.already_ended": _l("这个关系已经写过结束日期了。"),
    "related.same_employer": _l("来自%(employer)s的理事有 %(members)s 位，超过三分之一。"),
    "related.relatives_together": _l("%(name)s 和 %(other)s 是近亲属，不能同时当理事。"),
    "related.not_mainland": _l("非内地居民的理事有 %(members)s 位，超过三分之一。"),
    "related.secretary_general": _l("没有专职的秘书长。"),
    "related.secretary_is_chair": _l("秘书长不能由理事长兼任。"),
    "related.few_supervisors": _l("监事只有 %(have)s 位，省级以上登记的至少要 %(least)s 位。"),
    "related.paid_office": _l("%(name)s 的职务不能领取报酬。"),
    "related.paid_council": _l("%(members)s 位理事里有 %(paid)s 位领取报酬，超过三分之一。"),
    "related.related_decides": _l("你和其中一方有利害关系，不能参加这件事的决定。"),
    "related.concerned": _l("你是有关单位的人，或者已经经手过这件事，请由无关的人来审查。"),
    "related.private_benefit": _l(
        "“%(words)s”是把财产分给个人，慈善财产不能这样用。如果不是，请换一个说法。"
    ),
}
