"""What is asked of a unit that claims, reports and evaluates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from charity import clock
from charity.errors import DomainError
from charity.registry.models import Organisation, VolunteerTeam
from projects.listings.models import Need, ResourceKind
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
    attach,
)
from web.pledges.forms import HoursField
from web.resources.fields import read_quantity

#: A volunteer who comes alone.
ALONE = "alone"
#: The most people or times of one report.
MOST = 1_000_000


class MeasuredForm(BaseForm):
    """A form with a quantity in the measure of its need."""

    client_id = HiddenField()
    quantity = StringField(_l("多少"), [Optional(), LengthBetween(0, 20)])

    kind: ResourceKind = ResourceKind.HOURS
    #: The quantity once the form is valid.
    counted: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.client_id.data:
            self.client_id.data = str(uuid.uuid4())

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the quantity in the measure of the need."""
        super().validate(extra_validators)
        if self.quantity.data:
            try:
                self.counted = read_quantity(self.kind, self.quantity.data)
            except ValueError as error:
                self.quantity.errors = [str(error)]
        return not self.errors

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field; an id that is taken or broken is made anew."""
        attach(self, error)
        if error.field == "client_id":
            self.client_id.data = str(uuid.uuid4())


class ClaimForm(MeasuredForm):
    """认领: which unit comes, and for how much of it."""

    unit = RadioField(_l("以谁的名义"), [Required()], choices=[])
    message = TextAreaField(_l("想对社区说的话"), [Optional(), LengthBetween(0, 500)])

    @classmethod
    def for_need(
        cls, need: Need, mine: Sequence[Organisation], teams: Sequence[VolunteerTeam]
    ) -> ClaimForm:
        """The form of one need, with the units this person may speak for."""
        form = cls()
        form.kind = need.kind
        units = [(f"team-{each.id}", each.name) for each in teams]
        units += [(f"organisation-{each.id}", each.name) for each in mine]
        if need.kind not in (ResourceKind.MONEY, ResourceKind.GOODS):
            units.append((ALONE, _("我自己，一个志愿者")))
        form.unit.choices = units
        form.teams = {each.id: each for each in teams}
        if units and not form.is_submitted():
            form.unit.data = units[0][0]
        return form

    teams: dict[int, VolunteerTeam]

    def said(self) -> dict[str, Any]:
        """What is claimed, as `claim_need` takes it."""
        which, _dash, number = (self.unit.data or "").partition("-")
        organisation_id = team_id = None
        if which == "team":
            team_id = int(number)
            organisation_id = self.teams[team_id].organisation_id
        elif which == "organisation":
            organisation_id = int(number)
        return {
            "client_id": self.client_id.data or "",
            "organisation_id": organisation_id,
            "team_id": team_id,
            "resource_id": None,
            "quantity": self.counted,
            "message": self.message.data or "",
        }


class ReportForm(MeasuredForm):
    """What was done on one day."""

    delivered_on = DateField(_l("哪一天"), [Required()])
    minutes = HoursField(_l("合计多少小时"), [Optional()], zero=True)
    people = WholeNumberField(_l("帮到多少人"), [Optional(), NumberBetween(0, MOST)])
    times = WholeNumberField(_l("多少人次"), [Optional(), NumberBetween(0, MOST)])
    value = MoneyField(_l("价值（元）"), [Optional()], zero=True)
    note = StringField(_l("做了什么"), [Optional(), LengthBetween(0, 200)])

    @classmethod
    def for_need(cls, need: Need, *, fresh: bool) -> ReportForm:
        """The form of one need; `fresh` where nothing was sent for it."""
        form = cls(formdata=None, prefix="report-") if fresh else cls(prefix="report-")
        form.kind = need.kind
        if fresh:
            form.delivered_on.data = clock.today()
        return form

    def said(self) -> dict[str, Any]:
        """What was done, as `report_service` takes it; of hours the quantity is the time itself."""
        minutes = self.minutes.data or 0
        people = self.people.data or 0
        return {
            "client_id": self.client_id.data or "",
            "delivered_on": self.delivered_on.data,
            "quantity": minutes if self.kind is ResourceKind.HOURS else self.counted or 0,
            "minutes": minutes,
            "people": people,
            "times": people if self.times.data is None else self.times.data,
            "value": self.value.data,
            "note": self.note.data or "",
        }


class EvaluateForm(BaseForm):
    """Stars and words about the other side; everybody may read them."""

    stars = SelectField(_l("几颗星"), [Required()], choices=[])
    words = TextAreaField(_l("想说的话"), [Optional(), LengthBetween(0, 300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stars.choices = [
            ("5", _("5 星，很好")),
            ("4", _("4 星，好")),
            ("3", _("3 星，一般")),
            ("2", _("2 星，差一些")),
            ("1", _("1 星，不好")),
        ]

    def said(self) -> dict[str, Any]:
        """What was said, as `evaluate` takes it."""
        return {"stars": int(self.stars.data), "words": self.words.data or ""}

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field."""
        attach(self, error)
