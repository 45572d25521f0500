"""What is asked about an award: of organiser and winner, of the charity's people."""

from __future__ import annotations

from collections.abc import Sequence
from types import new_class
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from charity.money import ZERO, Money
from projects.ventures.models import AwardChangeKind, EvaluationKind
from projects.ventures.services import AwardDraft
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    Optional,
    Required,
)
from web.labels import choices
from web.ventures.forms import fresh_id


class ProposeForm(BaseForm):
    """Who is to be given how much; `propose_form` adds a row for each ranked entry."""

    ids: Sequence[int] = ()

    @property
    def rows(self) -> dict[int, tuple[Any, Any, Any]]:
        """Each entry with its three fields."""
        return {
            each: (self[f"pick_{each}"], self[f"amount_{each}"], self[f"honour_{each}"])
            for each in self.ids
        }

    def drafts(self) -> list[AwardDraft]:
        """Those that were picked."""
        return [
            AwardDraft(each, amount.data or ZERO, honour.data or "")
            for each, (pick, amount, honour) in self.rows.items()
            if pick.data
        ]


def propose_form(usual: dict[int, tuple[bool, Money]]) -> ProposeForm:
    """The form of these entries, with what is usual for each."""
    fields: dict[str, Any] = {"ids": tuple(usual)}
    for each, (picked, amount) in usual.items():
        fields[f"pick_{each}"] = BooleanField(_l("资助"), default=picked)
        fields[f"amount_{each}"] = MoneyField(_l("给多少（元）"), [Optional()], default=amount)
        fields[f"honour_{each}"] = StringField(_l("称号"), [Optional(), LengthBetween(0, 60)])
    kind = new_class("FilledProposeForm", (ProposeForm,), {}, lambda made: made.update(fields))
    return cast(ProposeForm, kind())


class AnnounceForm(BaseForm):
    """The notice of an award."""

    title = StringField(_l("公示的标题"), [Required(), LengthBetween(2, 120)])
    body = TextAreaField(_l("公示的内容"), [Required(), LengthBetween(2, 5000)])


class ReasonForm(BaseForm):
    """Why."""

    reason = TextAreaField(_l("为什么"), [Required(), LengthBetween(2, 1000)])


class NoteForm(BaseForm):
    """What was found."""

    note = TextAreaField(_l("意见"), [Required(), LengthBetween(2, 2000)])


class EvaluateForm(NoteForm):
    """What was found of a report, and whether it passes."""

    kind = HiddenField()
    passes = SelectField(_l("通过吗"), [Required()], choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passes.choices = [("yes", _l("通过")), ("no", _l("不通过"))]


class DecideForm(BaseForm):
    """Whether a change is agreed to."""

    change_id = HiddenField()
    agrees = SelectField(_l("同意吗"), [Required()], choices=[])
    note = TextAreaField(_l("意见"), [Optional(), LengthBetween(0, 2000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agrees.choices = [("yes", _l("同意")), ("no", _l("不同意"))]


class AskBackForm(BaseForm):
    """Money that is asked back."""

    amount = MoneyField(_l("追回多少（元）"), [Required()])
    reason = TextAreaField(_l("为什么"), [Required(), LengthBetween(2, 1000)])


class HonourForm(BaseForm):
    """An honour of the winner."""

    title = StringField(_l("荣誉"), [Required(), LengthBetween(2, 100)])
    source_url = StringField(_l("公布的网页"), [Required(), LengthBetween(8, 300)])


class ReallocateForm(BaseForm):
    """To whom money that was left goes."""

    application_id = SelectField(_l("给哪个项目"), [Required()], choices=[], coerce=int)
    amount = MoneyField(_l("给多少（元）"), [Required()])


class StageForm(BaseForm):
    """Which stage is meant."""

    tranche_id = HiddenField(validators=[Required()])


class SignForm(BaseForm):
    """The winner signs."""

    agreed = BooleanField(_l("我代表本单位，同意上面写的每一条"), [Required()])


class ReportForm(BaseForm):
    """What the winner did so far."""

    kind = SelectField(_l("哪一次"), [Required()], choices=[])
    report = TextAreaField(_l("做了什么"), [Required(), LengthBetween(10, 20_000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(EvaluationKind)


class ChangeForm(BaseForm):
    """What the winner wants changed."""

    kind = SelectField(_l("变什么"), [Required()], choices=[])
    words = TextAreaField(_l("怎么变，为什么"), [Required(), LengthBetween(2, 2000)])
    until = DateField(_l("延到哪天"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(AwardChangeKind)


class EnterForm(BaseForm):
    """Into which competition of the level above."""

    client_id = HiddenField()
    competition_id = SelectField(_l("报到哪一个"), [Required()], choices=[], coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fresh_id(self)


class AgreeForm(BaseForm):
    """A second pair of eyes on a stage: yes, or no with a reason."""

    agrees = SelectField(_l("同意吗"), [Required()], choices=[])
    reason = TextAreaField(_l("不同意的理由"), [Optional(), LengthBetween(0, 1000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agrees.choices = [("yes", _l("同意付款")), ("no", _l("不同意"))]


class PayForm(BaseForm):
    """When a stage was paid."""

    paid_on = DateField(_l("付款日期"), [Required()])


class RecoverForm(BaseForm):
    """What came back, and when."""

    amount = MoneyField(_l("退回多少（元）"), [Required()])
    occurred_on = DateField(_l("哪天退回"), [Required()])
