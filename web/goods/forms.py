"""What is asked of somebody who brings goods or a service, and of both sides of the handover."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField, ValidationError

from charity import clock
from charity.donations import fitness
from charity.donations.fitness import (
    EVIDENCE_LENGTH,
    MOST_ITEMS,
    NAME_LENGTH,
    UNIT_LENGTH,
    ItemDraft,
)
from charity.donations.models import (
    GoodsCategory,
    GoodsCondition,
    InKindGift,
    InKindKind,
    Pledge,
)
from charity.errors import DomainError
from charity.ledger.models import ValuationBasis
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
    attach,
)
from web.labels import choices, sentence
from web.listings.forms import RowForm, Rows, filled
from web.pledges.forms import GiverFields, HoursField

#: Buttons that show the form again instead of sending it.
ROW_BUTTONS = ("add", "drop")
#: Rows shown at first.
ROWS_SHOWN = 1
HANDOVER_LENGTH = 120


class GoodsRow(RowForm):
    """One kind of goods."""

    name = StringField(_l("什么东西"), [Required(), LengthBetween(1, NAME_LENGTH)])
    category = SelectField(_l("类别"), choices=[], coerce=GoodsCategory)
    quantity = WholeNumberField(_l("数量"), [Required(), NumberBetween(1, fitness.MOST_UNITS)])
    unit = StringField(_l("单位（件、箱、袋）"), [Required(), LengthBetween(1, UNIT_LENGTH)])
    condition = SelectField(_l("新旧"), choices=[], coerce=GoodsCondition)
    expires_on = DateField(_l("保质期到（食品、药品要写）"), [Optional()])
    value = MoneyField(_l("一共值多少（元，不知道就不写）"), [Optional()])
    basis = SelectField(_l("价值的依据"), choices=[])
    evidence = StringField(
        _l("凭什么（发票号、价目出处）"), [Optional(), LengthBetween(0, EVIDENCE_LENGTH)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = choices(GoodsCategory)
        self.condition.choices = choices(GoodsCondition)
        self.basis.choices = [("", _("没有写价值")), *choices(ValuationBasis)]

    def draft(self) -> ItemDraft:
        """What was typed, as it is offered."""
        return ItemDraft(
            name=self.name.data or "",
            quantity=self.quantity.data or 0,
            unit=self.unit.data or "",
            category=self.category.data,
            condition=self.condition.data,
            expires_on=self.expires_on.data,
            value=self.value.data,
            basis=ValuationBasis(self.basis.data) if self.basis.data else None,
            evidence=self.evidence.data or "",
        )


class ServiceRow(RowForm):
    """One service, in hours."""

    name = StringField(_l("做什么"), [Required(), LengthBetween(1, NAME_LENGTH)])
    quantity = HoursField(_l("多少小时"), [Required()])

    def draft(self) -> ItemDraft:
        """What was typed, as it is offered."""
        return ItemDraft(name=self.name.data or "", quantity=self.quantity.data or 0)


class OfferForm(GiverFields):
    """An offer of several kinds of goods; rows left blank do not count."""

    kind = InKindKind.GOODS
    items = Rows(GoodsRow, _l("捐什么"), least=ROWS_SHOWN)
    handover = StringField(_l("在哪里交接"), [Optional(), LengthBetween(0, HANDOVER_LENGTH)])
    handover_on = DateField(_l("哪一天交接"), [Optional()])

    def change_rows(self, pressed: Any) -> bool:
        """Add or drop a row if such a button was pressed; everything typed stays."""
        rows: Any = self["items"]
        if pressed.get("add") == "items" and len(rows.entries) < MOST_ITEMS:
            rows.append_entry()
        at = pressed.get("drop", "")
        if at in map(str, range(len(rows.entries))) and len(rows.entries) > 1:
            del rows.entries[int(at)]
        return any(name in pressed for name in ROW_BUTTONS)

    def propose(self, pledge: Pledge | None) -> None:
        """Begin with what was promised."""
        if pledge is None or self.is_submitted():
            return
        row = self["items"].entries[0].form
        row.quantity.data = pledge.rest or pledge.quantity
        if self.kind is InKindKind.GOODS:
            row.name.data, row.unit.data = pledge.goods, pledge.unit
        for name in ("giver_name", "contact"):
            self[name].data = getattr(pledge, name)
        self.giver_kind.data = pledge.giver_kind.value
        self.name_is_public.data = pledge.name_is_public

    def drafts(self) -> list[ItemDraft]:
        """The rows in which something was typed."""
        return [row.draft() for row in filled(self["items"])]

    def validate_contact(self, field: Any) -> None:
        """Without a contact no handover can be agreed."""
        if not field.data:
            raise ValidationError(_l("请留一个手机号或邮箱，好约定交接。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself first; then whether the goods may be taken."""
        if not super().validate(extra_validators):
            return False
        problems = fitness.problems(self.kind, self.drafts(), clock.today())
        for problem in problems:
            self.refuse(problem)
        return not problems

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside the row it names."""
        found = re.fullmatch(r"items-(\d+)-(\w+)", error.field or "")
        rows = filled(self["items"])
        if found is not None and int(found[1]) < len(rows) and found[2] in rows[int(found[1])]:
            field = rows[int(found[1])][found[2]]
            field.errors = [*field.errors, sentence(error.reason, error.params)]
            # The list itself must know, or the summary on top stays silent.
            self["items"].errors = [entry.errors for entry in self["items"].entries]
        else:
            attach(self, error)
        self.renew(error)


class ServiceForm(OfferForm):
    """An offer of services, in hours."""

    kind = InKindKind.SERVICE
    items = Rows(ServiceRow, _l("做什么"), least=ROWS_SHOWN)


class AmendForm(BaseForm):
    """Who, where and when, as the written agreement names them."""

    giver_name = StringField(_l("捐赠人（名字或单位全称）"), [LengthBetween(0, 60)])
    handover = StringField(_l("交接地点"), [LengthBetween(0, HANDOVER_LENGTH)])
    handover_on = DateField(_l("交接日期"), [Optional()])


class CodeForm(BaseForm):
    """The other side's six figures."""

    code = StringField(_l("对方的交接码"), [Required(), LengthBetween(1, 12)])


