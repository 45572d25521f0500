"""What is asked of somebody who promises, and of the staff who close a promise."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from charity import clock
from charity.donations.giver_keys import giver_key
from charity.donations.models import GiverKind, PledgeKind
from charity.donations.services import Promiser
from charity.donations.services.giving import LENGTHS
from charity.donations.services.keeping import MOST_MINUTES
from charity.donations.services.pledges import MOST_UNITS
from charity.errors import DomainError
from charity.spending.models import Deliverable
from web.donations.forms import RENEWED
from web.filters import yuan
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    TypedField,
    WholeNumberField,
    attach,
)
from web.labels import choices
from web.ports import settings
from web.security.sessions import current_actor

#: Days ahead the form proposes.
PROPOSED_DAYS = 30

#: The ways to promise, as the form asks.
SUM, UNITS, GOODS, HOURS = "sum", "units", "goods", "hours"
KINDS = {
    SUM: PledgeKind.MONEY,
    UNITS: PledgeKind.MONEY,
    GOODS: PledgeKind.GOODS,
    HOURS: PledgeKind.HOURS,
}
#: What must be filled for each way.
_NEEDED = {
    SUM: ("amount",),
    UNITS: ("deliverable", "units"),
    GOODS: ("goods", "goods_quantity", "goods_unit"),
    HOURS: ("minutes",),
}


class HoursField(TypedField):
    """A time in hours as people write it, `2` or `1.5`; `data` is minutes."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, zero: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        #: Whether no time at all is an answer.
        self.zero = zero

    def read(self, text: str) -> int:
        """Read whole hours with at most two decimals."""
        found = re.fullmatch(r"(\d{1,5})(?:\.(\d{1,2}))?", text, re.ASCII)
        if found is None:
            raise ValueError(_l("请写小时数，例如 2 或 1.5。"))
        hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        minutes = (hundredths * 60 + 50) // 100
        if not minutes and not self.zero:
            raise ValueError(_l("要大于零。"))
        return minutes

    def write(self, value: int) -> str:
        """Hours, with decimals only where there are any."""
        return f"{value / 60:.2f}".rstrip("0").rstrip(".")


class GiverFields(BaseForm):
    """Who promises or offers: all of it may be left empty but what the form itself asks for."""

    client_id = HiddenField()
    giver_kind = SelectField(_l("以谁的名义"), choices=[], default=GiverKind.INDIVIDUAL.value)
    giver_name = StringField(_l("名字或单位名称"), [LengthBetween(0, LENGTHS["giver_name"])])
    name_is_public = BooleanField(_l("公开署名"))
    contact = StringField(_l("手机号或邮箱"), [Optional(), LengthBetween(0, LENGTHS["contact"])])
    is_shown_to_organisation = BooleanField(_l("让做事的组织看到我的名字和联系方式"))
    message = StringField(_l("想说的话"), [Optional(), LengthBetween(0, LENGTHS["message"])])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.giver_kind.choices = choices(GiverKind)
        if not self.is_submitted():
            self.client_id.data = str(uuid.uuid4())

    def validate_giver_name(self, field: Any) -> None:
        """A name that is to be shown must be there."""
        if self.name_is_public.data and not field.data:
            raise ValidationError(_l("要公开署名，请写上名字；不写就不公开。"))

    def giver(self) -> Promiser:
        """What was said of the giver, with the key that tells them from others."""
        contact = self.contact.data or ""
        person_id = current_actor().person_id
        return Promiser(
            kind=GiverKind(self.giver_kind.data),
            name=self.giver_name.data or "",
            name_is_public=self.name_is_public.data,
            is_shown_to_organisation=self.is_shown_to_organisation.data,
            contact=contact,
            key=giver_key(contact, settings().secret, person_id=person_id),
        )

    def renew(self, error: DomainError) -> None:
        """A form whose id is taken or broken gets a fresh one."""
        if error.reason in RENEWED:
            self.client_id.data = str(uuid.uuid4())


