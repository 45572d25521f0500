"""The words of complaints and consents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

COMPLAINT_SENTENCES: dict[str, object] = {
    "complaints.about_nothing": _l("没有找到要投诉的事。"),
    "complaints.too_many": _l("这件事一小时里已经收到 %(limit)s 条投诉，请过一会儿再写。"),
    "complaints.answered_already": _l("这件投诉已经答复过了。"),
    "accounts.guardian_needed": _l("十四岁以下孩子的信息，要写同意的监护人姓名。"),
    "accounts.consent_stands": _l("刚刚有人记下了同一项同意，请刷新再看。"),
    "paying.payee_consent": _l("付给个人，要他单独签字同意使用他的银行账户。"),
    "ledger.host_name": _l("冠名基金的名称要带上“%(host)s”全称，例如“%(host)s某某冠名基金”。"),
    "complaints.own_organisation": _l("这件投诉说的是你所在的组织，要由别人答复。"),
}

#: The words that were agreed to, by the version of the text; old versions stay.
CONSENT_TEXTS: dict[str, object] = {
    "processing-2026-11": _l("可以保存并使用我提供的信息，只为帮助我或者联系我。"),
    "sensitive-2026-11": _l("可以使用我的银行账户等敏感信息，只为把钱付给我和依法留存凭证。"),
    "publishing-2026-11": _l("可以公开我的姓名或者照片，说明帮助了谁、谁在帮忙。"),
    "child-2026-11": _l("我是孩子的监护人，同意为了帮助孩子使用他的信息。"),
}
