"""Name one person a campaign is for."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from charity.registry.models import Capacity
from web.forms import BaseForm, LengthBetween, Required
from web.labels import label


class MemberForm(BaseForm):
    """The account of the person, and as what they belong."""

    person = StringField(_l("对方的登录名"), [Required(), LengthBetween(1, 80)])
    capacity = SelectField(_l("身份"), choices=[], coerce=Capacity)

    @classmethod
    def among(cls, capacities: Collection[Capacity]) -> MemberForm:
        """The form with the capacities of a mode."""
        form = cls()
        form.capacity.choices = [(c.value, label(c)) for c in Capacity if c in capacities]
        return form
