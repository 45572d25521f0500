"""What staff adds to the figures: words, and why a correction is made."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from charity.disclosure.services import publishing, telling
from web.forms import BaseForm, LengthBetween, Required

_WORDS = [Required(), LengthBetween(1, telling.LENGTHS["words"])]


class PublishForm(BaseForm):
    """The headline and the words of a report whose figures are counted here."""

    title = StringField(_l("标题"), [Required(), LengthBetween(1, publishing.LENGTHS["title"])])
    words = TextAreaField(_l("说明"), _WORDS)


class CorrectForm(BaseForm):
    """The corrected words, and what was wrong."""

    explanation = TextAreaField(
        _l("为什么更正"), [Required(), LengthBetween(1, publishing.LENGTHS["explanation"])]
    )
    words = TextAreaField(_l("说明"), _WORDS)
