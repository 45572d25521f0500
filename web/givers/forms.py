"""What a giver is asked after the gift."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from charity.donations.services.giving import LENGTHS
from charity.donations.services.receipts import LONGEST_PAYER
from web.forms import BaseForm, CreditCodeField, LengthBetween, Optional, Required


class WishesForm(BaseForm):
    """The two switches, and the name they speak of."""

    giver_name = StringField(
        _l("名字或单位名称"), [Optional(), LengthBetween(0, LENGTHS["giver_name"])]
    )
    name_is_public = BooleanField(_l("公开署名"))
    is_shown_to_organisation = BooleanField(_l("对机构可见"))


class ReceiptForm(BaseForm):
    """In whose name a receipt is to be issued."""

    payer_name = StringField(_l("交款人"), [Required(), LengthBetween(1, LONGEST_PAYER)])
    payer_uscc = CreditCodeField(_l("统一社会信用代码"), [Optional()])


class ForgetForm(BaseForm):
    """Deletion is agreed to with a tick, so that one slip of the finger deletes nothing."""

    sure = BooleanField(_l("我明白删除以后找不回来，要删除"), [Required(_l("请先勾上这一句。"))])
