"""How values look on a page: money, days, moments, names and account numbers."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from flask_babel import get_locale, gettext

from charity.clock import CHINA
from charity.money import Money
from web.labels import label, sentence


def yuan(amount: Money | None) -> str:
    """An exact sum: ¥1,234.50; a dash for None."""
    if amount is None:
        return "—"
    return f"-¥{-amount}" if amount.fen < 0 else f"¥{amount}"


def yuan_short(amount: Money | None) -> str:
    """A sum to be read at a glance: ¥12.3万; rounded down, never up."""
    if amount is None or abs(amount.fen) < 1_000_000 or str(get_locale()).startswith("en"):
        return yuan(amount).removesuffix(".00")
    unit, name = (10**10, gettext("亿")) if abs(amount.fen) >= 10**10 else (10**6, gettext("万"))
    tenths = abs(amount.fen) * 10 // unit
    sign = "-" if amount.fen < 0 else ""
    return f"{sign}¥{tenths // 10:,}.{tenths % 10}{name}".replace(f".0{name}", name)


def day(value: date | datetime | None) -> str:
    """A day in China: 2026-11-22; a dash for None."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone(CHINA).date()
    return value.isoformat()


def moment(value: datetime | None) -> str:
    """An instant by the clock in China: 2026-11-22 15:04."""
    return "—" if value is None else value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded down: 36.5 %; nothing of nothing is 0 %."""
    thousandths = part * 1000 // whole if whole else 0
    return f"{thousandths // 10}.{thousandths % 10}%".replace(".0%", "%")


def mask_name(name: str | None) -> str:
    """A person's name for others to read: 张*, 王*明, J***."""
    if not name:
        return ""
    if name.isascii():
        return name[0] + "***"
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def mask_account(number: str | None) -> str:
    """An account number by its last four figures."""
    digits = (number or "").replace(" ", "")
    return f"**** {digits[-4:]}" if len(digits) > 4 else "****"


def hexadecimal(value: bytes | None) -> str:
    """A digest as hex."""
    return "" if value is None else value.hex()


def init_app(app: Flask) -> None:
    """Make them known to the templates."""
    for function in (yuan, yuan_short, day, moment, percent, mask_name, mask_account, label):
        app.add_template_filter(function)
    app.add_template_filter(hexadecimal, "hex")
    app.add_template_global(sentence)
    app.add_template_global(label)
    app.add_template_global(percent)
