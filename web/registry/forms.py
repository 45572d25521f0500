"""Forms of the registry: an organisation's particulars, and what the operator's staff say of it.

The place is chosen step by step without script: one list shows the places above and directly below
the chosen one, and a button asks for the next level; the form comes back as it was typed.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField, ValidationError

from charity.registry import queries
from charity.registry.models import OrganisationKind
from charity.registry.reasons import RegistryReason
from web.db import get_session
from web.forms import (
    BaseForm,
    CreditCodeField,
    DateField,
    LengthBetween,
    Optional,
    Required,
)
from web.labels import choices, sentence
from web.listings.filters import place_options
from web.registry.filters import known_place

#: The fields, named as the services take them.
FIELDS = (
    "name", "kind", "uscc", "region_code", "introduction", "contact_name", "contact_phone",
)  # fmt: skip
#: The button that shows the form again with the places of the next level.
NARROW = "narrow"


class OrganisationForm(BaseForm):
    """What an organisation says of itself."""

    name = StringField(_l("全称"), [Required(), LengthBetween(2, 100)])
    kind = SelectField(_l("类型"), [Required()], choices=[], coerce=OrganisationKind)
    uscc = CreditCodeField(_l("统一社会信用代码"))
    region_code = SelectField(_l("所在地"), [Required()], choices=[], validate_choice=False)
    introduction = TextAreaField(_l("介绍"), [Required(), LengthBetween(10, 2000)])
    contact_name = StringField(_l("联系人"), [Required(), LengthBetween(1, 80)])
    contact_phone = StringField(_l("联系电话"), [Required(), LengthBetween(1, 30)])

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(OrganisationKind)
        session = get_session()
        chosen = known_place(session, self.region_code.data or "") or home
        found = [(place.code, place.text) for place in place_options(session, chosen, "")]
        self.region_code.choices = found or [
            (place.code, place.name) for place in queries.child_regions(session)
        ]
        if not self.region_code.data:
            self.region_code.data = chosen

    def validate_uscc(self, field: Any) -> None:
        """Everybody but a filed community group has a code (ORG-02)."""
        if not field.data and self.kind.data is not OrganisationKind.COMMUNITY_GROUP:
            raise ValidationError(_l("请填写证书上的 18 位代码。"))

    def validate_region_code(self, field: Any) -> None:
        """It is a place, whatever the address of the form said."""
        if known_place(get_session(), field.data or "") is None:
            raise ValidationError(sentence(RegistryReason.REGION_UNKNOWN))

    def particulars(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        said = {name: self[name].data for name in FIELDS}
        return {**said, "uscc": said["uscc"] or None}


class VerifyForm(BaseForm):
    """The operator's staff saw the papers; an agreement makes it a partner who may raise money."""

    note = TextAreaField(_l("看了哪些材料"), [Required(), LengthBetween(2, 2000)])
    agreement_number = StringField(_l("合作募捐协议编号"), [Optional(), LengthBetween(1, 80)])
    agreement_signed_on = DateField(_l("签订日期"), [Optional()])
    assessment_note = TextAreaField(_l("对合作方的评估"), [Optional(), LengthBetween(1, 2000)])

    def validate(self, extra_validators: Any = None) -> bool:
        """The number, the day and the assessment belong together (CHA-132)."""
        fine = bool(super().validate(extra_validators))
        parts = (self.agreement_number, self.agreement_signed_on, self.assessment_note)
        if not any(part.data for part in parts):
            return fine
        for part in parts:
            if not part.data and not part.errors:
                words = sentence(RegistryReason.AGREEMENT_INCOMPLETE)
                part.errors = [words]
                fine = False
        return fine

    def said(self) -> dict[str, Any]:
        """What was typed, as `verify_organisation` takes it."""
        return {
            "note": self.note.data,
            "agreement_number": self.agreement_number.data or None,
            "agreement_signed_on": self.agreement_signed_on.data,
            "assessment_note": self.assessment_note.data or None,
        }


class ReturnForm(BaseForm):
    """What is missing, told to the organisation."""

    reasons = TextAreaField(_l("退回的理由"), [Required(), LengthBetween(2, 2000)])
