"""What is typed about budgets: what lines become, a programme's sites, a household's list."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import Field

from charity.ledger.models import Fund
from charity.money import AmountError, Money
from charity.registry.models import Organisation, Region
from charity.spending.models import Budget, SiteKind
from charity.spending.services import Item, Site
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    Required,
)

#: Codes of villages and communities have twelve digits, those of streets nine.
_VILLAGE_DIGITS = 12


class ChangeForm(BaseForm):
    """What each line of a budget becomes; made for one budget by `change_form`."""

    reason = TextAreaField(_l("为什么改"), [Required(), LengthBetween(1, 1000)])

    @property
    def becomes(self) -> dict[int, Money]:
        """Fen by line id, of every line that was filled in."""
        return {
            int(name.removeprefix("line_")): field.data
            for name, field in self._fields.items()
            if name.startswith("line_") and field.data is not None
        }

    @property
    def line_fields(self) -> list[Field]:
        """The fields of the lines, in their order."""
        return [field for name, field in self._fields.items() if name.startswith("line_")]


def change_form(budget: Budget) -> ChangeForm:
    """A form with a field for each line of the budget."""

    class Form(ChangeForm):
        pass

    for line in budget.lines:
        setattr(Form, f"line_{line.id}", MoneyField(line.name, [Required()], default=line.amount))
    return Form()


class DecisionForm(BaseForm):
    """Why a change is refused."""

    reason = TextAreaField(_l("不同意的理由"), [Required(), LengthBetween(1, 1000)])


class ProgrammeForm(BaseForm):
    """A programme with its sites, one a line: a code, and an amount where it has its own."""

    funder_id = SelectField(_l("出资机构"), choices=[], coerce=int)
    name = StringField(_l("名称"), [Required(), LengthBetween(1, 100)])
    total = MoneyField(_l("资助总额"), [Required()])
    fund_id = SelectField(_l("钱在哪个基金"), choices=[], coerce=int)
    starts_on = DateField(_l("开始日期"), [Required()])
    ends_on = DateField(_l("结束日期"), [Required()])
    sites = TextAreaField(_l("站点"), [Required(), LengthBetween(1, 60_000)])

    def offer(self, funders: Sequence[Organisation], funds: Sequence[Fund]) -> None:
        """Whose programme it may be, and whose money."""
        self.funder_id.choices = [(each.id, each.name) for each in funders]
        self.fund_id.choices = [(0, _l("还没有进账")), *((fund.id, fund.name) for fund in funds)]

    def validate_sites(self, field: Field) -> None:
        """Every line is a code, or a code and an amount."""
        self.parsed = _sites(field.data or "")

    parsed: Sequence[Site] = ()


def _sites(text: str) -> list[Site]:
    found = []
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells:
            continue
        code = cells[0]
        if not (code.isascii() and code.isdigit() and len(cells) <= 2):
            raise ValidationError(_("第 %(n)s 行：写区划代码，金额用逗号隔开。", n=number))
        kind = SiteKind.COMMUNITY if len(code) == _VILLAGE_DIGITS else SiteKind.STREET
        found.append(Site(code, kind, _amount(cells[1], number) if len(cells) == 2 else None))
    return found


def _amount(text: str, number: int) -> Money:
    try:
        return Money.yuan(text)
    except AmountError as error:
        raise ValidationError(_("第 %(n)s 行：金额不对。", n=number)) from error


class BindForm(BaseForm):
    """Which budget spends a site's share."""

    budget_id = SelectField(_l("由哪个项目使用"), [Required()], choices=[], coerce=int)


class HouseholdForm(BaseForm):
    """One household: a masked name, a place, and its own list."""

    masked_name = StringField(
        _l("称呼（只写姓，后面用 * 代替）"), [Required(), LengthBetween(1, 20)]
    )
    region_code = SelectField(_l("所在村社"), choices=[])
    plan = TextAreaField(_l("要做什么"), [LengthBetween(0, 1000)])
    items = TextAreaField(_l("清单"), [LengthBetween(0, 3000)])
    parsed: Sequence[Item] = ()

    def offer(self, places: Sequence[Region]) -> None:
        """The places of the budget."""
        self.region_code.choices = [(place.code, place.name) for place in places]

    def validate_items(self, field: Field) -> None:
        """Every line is a name, a number and what one costs."""
        self.parsed = [_item(row, n) for n, row in _rows(field.data or "")]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    folded = text.replace(chr(0xFF0C), ",")
    rows = enumerate(csv.reader(folded.splitlines()), 1)
    return [(n, [cell.strip() for cell in row]) for n, row in rows if any(row)]


def _item(row: list[str], number: int) -> Item:
    if len(row) != 3 or not (row[1].isascii() and row[1].isdigit()):
        raise ValidationError(_("第 %(n)s 行：写名称、数量、单价，用逗号隔开。", n=number))
    return Item(row[0], int(row[1]), _amount(row[2], number))
