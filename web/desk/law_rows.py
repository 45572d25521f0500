"""Rows of the desk for what law and lists make wait, each with the days or hours left."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _

from charity.approvals.models import RequirementKind
from charity.disclosure.models import DisclosureKind
from charity.money import Money
from web.desk.audits import AUDIT_SHAPES
from web.desk.complaints import PART, complaint_shape
from web.desk.fieldwork import FIELDWORK_SHAPES
from web.desk.judging import JUDGING_SHAPES
from web.desk.law import waits_for_time
from web.desk.life import LIFE_SHAPES
from web.desk.matching_rows import MATCHING_ROWS, matching_row
from web.desk.parts import LawTask
from web.desk.shape import InboxRow, days_until, until_said
from web.desk.ventures import VENTURE_SHAPES
from web.labels import label


def law_row(task: LawTask) -> InboxRow:
    """One task as the desk draws it."""
    if task.part in MATCHING_ROWS:
        return matching_row(task)
    kind_label, kind, title, url = _SHAPES[task.part](task)
    left = days_until(task.due_on)
    late = left is not None and left < 0 and not waits_for_time(task)
    return InboxRow(
        kind_label=kind_label,
        kind="bad" if late else kind,
        title=title,
        url=url,
        meta=_short(task.meta),
        amount=Money(task.fen) if task.fen else None,
        due=until_said(task.due_on),
        late=late,
        days_left=left,
    )


_Shape = tuple[str, str, str, str]


def _requirement(task: LawTask) -> _Shape:
    wanted = RequirementKind(task.kind)
    if wanted is RequirementKind.PUBLIC_NOTICE:
        url = url_for("notices.new", subject=f"expense:{task.id}")
    elif wanted is RequirementKind.CONFLICT_REVIEW:
        url = url_for("related.review", expense_id=task.id)
    else:
        url = url_for("spending.expense", expense_id=task.id)
    manner = "" if waits_for_time(task) else "gold"
    return label(wanted), manner, task.title, url


def _duty(task: LawTask) -> _Shape:
    title = _("%(what)s：%(who)s", what=label(DisclosureKind(task.kind)), who=task.title)
    return _("公开"), "jade", str(title), url_for("disclosures.publish", duty_id=task.id)


def _objection(task: LawTask) -> _Shape:
    url = url_for("notices.manage", notice_id=task.id)
    return _("异议"), "seal", str(_("答复异议：%(title)s", title=task.title)), url


def _agree(task: LawTask) -> _Shape:
    url = url_for("closings.detail", closing_id=task.id)
    return _("审批结项"), "gold", task.title, url


def _go_on(task: LawTask) -> _Shape:
    url = url_for("closings.detail", closing_id=task.id)
    return _("结项"), "jade", str(_("继续办结项：%(name)s", name=task.title)), url


def _change(task: LawTask) -> _Shape:
    return _("审批改预算"), "gold", task.title, url_for("budgets.budget", project_id=task.id)


_SHAPES: dict[str, Callable[[LawTask], _Shape]] = {
    "requirement": _requirement,
    "duty": _duty,
    "objection": _objection,
    "closing_agree": _agree,
    "closing_go_on": _go_on,
    "budget_change": _change,
    PART: complaint_shape,
    **LIFE_SHAPES,
    **VENTURE_SHAPES,
    **JUDGING_SHAPES,
    **AUDIT_SHAPES,
    **FIELDWORK_SHAPES,
}


def _short(text: str, most: int = 60) -> str:
    """The beginning of a long text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"
