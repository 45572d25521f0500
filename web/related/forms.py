"""Forms of related parties; fields are named as the verbs of `charity.registry` name them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from charity.registry.models import Office, RelatedParty, Relation
from web.forms import BaseForm, DateField, LengthBetween, Optional, Required
from web.labels import choices


def _party(value: object) -> int | None:
    """The id that a choice stands for; None for nobody."""
    return int(str(value)) if value else None


class RelatedForm(BaseForm):
    """One person or firm."""

    name = StringField(_l("姓名或名称"), [Required(), LengthBetween(high=200)])
    relation = SelectField(_l("关系"), [Required()], choices=[], coerce=Relation)
    relative_of_id = SelectField(_l("谁的近亲属"), [Optional()], choices=[], coerce=_party)
    office = SelectField(_l("兼任的职务"), choices=[], coerce=Office)
    employer = StringField(_l("另外在哪里工作"), [Optional(), LengthBetween(high=200)])
    identity = StringField(_l("身份证号或信用代码"), [Optional(), LengthBetween(high=30)])
    phone = StringField(_l("电话"), [Optional(), LengthBetween(high=40)])
    address = StringField(_l("住址"), [Optional(), LengthBetween(high=200)])
    account = StringField(_l("银行账号"), [Optional(), LengthBetween(high=40)])
    is_full_time = BooleanField(_l("在本机构专职"))
    is_paid = BooleanField(_l("因为这个职务领取报酬"))
    not_mainland = BooleanField(_l("不是内地居民"))
    since = DateField(_l("从哪一天起"), [Required()])

    def __init__(self, roster: list[RelatedParty], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.relation.choices = choices(Relation)
        self.office.choices = choices(Office)
        self.relative_of_id.choices = [("", _("不是近亲属"))] + [
            (str(party.id), party.name)
            for party in roster
            if party.relation is not Relation.RELATIVE and party.until is None
        ]

    def said(self) -> dict[str, Any]:
        """What was typed, as `record_related` takes it."""
        texts = ("name", "employer", "identity", "phone", "address", "account")
        marks = ("relation", "relative_of_id", "office", "is_full_time", "is_paid", "since")
        return {
            **{name: self[name].data or "" for name in texts},
            **{name: self[name].data for name in marks},
            "is_mainland": not self.not_mainland.data,
        }


class ReviewForm(BaseForm):
    """What a reviewer found."""

    note = TextAreaField(_l("审查意见"), [Required(), LengthBetween(2, 2000)])
