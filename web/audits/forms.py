"""What is asked of who plans a check, draws, publishes, and of an organisation that appeals."""

from __future__ import annotations

import enum
import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from charity.audits.models import (
    AuditConclusion,
    AuditKind,
    AuditLevel,
    FirmKind,
    FrameStratum,
    OrganisationRisk,
    OrganisationSize,
)
from charity.audits.plan_drafts import FrameFilter, PlanDraft
from charity.audits.queries.frames import REGISTERED
from charity.errors import DomainError
from charity.evidence import reencode
from charity.registry.models import OrganisationKind
from web.forms import (
    BaseForm,
    CreditCodeField,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    RegionField,
    Required,
    WholeNumberField,
)
from web.labels import choices, label, sentence

#: A SHA-256 as everybody writes it.
HEX_64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
#: Filters of a frame and the kinds of their values.
FILTERS: dict[str, type[enum.Enum]] = {
    "kinds": OrganisationKind,
    "sizes": OrganisationSize,
    "risks": OrganisationRisk,
}
#: Fields of a plan that are what they say.
PLAIN = (
    "title", "kind", "level", "region_code", "period_from", "period_until", "starts_on", "ends_on",
    "scope", "coverage", "team_size", "budget", "response_days", "rectification_days",
)  # fmt: skip


