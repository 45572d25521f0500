"""The rows behind 匹配度 and 及时性, and behind linked resources (链接资源).

A handful of questions whatever the place: the facts of the needs, how many of their deliveries were
simulated, and the sums of deliveries; the arithmetic stands in `projects.listings.timeliness`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload

from charity.base import BigId
from charity.clock import start_of
from charity.money import ZERO, Money
from charity.paging import Page, page_of
from charity.registry import regions
from projects.listings.models import (
    Claim,
    ListingCategory,
    Need,
    NeedState,
    ResourceKind,
    ServiceRecord,
)
from projects.listings.timeliness import NeedFacts

#: Needs a community confirmed and nobody took back.
COUNTED = (NeedState.OPEN, NeedState.FULFILLED, NeedState.CLOSED)
#: Kinds whose deliveries have a value of their own (链接资源).
OF_VALUE = (ResourceKind.MONEY, ResourceKind.GOODS)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which needs or deliveries: a place with all below, a category, first and last day in China.

    Needs are of the day the community confirmed them, deliveries of the day they came.
    """

    place: str | None
    category: ListingCategory | None
    since: date
    until: date


class NeedsAsked(enum.StrEnum):
    """Which of the needs behind a figure are shown."""

    ALL = "all"
    KNOWN = "known"
    UNKNOWN = "unknown"
    CLAIMED = "claimed"
    UNCLAIMED = "unclaimed"
    REACHED = "reached"
    UNREACHED = "unreached"
    INSIDE = "inside"
    LATE = "late"
    RUNNING = "running"
    SIMULATED = "simulated"


def need_facts(session: Session, scope: Scope) -> list[NeedFacts]:
    """What the figures ask of every counted need, in one question."""
    query = select(
        Need.region_code,
        Need.category,
        Need.kind,
        Need.unit,
        Need.quantity,
        Need.promised,
        Need.delivered,
        Need.confirmed_at,
        Need.first_claimed_at,
        Need.first_delivered_at,
        Need.due_at,
        Need.closed_at,
    ).where(*_needs_of(scope))
    return [NeedFacts._make(tuple(row)) for row in session.execute(query)]


def simulated_in(session: Session, scope: Scope) -> int:
    """How many deliveries to the counted needs were made by a simulation."""
    query = (
        select(func.count(ServiceRecord.id))
        .join(Claim, Claim.id == ServiceRecord.claim_id)
        .join(Need, Need.id == Claim.need_id)
        .where(*_needs_of(scope), counts(), ServiceRecord.is_simulated)
    )
    return session.scalar(query) or 0


def needs_behind(
    session: Session, scope: Scope, asked: NeedsAsked, now: datetime, number: int
) -> Page[Need]:
    """A page of the needs behind a figure, the newest first, with their places."""
    query = (
        select(Need)
        .where(*_needs_of(scope), *_asked(asked, now))
        .options(joinedload(Need.region))
        .order_by(Need.confirmed_at.desc(), Need.id.desc())
    )
    return page_of(session, query, number)


def simulated_needs(session: Session, need_ids: Iterable[int]) -> set[int]:
    """Those of these needs to which a simulated delivery counts."""
    query = (
        select(Claim.need_id)
        .join(ServiceRecord, ServiceRecord.claim_id == Claim.id)
        .where(Claim.need_id.in_(list(need_ids)), counts(), ServiceRecord.is_simulated)
    )
    return set(session.scalars(query))


def counts() -> ColumnElement[bool]:
    """A delivery counts once both sides confirmed it and neither refused it."""
    return and_(
        ServiceRecord.unit_confirmed_at.is_not(None),
        ServiceRecord.need_confirmed_at.is_not(None),
        ServiceRecord.refused_at.is_(None),
    )


def _needs_of(scope: Scope) -> list[ColumnElement[bool]]:
    return [
        Need.state.in_(COUNTED),
        Need.confirmed_at >= start_of(scope.since),
        Need.confirmed_at < start_of(scope.until + timedelta(days=1)),
        *_within(scope),
    ]


