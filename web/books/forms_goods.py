"""Forms of goods given in kind."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, ValidationError

from charity.ledger.chart import COST_ACCOUNTS, AccountCode
from charity.ledger.models import IncomeSource, ValuationBasis
from web.books.fields import ActForm, Choice, HappenedField, IdChoice, asked
from web.books.forms_money import GiverForm
from web.forms import (
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
)
from web.labels import choices, label


class ReceiveForm(GiverForm):
    """A lot of goods: what, how many, worth how much by what, from whom."""

    FIRST = (
        "name",
        "quantity",
        "unit",
        "value",
        "basis",
        "evidence",
        "fund_id",
        "occurred_on",
        "giver_kind",
    )

    giver_kind = Choice(_l("谁给的"))
    fund_id = IdChoice(_l("归到哪个基金"), [Required()])
    name = StringField(_l("物资名称"), [Required(), LengthBetween(1, 100)])
    quantity = WholeNumberField(_l("数量"), [Required(), NumberBetween(1, 10**8)])
    unit = StringField(_l("单位（件、间、次）"), [Required(), LengthBetween(1, 10)])
    value = MoneyField(_l("这一批的总价值（元）"), [Required()])
    basis = Choice(_l("价值的依据"), [Required()])
    evidence = StringField(
        _l("凭据"), [Optional(), LengthBetween(0, 200)],
        description=_l("发票号、协议号、询价记录或评估报告的编号；名义金额可以不写。"),
    )  # fmt: skip
    expires_on = DateField(_l("有效期到"), [Optional()])
    was_here = BooleanField(_l("开账时就有的物资（期初，没有捐赠人）"))
    occurred_on = HappenedField(_l("收到日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis.choices = asked(choices(ValuationBasis))

    def validate_giver_kind(self, field: Any) -> None:
        """Somebody gave it, unless it was there before the book."""
        if not field.data and not self.was_here.data:
            raise ValidationError(_l("请填写这一项。"))

    def said(self) -> dict[str, Any]:
        """What was typed, as `receive_goods` takes it beside the giver."""
        was_here = bool(self.was_here.data)
        return {
            "fund_id": self.fund_id.data,
            "name": self.name.data,
            "quantity": self.quantity.data,
            "unit": self.unit.data,
            "value": self.value.data,
            "basis": ValuationBasis(self.basis.data),
            "evidence": self.evidence.data or "",
            "expires_on": self.expires_on.data,
            "occurred_on": self.occurred_on.data,
            "income": IncomeSource.OPENING if was_here else IncomeSource.DONATION,
        }


class UseForm(ActForm):
    """Units of a lot that are handed out or used up."""

    line_id = IdChoice(_l("哪一批"), [Required()])
    quantity = WholeNumberField(_l("数量"), [Required(), NumberBetween(1, 10**8)])
    cost = Choice(_l("记作哪种费用"), [Required()], default=AccountCode.PROGRAMME_COST.value)
    occurred_on = HappenedField(_l("领用日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cost.choices = asked(
            [(code.value, f"{code.value} {label(code)}") for code in sorted(COST_ACCOUNTS)]
        )

    def said(self) -> dict[str, Any]:
        """What was typed, as `use_goods` takes it."""
        return {
            "line_id": self.line_id.data,
            "quantity": self.quantity.data,
            "cost": AccountCode(self.cost.data),
            "occurred_on": self.occurred_on.data,
        }
