"""Who fits whom on the lists: both are kept in memory as arrays, one pair of tables a process.

A question first reads two counters and the highest numbers of what else counts. Rows changed since
are read and take their places; what was said of units, inspections and priority areas is read again
when a number or the day is another, and every ten minutes. Tables are never changed but replaced,
so that a reader keeps what it holds. Ask from a unit of work that only reads: rows of a unit that
is undone later would stay.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Row, func, or_, select
from sqlalchemy.orm import Session

from charity import clock
from charity.registry.models import AnnualInspection, ListEntry, Rating
from projects.listings.columns import Table, need_columns, resource_columns
from projects.listings.matching import Match, NeedFacts, ResourceFacts, assess
from projects.listings.models import (
    Evaluation,
    ListingCounter,
    Need,
    PriorityArea,
    Resource,
)
from projects.listings.queries.fitting import (
    facts_of_need,
    facts_of_resource,
    need_facts,
    priority_codes,
    reliabilities,
    resource_facts,
)
from projects.listings.ranking import best_needs, best_resources

#: After this long everything but the lists themselves is read again.
_STALE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a process knows of one database: the lists and what they were read at."""

    needs: Table
    resources: Table
    #: The number and the highest id each list had when it was read last.
    need_at: tuple[int, int]
    resource_at: tuple[int, int]
    standing: Mapping[int, float]
    priority: frozenset[str]
    #: The highest numbers of what `standing` and `priority` were made of.
    sources: tuple[int, ...]
    day: date
    read_at: datetime


@dataclass(slots=True)
class _Shelf:
    lock: threading.Lock = field(default_factory=threading.Lock)
    held: _Held | None = None


_shelves: WeakKeyDictionary[object, _Shelf] = WeakKeyDictionary()
_shelves_lock = threading.Lock()


def matches_for_need(session: Session, need: Need, top: int = 20) -> list[Match]:
    """The open resources that fit a need best, with their reasons; exact, best first."""
    held = _held(session)
    facts = facts_of_need(need, held.priority)
    today = clock.today()
    found = best_resources(facts, held.resources, today=today, top=top)
    near = resource_facts(
        session, Resource.id.in_([one for one, _ in found]), standing=held.standing
    )
    return _ordered([assess(facts, one, today=today) for one in near], of_need=True)


def matches_for_resource(session: Session, resource: Resource, top: int = 20) -> list[Match]:
    """The open needs a resource fits best, with their reasons; exact, best first."""
    held = _held(session)
    facts = facts_of_resource(resource, held.standing)
    today = clock.today()
    found = best_needs(facts, held.needs, today=today, top=top)
    near = need_facts(session, Need.id.in_([one for one, _ in found]), priority=held.priority)
    return _ordered([assess(one, facts, today=today) for one in near], of_need=False)


def match_of(session: Session, need: Need, resource: Resource) -> Match | None:
    """How one resource fits one need today, with reasons; None where it does not."""
    today = clock.today()
    priority, standing = priority_codes(session, today), reliabilities(session, today)
    return assess(facts_of_need(need, priority), facts_of_resource(resource, standing), today=today)


def _ordered(matches: list[Match | None], *, of_need: bool) -> list[Match]:
    """Best first; rows changed a moment ago may have fallen out."""
    told = [match for match in matches if match is not None]
    told.sort(key=lambda one: (-one.score, one.resource_id if of_need else one.need_id))
    return told


def _held(session: Session) -> _Held:
    """The tables as they stand now; whoever comes while another reads takes what there is."""
    bind = session.get_bind()
    # sessions that read and those that write share the pool; a test's connection stands alone
    owner: object = bind if isinstance(bind, Connection) else bind.pool
    with _shelves_lock:
        shelf = _shelves.setdefault(owner, _Shelf())
    known = shelf.held
    if known is not None and shelf.lock.locked():
        return known
    with shelf.lock:
        shelf.held = _read(session) if shelf.held is None else _refreshed(session, shelf.held)
        return shelf.held


def _read(session: Session) -> _Held:
    """Everything, from the beginning."""
    now = _numbers(session)
    day = clock.today()
    standing, priority = reliabilities(session, day), priority_codes(session, day)
    return _Held(
        needs=Table(need_columns(need_facts(session, priority=priority))),
        resources=Table(resource_columns(resource_facts(session, standing=standing))),
        need_at=(now.needs or 0, now.last_need or 0),
        resource_at=(now.resources or 0, now.last_resource or 0),
        standing=standing,
        priority=priority,
        sources=_sources(now),
        day=day,
        read_at=clock.now(),
    )


def _refreshed(session: Session, held: _Held) -> _Held:
    """What is held, with everything that changed since."""
    now = _numbers(session)
    day, instant = clock.today(), clock.now()
    sources = _sources(now)
    standing, priority, needs, resources = held.standing, held.priority, held.needs, held.resources
    read_at = held.read_at
    if sources != held.sources or day != held.day or abs(instant - read_at) > _STALE:
        standing, priority = reliabilities(session, day), priority_codes(session, day)
        read_at = instant
        if standing != held.standing:
            resources = resources.relied(standing)
        if priority != held.priority:
            needs = Table(need_columns(need_facts(session, priority=priority)))
    need_at = (now.needs or 0, now.last_need or 0)
    resource_at = (now.resources or 0, now.last_resource or 0)
    if need_at > held.need_at or need_at[1] > held.need_at[1]:
        needs = _with_new_needs(session, needs, held.need_at, priority)
    if resource_at > held.resource_at or resource_at[1] > held.resource_at[1]:
        resources = _with_new_resources(session, resources, held.resource_at, standing)
    return _Held(
        needs, resources, max(need_at, held.need_at), max(resource_at, held.resource_at),
        standing, priority, sources, day, read_at,
    )  # fmt: skip


def _with_new_needs(
    session: Session, table: Table, seen: tuple[int, int], priority: frozenset[str]
) -> Table:
    new = or_(Need.change_number > seen[0], Need.id > seen[1])
    gone = session.scalars(select(Need.id).where(new)).all()
    fresh: list[NeedFacts] = need_facts(session, new, priority=priority)
    return table.changed(gone, need_columns(fresh))


def _with_new_resources(
    session: Session, table: Table, seen: tuple[int, int], standing: Mapping[int, float]
) -> Table:
    new = or_(Resource.change_number > seen[0], Resource.id > seen[1])
    gone = session.scalars(select(Resource.id).where(new)).all()
    fresh: list[ResourceFacts] = resource_facts(session, new, standing=standing)
    return table.changed(gone, resource_columns(fresh))


def _numbers(session: Session) -> Row[Any]:
    """How far each list and each source has come, in one question."""
    counter = select(ListingCounter.number)
    query = select(
        counter.where(ListingCounter.name == "need").scalar_subquery().label("needs"),
        counter.where(ListingCounter.name == "resource").scalar_subquery().label("resources"),
        select(func.max(Need.id)).scalar_subquery().label("last_need"),
        select(func.max(Resource.id)).scalar_subquery().label("last_resource"),
        *(
            select(func.max(source.id)).scalar_subquery()
            for source in (Evaluation, AnnualInspection, Rating, ListEntry, PriorityArea)
        ),
    )
    return session.execute(query).one()


def _sources(numbers: Row[Any]) -> tuple[int, ...]:
    found: list[int | None] = list(numbers)[4:]
    return tuple(number or 0 for number in found)
