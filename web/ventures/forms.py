"""What is asked of an applicant: to begin, to write, to sign.

A draft is saved whatever is missing: each field that cannot be kept stays as it was typed, with its
sentence beside it, and all others are saved.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import ValidationError as NotValid

from charity.errors import DomainError, Invalid
from charity.evidence import MAX_BYTES, Evidence, reencode
from charity.money import ZERO, Money
from charity.registry.models import Organisation
from projects.ventures.models import Application, ApplicationLineKind, Competition
from projects.ventures.reasons import VentureReason
from projects.ventures.services import LineAsked
from projects.ventures.services.applying import MAX_FILES, PLAN, SUMMARY, TITLE
from web.forms import (
    BaseForm,
    LengthBetween,
    MoneyField,
    Optional,
    RegionField,
    Required,
    attach,
)
from web.labels import choices, sentence
from web.listings.forms import RowForm, Rows, filled
from web.ventures.sums import Typed

#: What a browser offers to choose from; what is taken the first bytes decide.
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"
#: Rows a budget may have on the page.
MOST_ROWS = 20


def fresh_id(form: BaseForm, name: str = "client_id") -> None:
    """Give a form that came without its number a new one."""
    try:
        uuid.UUID(form[name].data or "")
    except ValueError:
        form[name].data = str(uuid.uuid4())


class ApplyForm(BaseForm):
    """The beginning: which organisation, what it is called, which track."""

    client_id = HiddenField()
    organisation = SelectField(_l("哪个组织申报"), [Required()], choices=[], coerce=int)
    title = StringField(_l("项目名称"), [Required(), LengthBetween(2, TITLE)])
    track = SelectField(_l("方向"), choices=[], default="")

    @classmethod
    def among(cls, organisations: Sequence[Organisation], found: Competition) -> ApplyForm:
        """The form with the organisations one may apply for."""
        form = cls()
        form.organisation.choices = [(each.id, each.name) for each in organisations]
        form.track.choices = track_choices(found)
        fresh_id(form)
        return form


def track_choices(found: Competition) -> list[tuple[str, str]]:
    """The tracks of a competition, and none yet."""
    return [("", _("请选")), *((str(each.id), each.name) for each in found.tracks)]


class AskedLineForm(RowForm):
    """One line of a budget."""

    name = StringField(_l("用途"), [Required(), LengthBetween(1, 80)])
    kind = SelectField(
        _l("类别"), choices=[], coerce=ApplicationLineKind, default=ApplicationLineKind.ACTIVITY
    )
    asked = MoneyField(_l("申请资助（元）"), [Optional()], zero=True)
    self_raised = MoneyField(_l("自筹（元）"), [Optional()], zero=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(ApplicationLineKind)

    def validate(self, extra_validators: Any = None) -> bool:
        """A line that was begun has a name and a sum, asked or raised."""
        super().validate(extra_validators)
        if not self.is_blank and not self.errors and not self.sum:
            self.asked.errors = [_("写上申请多少，或者自筹多少。")]
        return not self.errors

    @property
    def sum(self) -> Money:
        """What it costs."""
        return (self.asked.data or ZERO) + (self.self_raised.data or ZERO)

    @property
    def drafted(self) -> LineAsked:
        """The line as the services take it."""
        return LineAsked(self["name"].data or "", self.kind.data, self.sum, self.asked.data or ZERO)


class ApplicationForm(BaseForm):
    """The application while it is written."""

    title = StringField(_l("项目名称"), [LengthBetween(0, TITLE)])
    track = SelectField(_l("方向"), choices=[], default="")
    need = SelectField(_l("办居民提出的哪一件事"), choices=[], default="")
    region_code = RegionField(_l("在哪里做"), [Required()], least=6)
    summary = TextAreaField(_l("一句话说清楚"), [LengthBetween(0, SUMMARY)])
    plan = TextAreaField(_l("打算怎么做"), [LengthBetween(0, PLAN)])
    lines = Rows(AskedLineForm, _l("预算"), least=2)
    papers = MultipleFileField(_l("附件"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.papers.flags.accept = ACCEPT
        #: The papers as they will be kept, once `validate` has looked at them.
        self.drawn: list[tuple[str, Evidence]] = []

    @classmethod
    def of(cls, found: Application, competition: Competition, *, fresh: bool) -> ApplicationForm:
        """The form of one draft; `fresh` where nothing was sent for it."""
        kept: dict[str, Any] = {
            "title": found.title,
            "track": str(found.track_id or ""),
            "need": str(found.need_id or ""),
            "region_code": found.region_code,
            "summary": found.summary,
            "plan": found.plan,
            "lines": [
                {"name": line.name, "kind": line.kind, "asked": line.asked,
                 "self_raised": line.self_raised}
                for line in found.lines
            ],
        }  # fmt: skip
        form = cls(formdata=None, **kept) if fresh else cls()
        form.region_code.within = competition.region_code
        form.track.choices = track_choices(competition)
        needs = [(str(each.need_id), each.need.title) for each in competition.needs]
        form.need.choices = [("", _("不是这里面的")), *needs]
        return form

    def validate_papers(self, field: Any) -> None:
        """Draw each anew, or say why it cannot be taken."""
        self.drawn = []
        sent = [each for each in field.data or [] if getattr(each, "filename", "")]
        if len(sent) > MAX_FILES:
            raise NotValid(sentence(VentureReason.FILES_TOO_MANY, {"most": MAX_FILES}))
        for each in sent:
            try:
                paper = reencode(each.read(MAX_BYTES + 1), field="papers")
            except Invalid as refusal:
                raise NotValid(sentence(refusal.reason, refusal.params)) from None
            self.drawn.append((each.filename[-100:], paper))

    def change_rows(self, pressed: Any) -> None:
        """Drop a row where such a button was pressed."""
        at = pressed.get("drop_line", "")
        if at in map(str, range(len(self.lines.entries))):
            del self.lines.entries[int(at)]

    def add_row(self) -> None:
        """One more row."""
        if len(self.lines.entries) < MOST_ROWS:
            self.lines.append_entry()

    @property
    def whole_lines(self) -> list[AskedLineForm]:
        """The rows that can be kept."""
        return [row for row in filled(self.lines) if not row.errors]

    def typed(self) -> list[Typed]:
        """The budget as it was typed."""
        return [
            (row["name"].data or "", row.kind.data, row.asked.data or ZERO,
             row.self_raised.data or ZERO)
            for row in self.whole_lines
        ]  # fmt: skip

    def said(self, kept: Application) -> dict[str, Any]:
        """What can be saved now; a field with a fault keeps what was saved before."""

        def best(name: str, before: Any) -> Any:
            return before if self[name].errors else self[name].data

        track = best("track", str(kept.track_id or ""))
        need = best("need", str(kept.need_id or ""))
        return {
            "title": best("title", kept.title) or "",
            "summary": best("summary", kept.summary) or "",
            "plan": best("plan", kept.plan) or "",
            "region_code": best("region_code", kept.region_code),
            "track_id": int(track) if track else None,
            "need_id": int(need) if need else None,
            "lines": [row.drafted for row in self.whole_lines],
        }

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field."""
        names = {"track_id": "track", "need_id": "need", "files": "papers"}
        error.field = names.get(error.field or "", error.field)
        if error.field == "lines":
            error.field = None
        attach(self, error)


class SignForm(BaseForm):
    """The signature under the commitment."""

    agreed = BooleanField(_l("我代表本单位看过以上内容，作出承诺，愿意承担后果。"), [Required()])
    signature = StringField(_l("签名"), [Required(), LengthBetween(1, 60)])

    def __init__(self, *args: Any, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: The name of the person behind the account.
        self.person_name = name

    def validate_signature(self, field: Any) -> None:
        """The name is that of who is signed in."""
        if self.person_name and field.data and field.data != self.person_name:
            raise NotValid(_("请写你登记在账户里的姓名。"))


class WithdrawApplicationForm(BaseForm):
    """Why an applicant stands back."""

    reason = StringField(_l("为什么撤回"), [Required(), LengthBetween(2, 200)])
