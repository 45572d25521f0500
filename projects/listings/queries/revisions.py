"""What a project says as one plain value, and how it differs from what was submitted before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.money import Money
from charity.registry.models import PlanField
from projects.listings.models import Project, ProjectRevision
from projects.listings.revising import Content, FieldChange, Row, Scalar, changes

#: What a reviewer reads, in the order of the form.
FIELDS = (
    "title", "region_code", "category", "beneficiaries", "beneficiary_count", "story", "target",
    "starts_on", "ends_on", "mode", "plan_number", "plan_filed_on", "platform_name", "platform_url",
)  # fmt: skip
LINES, DELIVERABLES = "lines", "deliverables"
LINE_COLUMNS = ("name", "kind", "amount", "unit_cost", "quantity", "unit")
DELIVERABLE_COLUMNS = ("name", "unit", "unit_cost", "target", "earmark")
#: A thing of the fundraising plan is a field with this before its name.
PLAN = "plan_"
#: What the project says itself stands there already.
_SAID_ABOVE = frozenset({PlanField.STARTS_ON, PlanField.ENDS_ON, PlanField.BENEFICIARIES})


@dataclass(frozen=True, slots=True)
class Resubmission:
    """What changed since the submission before, and when that was."""

    number: int
    since: datetime
    changes: list[FieldChange]


def content_of(project: Project) -> Content:
    """Everything a reviewer reads of it: texts and numbers, sums in fen, days in ISO form."""
    said: dict[str, Scalar | list[Row]] = {name: _plain(getattr(project, name)) for name in FIELDS}
    budget = project.budget
    said[LINES] = [_row(line, LINE_COLUMNS) for line in budget.lines]
    said[DELIVERABLES] = [_row(each, DELIVERABLE_COLUMNS) for each in budget.deliverables]
    if project.plan_sheet is not None:
        for column in PlanField:
            if column not in _SAID_ABOVE:
                said[f"{PLAN}{column.value}"] = _plain(getattr(project.plan_sheet, column.value))
    return said


def resubmission(session: Session, project: Project) -> Resubmission | None:
    """How what it says now differs from the submission before; None for a first one."""
    query = (
        select(ProjectRevision)
        .where(ProjectRevision.project_id == project.id)
        .order_by(ProjectRevision.number.desc())
        .limit(2)
    )
    kept = list(session.scalars(query))
    if len(kept) < 2:
        return None
    newest, before = kept
    found = changes(json.loads(before.content), json.loads(newest.content))
    return Resubmission(newest.number, before.submitted_at, found)


def _row(thing: object, columns: tuple[str, ...]) -> Row:
    return {column: _plain(getattr(thing, column)) for column in columns}


def _plain(value: object) -> Scalar:
    """A value as JSON keeps it."""
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | str) else None
