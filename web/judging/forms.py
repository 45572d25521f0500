"""What is asked of judges, of the organiser about judges, and of voters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from decimal import Decimal, InvalidOperation
from types import new_class
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import TextInput

from charity.sheets import MOST_BYTES
from projects.ventures.models import Application, Assignment, Criterion, Judge, JudgingRound
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    NumberBetween,
    Optional,
    Required,
    TypedField,
    WholeNumberField,
)
from web.labels import choices
from web.ventures.forms import fresh_id

#: Characters a judge may write beside a line or about the whole.
COMMENT = 2000


class PointsField(TypedField):
    """Points with at most one digit behind the point; `data` is in tenths."""

    def __init__(self, label: Any = None, validators: Any = None, *, most: int, **kwargs: Any):
        super().__init__(label, validators, **kwargs)
        #: The most points of this line.
        self.most = most

    def read(self, text: str) -> int:
        """Read points as people write them; a blank is no score."""
        try:
            tenths = Decimal(text) * 10
        except InvalidOperation:
            raise ValueError(_l("请写分数，例如 18 或 18.5。")) from None
        if not tenths.is_finite() or tenths != tenths.to_integral_value():
            raise ValueError(_l("请写分数，例如 18 或 18.5。"))
        if not 0 <= tenths <= self.most * 10:
            raise ValueError(_l("这一项在 0 到 %(most)s 分之间。", most=self.most))
        return int(tenths)

    def write(self, value: int) -> str:
        """Whole points without a digit behind the point."""
        return points_said(value)


def points_said(tenths: int) -> str:
    """Points as people write them: 18 or 18.5."""
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


class SheetForm(BaseForm):
    """A score sheet: one field and one word for each line of the rubric, and a word on the whole.

    The lines are added by `sheet_form`.
    """

    client_id = HiddenField()
    comment = TextAreaField(_l("总的看法"), [Optional(), LengthBetween(0, COMMENT)])
    criteria: Sequence[Criterion] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fresh_id(self)

    @property
    def lines(self) -> list[tuple[Criterion, Any, Any]]:
        """Each line of the rubric with its two fields."""
        return [
            (each, self[f"points_{each.id}"], self[f"said_{each.id}"]) for each in self.criteria
        ]

    def given(self) -> dict[str, Any]:
        """What was filled in, as the services take it."""
        return {
            "points": {each.id: points.data for each, points, _said in self.lines},
            "comments": {
                each.id: said.data or "" for each, points, said in self.lines
                if points.data is not None
            },
            "comment": self.comment.data or "",
        }  # fmt: skip


def sheet_form(criteria: Sequence[Criterion], sheet: Assignment | None = None) -> SheetForm:
    """The form of a rubric, with what was saved."""
    fields: dict[str, Any] = {"criteria": tuple(criteria)}
    for each in criteria:
        fields[f"points_{each.id}"] = PointsField(each.title, [Optional()], most=each.weight)
        fields[f"said_{each.id}"] = StringField(
            _l("为什么给这个分"), [Optional(), LengthBetween(0, COMMENT)]
        )
    kind = new_class("FilledSheetForm", (SheetForm,), {}, lambda made: made.update(fields))
    kept: dict[str, Any] = {}
    if sheet is not None:
        kept["comment"] = sheet.comment
        for score in sheet.scores:
            kept[f"points_{score.criterion_id}"] = score.points
            kept[f"said_{score.criterion_id}"] = score.comment
    return cast(SheetForm, kind(data=kept))


class BecauseForm(BaseForm):
    """A reason, for those it concerns."""

    because = TextAreaField(_l("什么关系"), [Required(), LengthBetween(2, 1000)])


# ── the organiser ────────────────────────────────────────────────────────────────────────────────


class InviteForm(BaseForm):
    """Who is asked to judge."""

    login = StringField(_l("评委的登录名"), [Required(), LengthBetween(1, 200)])
    affiliation = StringField(_l("单位"), [Optional(), LengthBetween(0, 80)])
    expertise = StringField(_l("熟悉的方向"), [Optional(), LengthBetween(0, 120)])


class PairForm(BaseForm):
    """A judge and an entry, and why."""

    judge_id = SelectField(_l("评委"), [Required()], choices=[], coerce=int)
    application_id = SelectField(_l("项目"), [Required()], choices=[], coerce=int)
    because = StringField(_l("为什么"), [Required(), LengthBetween(2, 1000)])

    def among(self, judges: Sequence[Judge], entries: Sequence[Application]) -> PairForm:
        """Offer these judges and entries."""
        self.judge_id.choices = [(each.id, each.name) for each in judges]
        self.application_id.choices = [
            (each.id, f"{each.number} · {each.title}") for each in entries
        ]
        return self


class TimeField(TypedField):
    """A time of day in China, as browsers send it: 09:30."""

    widget = TextInput(input_type="time")

    def read(self, text: str) -> time:
        """Read hours and minutes."""
        if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:00)?", text, re.ASCII):
            return time.fromisoformat(text)
        raise ValueError(_l("时间写成 09:30 这样。"))

    def write(self, value: time) -> str:
        """Hours and minutes."""
        return value.strftime("%H:%M")


class PlanForm(BaseForm):
    """When the first one presents, and how long each has."""

    day = DateField(_l("哪一天"), [Required()])
    at = TimeField(_l("几点开始"), [Required()])
    minutes = WholeNumberField(_l("每个项目几分钟"), [Required(), NumberBetween(1, 240)])
    pause = WholeNumberField(_l("中间歇几分钟"), [Optional(), NumberBetween(0, 240)])
    place = StringField(_l("地点"), [Optional(), LengthBetween(0, 120)])


class MoveForm(BaseForm):
    """Another time and place for one entry."""

    day = DateField(_l("哪一天"), [Required()])
    at = TimeField(_l("几点"), [Required()])
    place = StringField(_l("地点"), [Optional(), LengthBetween(0, 120)])


class NumberForm(BaseForm):
    """The public number that parts equal points, where one is needed."""

    number = StringField(_l("公开号码"), [Optional(), LengthBetween(0, 60)])
    number_name = StringField(_l("哪一种号码"), [Optional(), LengthBetween(0, 80)])
    number_on = DateField(_l("哪天开出"), [Optional()])


class ScoreListForm(BaseForm):
    """A file of score sheets filled in on paper."""

    round = SelectField(_l("哪一轮"), [Required()], choices=[], coerce=JudgingRound)
    file = FileField(_l("评分表文件"), [Required()])
    #: The bytes of the file, once `validate` has seen them.
    content: bytes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round.choices = choices(JudgingRound)

    def validate_file(self, field: Any) -> None:
        """A file must be there."""
        self.content = field.data.read(MOST_BYTES + 1) if field.data else b""
        if not self.content:
            raise ValidationError(_l("请选一个文件，不能是空的。"))


# ── the public ───────────────────────────────────────────────────────────────────────────────────


class VoteForm(BaseForm):
    """The one vote."""

    application_id = RadioField(
        _l("选一个项目"), [Required(_l("请选一个项目。"))], choices=[], coerce=int
    )
