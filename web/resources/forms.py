"""What is asked of who offers something, and of who wants to borrow it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField, ValidationError

from charity import clock
from charity.clock import CHINA
from charity.errors import DomainError
from charity.registry import regions
from charity.registry.models import VolunteerTeam
from projects.listings.models import (
    BeneficiaryGroup,
    ListingCategory,
    Resource,
    ResourceKind,
)
from projects.listings.reasons import NeedsReason
from web.forms import BaseForm, DateField, LengthBetween, Optional, RegionField, Required, attach
from web.labels import choices
from web.resources.fields import ClockField, read_quantity, write_quantity
from web.resources.words import amount_said

#: Kinds that are counted in a unit of their own.
_COUNTED = frozenset(ResourceKind) - {ResourceKind.MONEY, ResourceKind.HOURS}


class ResourceForm(BaseForm):
    """One offer of an organisation or of one of its teams."""

    client_id = HiddenField()
    title = StringField(_l("能提供什么"), [Required(), LengthBetween(2, 100)])
    kind = SelectField(_l("哪一种"), [Required()], choices=[])
    category = SelectField(_l("用在哪方面"), [Required()], choices=[])
    beneficiary_group = SelectField(_l("给谁用"), choices=[], default="")
    item = StringField(_l("物品名称"), [Optional(), LengthBetween(0, 100)])
    quantity = StringField(_l("有多少"), [Optional(), LengthBetween(0, 20)])
    unit = StringField(_l("单位（件、间、次）"), [Optional(), LengthBetween(0, 20)])
    region_code = RegionField(_l("在哪里"), [Required()], least=4)
    serves = SelectField(_l("能帮到哪里"), [Required()], choices=[], default="6")
    starts_on = DateField(_l("哪一天起"), [Required()])
    ends_on = DateField(_l("到哪一天"), [Optional()])
    team_id = SelectField(_l("由谁来做"), choices=[], default="")
    conditions = TextAreaField(_l("有什么条件"), [Optional(), LengthBetween(0, 1000)])
    description = TextAreaField(_l("再说几句"), [Optional(), LengthBetween(0, 2000)])

    #: Set by `validate`: the quantity in its measure, None for no end.
    read: int | None = None
    #: What is changed, None for a new offer: its kind and its team stay.
    changed: Resource | None = None

    @classmethod
    def of(
        cls, teams: Sequence[VolunteerTeam], home: str, resource: Resource | None = None
    ) -> ResourceForm:
        """The form of an organisation with these teams; `resource` is what is changed."""
        form = cls(data=_typed(resource) if resource else {"region_code": home})
        form.changed = resource
        form.kind.choices = [("", _("请选择")), *choices(ResourceKind)]
        form.category.choices = [("", _("请选择")), *choices(ListingCategory)]
        form.beneficiary_group.choices = [("", _("谁都可以")), *choices(BeneficiaryGroup)]
        form.team_id.choices = [("", _("机构自己")), *((str(t.id), t.name) for t in teams)]
        form.serves.choices = _reaches(resource)
        if resource is not None:
            # what is not drawn is not sent: the choice stays as it was
            form.kind.data, form.team_id.data = resource.kind.value, str(resource.team_id or "")
            form.team_id.choices = [(form.team_id.data, "")]
        if not form.is_submitted():
            form.client_id.data = str(uuid.uuid4())
            form.starts_on.data = form.starts_on.data or clock.today()
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the quantity in the measure of the chosen kind."""
        super().validate(extra_validators)
        text = self.quantity.data or ""
        if self.kind.data in set(ResourceKind) and text and not self.quantity.errors:
            kind = ResourceKind(self.kind.data)
            try:
                self.read = read_quantity(kind, text)
            except ValueError as error:
                self.quantity.errors = [str(error)]
            if kind in _COUNTED and not self.unit.data and not self.unit.errors:
                self.unit.errors = [_("请写单位，例如：件。")]
        place, length = self.region_code.data, self.serves.data
        if place and length and len(length) <= 2 and len(place) < int(length):
            self.serves.errors = [*self.serves.errors, _("上面的地点没有这么细，请选大一级。")]
        return not self.errors

    def validate_ends_on(self, field: Any) -> None:
        """Not before it begins."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("不能早于开始的那一天。"))

    def said(self) -> dict[str, Any]:
        """What was said, as `post_resource` and `change_resource` take it."""
        kind = ResourceKind(self.kind.data)
        group, team, reach = self.beneficiary_group.data, self.team_id.data, self.serves.data
        place: str = self.region_code.data or ""
        fixed = {"kind": kind, "team_id": int(team) if team else None}
        return ({} if self.changed else fixed) | {
            "title": self.title.data or "",
            "category": ListingCategory(self.category.data),
            "beneficiary_group": BeneficiaryGroup(group) if group else None,
            "region_code": place,
            "serves_code": _within(place, int(reach)) if len(reach) <= 2 else reach,
            "item": self.item.data or "",
            "quantity": self.read,
            "unit": (self.unit.data or "") if kind in _COUNTED else "",
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "conditions": self.conditions.data or "",
            "description": self.description.data or "",
        }

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field, and take a new id where the old one is taken."""
        left = error.params.get("promised")
        if isinstance(left, int) and self.changed is not None:
            error.params["promised"] = amount_said(self.changed.kind, left, self.changed.unit)
        error.field = {"serves_code": "serves"}.get(error.field or "", error.field)
        attach(self, error)
        if error.reason is NeedsReason.SAME_ID_OTHER_THING:
            self.client_id.data = str(uuid.uuid4())


