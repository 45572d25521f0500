"""The fields of a fundraising plan in the project's form: the eleven things it must say.

What is known is filled in beforehand (CHA-111); purpose and use may stay empty, then the project's
title and budget are the plan's.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Form, SelectField, StringField, TextAreaField

from charity.actor import Actor
from charity.money import Money
from charity.registry import queries as registry
from charity.registry.eligibility import registrar_of
from charity.registry.models import (
    PUBLIC_FUNDRAISING,
    FundraisingMode,
    Organisation,
    PlanSheet,
    SurplusWay,
)
from charity.registry.plan_drafts import SheetDraft
from charity.registry.reasons import RegistryReason
from web.forms import LengthBetween, MoneyField, Optional
from web.labels import choices, sentence

#: Fields of the form by the columns of the sheet that they fill.
COLUMNS = (
    "purpose", "territory", "responsible_name", "office_address", "ways_of_giving", "bank_account",
    "use_of_money", "cost", "surplus_way", "surplus_rule", "second_filing", "emergency",
)  # fmt: skip
#: What must be said before anything may be raised in public; the rest has an answer of its own.
NEEDED = (
    "territory", "responsible_name", "office_address", "ways_of_giving", "bank_account", "cost",
    "surplus_way", "surplus_rule",
)  # fmt: skip


class PlanFields(Form):
    """Fields that every form with a plan carries."""

    plan_purpose = TextAreaField(_l("募捐目的"), [Optional(), LengthBetween(0, 500)])
    plan_territory = StringField(_l("活动地域"), [Optional(), LengthBetween(0, 200)])
    plan_responsible_name = StringField(_l("活动负责人姓名"), [Optional(), LengthBetween(0, 80)])
    plan_office_address = StringField(_l("办公地址"), [Optional(), LengthBetween(0, 200)])
    plan_ways_of_giving = StringField(_l("接受捐赠方式"), [Optional(), LengthBetween(0, 200)])
    plan_bank_account = StringField(_l("银行账户"), [Optional(), LengthBetween(0, 200)])
    plan_use_of_money = TextAreaField(_l("募得款物用途"), [Optional(), LengthBetween(0, 2000)])
    plan_cost = MoneyField(_l("募捐成本（元）"), [Optional()], zero=True)
    plan_surplus_way = SelectField(_l("剩余财产怎么处理"), choices=[], validate_choice=False)
    plan_surplus_rule = TextAreaField(_l("剩余财产处理的说明"), [Optional(), LengthBetween(0, 500)])
    plan_second_filing = StringField(
        _l("活动所在地县级民政部门的备案号"), [Optional(), LengthBetween(0, 80)]
    )
    plan_emergency = StringField(_l("应对的重大突发事件"), [Optional(), LengthBetween(0, 100)])

    def offer_ways(self) -> None:
        """Fill the list of what may become of a surplus."""
        self.plan_surplus_way.choices = choices(SurplusWay)
        if not self.plan_surplus_way.data:
            self.plan_surplus_way.data = SurplusWay.SIMILAR_PROJECT.value

    def sheet(self) -> SheetDraft:
        """What was typed, as the services take it."""
        said: dict[str, Any] = {
            column: self[f"plan_{column}"].data or ""
            for column in COLUMNS
            if column not in ("cost", "surplus_way")
        }
        way = self.plan_surplus_way.data
        known = {one.value for one in SurplusWay}
        return SheetDraft(
            **said,
            cost=self.plan_cost.data,
            surplus_way=SurplusWay(way) if way in known else None,
        )

    def missing_are_named(self, mode: FundraisingMode) -> bool:
        """Whether a public plan says all it must; what is missing is told beside its field."""
        if mode not in PUBLIC_FUNDRAISING:
            return True
        whole = True
        for column in NEEDED:
            field = self[f"plan_{column}"]
            if not field.errors and (field.data is None or field.data == ""):
                words = sentence(RegistryReason.PLAN_FIELD_EMPTY, {"column": field.label.text})
                field.errors = [words]
                whole = False
        return whole


def of_sheet(sheet: PlanSheet | None) -> dict[str, Any]:
    """The fields as they were filed or drafted before."""
    if sheet is None:
        return {}
    said = {f"plan_{column}": getattr(sheet, column) for column in COLUMNS}
    return {**said, "plan_surplus_way": sheet.surplus_way.value if sheet.surplus_way else ""}


def known_of_plan(
    session: Session, actor: Actor, organisation: Organisation, charity_id: int
) -> dict[str, Any]:
    """What can be said of a new plan before anybody typed: from the last one, else from papers."""
    last = registry.last_sheet(session, charity_id=charity_id, partner_id=organisation.id)
    if last is not None:
        of_last = of_sheet(last)
        for once in ("purpose", "use_of_money", "second_filing", "emergency"):
            of_last.pop(f"plan_{once}")
        return of_last
    charities = registry.organisations(session, [charity_id])
    charity = charities[0] if charities else organisation
    home = registrar_of(charity) or charity.region_code
    names = registry.region_names(session, [home, organisation.region_code])
    return {
        "plan_territory": names.get(home, ""),
        "plan_responsible_name": organisation.contact_name or actor.name,
        "plan_office_address": names.get(organisation.region_code, ""),
        "plan_ways_of_giving": _("本站在线捐赠、银行转账"),
        "plan_bank_account": _("%(name)s的基本存款账户", name=charity.name),
        "plan_cost": Money(0),
        "plan_surplus_way": SurplusWay.SIMILAR_PROJECT.value,
        "plan_surplus_rule": _("用于目的相同或者相近的慈善项目，并向社会公开。"),
    }
