"""Quantities, clocks and fits of the three lists, as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from charity import clock
from charity.money import Money
from projects.listings.models import Need, Resource, ResourceKind
from web.filters import yuan

#: From which score (of 10,000) a pair fits very well, and well.
VERY_WELL, WELL = 7_500, 5_000
#: From so many hours on, days are said.
_LONG_HOURS = 48


def in_hours(minutes: int) -> str:
    """Minutes as people say them: 90 is 1.5 hours."""
    hours = f"{minutes / 60:,.2f}".rstrip("0").rstrip(".")
    return str(_("%(n)s 小时", n=hours))


def amount_said(kind: ResourceKind, quantity: int | None, unit: str) -> str:
    """So much of a need or resource: fen, minutes or its own unit; unknown is said."""
    if quantity is None:
        return str(_("数量不详"))
    if kind is ResourceKind.MONEY:
        return yuan(Money(quantity))
    if kind is ResourceKind.HOURS:
        return in_hours(quantity)
    return f"{quantity:,} {unit}".rstrip()


def wanted_said(need: Need) -> str:
    """What a need still wants; of an unknown quantity only that it is unknown."""
    return amount_said(need.kind, need.rest, need.unit)


def left_said(resource: Resource) -> str:
    """What is still to be had of an offer; without an end, that it has none."""
    if resource.quantity is None:
        return str(_("不限量"))
    return amount_said(resource.kind, resource.rest, resource.unit)


def fit_said(score: int) -> str:
    """A score of 0 to 10,000 in a word."""
    if score >= VERY_WELL:
        return str(_("很合适"))
    return str(_("合适")) if score >= WELL else str(_("可以"))


def fit_kind(score: int) -> str:
    """The colour of that word."""
    if score >= VERY_WELL:
        return "good"
    return "jade" if score >= WELL else ""


def due_said(due_at: datetime | None) -> str:
    """How long one still has until a moment, or how late it is, in hours or days."""
    if due_at is None:
        return ""
    left = due_at - clock.now()
    hours = abs(left) // timedelta(hours=1)
    if hours >= _LONG_HOURS:
        span = _("%(n)s 天", n=hours // 24)
    elif hours:
        span = _("%(n)s 小时", n=hours)
    else:
        span = _("%(n)s 分钟", n=max(abs(left) // timedelta(minutes=1), 1))
    if left < timedelta(0):
        return str(_("已超 %(span)s", span=span))
    return str(_("还剩 %(span)s", span=span))


def is_late(due_at: datetime | None) -> bool:
    """Whether the moment is past."""
    return due_at is not None and due_at < clock.now()
