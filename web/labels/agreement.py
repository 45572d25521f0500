"""The words of agreement: codes of the second factor, who decides, related parties."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

AGREEMENT_LABELS: dict[str, object] = {}

AGREEMENT_SENTENCES: dict[str, object] = {
    "accounts.code_wrong": _l("验证码不对，或者已经用过了。请等验证器显示下一个再输入。"),
    "accounts.no_factor": _l("这个账户没有设置两步验证，不用清除。"),
}
