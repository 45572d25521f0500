"""Forms of statements, of their mappings, and of counted cash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField, ValidationError

from charity.donations.models import StatementKind
from charity.donations.services import Slip
from charity.donations.services.cash import MOST_SLIPS
from charity.donations.statement_reading import FIELDS, WORDS
from charity.money import AmountError, Money
from charity.registry.models import Campaign, Organisation
from charity.sheets import MOST_BYTES
from web.forms import BaseForm, DateField, LengthBetween, MoneyField, Optional, Required
from web.labels import choices
from web.statements.words import FIELD_NAMES


def _id_or_none(text: Any) -> int | None:
    return int(text) if str(text).isdigit() else None


class UploadForm(BaseForm):
    """A statement as it came from the bank or the platform."""

    file = FileField(_l("文件"))
    organisation_id = SelectField(_l("哪家机构的账户"), coerce=_id_or_none, choices=[])
    mapping = SelectField(_l("按哪种格式读"), choices=[])
    campaign_id = SelectField(_l("平台的捐款记给哪个项目"), coerce=_id_or_none, choices=[])

    #: The bytes of the file, once `validate` has seen them.
    content: bytes

    def offer(
        self,
        organisations: Sequence[Organisation],
        mappings: Sequence[tuple[str, str]],
        campaigns: Sequence[Campaign],
    ) -> None:
        """Fill the lists to choose from; `mappings` are names with their words."""
        self.organisation_id.choices = [(one.id, one.name) for one in organisations]
        self.mapping.choices = list(mappings)
        self.campaign_id.choices = [("", _("银行流水不用选"))] + [
            (one.id, one.title) for one in campaigns
        ]

    def validate_file(self, field: Any) -> None:
        """A file must be there, and not beyond all measure."""
        self.content = field.data.read(MOST_BYTES + 1) if field.data else b""
        if not self.content:
            raise ValidationError(_l("请选一个文件，不能是空的。"))


class MappingForm(BaseForm):
    """The words above a bank's or a platform's columns, one a line or apart by commas."""

    name = StringField(_l("名称"), [Required(), LengthBetween(1, 60)])
    kind = SelectField(_l("是什么"), choices=[])

    @classmethod
    def of(cls, name: str, kind: str, columns: dict[str, Sequence[str]]) -> MappingForm:
        """The form with a mapping's words in it."""
        given = {field: "\n".join(columns.get(field, ())) for field in (*FIELDS, *WORDS)}
        form = _MappingFields(data={"name": name, "kind": kind, **given})
        form.kind.choices = choices(StatementKind)
        return form

    @property
    def words(self) -> list[Any]:
        """The fields of words, in order."""
        return [self[name] for name in (*FIELDS, *WORDS)]

    @property
    def columns(self) -> dict[str, list[str]]:
        """The words as they were typed."""
        return {
            field.short_name: [word for word in re.split(r"[\n,;\uff0c\uff1b]+", field.data or "")]
            for field in self.words
        }


class _MappingFields(MappingForm):
    """One field of words for each thing a column can mean."""


for _name in (*FIELDS, *WORDS):
    setattr(_MappingFields, _name, TextAreaField(FIELD_NAMES[_name], [LengthBetween(0, 2000)]))


class CashForm(BaseForm):
    """What one person counted: a box, a stall or an event."""

    campaign_id = SelectField(_l("捐给哪个项目"), [Required()], coerce=_id_or_none, choices=[])
    place = StringField(_l("募捐箱编号或活动名称"), [Required(), LengthBetween(1, 100)])
    counted_on = DateField(_l("清点日期"), [Required()])
    amount = MoneyField(_l("现金合计（元）"), [Required()])
    slips = TextAreaField(_l("收据存根"))
    note = TextAreaField(_l("说明"), [Optional(), LengthBetween(0, 500)])

    #: The slips as they were read.
    read_slips: list[Slip]

    def validate_slips(self, field: Any) -> None:
        """A slip a line: its number, the sum, and the giver's name where there is one."""
        self.read_slips = []
        lines = [line for line in (field.data or "").splitlines() if line.strip()]
        if len(lines) > MOST_SLIPS:
            raise ValidationError(_l("一次最多 %(n)s 张，其余的另记一次。", n=MOST_SLIPS))
        for line in lines:
            parts = re.split(r"[\s,\uff0c]+", line.strip(), maxsplit=2)
            try:
                number, amount = int(parts[0]), Money.yuan(parts[1])
            except (ValueError, IndexError, AmountError):
                raise ValidationError(
                    _l("这一行读不懂：%(line)s。请写成：编号 金额 名字。", line=line[:40])
                ) from None
            name = parts[2] if len(parts) > 2 else ""
            self.read_slips.append(Slip(number, amount, name[:60]))


class ConfirmForm(BaseForm):
    """What the second person counted, without having been told the first sum."""

    amount = MoneyField(_l("你清点的合计（元）"), [Required()])


class IgnoreForm(BaseForm):
    """Why rows are no gifts of this site."""

    note = StringField(_l("是什么钱"), [LengthBetween(0, 100)])
