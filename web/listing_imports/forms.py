"""Hand in a list of needs or resources."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, ValidationError

from charity.sheets import MOST_BYTES
from projects.listings.reading import ListKind
from web.forms import BaseForm, Required
from web.labels import choices


class ListingFileForm(BaseForm):
    """A file, what it lists, and in whose name it comes."""

    kind = SelectField(_l("是什么清单"), [Required()], choices=[], coerce=ListKind)
    organisation = SelectField(_l("以谁的名义"), choices=[], default="")
    file = FileField(_l("清单文件"), [Required()])
    confirms = BooleanField(_l("人手、场地这类点单，导入时就由我确认并公开"))
    #: The bytes of the file, once `validate` has seen them.
    content: bytes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(ListKind)

    def validate_file(self, field: Any) -> None:
        """A file must be there."""
        self.content = field.data.read(MOST_BYTES + 1) if field.data else b""
        if not self.content:
            # a file without a byte in it
            raise ValidationError(_l("请选一个文件，不能是空的。"))
