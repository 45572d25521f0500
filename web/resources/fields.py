"""How a quantity is typed and read: yuan for money, hours for time, whole pieces for the rest."""

from __future__ import annotations

import re
from datetime import time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.widgets import TextInput

from charity.money import AmountError, Money
from projects.listings.models import ResourceKind
from web.forms import TypedField

#: The most of anything, so that no sum grows beyond what both databases keep.
MOST = 10**12


def read_quantity(kind: ResourceKind, text: str) -> int:
    """The quantity in the measure of its kind; raises `ValueError` with a sentence."""
    if kind is ResourceKind.MONEY:
        try:
            value = Money.yuan(text).fen
        except AmountError:
            raise ValueError(_("请写金额，例如 3000 或 99.50。")) from None
    elif kind is ResourceKind.HOURS:
        found = re.fullmatch(r"(\d{1,8})(?:\.(\d{1,2}))?", text, re.ASCII)
        if found is None:
            raise ValueError(_("请写小时数，例如 2 或 1.5。"))
        hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        value = (hundredths * 60 + 50) // 100
    elif re.fullmatch(r"\d{1,12}", text, re.ASCII):
        value = int(text)
    else:
        raise ValueError(_("请写一个整数，例如 20。"))
    if not 0 < value <= MOST:
        raise ValueError(_("要大于零，也不能大得离谱。"))
    return value


def write_quantity(kind: ResourceKind, quantity: int | None) -> str:
    """The same as one would type it; empty where it is unknown."""
    if quantity is None:
        return ""
    if kind is ResourceKind.MONEY:
        return str(Money(quantity)).replace(",", "").removesuffix(".00")
    if kind is ResourceKind.HOURS:
        return f"{quantity / 60:.2f}".rstrip("0").rstrip(".")
    return str(quantity)


def unit_of(kind: ResourceKind, unit: str) -> str:
    """What stands behind the field of a quantity."""
    if kind is ResourceKind.MONEY:
        return str(_("元"))
    return str(_("小时")) if kind is ResourceKind.HOURS else unit


class ClockField(TypedField):
    """A time of the day in China, as browsers send it: 09:30."""

    widget = TextInput(input_type="time")

    def read(self, text: str) -> time:
        """Read hours and minutes."""
        if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII):
            return time.fromisoformat(text)
        raise ValueError(_l("时间写成 09:30 这样。"))

    def write(self, value: time) -> str:
        """Hours and minutes."""
        return value.strftime("%H:%M")
