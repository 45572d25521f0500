"""Writing down what a plan says until it is filed; from then on the sheet stands still."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import texts
from charity.actor import Actor
from charity.errors import CommonReason, Invalid, InvalidState
from charity.registry.models import FundraisingPlan, PlanSheet
from charity.registry.plan_drafts import SheetDraft
from charity.rows import present

#: Columns in which several lines may be written.
_PROSE = frozenset({"purpose", "use_of_money", "surplus_rule"})


def write_sheet(
    session: Session,
    actor: Actor,
    *,
    sheet_id: int | None,
    draft: SheetDraft,
    starts_on: date,
    ends_on: date,
    beneficiaries: str,
) -> PlanSheet:
    """Write a plan's sheet, a new one for None; what is missing stays empty (CHA-111).

    Who may is for the project it belongs to. Raises `InvalidState` once it is filed, `Invalid` on
    `plan_<column>` for a text that is too long and for a negative cost.
    """
    sheet = PlanSheet() if sheet_id is None else present(session.get(PlanSheet, sheet_id))
    if sheet_id is not None:
        filed = select(FundraisingPlan.id).where(FundraisingPlan.sheet_id == sheet_id)
        if session.scalar(filed) is not None:
            raise InvalidState(CommonReason.WRONG_STATE)
    if draft.cost is not None and draft.cost.fen < 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="plan_cost")
    for column in fields(draft):
        said = getattr(draft, column.name)
        setattr(sheet, column.name, _clean(column.name, said) if isinstance(said, str) else said)
    # a StrEnum is a text as well
    sheet.surplus_way = draft.surplus_way
    sheet.starts_on, sheet.ends_on = starts_on, ends_on
    sheet.beneficiaries = beneficiaries
    session.add(sheet)
    session.flush()
    return sheet


def _clean(column: str, said: str) -> str:
    field = f"plan_{column}"
    if column in _PROSE:
        return texts.prose(said, field=field, limit=2000)
    return texts.line(said, field=field, required=False)
