"""What changed between two submissions, in words: names of fields, sums, days, kinds and places."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from charity.money import Money
from charity.registry import queries as registry
from charity.registry.models import FundraisingMode, PlanField, SurplusWay
from charity.spending.models import CostKind
from projects.listings.models import ProjectCategory
from projects.listings.queries.revisions import PLAN
from projects.listings.revising import FieldChange, Piece, RevisionPart, RowChange, Scalar
from web.filters import yuan
from web.labels import label

#: A passage that stayed is shortened in the middle beyond this, to so many signs at each end.
LONG, KEPT = 60, 18

FIELDS: Mapping[str, object] = {
    "title": _l("项目名称"),
    "region_code": _l("地点"),
    "category": _l("类别"),
    "beneficiaries": _l("帮助谁"),
    "beneficiary_count": _l("大约多少人"),
    "story": _l("为什么要做"),
    "target": _l("目标金额"),
    "starts_on": _l("开始日期"),
    "ends_on": _l("结束日期"),
    "mode": _l("募捐方式"),
    "plan_number": _l("募捐方案备案号"),
    "plan_filed_on": _l("备案日期"),
    "platform_name": _l("同时上线的指定平台"),
    "platform_url": _l("它在平台上的网址"),
    "lines": _l("预算"),
    "deliverables": _l("能数得清的成果"),
    # columns of the rows
    "name": _l("名称"),
    "kind": _l("类别"),
    "amount": _l("金额"),
    "unit_cost": _l("单价"),
    "quantity": _l("数量"),
    "count": _l("数量"),
    "unit": _l("单位（件、间、次）"),
    "earmark": _l("专款用途"),
}
_KINDS: Mapping[str, type[enum.Enum]] = {
    "category": ProjectCategory,
    "mode": FundraisingMode,
    "kind": CostKind,
    "plan_surplus_way": SurplusWay,
}
_SUMS = frozenset({"target", "amount", "unit_cost", "plan_cost"})
#: Longer texts are shown as one text with what went and came.
_PROSE = frozenset({"title", "story", "beneficiaries"})


@dataclass(frozen=True, slots=True)
class Told:
    """One field in words: a before and an after, a text by its pieces, or rows."""

    name: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[RevisionPart, str, tuple[tuple[str, str, str], ...]], ...] = ()


def told(session: Session, changes: list[FieldChange]) -> list[Told]:
    """The changes in words; places are named in one question."""
    codes = [str(v) for c in changes if c.field == "region_code" for v in (c.before, c.after) if v]
    places = registry.region_names(session, codes) if codes else {}
    return [_told(change, places) for change in changes]


def _told(change: FieldChange, places: Mapping[str, str]) -> Told:
    name = _name(change.field)
    if change.rows:
        return Told(name, rows=tuple(_row(row) for row in change.rows))
    spoken = change.field in _PROSE or change.field.startswith(PLAN)
    if change.pieces and spoken and change.field not in _KINDS:
        return Told(name, pieces=tuple(map(_shortened, change.pieces)))
    before, after = (_value(change.field, each, places) for each in (change.before, change.after))
    return Told(name, before, after)


def _row(row: RowChange) -> tuple[RevisionPart, str, tuple[tuple[str, str, str], ...]]:
    # in a row the target is how many are wanted; in the head it is the sum of all
    named = [("count" if cell[0] == "target" else cell[0], cell[1], cell[2]) for cell in row.cells]
    cells = tuple(
        (_name(column), _value(column, before, {}), _value(column, after, {}))
        for column, before, after in named
    )
    return row.part, row.name, cells


def _name(field: str) -> str:
    if field in FIELDS:
        return str(FIELDS[field])
    if field.startswith(PLAN):
        return label(PlanField(field.removeprefix(PLAN)))
    return field


def _value(field: str, value: Scalar, places: Mapping[str, str]) -> str:
    if value is None or value == "":
        return str(_("（没有写）"))
    if field in _KINDS:
        return label(_KINDS[field](value))
    if field in _SUMS:
        return yuan(Money(int(value)))
    if field == "region_code":
        return places.get(str(value), str(value))
    return str(value)


def _shortened(piece: Piece) -> Piece:
    """What stayed only says where one is."""
    if piece.part is not RevisionPart.SAME or len(piece.text) <= LONG:
        return piece
    return replace(piece, text=f"{piece.text[:KEPT]}……{piece.text[-KEPT:]}")
