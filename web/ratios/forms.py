"""Which year, and what of the year before did not count as income, or came to count (RAT-12)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField

from web.forms import BaseForm, MoneyField, NumberBetween, Optional, Required


class ComputeForm(BaseForm):
    """A year that is over, with adjustments of the income of the year before."""

    year = IntegerField(_l("哪一年"), [Required(), NumberBetween(2000, 2199)])
    not_usable = MoneyField(_l("上年收入中当年不能用的限定性收入"), [Optional()], zero=True)
    lifted = MoneyField(_l("上年解除时间限制的净资产"), [Optional()], zero=True)
