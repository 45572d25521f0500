"""What is asked of inspectors, and of the organisation they look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from charity import clock
from charity.audits.models import ChecklistVerdict, FindingSeverity, SampleMethod
from charity.audits.queries.samples import BOOK
from charity.sheets import MOST_BYTES
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
)
from web.labels import choices
from web.paper_field import PaperField

#: Characters of a long text.
LONG = 4000
#: The most vouchers one asks for by hand.
MOST_ITEMS = 2000


class DeliverForm(BaseForm):
    """检查通知书 has reached the organisation."""

    delivered_on = DateField(_l("哪天送到的"), [Required()])
    paper = PaperField(_l("签收回执"))

    @classmethod
    def fresh(cls) -> DeliverForm:
        """With today's day filled in."""
        form = cls(formdata=None)
        form.delivered_on.data = clock.today()
        return form


class NoteForm(BaseForm):
    """Words that must be given."""

    note = TextAreaField(_l("说明"), [Required(), LengthBetween(2, LONG)])


class ConclusionForm(BaseForm):
    """What the team concludes, as it is published."""

    note = TextAreaField(_l("检查结论"), [Required(), LengthBetween(2, LONG)])


class VerdictForm(BaseForm):
    """What was seen of one item of the checklist."""

    verdict = RadioField(_l("结果"), [Required()], choices=[])
    note = TextAreaField(_l("说明"), [Optional(), LengthBetween(0, LONG)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict.choices = choices(ChecklistVerdict)


class PaperForm(BaseForm):
    """A work paper, with or without a file."""

    title = StringField(_l("名称"), [Required(), LengthBetween(2, 100)])
    item = SelectField(_l("对应哪一项"), choices=[], validate_choice=True)
    body = TextAreaField(_l("看到了什么"), [Optional(), LengthBetween(0, LONG)])
    paper = PaperField(_l("照片或 PDF"))

    def offer(self, items: Sequence[tuple[str, str]]) -> None:
        """The items of the checklist to choose from."""
        self.item.choices = [("", _l("整个检查")), *items]


class TeamNoteForm(BaseForm):
    """A note among the team."""

    body = TextAreaField(_l("笔记"), [Required(), LengthBetween(1, LONG)])


class KeepFilterForm(BaseForm):
    """A filter is kept under a name."""

    name = StringField(_l("叫什么名字"), [Required(), LengthBetween(1, 40)])
    query = StringField(_l("筛选"), [Required(), LengthBetween(1, 400)])


class SampleForm(BaseForm):
    """How vouchers are drawn: method, confidence, what may be wrong."""

    method = RadioField(_l("怎么抽"), [Required()], choices=[], default=SampleMethod.MUS.value)
    source = SelectField(_l("从哪里抽"), choices=[])
    confidence = SelectField(_l("把握"), choices=[], default="95")
    tolerable = WholeNumberField(_l("可容忍的错误率"), [Optional(), NumberBetween(1, 50)])
    materiality = MoneyField(_l("可接受的错误金额（元）"), [Optional()])
    expected = WholeNumberField(_l("预计几张有错"), [Optional(), NumberBetween(0, 20)])
    size = WholeNumberField(_l("看多少张"), [Optional(), NumberBetween(1, MOST_ITEMS)])
    by = SelectField(_l("分层按什么"), choices=[], default="amount")
    subjects = TextAreaField(_l("凭判断挑哪几张"), [Optional(), LengthBetween(0, LONG)])
    seed = StringField(_l("种子"), [Required(), LengthBetween(1, 200)])

    def __init__(self, *args: Any, sources: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = choices(SampleMethod)
        self.source.choices = list(sources)
        self.confidence.choices = [(each, f"{each}%") for each in ("95", "90")]
        self.by.choices = [("amount", _("按金额大小")), ("part", _("按专账或月份"))]

    def said(self) -> dict[str, Any]:
        """What is drawn, as `draw_sample` takes it."""
        source = self.source.data or ""
        kind = "expense" if source == BOOK else "voucher_list_row"
        picked = re.findall(r"\d{1,18}", self.subjects.data or "", re.ASCII)
        return {
            "method": SampleMethod(self.method.data),
            "source": source,
            "confidence": int(self.confidence.data),
            "tolerable": self.tolerable.data,
            "materiality": self.materiality.data,
            "expected": self.expected.data or 0,
            "size": self.size.data,
            "subjects": tuple(f"{kind}:{number}" for number in picked),
            "by": self.by.data or "amount",
            "seed": self.seed.data or "",
        }


class CheckForm(BaseForm):
    """What one sampled voucher was found to be."""

    audited = MoneyField(_l("核实金额（元）"), [Required()], zero=True)
    deviation = BooleanField(_l("这张凭证不合规定"))
    note = TextAreaField(_l("说明"), [Optional(), LengthBetween(0, LONG)])


class FindingForm(BaseForm):
    """One thing that is wrong."""

    title = StringField(_l("什么问题"), [Required(), LengthBetween(2, 120)])
    item = SelectField(_l("检查清单哪一项"), [Required()], choices=[])
    severity = SelectField(_l("轻重"), [Required()], choices=[])
    rule_id = StringField(_l("依据"), [Optional(), LengthBetween(0, 40)])
    amount = MoneyField(_l("涉及金额（元）"), [Optional()], zero=True)
    body = TextAreaField(_l("事实和依据"), [Required(), LengthBetween(2, LONG)])
    paper = PaperField(_l("证据"))

    def __init__(self, *args: Any, items: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severity.choices = choices(FindingSeverity)
        self.item.choices = list(items)


class OrderForm(BaseForm):
    """What is to be put right."""

    note = TextAreaField(_l("要怎么改"), [Required(), LengthBetween(2, LONG)])


class RecheckForm(BaseForm):
    """Somebody else looked again."""

    is_right = RadioField(_l("改好了没有"), [Required()], choices=[])
    note = TextAreaField(_l("看了什么"), [Required(), LengthBetween(2, LONG)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_right.choices = [("yes", _("改好了")), ("no", _("还没有改好"))]


class VoucherListForm(BaseForm):
    """The list of vouchers of an organisation that keeps its book elsewhere."""

    file = FileField(_l("凭证清单"))

    #: The bytes of the file, once `validate` has seen them, and what it is called.
    content: bytes
    file_name: str

    def validate_file(self, field: Any) -> None:
        """A file must be there, and not beyond all measure."""
        self.content = field.data.read(MOST_BYTES + 1) if field.data else b""
        self.file_name = (getattr(field.data, "filename", "") or "")[-120:]
        if not self.content:
            raise ValidationError(_l("请选一个文件，不能是空的。"))


class RespondForm(BaseForm):
    """What the organisation says to the draft findings."""

    words = TextAreaField(_l("你们怎么看"), [Required(), LengthBetween(2, LONG)])


class PutRightForm(BaseForm):
    """What the organisation did, and the proof of it."""

    words = TextAreaField(_l("整改情况"), [Required(), LengthBetween(2, LONG)])
    paper = PaperField(_l("整改材料"))


class AskForm(BaseForm):
    """The organisation asks for more time."""

    until = DateField(_l("希望延到哪一天"), [Required()])
    reason = TextAreaField(_l("为什么"), [Required(), LengthBetween(2, LONG)])
