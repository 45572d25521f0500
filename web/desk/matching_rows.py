"""Rows of the desk for what the three lists make wait, each with its clock in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from charity import clock
from projects.listings.models import Urgency
from web.desk.matching import EVALUATION_DAYS
from web.desk.parts import LawTask
from web.desk.shape import PATIENCE_DAYS, InboxRow
from web.resources.words import due_said, is_late

#: How long an order may wait for the community's word before it is marked.
_ORDER_WAITS = {
    Urgency.URGENT.value: timedelta(hours=4),
    Urgency.NORMAL.value: timedelta(days=2),
}

#: Kind in words, its colour, the address, and by when.
_Shape = tuple[str, str, str, datetime]


def matching_row(task: LawTask) -> InboxRow:
    """One task as the desk draws it."""
    kind_label, kind, url, due = MATCHING_ROWS[task.part](task)
    late = is_late(due)
    return InboxRow(
        kind_label=kind_label,
        kind="bad" if late else kind,
        title=task.title,
        url=url,
        meta=task.meta,
        due=due_said(due),
        late=late,
        days_left=(due - clock.now()).days,
    )


def _order(task: LawTask) -> _Shape:
    urgent = task.kind == Urgency.URGENT
    words = _("确认急单") if urgent else _("确认点单")
    url = url_for("needs.detail", need_id=task.id)
    return words, "seal" if urgent else "gold", url, _moment(task) + _ORDER_WAITS[task.kind]


def _answer(task: LawTask) -> _Shape:
    return _("答复认领"), "gold", url_for("claims.detail", claim_id=task.id), _moment(task)


def _service(task: LawTask) -> _Shape:
    due = _moment(task) + timedelta(days=PATIENCE_DAYS)
    return _("确认服务"), "jade", url_for("claims.detail", claim_id=task.id), due


def _evaluation(task: LawTask) -> _Shape:
    due = _moment(task) + timedelta(days=EVALUATION_DAYS)
    return _("评价"), "", url_for("claims.detail", claim_id=task.id), due


def _booking(task: LawTask) -> _Shape:
    return _("答复借用"), "gold", url_for("resources.detail", resource_id=task.id), _moment(task)


def _village(task: LawTask) -> _Shape:
    due = _moment(task) + timedelta(days=PATIENCE_DAYS)
    return _("村里认领基金"), "jade", url_for("homeland.decision", village_fund_id=task.id), due


def _moment(task: LawTask) -> datetime:
    return task.due_at or clock.now()


MATCHING_ROWS: dict[str, Callable[[LawTask], _Shape]] = {
    "order": _order,
    "answer": _answer,
    "service": _service,
    "evaluation": _evaluation,
    "booking": _booking,
    "village": _village,
}