class PledgeForm(GiverFields):
    """One promise; only the part of the chosen way counts."""

    way = RadioField(_l("认捐什么"), [Required()], choices=[], default=SUM)
    amount = MoneyField(_l("多少钱（元）"), [Optional()])
    deliverable = SelectField(_l("认哪一项"), choices=[], validate_choice=False)
    units = WholeNumberField(_l("认多少"), [Optional(), NumberBetween(1, MOST_UNITS)])
    goods = StringField(_l("什么物资"), [Optional(), LengthBetween(0, 100)])
    goods_quantity = WholeNumberField(_l("数量"), [Optional(), NumberBetween(1, MOST_UNITS)])
    goods_unit = StringField(_l("单位（件、箱、袋）"), [Optional(), LengthBetween(0, 20)])
    minutes = HoursField(_l("多少小时"), [Optional()])
    promised_by = DateField(_l("哪一天以前兑现"), [Required()])
    is_public = BooleanField(_l("公开认捐"))

    #: The deliverables that can be promised by the unit.
    countable: list[Deliverable]

    @classmethod
    def for_project(
        cls, deliverables: Sequence[Deliverable], ends_on: date, asked: str | None
    ) -> PledgeForm:
        """The form with what this project counts; `asked` is the way chosen on an earlier page."""
        form = cls()
        form.countable = [made for made in deliverables if made.unit_cost]
        ways = [(SUM, _("一笔钱")), (GOODS, _("物资")), (HOURS, _("时间"))]
        if form.countable:
            ways.insert(1, (UNITS, _("按成果认")))
        form.way.choices = ways
        form.deliverable.choices = [
            (
                str(made.id),
                _("%(name)s（每%(unit)s %(sum)s）", name=made.name, unit=made.unit,
                  sum=yuan(made.unit_cost)),
            )
            for made in form.countable
        ]  # fmt: skip
        if not form.is_submitted():
            form.promised_by.data = min(clock.today() + timedelta(days=PROPOSED_DAYS), ends_on)
            if asked in KINDS:
                form.way.data = asked
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then that the chosen way was filled in; the others may lie."""
        super().validate(extra_validators)
        needed = _NEEDED.get(self.way.data, ())
        for names in _NEEDED.values():
            for field in (self[name] for name in names):
                if field.short_name not in needed:
                    field.errors = []
                elif field.data in (None, "") and not field.errors:
                    field.errors = [_("请填写这一项。")]
        if self.way.data == UNITS and self._made is None:
            self.deliverable.errors = [_("请选一项。")]
        return not self.errors

    @property
    def _made(self) -> Deliverable | None:
        return next((m for m in self.countable if str(m.id) == self.deliverable.data), None)

    def promise(self) -> dict[str, Any]:
        """What was promised, as `make_pledge` takes it."""
        way = self.way.data
        said: dict[str, Any] = {
            "client_id": self.client_id.data or "",
            "kind": KINDS[way],
            "promised_by": self.promised_by.data,
            "message": self.message.data or "",
            "is_public": self.is_public.data,
            "giver": self.giver(),
        }
        if way == SUM:
            said["amount"] = self.amount.data
        elif way == UNITS and self._made is not None:
            said |= {
                "deliverable_id": self._made.id,
                "unit_cost": self._made.unit_cost,
                "quantity": self.units.data,
            }
        elif way == GOODS:
            said |= {
                "goods": self.goods.data or "",
                "quantity": self.goods_quantity.data,
                "unit": self.goods_unit.data or "",
            }
        else:
            said["quantity"] = self.minutes.data
        return said

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside the field of the chosen way."""
        names = {
            UNITS: {"quantity": "units", "amount": "units", "deliverable_id": "deliverable"},
            GOODS: {"quantity": "goods_quantity", "unit": "goods_unit"},
            HOURS: {"quantity": "minutes"},
        }
        error.field = names.get(self.way.data, {}).get(error.field or "", error.field)
        attach(self, error)
        self.renew(error)


class PleaForm(BaseForm):
    """Why a giver asks to be released."""

    plea = TextAreaField(_l("遇到了什么困难"), [Required(), LengthBetween(2, 1000)])


class WorkedForm(BaseForm):
    """Time given on a day."""

    client_id = HiddenField()
    worked_on = DateField(_l("哪一天"), [Required()])
    minutes = HoursField(_l("多少小时"), [Required()])
    note = StringField(_l("做了什么"), [Optional(), LengthBetween(0, 200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.client_id.data:
            self.client_id.data = str(uuid.uuid4())
        if not self.worked_on.raw_data:
            self.worked_on.data = clock.today()

    def validate_minutes(self, field: Any) -> None:
        """No more than a day has."""
        if field.data is not None and field.data > MOST_MINUTES:
            raise ValidationError(_l("一天最多 24 小时。"))

    def said(self) -> dict[str, Any]:
        """What was said, as `report_hours` takes it."""
        return {
            "client_id": self.client_id.data or "",
            "worked_on": self.worked_on.data,
            "minutes": self.minutes.data,
            "note": self.note.data or "",
        }


class ReleaseForm(BaseForm):
    """A release for hardship: reported to somebody, and published."""

    reported_on = DateField(_l("哪一天报告的"), [Required()])
    reported_to = StringField(_l("报告给谁"), [Required(), LengthBetween(1, 200)])
    public_note = TextAreaField(_l("公开的说明"), [Required(), LengthBetween(2, 500)])


class AnswerForm(BaseForm):
    """A sentence to the giver, or for the file."""

    note = TextAreaField(_l("说明"), [Required(), LengthBetween(2, 500)])
