"""Which year, and what of the year before did not count as income, or came to count (RAT-12)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField

from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
)


class ComputeForm(BaseForm):
    """A year that is over, with adjustments of the income of the year before."""

    year = IntegerField(_l("哪一年"), [Required(), NumberBetween(2000, 2199)])
    not_usable = MoneyField(_l("上年收入中当年不能用的限定性收入"), [Optional()], zero=True)
    lifted = MoneyField(_l("上年解除时间限制的净资产"), [Optional()], zero=True)
    because = StringField(_l("为什么这样调整，写明协议"), [Optional(), LengthBetween(2, 200)])


class RateForm(BaseForm):
    """The agreement of one gift fixes its share for management (RAT-15)."""

    donation_id = WholeNumberField(_l("捐赠编号"), [Required()])
    permille = WholeNumberField(
        _l("管理费最多占这笔钱的千分之几"), [Required(), NumberBetween(0, 1000)]
    )
    agreement = StringField(_l("协议编号和条款"), [Required(), LengthBetween(2, 200)])


class KeyForm(BaseForm):
    """By which weights shared costs are split from a day on (RAT-18)."""

    since = DateField(_l("从哪一天起"), [Required()])
    weights = TextAreaField(_l("每行一项：活动名称，空格，份数"), [Required()])
    reason = StringField(_l("为什么这样分"), [Required(), LengthBetween(2, 200)])

    def shares(self) -> dict[str, int]:
        """Activity and weight, line by line; a line without a whole number weighs nothing."""
        found: dict[str, int] = {}
        for line in (self.weights.data or "").splitlines():
            name, _, count = line.strip().rpartition(" ")
            if name.strip() and count.isascii() and count.isdecimal():
                found[name.strip()] = int(count[:9])
        return found