def _within(scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if scope.place:
        found.append(Need.region_code.between(*regions.bounds(scope.place)))
    if scope.category:
        found.append(Need.category == scope.category)
    return found


def _asked(asked: NeedsAsked, now: datetime) -> list[ColumnElement[bool]]:
    """The same words as `timeliness.level_of` and `figures`, for the database."""
    came, due = Need.first_delivered_at, Need.due_at
    inside = and_(came.is_not(None), or_(due.is_(None), came <= due))
    ended = or_(Need.closed_at.is_not(None), due < now)
    late = or_(and_(came.is_not(None), came > due), and_(came.is_(None), ended))
    simulated = (
        select(ServiceRecord.id)
        .join(Claim, Claim.id == ServiceRecord.claim_id)
        .where(Claim.need_id == Need.id, counts(), ServiceRecord.is_simulated)
    )
    asking: Mapping[NeedsAsked, ColumnElement[bool]] = {
        NeedsAsked.KNOWN: Need.quantity.is_not(None),
        NeedsAsked.UNKNOWN: Need.quantity.is_(None),
        NeedsAsked.CLAIMED: Need.first_claimed_at.is_not(None),
        NeedsAsked.UNCLAIMED: Need.first_claimed_at.is_(None),
        NeedsAsked.REACHED: came.is_not(None),
        NeedsAsked.UNREACHED: came.is_(None),
        NeedsAsked.INSIDE: inside,
        NeedsAsked.LATE: late,
        NeedsAsked.RUNNING: and_(
            came.is_(None), Need.closed_at.is_(None), or_(due.is_(None), due >= now)
        ),
        NeedsAsked.SIMULATED: simulated.exists(),
    }
    return [asking[asked]] if asked in asking else []


# ── linked resources ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Linked:
    """What came by confirmed deliveries; 人 and 人次 are never added to each other.

    The value is of money and goods alone, and of those the known one: `valued` deliveries have it,
    `unvalued` ones of goods do not.
    """

    deliveries: int = 0
    value: Money = ZERO
    valued: int = 0
    unvalued: int = 0
    minutes: int = 0
    people: int = 0
    times: int = 0
    simulated: int = 0

    def __add__(self, other: Linked) -> Linked:
        """Both together."""
        return Linked(
            deliveries=self.deliveries + other.deliveries,
            value=self.value + other.value,
            valued=self.valued + other.valued,
            unvalued=self.unvalued + other.unvalued,
            minutes=self.minutes + other.minutes,
            people=self.people + other.people,
            times=self.times + other.times,
            simulated=self.simulated + other.simulated,
        )


def linked(session: Session, scope: Scope) -> dict[tuple[str, ResourceKind], Linked]:
    """The confirmed deliveries by the place of their need and the kind of help, in one question."""
    value = _value()
    of_value = Need.kind.in_(OF_VALUE)
    query = _deliveries(
        select(
            Need.region_code,
            Need.kind,
            func.count(ServiceRecord.id),
            func.coalesce(func.sum(value), 0),
            func.count(value),
            func.sum(case((and_(of_value, value.is_(None)), 1), else_=0)),
            func.coalesce(func.sum(ServiceRecord.minutes), 0),
            func.coalesce(func.sum(ServiceRecord.people), 0),
            func.coalesce(func.sum(ServiceRecord.times), 0),
            func.sum(case((ServiceRecord.is_simulated, 1), else_=0)),
        ),
        scope,
    ).group_by(Need.region_code, Need.kind)
    found = {}
    for row in session.execute(query):
        place, kind, deliveries, fen, *numbers = tuple(row)
        found[place, kind] = Linked(deliveries, Money(int(fen)), *map(int, numbers))
    return found


def deliveries_behind(
    session: Session, scope: Scope, kind: ResourceKind | None, number: int
) -> Page[ServiceRecord]:
    """A page of the confirmed deliveries, the newest first, with their claims and needs."""
    query: Select[ServiceRecord] = _deliveries(select(ServiceRecord), scope)
    if kind is not None:
        query = query.where(Need.kind == kind)
    claim = joinedload(ServiceRecord.claim)
    query = query.options(
        claim.joinedload(Claim.need).joinedload(Need.region),
        claim.joinedload(Claim.organisation),
    ).order_by(ServiceRecord.delivered_on.desc(), ServiceRecord.id.desc())
    return page_of(session, query, number)


def _value() -> ColumnElement[int | None]:
    """What a delivery is worth in fen; a delivery of money is worth itself."""
    said = type_coerce(ServiceRecord.value, BigId)
    return case(
        (Need.kind == ResourceKind.MONEY, func.coalesce(said, ServiceRecord.quantity)),
        (Need.kind == ResourceKind.GOODS, said),
        else_=None,
    )


def _deliveries(query: Any, scope: Scope) -> Any:
    """The confirmed deliveries of a scope; what is selected of them is the caller's."""
    return (
        query.join(Claim, Claim.id == ServiceRecord.claim_id)
        .join(Need, Need.id == Claim.need_id)
        .where(
            counts(),
            ServiceRecord.delivered_on.between(scope.since, scope.until),
            *_within(scope),
        )
    )
