"""What every form shares: our own sentences, and fields for money, days, places and credit codes.

A field keeps what the person typed, whatever was wrong with it; its sentence stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, ClassVar

from babel.support import Translations
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.i18n import messages_path
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from charity.errors import DomainError, NotFound
from charity.money import AmountError, Money
from charity.registry import queries as registry
from charity.registry import uscc
from charity.registry.models import Region
from web.cleaning import clean_line, clean_text
from web.db import get_session
from web.labels import sentence


class BaseForm(FlaskForm):
    """Base of every form: CSRF token, and blanks around typed text taken away."""

    class Meta(FlaskForm.Meta):
        """WTForms' own sentences are not used; ours stand in the catalogue."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Clean text fields; passwords and files are taken as they come."""
            clean = _CLEANERS.get(unbound_field.field_class)
            if clean is not None:
                own = unbound_field.kwargs.get("filters", ())
                options = {**options, "filters": [clean, *own]}
            return unbound_field.bind(form=form, **options)

        def get_translations(self, form: Any) -> Any:
            """WTForms' own sentences, of which Flask-WTF reads the file anew for each request."""
            return _wtforms_words(str(get_locale()))


@cache
def _wtforms_words(locale: str) -> Any:
    return Translations.load(messages_path(), [locale], domain="wtforms")


#: How the text of a field is cleaned, by the kind of field.
_CLEANERS = {StringField: clean_line, TextAreaField: clean_text}


class Required:
    """Something must be given; zero and False count as given where a field reads them."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: object = None) -> None:
        self.message = message or _l("请填写这一项。")

    def __call__(self, form: Any, field: Any) -> None:
        """Raise beside the field when nothing was given; a reading error speaks first."""
        if field.errors:
            raise StopValidation
        data = field.data
        if data is None or data is False or (isinstance(data, str | list) and not data):
            raise StopValidation(self.message)


class Optional:
    """May be left empty: then nothing more is checked."""

    field_flags: ClassVar = {"optional": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Stop quietly on an empty field; keep an error of reading."""
        raw = field.raw_data
        if not raw or (isinstance(raw[0], str) and not raw[0].strip()):
            field.errors = []
            raise StopValidation


class LengthBetween:
    """A text of so many characters."""

    def __init__(self, low: int = 0, high: int = 200) -> None:
        self.low, self.high = low, high
        self.field_flags = {"maxlength": high} if high else {}

    def __call__(self, form: Any, field: Any) -> None:
        """Raise beside the field when the text is too short or too long."""
        length = len(field.data or "")
        if length < self.low:
            raise ValidationError(_l("至少要 %(n)s 个字。", n=self.low))
        if length > self.high:
            raise ValidationError(
                _l("最多 %(n)s 个字，现在有 %(have)s 个。", n=self.high, have=length)
            )


class NumberBetween:
    """A whole number within bounds."""

    def __init__(self, low: int = 1, high: int = 10**9) -> None:
        self.low, self.high = low, high

    def __call__(self, form: Any, field: Any) -> None:
        """Raise beside the field when the number lies outside."""
        if field.data is not None and not self.low <= field.data <= self.high:
            raise ValidationError(
                _l("请填 %(low)s 到 %(high)s 之间的整数。", low=self.low, high=self.high)
            )


class TypedField(Field):
    """A text input whose text is read into a value by `read`; the text itself is kept."""

    widget = TextInput()

    def read(self, text: str) -> Any:
        """Turn the text into the value; raises `ValueError` with a sentence."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """The text for a value that did not come from the form."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; an empty text is no value."""
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            self.data = self.read(str(valuelist[0]).strip())