class ReasonForm(BaseForm):
    """Why an offer is declined."""

    reason = TextAreaField(_l("为什么不接受"), [Required(), LengthBetween(2, 500)])


class PhotoForm(BaseForm):
    """A picture of one item."""

    pictures = FileField(_l("照片"))


class HandoverForm(CodeForm):
    """The giver's code and what arrived of every item; `for_gift` makes the fields."""

    gift: InKindGift

    @classmethod
    def for_gift(cls, gift: InKindGift, **kwargs: Any) -> HandoverForm:
        """The form with one field per item."""

        class Counted(cls):  # type: ignore[valid-type, misc]  # its fields are the gift's items
            """The form of this gift."""

        for item in gift.items:
            counted: Any = (
                WholeNumberField(item.name, [Required(), NumberBetween(0, fitness.MOST_UNITS)])
                if gift.kind is InKindKind.GOODS
                else HoursField(item.name, [Required()], zero=True)
            )
            setattr(Counted, f"arrived_{item.id}", counted)
        form: HandoverForm = Counted(**kwargs)
        form.gift = gift
        return form

    def arrived(self) -> dict[int, int]:
        """What was counted, by the item's id."""
        return {item.id: self[f"arrived_{item.id}"].data or 0 for item in self.gift.items}

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside the item it names."""
        found = re.fullmatch(r"items-(\d+)-arrived", error.field or "")
        if found is not None:
            error.field = f"arrived_{self.gift.items[int(found[1])].id}"
        attach(self, error)
