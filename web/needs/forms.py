"""What is asked of a resident who orders, a clerk on the telephone, and an organisation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from charity import clock
from charity.errors import DomainError
from charity.registry.models import Campaign
from projects.listings.models import (
    BeneficiaryGroup,
    ListingCategory,
    Need,
    Project,
    ResourceKind,
    Urgency,
)
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    NumberBetween,
    Optional,
    RegionField,
    Required,
    WholeNumberField,
    attach,
)
from web.labels import choices, label
from web.resources.fields import read_quantity

#: What residents order most, in the order the big buttons stand; the others wait in a list.
COMMON = (
    ListingCategory.ELDERLY_CARE,
    ListingCategory.MEALS,
    ListingCategory.REPAIR,
    ListingCategory.TRANSPORT,
    ListingCategory.CHILD_CARE,
    ListingCategory.STUDY,
    ListingCategory.HEALTH,
    ListingCategory.COUNSELLING,
    ListingCategory.HOUSEHOLD_GOODS,
    ListingCategory.CLEANING,
    ListingCategory.LEGAL,
    ListingCategory.CULTURE,
)
#: In what form help for a category usually comes; else people's time.
_USUAL_KIND = {
    ListingCategory.HOUSEHOLD_GOODS: ResourceKind.GOODS,
    ListingCategory.MEDICAL_SUPPLIES: ResourceKind.GOODS,
    ListingCategory.CLOTHING: ResourceKind.GOODS,
    ListingCategory.FOOD: ResourceKind.GOODS,
    ListingCategory.FUNDING: ResourceKind.MONEY,
    ListingCategory.VENUE: ResourceKind.SPACE,
    ListingCategory.REPAIR: ResourceKind.SKILLS,
    ListingCategory.LEGAL: ResourceKind.SKILLS,
    ListingCategory.COUNSELLING: ResourceKind.SKILLS,
    ListingCategory.TRAINING: ResourceKind.SKILLS,
}
#: The most people one order may be for.
MOST_PEOPLE = 1_000_000


class OrderFields(BaseForm):
    """What every order says: what, for whom, where, how urgent, whom to call."""

    client_id = HiddenField()
    title = StringField(_l("需要什么"), [Required(), LengthBetween(2, 60)])
    description = TextAreaField(_l("再说清楚一点"), [Optional(), LengthBetween(0, 500)])
    beneficiary_group = SelectField(
        _l("给谁"), [Required()], choices=[], default=BeneficiaryGroup.RESIDENTS.value
    )
    region_code = RegionField(_l("哪个村、社区"), [Required()], least=12)
    urgency = RadioField(_l("急不急"), [Required()], choices=[], default=Urgency.NORMAL.value)
    contact_name = StringField(_l("怎么称呼"), [Required(), LengthBetween(1, 30)])
    contact_phone = StringField(_l("电话"), [Required(), LengthBetween(5, 40)])
    address = StringField(_l("上门的地址"), [Optional(), LengthBetween(0, 100)])
    names_a_person = BooleanField(_l("这是为某一个人筹钱（看病、上学、救急）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beneficiary_group.choices = choices(BeneficiaryGroup)
        self.urgency.choices = [
            (Urgency.NORMAL.value, _("一般，五个工作日内")),
            (Urgency.URGENT.value, _("急难，48 小时内")),
        ]
        if not self.is_submitted():
            self.client_id.data = str(uuid.uuid4())

    def said(self) -> dict[str, Any]:
        """What was ordered, as `order_need` takes it; what is not asked has its plain value."""
        return {
            "client_id": self.client_id.data or "",
            "title": self.title.data or "",
            "description": self.description.data or "",
            "beneficiary_group": BeneficiaryGroup(self.beneficiary_group.data),
            "region_code": self.region_code.data or "",
            "urgency": Urgency(self.urgency.data),
            "contact_name": self.contact_name.data or "",
            "contact_phone": self.contact_phone.data or "",
            "address": self.address.data or "",
            "names_a_person": self.names_a_person.data,
            "quantity": None,
            "unit": "",
            "item": "",
            "starts_on": clock.today(),
            "ends_on": None,
            "conditions": "",
            "people": None,
        }

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field; an id that is taken or broken is made anew."""
        attach(self, error)
        if error.field == "client_id":
            self.client_id.data = str(uuid.uuid4())


