"""Forms of the register's desk: stations, teams, belonging, incubation, honours, trusts, places."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError

from charity.registry import queries, uscc
from charity.registry.models import IncubationState, IncubationTier, StationModule, StationTier
from charity.sheets import MOST_BYTES
from web.db import get_session
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    RegionField,
    Required,
    TypedField,
    WholeNumberField,
)
from web.labels import choices, label


class OrganisationField(TypedField):
    """An organisation by its whole name or its credit code; `data` is its id."""

    def read(self, text: str) -> int:
        """Find it; raises `ValueError` with a sentence."""
        session = get_session()
        found = queries.organisation_by_uscc(session, uscc.normalise(text))
        found = found or queries.organisation_by_name(session, text)
        if found is None:
            raise ValueError(_l("没有这家组织。请写全称，或 18 位统一社会信用代码。"))
        return found.id

    def write(self, value: int) -> str:
        """Its name."""
        return queries.organisation(get_session(), value).name


def _id_or_none(text: Any) -> int | None:
    return int(text) if str(text).isdigit() else None


def said(form: BaseForm) -> dict[str, Any]:
    """What was typed, by the names the services take; an empty text is an empty text."""
    return {
        name: "" if field.data is None and isinstance(field, StringField) else field.data
        for name, field in form._fields.items()
        if name != "csrf_token"
    }


class StationForm(BaseForm):
    """A guidance centre, a station or a room."""

    name = StringField(_l("名称"), [Required(), LengthBetween(2, 80)])
    tier = SelectField(_l("哪一级"), [Required()], choices=[], coerce=StationTier)
    region_code = RegionField(_l("所在地"), [Required()], least=6)
    parent_id = SelectField(_l("上一级"), choices=[], coerce=_id_or_none)
    operator_id = SelectField(_l("运营的社工机构"), choices=[], coerce=_id_or_none)
    workers = WholeNumberField(_l("社工人数"), [Required(), NumberBetween(0, 1000)])
    opened_on = DateField(_l("开始服务的日期"), [Required()])
    is_model = BooleanField(_l("是示范站"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = get_session()
        self.tier.choices = choices(StationTier)
        above = [
            *queries.stations_above(session, StationTier.CENTRE),
            *queries.stations_above(session, StationTier.STATION),
        ]
        self.parent_id.choices = [
            ("", _("没有（指导中心）")),
            *((one.id, f"{one.name} · {label(one.tier)}") for one in above),
        ]
        self.operator_id.choices = [
            ("", _("还没有")),
            *((one.id, one.name) for one in queries.agencies(session)),
        ]


class CheckForm(BaseForm):
    """The five modules of a station: in place or not, and what was seen."""

    @property
    def modules(self) -> list[tuple[StationModule, Any, Any]]:
        """Each module with its two fields."""
        return [
            (module, self[f"ready_{module.value}"], self[f"note_{module.value}"])
            for module in StationModule
        ]


class CheckFields(CheckForm):
    """One pair of fields for each module."""


for _module in StationModule:
    setattr(CheckFields, f"ready_{_module.value}", BooleanField(_l("已落实")))
    setattr(
        CheckFields, f"note_{_module.value}",
        StringField(_l("看到了什么"), [Optional(), LengthBetween(0, 200)]),
    )  # fmt: skip


class DayForm(BaseForm):
    """The day on which something ended."""

    on = DateField(_l("日期"), [Required()])


class VolunteerTeamForm(BaseForm):
    """A main team or a branch."""

    name = StringField(_l("队名"), [Required(), LengthBetween(2, 80)])
    region_code = RegionField(_l("所在地"), [Required()], least=6)
    parent_id = SelectField(_l("所属总队"), choices=[], coerce=_id_or_none)
    organisation_id = OrganisationField(_l("负责的组织"), [Required()])
    leader_name = StringField(_l("队长"), [Required(), LengthBetween(1, 40)])
    formed_on = DateField(_l("成立日期"), [Required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent_id.choices = [
            ("", _("没有（它自己是总队）")),
            *((one.id, one.name) for one in queries.main_teams(get_session())),
        ]


class HostForm(BaseForm):
    """Who carries a filed group."""

    host_id = OrganisationField(_l("挂靠单位"), [Optional()])


class AgencyForm(BaseForm):
    """Whether an organisation is a social-work agency."""

    is_agency = BooleanField(_l("是社工机构"))


class MemberForm(BaseForm):
    """A member of a federation, and since when."""

    member_id = OrganisationField(_l("会员"), [Required()])
    joined_on = DateField(_l("入会日期"), [Required()])


class IncubationForm(BaseForm):
    """A place at a centre, a base or a room."""

    tier = SelectField(_l("哪一级"), [Required()], choices=[], coerce=IncubationTier)
    site = StringField(_l("孵化地点"), [Required(), LengthBetween(1, 80)])
    applied_on = DateField(_l("申请日期"), [Required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tier.choices = choices(IncubationTier)


class StepForm(BaseForm):
    """The next step of an incubation."""

    state = SelectField(_l("下一步"), [Required()], choices=[], coerce=IncubationState)
    on = DateField(_l("日期"), [Required()])


class SupportForm(BaseForm):
    """Advice given."""

    minutes = WholeNumberField(_l("辅导了多少分钟"), [Required(), NumberBetween(1, 2400)])


class HonourForm(BaseForm):
    """An honour, and where it can be read."""

    title = StringField(_l("荣誉"), [Required(), LengthBetween(1, 100)])
    awarded_by = StringField(_l("谁授予的"), [Required(), LengthBetween(1, 100)])
    awarded_on = DateField(_l("授予日期"), [Required()])
    source_url = StringField(_l("出处网址"), [Required(), LengthBetween(8, 1000)])


class TrustForm(BaseForm):
    """A charitable trust as it was signed."""

    name = StringField(_l("名称"), [Required(), LengthBetween(2, 100)])
    trustee_id = OrganisationField(_l("受托人"), [Required()])
    settlor_name = StringField(_l("委托人"), [Required(), LengthBetween(1, 80)])
    settlor_identity = StringField(_l("委托人证件号"), [Optional(), LengthBetween(0, 40)])
    supervisor_name = StringField(_l("监察人"), [Optional(), LengthBetween(0, 80)])
    purpose = TextAreaField(_l("信托目的"), [Required(), LengthBetween(2, 2000)])
    amount = MoneyField(_l("财产（元）"), [Required()])
    region_code = RegionField(_l("备案地"), [Required()], least=4)
    signed_on = DateField(_l("签订日期"), [Required()])


class FilingForm(BaseForm):
    """The filing of a trust."""

    filed_on = DateField(_l("备案日期"), [Required()])
    number = StringField(_l("备案编号"), [Required(), LengthBetween(1, 80)])


class ReportForm(BaseForm):
    """What a trust published about a year."""

    year = WholeNumberField(_l("哪一年的报告"), [Required(), NumberBetween(2016, 2100)])
    published_on = DateField(_l("公开日期"), [Required()])
    source_url = StringField(_l("出处网址"), [Optional(), LengthBetween(0, 1000)])


class BeneficiaryForm(BaseForm):
    """Somebody a trust supports."""

    name = StringField(_l("姓名"), [Required(), LengthBetween(1, 40)])
    identity_number = StringField(_l("证件号"), [Required(), LengthBetween(5, 40)])


class ManagedForm(BaseForm):
    """Who runs a place."""

    managed_by_code = RegionField(_l("由哪里代管"), [Optional()], least=6)


class ListForm(BaseForm):
    """A registrar's list."""

    file = FileField(_l("名单文件"))
    #: The bytes of the file, once `validate` has seen them.
    content: bytes

    def validate_file(self, field: Any) -> None:
        """A file must be there."""
        self.content = field.data.read(MOST_BYTES + 1) if field.data else b""
        if not self.content:
            raise ValidationError(_l("请选一个文件，不能是空的。"))
