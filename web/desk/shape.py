"""One row of the desk, and how urgent it is in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from charity import clock
from charity.money import Money
from web.filters import day

#: Days after which a thing that waits for others is marked late.
PATIENCE_DAYS = 7
#: Where a thing without a day stands among those that have one.
_SOMETIME = 10_000


@dataclass(frozen=True)
class InboxRow:
    """One row as macros/work.html draws it; `due` says since or until when it waits."""

    kind_label: str
    title: str
    url: str
    kind: str = ""
    meta: str = ""
    amount: Money | None = None
    due: str = ""
    late: bool = False
    #: Days until it is late, negative when it is; None where nobody set a day.
    days_left: int | None = None

    @property
    def urgency(self) -> tuple[bool, int]:
        """Late ones first, then by the days left; what has no day comes last."""
        return not self.late, _SOMETIME if self.days_left is None else self.days_left


def days_until(due_on: date | None) -> int | None:
    """Days until the last day for something; 0 on that day."""
    return None if due_on is None else (due_on - clock.today()).days


def until_said(due_on: date | None) -> str:
    """How long one still has, in words."""
    left = days_until(due_on)
    if left is None:
        return ""
    if left < 0:
        return str(_("晚了 %(n)s 天", n=-left))
    if left == 0:
        return str(_("今天到期"))
    return str(_("还有 %(n)s 天", n=left))


def waited(since: datetime) -> int:
    """Whole days for which somebody has waited."""
    return (clock.now() - since).days


def since_said(since: datetime) -> str:
    """Since when somebody waits; beyond patience, for how long."""
    days = waited(since)
    if days < PATIENCE_DAYS:
        return day(since)
    return str(_("已等 %(n)s 天", n=days))
