"""Forms of a complaint and of its answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from charity.disclosure.services.complaining import LENGTHS
from web.forms import BaseForm, LengthBetween, Optional, Required


class ComplaintForm(BaseForm):
    """What happened; how to be reached is up to whoever complains."""

    token = HiddenField()
    words = TextAreaField(_l("发生了什么"), [Required(), LengthBetween(5, LENGTHS["words"])])
    contact = StringField(_l("怎么联系你"), [Optional(), LengthBetween(0, LENGTHS["contact"])])


class AnswerForm(BaseForm):
    """What is said to who complained."""

    answer = TextAreaField(_l("答复"), [Required(), LengthBetween(5, LENGTHS["answer"])])
