"""Forms of the project bank: the project itself with its repeating rows, filters, and a review.

The repeating rows need no script: a button asks for one more row, the server shows the form again
with everything that was typed. A row left blank does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, RadioField, SelectField, StringField, TextAreaField

from charity.errors import DomainError, Invalid
from charity.money import Money
from charity.registry.models import FundraisingMode
from charity.spending.intake import MAX_UNITS, DeliverableDraft, LineDraft
from charity.spending.models import CostKind
from projects.listings.content import (
    BENEFICIARY_MAXIMUM,
    ROWS_MAXIMUM,
    SHORT_TEXT_MAXIMUM,
    STORY_MAXIMUM,
    STORY_MINIMUM,
    TITLE_MAXIMUM,
    TITLE_MINIMUM,
    UNIT_MAXIMUM,
    ContentFields,
    ProjectContent,
    tidied,
)
from projects.listings.models import Project, ProjectCategory
from projects.listings.patterns import Pattern
from projects.listings.reasons import ListingsReason
from projects.listings.services import REASONS_MAXIMUM
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
from web.labels import choices
from web.listings.plan_fields import PlanFields, of_sheet

#: The fields that stand for themselves; the others are rows.
FIELDS = (
    "title", "region_code", "category", "beneficiaries", "beneficiary_count", "story", "target",
    "starts_on", "ends_on", "mode", "plan_number", "plan_filed_on", "platform_name", "platform_url",
)  # fmt: skip
LINE_FIELDS = ("name", "kind", "amount", "unit_cost", "quantity", "unit")
DELIVERABLE_FIELDS = ("name", "unit", "unit_cost", "target", "earmark")
#: Buttons that show the form again instead of keeping it.
ROW_BUTTONS = ("add", "drop_line", "drop_deliverable")


class RowForm(Form):
    """One repeating row; blank as a whole it is left out, begun it must be complete."""

    class Meta(BaseForm.Meta):
        """Rows stand inside a form that carries the token."""

        csrf = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed into this row."""
        return not any(
            str(text).strip()
            for f in self
            if not isinstance(f, SelectField)
            for text in (f.raw_data or ([] if f.data is None else [f.data]))
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Blank rows stand; the others are checked field by field."""
        return self.is_blank or super().validate(extra_validators)


class Rows(FieldList):
    """Repeating rows, as many as may be kept and one more, so that too many can be told."""

    def __init__(self, row: type[RowForm], label: Any, *, least: int, **kwargs: Any) -> None:
        most = ROWS_MAXIMUM + 1
        super().__init__(FormField(row), label, min_entries=least, max_entries=most, **kwargs)

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        """The numbers of the rows sent; short ones in plain figures alone are numbers."""
        number = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})(?:-|$)")
        return (int(match[1]) for name in formdata if (match := number.match(name)))


class LineForm(RowForm):
    """One budget line."""

    name = StringField(_l("用途"), [Required(), LengthBetween(1, SHORT_TEXT_MAXIMUM)])
    kind = SelectField(_l("类别"), choices=[], coerce=CostKind, default=CostKind.PROGRAMME)
    amount = MoneyField(_l("金额（元）"), [Required()])
    unit_cost = MoneyField(_l("单价（元，选填）"), [Optional()], zero=True)
    quantity = WholeNumberField(_l("数量（选填）"), [Optional(), NumberBetween(1, MAX_UNITS)])
    unit = StringField(_l("单位（选填）"), [LengthBetween(0, UNIT_MAXIMUM)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(CostKind)

    @property
    def drafted(self) -> LineDraft:
        """The line as the services take it."""
        return LineDraft(
            self["name"].data, self.kind.data, self["amount"].data, self.unit_cost.data,
            self.quantity.data, self.unit.data or "",
        )  # fmt: skip


class DeliverableForm(RowForm):
    """One countable result."""

    name = StringField(_l("做成什么"), [Required(), LengthBetween(1, SHORT_TEXT_MAXIMUM)])
    unit = StringField(_l("单位（户、次、份）"), [Required(), LengthBetween(1, UNIT_MAXIMUM)])
    unit_cost = MoneyField(_l("单价（元）"), [Required()], zero=True)
    target = WholeNumberField(_l("数量"), [Required(), NumberBetween(1, MAX_UNITS)])
    earmark = StringField(_l("专款用途（选填）"), [LengthBetween(0, SHORT_TEXT_MAXIMUM)])

    @property
    def drafted(self) -> DeliverableDraft:
        """The result as the services take it."""
        return DeliverableDraft(
            self["name"].data or "", self.unit.data or "", self.unit_cost.data or Money(0),
            self.target.data or 0, self.earmark.data or "",
        )  # fmt: skip


class ProjectForm(PlanFields, BaseForm):
    """Everything a project says of itself before review."""

    title = StringField(_l("项目名称"), [Required(), LengthBetween(TITLE_MINIMUM, TITLE_MAXIMUM)])
    region_code = RegionField(_l("地点"), [Required()], least=9)
    category = SelectField(_l("类别"), [Required()], choices=[], coerce=ProjectCategory)
    beneficiaries = StringField(_l("帮助谁"), [Required(), LengthBetween(1, SHORT_TEXT_MAXIMUM)])
    beneficiary_count = WholeNumberField(
        _l("大约多少人"), [Required(), NumberBetween(1, BENEFICIARY_MAXIMUM)]
    )
    story = TextAreaField(
        _l("为什么要做"), [Required(), LengthBetween(STORY_MINIMUM, STORY_MAXIMUM)]
    )
    target = MoneyField(_l("目标金额（元）"), [Required()])
    lines = Rows(LineForm, _l("预算"), least=2)
    deliverables = Rows(DeliverableForm, _l("能数得清的成果"), least=1)
    starts_on = DateField(_l("开始日期"), [Required()])
    ends_on = DateField(_l("结束日期"), [Required()])
    mode = SelectField(
        _l("募捐方式"),
        choices=[],
        coerce=FundraisingMode,
        default=FundraisingMode.PUBLIC_ONLINE,
    )
    plan_number = StringField(
        _l("募捐方案备案号"), [Optional(), LengthBetween(0, SHORT_TEXT_MAXIMUM)], default=""
    )
    plan_filed_on = DateField(_l("备案日期"), [Optional()])
    platform_name = StringField(
        _l("同时上线的指定平台"), [Optional(), LengthBetween(0, 60)], default=""
    )
    platform_url = StringField(
        _l("它在平台上的网址"), [Optional(), LengthBetween(0, 300)], default=""
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = choices(ProjectCategory)
        self.mode.choices = choices(FundraisingMode)
        #: What was wrong with the whole, once `validate` has looked at it.
        self.refused: list[Invalid] = []
        self.offer_ways()

    def change_rows(self, pressed: Any) -> bool:
        """Add or drop a row if such a button was pressed; everything typed stays."""
        if pressed.get("add") in ("lines", "deliverables"):
            rows: Any = self[pressed["add"]]
            if len(rows.entries) < ROWS_MAXIMUM:
                rows.append_entry()
        for name, rows in (("drop_line", self.lines), ("drop_deliverable", self.deliverables)):
            at = pressed.get(name, "")
            if at in map(str, range(len(rows.entries))):
                del rows.entries[int(at)]
        return any(name in pressed for name in ROW_BUTTONS)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself first; then whether the whole adds up."""
        fine = super().validate(extra_validators)
        whole = self.missing_are_named(self.mode.data) and self._filing_is_told()
        if not (fine and whole):
            return False
        problems = self.refused = ProjectContent(**tidied(self.content())).problems()
        self.attach_all(problems)
        return not problems

    def _filing_is_told(self) -> bool:
        """Number and day of the filing; of an emergency both may follow (CHA-113)."""
        if self.plan_emergency.data and not self.plan_number.data:
            return True
        wrong = [
            field
            for field in (self.plan_number, self.plan_filed_on)
            if not field.errors and not field.data
        ]
        for field in wrong:
            field.errors = [_l("请填写这一项。")]
        return not wrong

    @property
    def asks_for_one_person(self) -> bool:
        """Whether it was refused as a plea for one named person (AID-01)."""
        return any(problem.reason is ListingsReason.NAMED_INDIVIDUAL for problem in self.refused)

    def attach_all(self, problems: Iterable[DomainError]) -> None:
        """Put each refusal beside its field."""
        for problem in problems:
            attach(self, problem)

    def content(self, begun: Pattern | None = None) -> ContentFields:
        """What was typed, as the services take it, and the pattern it was begun from."""
        said: Any = {name: self[name].data for name in FIELDS}
        said["lines"] = [row.drafted for row in filled(self.lines)]
        said["deliverables"] = [row.drafted for row in filled(self.deliverables)]
        said["sheet"] = self.sheet()
        said["template"] = begun.code if begun is not None else ""
        content: ContentFields = said
        return content

    @classmethod
    def begun(cls, pattern: Pattern | None, known: dict[str, Any]) -> ProjectForm:
        """A new form with what is known of the plan, and all that a pattern says."""
        if pattern is None:
            return cls(**known)
        return cls(
            category=pattern.category,
            beneficiaries=pattern.beneficiaries,
            story=pattern.story,
            target=pattern.target,
            lines=[_as_typed(line, LINE_FIELDS) for line in pattern.lines],
            deliverables=[_as_typed(each, DELIVERABLE_FIELDS) for each in pattern.deliverables],
            **known,
        )

    @classmethod
    def of_project(cls, project: Project) -> ProjectForm:
        """The form filled with what the project says now."""
        budget = project.budget
        return cls(
            obj=project,
            lines=[_as_typed(line, LINE_FIELDS) for line in budget.lines],
            deliverables=[_as_typed(each, DELIVERABLE_FIELDS) for each in budget.deliverables],
            **of_sheet(project.plan_sheet),
        )


def _as_typed(row: object, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}


def filled(rows: Any) -> list[Any]:
    """The rows in which something was typed."""
    return [entry.form for entry in rows.entries if not entry.form.is_blank]


class ReviewForm(BaseForm):
    """A reviewer's words to the posting organisation."""

    reasons = TextAreaField(_l("退回的理由"), [Required(), LengthBetween(2, REASONS_MAXIMUM)])


class GiveForm(Form):
    """The amounts offered on a project's page; sent by GET to the form of giving."""

    amount = RadioField(_l("捐多少"))

    def __init__(self, amounts: list[Money], chosen: Money) -> None:
        super().__init__(data={"amount": plain(chosen)})
        self.amount.choices = amount_choices(amounts)


def amount_choices(amounts: Sequence[Money]) -> list[tuple[str, str]]:
    """Sums in whole yuan as they are sent and as they are read."""
    return [(plain(sum_), f"¥{sum_.fen // 100:,}") for sum_ in amounts]


def plain(amount: Money) -> str:
    """Whole yuan without separators, as it stands in an address."""
    return str(amount.fen // 100)