class Boxes(SelectMultipleField):
    """Some of a few, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ExactField(StringField):
    """A text that is taken as it is typed: nothing is trimmed off a secret."""


class AuditPlanForm(BaseForm):
    """What is looked at, how many are drawn from whom, and how long everybody has."""

    title = StringField(_l("计划名称"), [Required(), LengthBetween(4, 200)])
    kind = SelectField(_l("哪一种抽查"), choices=[], coerce=AuditKind)
    level = SelectField(_l("哪一级登记的组织"), choices=[], coerce=AuditLevel)
    region_code = RegionField(_l("哪里登记的组织"), [Required()], least=2)
    period_from = DateField(_l("查哪段时间：从"), [Required()])
    period_until = DateField(_l("查哪段时间：到"), [Required()])
    starts_on = DateField(_l("什么时候查：从"), [Required()])
    ends_on = DateField(_l("什么时候查：到"), [Required()])
    scope = TextAreaField(_l("查什么"), [Required(), LengthBetween(4, 4000)])
    coverage = WholeNumberField(_l("抽百分之几"), [Required(), NumberBetween(1, 100)])
    kinds = Boxes(_l("只抽这些类型"), [Optional()], choices=[])
    sizes = Boxes(_l("只抽这些规模"), [Optional()], choices=[])
    risks = Boxes(_l("只抽这些风险"), [Optional()], choices=[])
    charities = BooleanField(_l("只抽慈善组织"))
    strata = Boxes(_l("分组抽"), [Optional()], choices=[])
    team_size = WholeNumberField(_l("每家派几个人"), [Required(), NumberBetween(2, 20)], default=2)
    budget = MoneyField(_l("预算"), [Required()], zero=True)
    response_days = WholeNumberField(
        _l("几个工作日内回复"), [Required(), NumberBetween(1, 250)], default=10
    )
    rectification_days = WholeNumberField(
        _l("几个工作日内改好"), [Required(), NumberBetween(1, 250)], default=30
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(AuditKind)
        self.level.choices = choices(AuditLevel)
        self.strata.choices = choices(FrameStratum)
        for name, members in FILTERS.items():
            self[name].choices = choices(members)
        # nobody else is registered with a civil-affairs office
        self.kinds.choices = [(each.value, label(each)) for each in REGISTERED]

    def draft(self) -> PlanDraft:
        """The plan as the services take it; an empty filter asks for everybody."""
        said = {name: value for name, value in self.data.items() if name in PLAIN}
        return PlanDraft(
            **said,
            frame_filter=FrameFilter(
                kinds=tuple(OrganisationKind(each) for each in self.kinds.data or ()),
                sizes=tuple(OrganisationSize(each) for each in self.sizes.data or ()),
                risks=tuple(OrganisationRisk(each) for each in self.risks.data or ()),
                charities=bool(self.charities.data),
            ),
            strata=tuple(FrameStratum(each) for each in self.strata.data or ()),
        )


class FirmForm(BaseForm):
    """A firm that is commissioned, with its letter."""

    name = StringField(_l("事务所全称"), [Required(), LengthBetween(2, 100)])
    uscc = CreditCodeField(_l("统一社会信用代码"), [Required()])
    kind = SelectField(_l("哪一类事务所"), choices=[], coerce=FirmKind)
    paper = FileField(_l("委托证明"), [Required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(FirmKind)
        #: The bytes that were sent; empty for none.
        self.sent: bytes = b""

    def validate_paper(self, field: Any) -> None:
        """It is a picture or a document that can be drawn anew."""
        self.sent = field.data.read() if field.data else b""
        if not self.sent:
            return
        try:
            reencode(self.sent)
        except DomainError as refusal:
            raise ValidationError(sentence(refusal.reason, refusal.params)) from refusal


class InspectorForm(BaseForm):
    """Somebody with the role, and the firm they come from."""

    user_id = SelectField(_l("检查员"), choices=[], coerce=int)
    firm_id = SelectField(_l("哪里派来"), choices=[], coerce=int)


class RecusalForm(BaseForm):
    """Who does not go to whom, and why."""

    inspector_id = SelectField(_l("谁回避"), choices=[], coerce=int)
    organisation_id = SelectField(_l("哪家组织"), choices=[], coerce=int)
    note = StringField(_l("说明"), [Optional(), LengthBetween(0, 500)], default="")


class AnnounceForm(BaseForm):
    """The seal of the secret, and the public number named before anybody knows it."""

    commitment = StringField(_l("密语的封条"), [Optional(), LengthBetween(64, 64)], default="")
    number_name = StringField(_l("用哪个公开号码"), [Required(), LengthBetween(4, 200)])
    number_on = DateField(_l("号码哪天产生"), [Required()])
    secret_due_on = DateField(_l("最晚哪天打开密语"), [Optional()])

    def validate_commitment(self, field: Any) -> None:
        """It is a SHA-256 in lower-case hex."""
        if field.data and not HEX_64.fullmatch(field.data):
            raise ValidationError(_l("封条是 64 位小写的十六进制数，由密语算出来。"))


class SealForm(BaseForm):
    """A secret to be hashed; it is neither stored nor written into any log."""

    secret = ExactField(_l("密语"), [Required(), LengthBetween(12, 200)])


class OpenForm(BaseForm):
    """What decides the draw."""

    secret = ExactField(_l("密语"), [Optional(), LengthBetween(0, 200)], default="")
    public_number = StringField(_l("公开号码"), [Required(), LengthBetween(1, 100)])


class CorrectionForm(BaseForm):
    """What is said anew of a result, and why."""

    explanation = TextAreaField(_l("为什么更正"), [Required(), LengthBetween(4, 2000)])
    conclusion = SelectField(_l("结论"), choices=[], coerce=AuditConclusion)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conclusion.choices = choices(AuditConclusion)


class AppealForm(BaseForm):
    """What the organisation holds against a result."""

    body = TextAreaField(_l("哪里不对"), [Required(), LengthBetween(4, 4000)])


class AppealAnswerForm(BaseForm):
    """What is answered to it."""

    answer = TextAreaField(_l("答复"), [Required(), LengthBetween(2, 4000)])


class RefusalForm(BaseForm):
    """Why an organisation gets no more time; it reads this."""

    reason = TextAreaField(_l("为什么不同意"), [Required(), LengthBetween(4, 1000)])


class ExtensionForm(BaseForm):
    """More time for an order, with a reason that everybody reads."""

    until = DateField(_l("延到哪天"), [Required()])
    reason = TextAreaField(_l("为什么延"), [Required(), LengthBetween(4, 1000)])
