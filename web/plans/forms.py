"""Forms of a filed plan: what changed, and the receipt of its supplement."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from charity.registry.models import PlanField
from web.forms import BaseForm, DateField, LengthBetween, Required
from web.labels import choices


class ChangeForm(BaseForm):
    """What changed in a running plan, when and why."""

    fields = SelectMultipleField(
        _l("哪几项变了"),
        [Required()],
        choices=[],
        coerce=PlanField,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    changed_on = DateField(_l("哪一天变的"), [Required()])
    reasons = TextAreaField(_l("为什么"), [Required(), LengthBetween(4, 2000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.choices = choices(PlanField)


class SupplementForm(BaseForm):
    """The supplement was filed with the registrar."""

    change = HiddenField()
    supplemented_on = DateField(_l("哪一天报的"), [Required()])
    receipt = StringField(_l("回执编号"), [Required(), LengthBetween(2, 80)])


class LateFilingForm(BaseForm):
    """An emergency plan was filed after its start."""

    number = StringField(_l("备案编号"), [Required(), LengthBetween(2, 80)])
    filed_on = DateField(_l("备案日期"), [Required()])
