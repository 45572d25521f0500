"""Forms of pairings: who with whom, five things to do, a visit, the result."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from charity.errors import DomainError
from charity.money import ZERO
from charity.registry.models import Organisation
from projects.listings.queries.homeland import campaigns_of_place
from projects.listings.services.pairing import MOST_VISITORS, TASKS, Helped, TaskDraft
from web.db import get_session
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    RegionField,
    Required,
    WholeNumberField,
    attach,
)
from web.listings.filters import read_place


def _id_or_none(text: Any) -> int | None:
    return int(text) if str(text).isdigit() else None


class PairingForm(BaseForm):
    """A new pairing; of a person nothing typed is kept."""

    client_id = HiddenField()
    organisation_id = SelectField(_l("哪个单位"), [Required()], choices=[], coerce=int)
    region_code = RegionField(_l("哪个村（社区）"), [Required()], least=12)
    name = StringField(_l("这个人的姓名"), [Optional(), LengthBetween(0, 40)])
    identity = StringField(_l("这个人的证件号码"), [Optional(), LengthBetween(0, 40)])
    not_the_same = BooleanField(_l("已核对：和本单位关联人里同名的不是同一个人"))
    starts_on = DateField(_l("从哪天起"), [Required()])
    ends_on = DateField(_l("到哪天为止"), [Required()])
    committed = MoneyField(_l("承诺的帮扶款（元）"), [Optional()])
    campaign_id = SelectField(_l("款交给哪个募捐项目"), choices=[], coerce=_id_or_none)

    def __init__(self, units: Sequence[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation_id.choices = [(each.id, each.name) for each in units]
        place = request.form.get("region_code") or request.args.get("place", "")
        code = read_place(place.split(" ", 1)[0])
        open_ones = campaigns_of_place(get_session(), code) if code else []
        self.campaign_id.choices = [
            ("", _("不承诺款项")),
            *((each.id, each.title) for each in open_ones),
        ]
        if not self.is_submitted():
            self.client_id.data = str(uuid.uuid4())

    @property
    def tasks(self) -> list[tuple[Any, Any]]:
        """The five things, each with its day, as fields."""
        return [(self[f"task{n}"], self[f"due{n}"]) for n in range(1, TASKS + 1)]

    def said(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return {
            "client_id": self.client_id.data or "",
            "organisation_id": self.organisation_id.data,
            "region_code": self.region_code.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "tasks": [TaskDraft(title.data or "", due.data) for title, due in self.tasks],
            "helped": Helped(
                self["name"].data or "", self.identity.data or "", bool(self.not_the_same.data)
            ),
            "committed": self.committed.data or ZERO,
            "campaign_id": self.campaign_id.data,
        }

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field; the five things have their first one's place."""
        if error.field == "tasks":
            error.field = "task1"
        attach(self, error)


for _n in range(1, TASKS + 1):
    setattr(
        PairingForm,
        f"task{_n}",
        StringField(_l("第 %(n)s 件实事", n=_n), [Required(), LengthBetween(2, 80)]),
    )
    setattr(PairingForm, f"due{_n}", DateField(_l("第 %(n)s 件哪天办好", n=_n), [Required()]))


class TaskForm(BaseForm):
    """One of the five things is done."""

    done_on = DateField(_l("哪天办好的"), [Required()])
    note = StringField(_l("怎么办的"), [Optional(), LengthBetween(0, 500)])


class VisitForm(BaseForm):
    """A visit."""

    visited_on = DateField(_l("哪天去的"), [Required()])
    visitors = WholeNumberField(_l("去了几个人"), [Required(), NumberBetween(1, MOST_VISITORS)])
    words = TextAreaField(_l("做了什么"), [Required(), LengthBetween(2, 1000)])


class EndForm(BaseForm):
    """The result, for everybody to read."""

    result = TextAreaField(_l("结果"), [Required(), LengthBetween(2, 2000)])
