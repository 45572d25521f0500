"""A paper handed in with a form, drawn anew while the form is looked at."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import ValidationError
from wtforms.widgets import FileInput

from charity.errors import Invalid
from charity.evidence import MAX_BYTES, Evidence, reencode
from charity.spending.reasons import SpendingReason
from web.labels import sentence

#: What a browser offers to choose from; what is taken the first bytes decide.
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"


class PaperField(FileField):
    """One picture or PDF; `evidence` is what will be kept, None where nothing was handed in."""

    widget = FileInput()

    def __init__(self, label: Any = None, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.evidence: Evidence | None = None
        self.flags.required = required
        self.flags.accept = ACCEPT

    def pre_validate(self, form: Any) -> None:
        """Draw it anew, or say beside the field why it cannot be taken."""
        self.evidence = None
        sent = self.data
        if not sent or not getattr(sent, "filename", ""):
            if self.flags.required:
                raise ValidationError(_l("请交一份材料。"))
            return
        try:
            self.evidence = reencode(sent.read(MAX_BYTES + 1), field=self.name)
        except Invalid as refusal:
            raise ValidationError(sentence(refusal.reason, refusal.params)) from None


class PapersField(MultipleFileField):
    """Several pictures or PDFs at once; `evidence` is what will be kept, in the order handed in."""

    def __init__(self, label: Any = None, *, limit: int, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.evidence: list[Evidence] = []
        self.limit = limit
        self.flags.accept = ACCEPT

    def pre_validate(self, form: Any) -> None:
        """Draw each anew, or say beside the field which of them cannot be taken."""
        self.evidence = []
        sent = [each for each in self.data or [] if getattr(each, "filename", "")]
        if len(sent) > self.limit:
            raise ValidationError(sentence(SpendingReason.PICTURE_COUNT, {"limit": self.limit}))
        for each in sent:
            try:
                self.evidence.append(reencode(each.read(MAX_BYTES + 1), field=self.name))
            except Invalid as refusal:
                words = sentence(refusal.reason, refusal.params)
                name = each.filename[:80]
                raise ValidationError(f"{name}{_('：')}{words}") from None
