"""What a pool's keeper writes down: its rules, whom it leaves out, what is decided and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, SubmitField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from charity import clock
from charity.donations.giver_keys import giver_key
from charity.donations.models import ExclusionCause
from charity.donations.services import Terms
from charity.ledger.models import Fund
from charity.money import Money
from charity.registry.models import Campaign, Organisation
from charity.rows import present
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
from web.ports import settings


class PoolForm(BaseForm):
    """A pool drawn up: whose money, for which campaigns, by which rules."""

    name = StringField(_l("名称"), [Required(), LengthBetween(1, 60)])
    sponsor_name = StringField(_l("出资方"), [Required(), LengthBetween(1, 60)])
    sponsor_organisation_id = SelectField(_l("出资方在本站的登记"), choices=[], coerce=int)
    fund_id = SelectField(_l("钱在哪个基金"), choices=[], coerce=int)
    campaign_ids = SelectMultipleField(
        _l("给哪些项目的捐款配捐"),
        [Required()],
        coerce=int,
        choices=[],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    total = MoneyField(_l("一共配多少"), [Required()])
    ratio_percent = WholeNumberField(
        _l("每捐 100 元，配多少元"), [Required(), NumberBetween(1, 1000)], default=100
    )
    least_gift = MoneyField(_l("一笔至少捐多少才配"), [Required()], default=Money.yuan(1))
    cap_per_gift = MoneyField(_l("一笔最多配多少"), [Optional()])
    cap_per_giver_day = MoneyField(_l("一人一天最多配多少"), [Optional()])
    cap_per_giver_campaign = MoneyField(_l("一人一个项目最多配多少"), [Optional()])
    cap_per_campaign = MoneyField(_l("一个项目最多配多少"), [Optional()])
    cap_per_organisation = MoneyField(_l("一个机构最多配多少"), [Optional()])
    starts_on = DateField(_l("开始日期"), [Required()])
    starts_hour = WholeNumberField(_l("几点开始"), [Required(), NumberBetween(0, 23)], default=0)
    ends_on = DateField(_l("结束日期"), [Required()])
    cooling_days = WholeNumberField(
        _l("冷静期（天）"), [Required(), NumberBetween(7, 15)], default=7
    )

    def offer(
        self,
        funds: Sequence[Fund],
        campaigns: Sequence[Campaign],
        organisations: Sequence[Organisation],
    ) -> None:
        """The funds, campaigns and sponsors to choose from."""
        self.fund_id.choices = [(fund.id, fund.name) for fund in funds]
        self.campaign_ids.choices = [(each.id, each.title) for each in campaigns]
        named = [(each.id, each.name) for each in organisations]
        self.sponsor_organisation_id.choices = [(0, _l("没有登记")), *named]

    @property
    def terms(self) -> Terms:
        """The rules of a form that was found in order; a day ends at midnight in China."""
        return Terms(
            total=present(self.total.data),
            starts_at=_start(self.starts_on.data, present(self.starts_hour.data)),
            ends_at=_start(self.ends_on.data, 24),
            ratio_percent=present(self.ratio_percent.data),
            least_gift=present(self.least_gift.data),
            cooling_days=present(self.cooling_days.data),
            cap_per_gift=self.cap_per_gift.data,
            cap_per_giver_day=self.cap_per_giver_day.data,
            cap_per_giver_campaign=self.cap_per_giver_campaign.data,
            cap_per_campaign=self.cap_per_campaign.data,
            cap_per_organisation=self.cap_per_organisation.data,
        )


class NoteForm(BaseForm):
    """An act with its reason, which is published."""

    note = StringField(_l("原因（会公开）"), [Required(), LengthBetween(1, 200)])
    open = SubmitField(_l("开放"))
    freeze = SubmitField(_l("冻结"))
    reopen = SubmitField(_l("恢复"))
    close = SubmitField(_l("结束"))


class ExclusionForm(BaseForm):
    """A giver whose gifts are not matched, by contact or as an organisation."""

    contact = StringField(_l("手机号或邮箱"), [Optional(), LengthBetween(0, 120)])
    organisation_id = SelectField(_l("或者机构"), choices=[], coerce=int)
    campaign_id = SelectField(_l("在哪个项目"), choices=[], coerce=int)
    cause = SelectField(_l("为什么"), choices=[])
    because = StringField(_l("说明"), [Required(), LengthBetween(1, 200)])

    def offer(self, organisations: Sequence[Organisation], campaigns: Sequence[Campaign]) -> None:
        """The organisations and campaigns to choose from."""
        named = [(each.id, each.name) for each in organisations]
        self.organisation_id.choices = [(0, _l("不选")), *named]
        titled = [(each.id, each.title) for each in campaigns]
        self.campaign_id.choices = [(0, _l("全部项目")), *titled]
        self.cause.choices = [
            choice for choice in choices(ExclusionCause) if choice[0] != ExclusionCause.BANNED
        ]

    @property
    def told(self) -> dict[str, Any]:
        """What `exclude` is told by a form that was found in order."""
        return {
            "giver_key": giver_key(self.contact.data or "", settings().secret),
            "organisation_id": self.organisation_id.data or None,
            "campaign_id": self.campaign_id.data or None,
            "cause": ExclusionCause(self.cause.data),
            "note": self.because.data or "",
        }


class FlagForm(BaseForm):
    """A decision on a flag, or an appeal against one."""

    note = TextAreaField(_l("理由（成立的会公开）"), [Required(), LengthBetween(1, 1000)])
    uphold = SubmitField(_l("成立：取消配捐"))
    dismiss = SubmitField(_l("不成立"))
    appeal = SubmitField(_l("记下申诉"))


def _start(day: Any, hour: int) -> datetime:
    return clock.start_of(day) + timedelta(hours=hour)
