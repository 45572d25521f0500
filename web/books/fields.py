"""What every form of the room shares: its token, lists to choose from, the day of an event."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, ValidationError

from charity import clock
from charity.ledger.models import Fund
from web.books.reads import LineStand
from web.filters import yuan
from web.forms import BaseForm, DateField, Required

_TOKEN = re.compile(r"[0-9a-f]{32}")
#: One entry of a list, as a select shows it.
Options = Sequence[tuple[Any, str]]


def id_or_none(text: Any) -> int | None:
    """The id a list sent; None for anything that can be none."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", str(text), re.ASCII) else None


class Choice(SelectField):
    """A list to choose one from; what is not in it has our own sentence."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("choices", [])
        super().__init__(label, validators, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Refuse what the list does not offer; an empty answer is for `Required` to judge."""
        if self.data in (None, "", "None"):
            return
        if all(value != self.data for value, _ in self.choices or ()):
            raise ValidationError(_l("请从列表里选一项。"))


class IdChoice(Choice):
    """A list of things by their ids."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=id_or_none, **kwargs)


class NotInTheFuture:
    """A day that has come."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise beside the field for a day to come."""
        if field.data is not None and field.data > clock.today():
            raise ValidationError(_l("这一天还没有到。"))


class HappenedField(DateField):
    """The day it happened: today unless somebody says otherwise, never a day to come."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("default", clock.today)
        super().__init__(
            label or _l("发生日期"), validators or [Required(), NotInTheFuture()], **kwargs
        )


class ActForm(BaseForm):
    """A form that posts at most once: its token makes the source of what it books."""

    #: Names of the fields that come first, where the order they are written in is not the page's.
    FIRST: ClassVar[tuple[str, ...]] = ()
    token = HiddenField(_l("表单"))

    @property
    def shown(self) -> list[Field]:
        """The fields a person fills in, in the order of the page."""
        rest = [
            f for f in self if f.short_name not in self.FIRST and not isinstance(f, HiddenField)
        ]
        return [*(self[name] for name in self.FIRST), *rest]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.token.data = uuid.uuid4().hex

    def validate_token(self, field: Any) -> None:
        """Refuse a form that was not shown by us."""
        if not _TOKEN.fullmatch(field.data or ""):
            raise ValidationError(_l("这个表单已经失效，请重新打开这一页再填。"))

    def source(self, act: str) -> str:
        """What the book knows this act by: the same form sent twice is the same act."""
        return f"{act}:{self.token.data}"


def given(field: Any) -> Any:
    """What was typed into a field, which has been validated by now."""
    return field.data


def asked(options: Options, nothing: Any = None) -> list[tuple[Any, str]]:
    """A list that begins with nothing chosen."""
    return [("", nothing or _l("请选择")), *options]


def line_options(stands: Sequence[LineStand]) -> list[tuple[int, str]]:
    """Lines with what is free on them."""
    return [
        (row.line.id, _("%(name)s（可用 %(sum)s）", name=row.name, sum=yuan(row.available)))
        for row in stands
    ]


def fund_options(funds: Sequence[Fund]) -> list[tuple[int, str]]:
    """Funds by their names."""
    return [(fund.id, fund.name) for fund in funds]
