"""What ends a project: when, why, and what becomes of the money that is left."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from charity import clock
from charity.disclosure.models import SurplusChoice, SurplusDisposal
from charity.disclosure.services.closing import REASON_LENGTH
from charity.disclosure.services.noticing import LENGTHS
from web.forms import BaseForm, DateField, LengthBetween, Optional, Required
from web.labels import label


class ClosingForm(BaseForm):
    """The figures stand beside it; only what the plan leaves open is asked."""

    fund = HiddenField()
    ended_on = DateField(_l("项目哪一天结束的"), [Required()])
    reason = TextAreaField(
        _l("做成了什么、为什么有结余"), [Required(), LengthBetween(2, REASON_LENGTH)]
    )
    disposal = RadioField(_l("剩余的钱怎么办"), [Optional()], choices=[], validate_choice=False)
    into = SelectField(_l("转给哪个项目"), [Optional()], coerce=int, choices=[])

    @classmethod
    def among(
        cls,
        ways: Sequence[SurplusDisposal],
        funds: Sequence[tuple[int, str]],
        **data: object,
    ) -> ClosingForm:
        """The form with the ways that are open and the funds of the same book."""
        form = cls(data=data)
        form.disposal.choices = [(way.value, label(way)) for way in ways]
        form.disposal.flags.required = bool(ways)
        form.into.choices = [(0, _("（不转）")), *funds]
        if not form.is_submitted():
            form.ended_on.data = form.ended_on.data or clock.today()
            if len(ways) == 1:
                form.disposal.data = ways[0].value
        return form

    @property
    def way(self) -> SurplusDisposal | None:
        """What was chosen; None where nothing was to choose."""
        chosen = self.disposal.data
        return SurplusDisposal(chosen) if chosen in set(SurplusDisposal) else None


class AskForm(BaseForm):
    """The last day for givers to answer."""

    answers_until = DateField(_l("捐赠人答复到哪一天"), [Required()])


class SubmitForm(BaseForm):
    """The notice that goes up with it; unused where givers were asked or nothing is left."""

    notice_title = StringField(_l("公示标题"), [LengthBetween(0, LENGTHS["title"])])
    notice_body = TextAreaField(_l("公示内容"), [LengthBetween(0, LENGTHS["body"])])


class RefuseForm(BaseForm):
    """Why it is not agreed to."""

    reason = TextAreaField(_l("退回的理由"), [Required(), LengthBetween(2, 1000)])


class ChoiceForm(BaseForm):
    """What a giver wants."""

    choice = RadioField(_l("你的这份钱怎么办"), [Required(_l("请选一个。"))], choices=[])

    @classmethod
    def asking(cls, into: str, chosen: SurplusChoice | None) -> ChoiceForm:
        """The form with both answers in words."""
        form = cls(data={"choice": chosen.value if chosen is not None else None})
        form.choice.choices = [
            (SurplusChoice.MOVE.value, _("转给“%(name)s”，继续用在同样的事上", name=into)),
            (SurplusChoice.REFUND.value, _("退还给我，原路退回")),
        ]
        return form
