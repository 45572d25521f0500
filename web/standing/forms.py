"""Forms of an organisation's standing, one for each thing an authority says or staff looked at."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField, ValidationError

from charity.errors import DomainError
from charity.evidence import Evidence, reencode
from charity.registry.models import (
    CertificateBasis,
    CreditList,
    InspectionResult,
    VerifiedThing,
)
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
)
from web.labels import choices, sentence


class StandingForm(BaseForm):
    """A fact that others can read somewhere."""

    source_url = StringField(_l("来源网址"), [Optional(), LengthBetween(0, 500)], default="")


class InspectionForm(StandingForm):
    """年检结论 of one year."""

    year = WholeNumberField(_l("年度"), [Required(), NumberBetween(1990, 2100)])
    result = SelectField(_l("结论"), choices=[], coerce=InspectionResult)
    decided_on = DateField(_l("作出结论的日期"), [Required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result.choices = choices(InspectionResult)


class RatingForm(StandingForm):
    """等级评估: one to five A."""

    grade = WholeNumberField(_l("几 A"), [Required(), NumberBetween(1, 5)])
    rated_on = DateField(_l("评定日期"), [Required()])
    authority = StringField(_l("评定机关"), [Required(), LengthBetween(2, 200)])


class ListingForm(StandingForm):
    """An entry on one of the two lists."""

    which = SelectField(_l("名录"), choices=[], coerce=CreditList)
    listed_on = DateField(_l("列入日期"), [Required()])
    reason = TextAreaField(_l("列入原因"), [Required(), LengthBetween(2, 1000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.which.choices = choices(CreditList)


class CertificateForm(BaseForm):
    """公开募捐资格证书 and how it was come by."""

    number = StringField(_l("证书编号"), [Required(), LengthBetween(1, 80)])
    basis = SelectField(_l("怎样取得"), choices=[], coerce=CertificateBasis)
    charity_since = DateField(_l("登记或者认定为慈善组织的日期"), [Optional()])
    valid_from = DateField(_l("生效日期"), [Required()])
    valid_until = DateField(_l("失效日期"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis.choices = choices(CertificateBasis)


class RevocationForm(BaseForm):
    """The certificate was taken away."""

    revoked_on = DateField(_l("吊销日期"), [Required()])


class DeductibleForm(BaseForm):
    """公益性捐赠税前扣除资格, from when to when."""

    deductible_from = DateField(_l("起"), [Optional()])
    deductible_until = DateField(_l("止"), [Optional()])


class VerificationForm(BaseForm):
    """What a named verifier looked at, with the paper where there is one."""

    thing = SelectField(_l("看了什么"), choices=[], coerce=VerifiedThing)
    note = TextAreaField(_l("看到了什么，怎样核对的"), [Required(), LengthBetween(2, 2000)])
    paper = FileField(_l("材料"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thing.choices = choices(VerifiedThing)
        self._sent: bytes = b""

    def validate_paper(self, field: Any) -> None:
        """It is a picture or a document that can be drawn anew."""
        self._sent = field.data.read() if field.data else b""
        if not self._sent:
            return
        try:
            reencode(self._sent)
        except DomainError as refusal:
            raise ValidationError(sentence(refusal.reason, refusal.params)) from refusal

    @property
    def sent(self) -> bytes:
        """The bytes that were sent; empty for none."""
        return self._sent


def redrawn(content: bytes) -> Evidence:
    """The paper as it is kept."""
    return reencode(content)


class LeavingForm(BaseForm):
    """It was taken off a list."""

    removed_on = DateField(_l("移出日期"), [Required()])
    note = StringField(_l("说明"), [Optional(), LengthBetween(0, 200)], default="")
