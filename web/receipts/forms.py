"""What those who issue receipts fill in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField

from web.forms import BaseForm, DateField, LengthBetween, Optional, Required


class NumberForm(BaseForm):
    """The number under which one receipt was issued."""

    batch_code = StringField(_l("票据代码"), [Required(), LengthBetween(6, 20)])
    number = StringField(_l("票据号码"), [Required(), LengthBetween(6, 20)])
    check_code = StringField(_l("校验码"), [Optional(), LengthBetween(1, 20)])
    issued_on = DateField(_l("开票日期"), [Required()])


class SheetForm(BaseForm):
    """A filled-in list, or the rows of one that was looked at."""

    sheet = FileField(_l("填好的清单（xlsx 或 csv）"))
    rows = HiddenField()