class MoneyField(TypedField):
    """An amount of yuan, read as `Money`; every way of getting it wrong has its own sentence."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, zero: bool = False, **kwargs: Any
    ):
        super().__init__(label, validators, **kwargs)
        #: Whether an amount of nothing is an answer.
        self.zero = zero

    def read(self, text: str) -> Money:
        """Read yuan as people write them."""
        try:
            amount = Money.yuan(text)
        except AmountError as error:
            raise ValueError(_why_no_amount(text, error)) from None
        if amount.fen < 0:
            raise ValueError(_l("金额不能是负数。"))
        if not amount and not self.zero:
            raise ValueError(_l("金额要大于零。"))
        return amount

    def write(self, value: Money) -> str:
        """Without separators, as one would type it."""
        return str(value).replace(",", "")


def _why_no_amount(text: str, error: AmountError) -> Any:
    """The sentence for a text that is no amount."""
    folded = text.translate(_NARROW)
    if error.code == "too_large" or re.fullmatch(r"-?[\d,]{14,}(\.\d*)?", folded):
        return _l("金额太大了，最多一百亿元。")
    if folded != text:
        return _l("请用半角数字，例如 %(example)s。", example=folded if folded.isascii() else "100")
    if re.fullmatch(r"-\d.*", text):
        return _l("金额不能是负数。")
    if re.fullmatch(r"[\d,]+\.\d{3,}", text):
        return _l("最小单位是分，小数点后最多两位。")
    if re.fullmatch(r"[\d.]+[eE][+-]?\d+", text):
        return _l("请直接写数字，不要用科学记数法，例如 1000。")
    return _l("请写成数字，例如 100 或 99.50。")


#: Full-width figures and signs to their plain forms, only to say what was meant.
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)}


class DateField(TypedField):
    """A day in China, as browsers send it: 2026-11-22."""

    widget = TextInput(input_type="date")

    def read(self, text: str) -> date:
        """Read the ISO form only; no guessing between day and month."""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise ValueError(_l("没有这一天。")) from None
        raise ValueError(_l("日期写成 2026-11-22 这样。"))


class WholeNumberField(TypedField):
    """A whole number without sign or exponent."""

    def read(self, text: str) -> int:
        """Read plain figures."""
        if re.fullmatch(r"\d{1,12}", text, re.ASCII):
            return int(text)
        raise ValueError(_l("请写一个整数，例如 20。"))


class CreditCodeField(StringField):
    """统一社会信用代码, normalised and checked by its check digits; `data` is the plain code."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Fold case and width, keep the rest for the sentence."""
        self.data = uscc.normalise(valuelist[0]) if valuelist else ""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else (self.data or "")

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that cannot exist."""
        if self.data and (reason := uscc.problem(self.data)) is not None:
            raise ValidationError(sentence(reason, {"length": len(self.data)}))


class PlaceInput(TextInput):
    """A text input that suggests places by their names; works without script."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Draw the input and its list."""
        names = f"{field.id}-places"
        options = Markup("").join(
            Markup('<option value="{}">{}</option>').format(code, name)
            for code, name in field.suggestions
        )
        kwargs = {"autocomplete": "off", **kwargs, "list": names}
        control = Markup(super().__call__(field, **kwargs))  # noqa: S704 - WTForms has escaped it
        return control + Markup('<datalist id="{}">{}</datalist>').format(names, options)


class RegionField(TypedField):
    """A place by its division code, or by its name where only one place is called so.

    `data` is the code. `least` is the shortest code accepted: 9 for a street, 12 for a village.
    """

    widget = PlaceInput()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        within: str = "4207",
        least: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.within, self.least = within, least

    @property
    def suggestions(self) -> Sequence[tuple[str, str]]:
        """Code and name of every place to choose from, below `within`."""
        return [
            (place.code, place.name) for place in self._below() if len(place.code) >= self.least
        ]

    def read(self, text: str) -> str:
        """Find the place; raises `ValueError` with a sentence when there is none or several."""
        code = text.split(" ", 1)[0]
        if re.fullmatch(r"\d{2,12}", code, re.ASCII):
            try:
                return self._fine_enough(registry.region(get_session(), code))
            except NotFound:
                raise ValueError(_l("没有这个行政区划代码。")) from None
        found = [place for place in self._below() if place.name == text]
        if len(found) > 1:
            raise ValueError(_l("有几个地方都叫这个名字，请从列表里选，或写区划代码。"))
        if not found:
            raise ValueError(_l("没有找到这个地方，请从列表里选，或写区划代码。"))
        return self._fine_enough(found[0])

    def _fine_enough(self, place: Region) -> str:
        if len(place.code) < self.least:
            raise ValueError(_l("请具体到下一级：街道、乡镇或村、社区。"))
        return place.code

    def _below(self) -> Sequence[Region]:
        try:
            return registry.regions_below(get_session(), self.within)
        except NotFound:
            return ()


def attach(form: Any, error: DomainError) -> None:
    """Put a refusal's sentence beside the field it names, or on top of the form."""
    words = sentence(error.reason, error.params)
    field = form[error.field] if error.field and error.field in form else None
    if field is None or isinstance(field, HiddenField):
        form.form_errors.append(words)
    else:
        field.errors = [*field.errors, words]