def _within(place: str, length: int) -> str:
    """The place of that level that holds `place`."""
    return [code for code in regions.chain(place) if len(code) <= length][-1]


def _reaches(resource: Resource | None) -> list[tuple[str, str]]:
    """The levels to choose; an odd reach of an imported row stays as it is."""
    found = [
        ("12", _("只在本村、本社区")),
        ("9", _("本街道、本乡镇")),
        ("6", _("本区、本县")),
        ("4", _("全市")),
        ("2", _("全省")),
    ]
    if resource is not None and not resource.region_code.startswith(resource.serves_code):
        found.append((resource.serves_code, resource.serves.name))
    return found


def _typed(resource: Resource) -> dict[str, Any]:
    names = ("title", "item", "unit", "region_code", "starts_on", "ends_on", "conditions")
    group = resource.beneficiary_group
    inside = resource.region_code.startswith(resource.serves_code)
    return {name: getattr(resource, name) for name in (*names, "description")} | {
        "kind": resource.kind.value,
        "category": resource.category.value,
        "beneficiary_group": group.value if group else "",
        "quantity": write_quantity(resource.kind, resource.quantity),
        "serves": str(len(resource.serves_code)) if inside else resource.serves_code,
        "team_id": str(resource.team_id or ""),
    }


def _moment(day: Any, hour: Any) -> datetime:
    return datetime.combine(day, hour, CHINA)


class BookingForm(BaseForm):
    """From when to when somebody wants it, what for, and whom to call."""

    client_id = HiddenField()
    day = DateField(_l("哪一天用"), [Required()])
    begins = ClockField(_l("几点起"), [Required()])
    last_day = DateField(_l("哪一天还"), [Optional()])
    ends = ClockField(_l("几点还"), [Required()])
    purpose = StringField(_l("做什么用"), [Required(), LengthBetween(2, 100)])
    contact_name = StringField(_l("怎么称呼你"), [Required(), LengthBetween(1, 40)])
    contact_phone = StringField(_l("电话"), [Required(), LengthBetween(5, 40)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.client_id.data:
            self.client_id.data = str(uuid.uuid4())

    @property
    def period(self) -> tuple[datetime, datetime]:
        """The moments it is wanted between, after `validate`."""
        day: Any = self.day.data
        last_day, begins, ends = self.last_day.data or day, self.begins.data, self.ends.data
        return _moment(day, begins), _moment(last_day, ends)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then that it ends after it begins and begins in the future."""
        if not super().validate(extra_validators):
            return False
        first, last = self.period
        if last <= first:
            self.ends.errors = [*self.ends.errors, _("要晚于开始的时间。")]
        elif first < clock.now() - timedelta(minutes=5):
            self.day.errors = [*self.day.errors, _("这个时间已经过了。")]
        return not self.errors

    def said(self) -> dict[str, Any]:
        """What was said, as `ask_booking` takes it."""
        first, last = self.period
        return {
            "client_id": self.client_id.data or "",
            "starts_at": first,
            "ends_at": last,
            "purpose": self.purpose.data or "",
            "contact_name": self.contact_name.data or "",
            "contact_phone": self.contact_phone.data or "",
        }
