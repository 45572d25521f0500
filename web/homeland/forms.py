"""Forms of villages and of priority areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from charity.registry.models import Organisation
from projects.listings.services.homeland import INTRODUCTION
from web.forms import BaseForm, DateField, LengthBetween, Optional, RegionField, Required


class ClaimForm(BaseForm):
    """A village claims its fund."""

    committee_id = SelectField(_l("由哪家组织认领"), [Required()], choices=[], coerce=int)
    introduction = TextAreaField(
        _l("村里的情况和打算"), [Required(), LengthBetween(10, INTRODUCTION)]
    )

    def __init__(self, committees: Sequence[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.committee_id.choices = [(each.id, each.name) for each in committees]


class DescribeForm(BaseForm):
    """What the village says of itself."""

    introduction = TextAreaField(
        _l("村里的情况和打算"), [Required(), LengthBetween(10, INTRODUCTION)]
    )


class AgreeForm(BaseForm):
    """The name under which the fund stands in the book."""

    fund_name = StringField(_l("基金名称"), [Required(), LengthBetween(4, 120)])


class ReturnForm(BaseForm):
    """Why a claim goes back."""

    note = TextAreaField(_l("缺什么，怎么补"), [Required(), LengthBetween(2, 500)])


class AreaForm(BaseForm):
    """A place help flows to first."""

    region_code = RegionField(_l("地方"), [Required()], least=4)
    since = DateField(_l("从哪天起"), [Required()])
    until = DateField(_l("到哪天为止"), [Optional()])
    source_url = StringField(_l("依据的文件网址"), [Required(), LengthBetween(8, 500)])
