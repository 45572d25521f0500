"""Forms about one entry of the book: a gift given back, a payment that came back, a mistake."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from web.books.fields import ActForm, HappenedField, IdChoice
from web.books.forms_money import note_field
from web.forms import LengthBetween, MoneyField, Optional, Required


class RefundForm(ActForm):
    """Money that goes back to its giver because both wish it."""

    amount = MoneyField(_l("退多少（元）"), [Required()])
    occurred_on = HappenedField(_l("退款日期"))
    note = StringField(
        _l("为什么退"), [Required(), LengthBetween(2, 200)],
        description=_l("不要写捐赠人的姓名、账号。"),
    )  # fmt: skip


class CompelForm(ActForm):
    """Money that must go back: a dispute lost, a payment made twice."""

    amount = MoneyField(_l("退多少（元）"), [Required()])
    host_fund_id = IdChoice(
        _l("不够时由哪个基金补"), [Required()],
        description=_l("已经用掉的部分，由本机构的非限定资金先补上再退。"),
    )  # fmt: skip
    occurred_on = HappenedField(_l("退款日期"))


class FeeForm(ActForm):
    """A fee that was charged after the gift was booked."""

    fee = MoneyField(_l("手续费（元）"), [Required()])
    host_fund_id = IdChoice(
        _l("不够时由哪个基金补"), [Required()],
        description=_l("这笔捐款剩下的不够付手续费时，差额由本机构的非限定资金付。"),
    )  # fmt: skip
    occurred_on = HappenedField()


class BringBackForm(ActForm):
    """Money of a payment or a grant that came back."""

    amount = MoneyField(_l("退回多少（元）"), [Optional()], description=_l("全部退回就留空。"))
    occurred_on = HappenedField(_l("退回日期"))


class ReverseForm(ActForm):
    """An entry that should never have been booked."""

    occurred_on = HappenedField(_l("冲销日期"))
    note = note_field(_l("哪里记错了"))