class OrderForm(OrderFields):
    """点单 by a resident: few questions, big choices, no account."""

    category = RadioField(_l("哪一类事"), choices=[], validate_choice=False)
    other = SelectField(_l("都不是？从这里选"), choices=[], default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [(each.value, label(each)) for each in COMMON]
        rest = [each for each in ListingCategory if each not in COMMON]
        self.other.choices = [("", _("没有选")), *((each.value, label(each)) for each in rest)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then that a kind of thing was chosen, above or from the list."""
        super().validate(extra_validators)
        if self.category_said is None:
            self.category.errors = [_("请选一类。")]
        return not self.errors

    @property
    def category_said(self) -> ListingCategory | None:
        """The category from the list, else the big choice."""
        chosen = self.other.data or self.category.data or ""
        return ListingCategory(chosen) if chosen in set(ListingCategory) else None

    def said(self) -> dict[str, Any]:
        """What was ordered, in the form its category usually comes."""
        category = self.category_said or ListingCategory.HOUSEHOLD_GOODS
        kind = _USUAL_KIND.get(category, ResourceKind.HOURS)
        return super().said() | {"category": category, "kind": kind}


class MeasuredFields(OrderFields):
    """An order with its measure: kind, how much, of what."""

    kind = SelectField(_l("要哪种帮助"), [Required()], choices=[], default=ResourceKind.HOURS.value)
    category = SelectField(_l("类别"), [Required()], choices=[])
    quantity = StringField(_l("要多少"), [Optional(), LengthBetween(0, 20)])
    unit = StringField(_l("单位（件、间、次）"), [Optional(), LengthBetween(0, 20)])
    people = WholeNumberField(_l("多少人"), [Optional(), NumberBetween(1, MOST_PEOPLE)])

    #: The quantity in the measure of its kind, once the form is valid.
    counted: int | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(ResourceKind)
        self.category.choices = choices(ListingCategory)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the quantity in the measure of the kind."""
        super().validate(extra_validators)
        if self.quantity.data and not self.kind.errors:
            try:
                self.counted = read_quantity(ResourceKind(self.kind.data), self.quantity.data)
            except ValueError as error:
                self.quantity.errors = [str(error)]
        return not self.errors

    def said(self) -> dict[str, Any]:
        """What was ordered, measured."""
        return super().said() | {
            "kind": ResourceKind(self.kind.data),
            "category": ListingCategory(self.category.data),
            "quantity": self.counted,
            "unit": self.unit.data or "",
            "people": self.people.data,
        }


class ClerkForm(MeasuredFields):
    """The one screen of a clerk while somebody is on the telephone."""


class NeedForm(MeasuredFields):
    """需求 posted by an organisation."""

    contact_name = StringField(_l("联系人"), [Required(), LengthBetween(1, 30)])
    item = StringField(_l("什么东西"), [Optional(), LengthBetween(0, 60)])
    starts_on = DateField(_l("从哪天起"), [Required()])
    ends_on = DateField(_l("到哪天为止"), [Optional()])
    conditions = TextAreaField(_l("有什么要求"), [Optional(), LengthBetween(0, 500)])
    project = SelectField(_l("属于哪个项目"), choices=[], default="")
    is_post = BooleanField(_l("这是一个长期岗位，请志愿者认领"))

    @classmethod
    def for_projects(cls, projects: Sequence[Project]) -> NeedForm:
        """The form with the projects of the organisation that posts."""
        form = cls()
        form.project.choices = [
            ("", _("不属于项目")),
            *((str(each.id), each.title) for each in projects),
        ]
        if not form.is_submitted():
            form.starts_on.data = clock.today()
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then that a post is one of people's time."""
        super().validate(extra_validators)
        if self.is_post.data and self.kind.data != ResourceKind.HOURS:
            self.is_post.errors = [_("岗位要的是人手，请把“要哪种帮助”改成人手。")]
        return not self.errors

    def said(self) -> dict[str, Any]:
        """What is posted."""
        return super().said() | {
            "item": self.item.data or "",
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "conditions": self.conditions.data or "",
            "is_post": self.is_post.data,
            "project_id": int(self.project.data) if self.project.data else None,
        }


class ConfirmForm(BaseForm):
    """The community's yes: where money and goods go, how urgent it is."""

    urgency = SelectField(_l("急不急"), [Required()], choices=[])
    campaign = SelectField(_l("款物进哪个募捐活动"), choices=[], default="")
    note = StringField(_l("说明"), [Optional(), LengthBetween(0, 200)])

    @classmethod
    def for_need(cls, need: Need, campaigns: Sequence[Campaign], *, fresh: bool) -> ConfirmForm:
        """The form of one need; `fresh` where nothing was sent for it."""
        form = cls(formdata=None) if fresh else cls()
        form.urgency.choices = choices(Urgency)
        form.campaign.choices = [
            ("", _("请选")),
            *((str(each.id), each.title) for each in campaigns),
        ]
        if fresh:
            form.urgency.data = need.urgency.value
        return form

    def said(self) -> dict[str, Any]:
        """What was decided, as `confirm_need` takes it."""
        return {
            "urgency": Urgency(self.urgency.data),
            "campaign_id": int(self.campaign.data) if self.campaign.data else None,
            "note": self.note.data or "",
        }


class ReasonForm(BaseForm):
    """A sentence that the other side, or everybody, will read."""

    note = TextAreaField(_l("说明"), [Required(), LengthBetween(2, 500)])

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside the sentence, or on top."""
        if error.field == "reason":
            error.field = "note"
        attach(self, error)
