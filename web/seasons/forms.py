"""What a season of giving is, and which campaigns take part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField

from charity.donations.models import GivingSeason
from charity.donations.services.seasons import LENGTHS
from charity.registry.models import Campaign, Organisation
from web.forms import BaseForm, DateField, LengthBetween, Optional, Required


class SeasonForm(BaseForm):
    """Name, days, organisers; an emergency's name makes it one."""

    name = StringField(_l("名称"), [Required(), LengthBetween(1, LENGTHS["name"])])
    introduction = TextAreaField(_l("介绍"), [LengthBetween(0, LENGTHS["introduction"])])
    starts_on = DateField(_l("第一天"), [Required()])
    ends_on = DateField(_l("最后一天"), [Required()])
    organisers = SelectMultipleField(_l("主办单位"), [Required()], choices=[], coerce=int)
    has_leaderboards = BooleanField(_l("显示排行榜"), default=True)
    emergency = StringField(
        _l("应对哪一场重大突发事件"), [Optional(), LengthBetween(0, LENGTHS["emergency"])]
    )

    @classmethod
    def among(
        cls, organisations: Iterable[Organisation], season: GivingSeason | None = None
    ) -> SeasonForm:
        """The form with the organisations that may be named, filled where there is a season."""
        form = cls(obj=season)
        form.organisers.choices = [(each.id, each.name) for each in organisations]
        if season is not None and not form.is_submitted():
            form.organisers.data = [each.organisation_id for each in season.organisers]
        return form

    def said(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return {
            "name": self["name"].data or "",
            "introduction": self.introduction.data or "",
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "organiser_ids": self.organisers.data or [],
            "has_leaderboards": self.has_leaderboards.data,
            "emergency": self.emergency.data or "",
        }


class JoinForm(BaseForm):
    """One campaign that takes part."""

    campaign = SelectField(_l("项目"), choices=[], coerce=int)

    @classmethod
    def among(cls, campaigns: Iterable[Campaign]) -> JoinForm:
        """The form with the campaigns that may still be added."""
        form = cls()
        form.campaign.choices = [(each.id, each.title) for each in campaigns]
        return form
