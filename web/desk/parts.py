"""What the parts of the desk's one question share: their columns, and where a role is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Select,
    String,
    Text,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.base import UtcDateTime

_MOMENT = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class LawTask:
    """One thing that waits: its part and kind, what it is called, and the last day for it."""

    part: str
    kind: str
    id: int
    title: str
    meta: str
    fen: int | None
    due_on: date | None
    #: The moment, where it is a matter of hours.
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Where a permission is held: organisations and places; everywhere where `all`."""

    all: bool
    organisations: frozenset[int]
    places: frozenset[str]

    @classmethod
    def of(cls, actor: Actor, permission: Permission) -> Held:
        """Read it from the roles of an actor."""
        grants = [each for each in actor.grants if permission in ROLE_PERMISSIONS[each.role]]
        return cls(
            any(each.is_platform for each in grants),
            frozenset(each.organisation_id for each in grants if each.organisation_id is not None),
            frozenset(each.region_code for each in grants if each.region_code is not None),
        )

    def __bool__(self) -> bool:
        return self.all or bool(self.organisations) or bool(self.places)

    def reaches(self, *organisations: Any, place: Any = None) -> ColumnElement[bool]:
        """Whether one of these organisations, or the place, is within reach."""
        if self.all:
            return literal(True)
        found: list[ColumnElement[bool]] = [
            column.in_(self.organisations) for column in organisations if self.organisations
        ]
        if place is not None:
            found += [place.startswith(code, autoescape=True) for code in sorted(self.places)]
        return or_(false(), *found)


def row(
    part: str,
    kind: Any,
    id_: Any,
    title: Any,
    meta: Any,
    amount: Any,
    due_on: Any,
    due_at: Any = None,
) -> Select[Any]:
    """One part in the columns they all share."""
    columns: tuple[Any, ...] = (
        literal(part).label("part"),
        cast(kind, String).label("kind"),
        cast(id_, BigInteger).label("id"),
        cast(title, Text).label("title"),
        cast(meta, Text).label("meta"),
        type_coerce(amount if amount is not None else cast(null(), BigInteger), BigInteger).label(
            "fen"
        ),
        type_coerce(due_on if due_on is not None else cast(null(), Date), Date).label("due_on"),
        type_coerce(due_at if due_at is not None else cast(null(), _MOMENT), UtcDateTime).label(
            "due_at"
        ),
    )
    return select(*columns)
