"""What is asked of those who lead a project, look at its steps, sign for it and follow it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import ValidationError as NotValid

from charity import clock
from charity.errors import Invalid
from charity.evidence import MAX_BYTES, Evidence, reencode
from charity.registry.models import Organisation
from projects.listings.models import PartyRole
from projects.listings.reasons import LifeReason
from projects.listings.services import PictureDraft
from projects.listings.services.following import ADDRESS_MAXIMUM
from projects.listings.services.life import NOTE_MAXIMUM
from projects.listings.services.milestones import TITLE_MAXIMUM as STEP_MAXIMUM
from projects.listings.services.reporting import (
    CAPTION_MAXIMUM,
    PICTURES_MAXIMUM,
    TITLE_MAXIMUM,
    WORDS_MAXIMUM,
)
from web.forms import BaseForm, DateField, LengthBetween, Optional, Required
from web.labels import choices, sentence

#: What a browser offers to choose from; what is taken the first bytes decide.
ACCEPT = "image/jpeg,image/png,image/webp"


class MilestoneForm(BaseForm):
    """One step and its day."""

    title = StringField(_l("做到哪一步"), [Required(), LengthBetween(2, STEP_MAXIMUM)])
    due_on = DateField(_l("哪天以前"), [Required()])

    @property
    def day(self) -> date:
        """The day that was typed; a form that stands has one."""
        return self.due_on.data or clock.today()


class NoteForm(BaseForm):
    """What was done, what is missing, or why."""

    note = TextAreaField(_l("说明"), [Required(), LengthBetween(2, NOTE_MAXIMUM)])


class DropForm(BaseForm):
    """Why a step is done without."""

    reason = StringField(_l("为什么不做了"), [Required(), LengthBetween(2, 200)])


class ClosingNoteForm(BaseForm):
    """How a project ended."""

    ending = TextAreaField(_l("项目做得怎么样"), [Required(), LengthBetween(2, NOTE_MAXIMUM)])


class ReportForm(BaseForm):
    """A report in words and pictures."""

    client_id = HiddenField(default=lambda: str(uuid.uuid4()))
    title = StringField(_l("标题"), [Required(), LengthBetween(2, TITLE_MAXIMUM)])
    words = TextAreaField(_l("做了什么"), [Required(), LengthBetween(5, WORDS_MAXIMUM)])
    reported_on = DateField(_l("哪天的事"), [Required()])
    pictures = MultipleFileField(_l("照片"))
    captions = TextAreaField(_l("照片说明"), [Optional()])
    consent = BooleanField(
        _l("照片里认不出具体的人，或者认得出的人都同意公开；有孩子的，监护人同意。")
    )
    guardian_name = StringField(
        _l("照片里有孩子的，写监护人姓名"), [Optional(), LengthBetween(2, 80)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures.flags.accept = ACCEPT
        #: The pictures as they will be kept, once `validate` has looked at them.
        self.drawn: list[Evidence] = []
        if not self.is_submitted():
            self.reported_on.data = clock.today()

    def validate_client_id(self, field: Any) -> None:
        """A form that came without its number gets one, and is simply a new report."""
        try:
            uuid.UUID(field.data or "")
        except ValueError:
            field.data = str(uuid.uuid4())

    def validate_pictures(self, field: Any) -> None:
        """Draw each anew, or say why it cannot be taken."""
        self.drawn = []
        sent = [each for each in field.data or [] if getattr(each, "filename", "")]
        if len(sent) > PICTURES_MAXIMUM:
            limit = {"maximum": PICTURES_MAXIMUM}
            raise NotValid(sentence(LifeReason.PICTURES_TOO_MANY, limit))
        try:
            self.drawn = [reencode(each.read(MAX_BYTES + 1), only_pictures=True) for each in sent]
        except Invalid as refusal:
            raise NotValid(sentence(refusal.reason, refusal.params)) from None

    def validate_consent(self, field: Any) -> None:
        """Pictures come with the word that those on them agree (PII-04)."""
        if self.drawn and not field.data:
            raise NotValid(sentence(LifeReason.CONSENT_MISSING))

    def drafts(self) -> list[PictureDraft]:
        """The pictures with their captions, line by line."""
        said = [line.strip()[:CAPTION_MAXIMUM] for line in (self.captions.data or "").splitlines()]
        agreed, guardian = bool(self.consent.data), (self.guardian_name.data or "").strip()
        return [
            PictureDraft(evidence, said[at] if at < len(said) else "", agreed, guardian)
            for at, evidence in enumerate(self.drawn)
        ]


class PartyForm(BaseForm):
    """An organisation in one of the five roles."""

    role = SelectField(_l("角色"), [Required()], choices=[], coerce=PartyRole)
    organisation_id = SelectField(_l("组织"), [Required()], choices=[], coerce=int)

    @classmethod
    def among(cls, organisations: list[Organisation]) -> PartyForm:
        """The form with the organisations one can name."""
        form = cls()
        form.role.choices = choices(PartyRole)
        form.organisation_id.choices = [(each.id, each.name) for each in organisations]
        return form


class FollowForm(BaseForm):
    """Where letters go."""

    subject = HiddenField()
    address = StringField(_l("邮箱"), [Optional(), LengthBetween(0, ADDRESS_MAXIMUM)])
