"""What a notice says, what somebody objects, and what is answered."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from charity.disclosure import periods
from charity.disclosure.models import PublicNoticeKind
from charity.disclosure.services.noticing import LENGTHS
from charity.registry.models import Organisation
from web.forms import BaseForm, LengthBetween, RegionField, Required
from web.labels import choices


class NoticeForm(BaseForm):
    """One notice; the rule says how long it stands."""

    subject = HiddenField()
    organisation = SelectField(_l("公示单位"), coerce=int, choices=[])
    kind = SelectField(_l("公示什么"), [Required()], choices=[])
    region_code = RegionField(_l("在哪里公示"), [Required()], least=2)
    title = StringField(_l("标题"), [Required(), LengthBetween(2, LENGTHS["title"])])
    body = TextAreaField(_l("内容"), [Required(), LengthBetween(2, LENGTHS["body"])])
    rule_id = RadioField(_l("公示多久"), [Required()], choices=[], default=periods.SEVEN_DAYS)

    @classmethod
    def among(cls, organisations: Iterable[Organisation], **data: object) -> NoticeForm:
        """The form with the organisations one may announce for."""
        form = cls(data=data)
        form.organisation.choices = [(each.id, each.name) for each in organisations]
        form.kind.choices = choices(PublicNoticeKind)
        form.rule_id.choices = [
            (periods.SEVEN_DAYS, _("七天")),
            (periods.WORKDAYS, _("五个工作日（遇节假日顺延）")),
            (periods.VILLAGE_PAYOUT, _("七天（村社拨付）")),
        ]
        return form


class ObjectionForm(BaseForm):
    """What is not so, and how to reach who says it."""

    body = TextAreaField(
        _l("哪里不对，有什么依据"), [Required(), LengthBetween(2, LENGTHS["objection"])]
    )
    person = StringField(_l("你的称呼"), [Required(), LengthBetween(1, LENGTHS["name"])])
    contact = StringField(_l("电话或邮箱"), [Required(), LengthBetween(3, LENGTHS["contact"])])


class AnswerForm(BaseForm):
    """The answer, and whether the objection is right."""

    answer = TextAreaField(_l("答复"), [Required(), LengthBetween(2, LENGTHS["answer"])])
    verdict = RadioField(_l("异议成立吗"), [Required(_l("请选一个。"))], choices=[])

    @classmethod
    def fresh(cls, **kwargs: object) -> AnswerForm:
        """The form with its two verdicts."""
        form = cls(**kwargs)
        form.verdict.choices = [
            ("no", _("不成立，公示继续")),
            ("yes", _("成立，撤下公示")),
        ]
        return form


class WithdrawForm(BaseForm):
    """Why a notice is taken down."""

    reason = TextAreaField(_l("为什么撤下"), [Required(), LengthBetween(2, LENGTHS["answer"])])
