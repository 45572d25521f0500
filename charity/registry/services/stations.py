"""Social-work stations and rooms: opened below one another, checked by module, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry import policy, queries, regions
from charity.registry.forces_reasons import ForcesReason
from charity.registry.models import (
    OrganisationState,
    SocialWorkStation,
    StationCheck,
    StationModule,
    StationTier,
)
from charity.registry.services.checking import not_before, not_in_the_future
from charity.rows import insert_or, locked

#: The tiers a station of each tier may stand below.
ABOVE: dict[StationTier, frozenset[StationTier]] = {
    StationTier.CENTRE: frozenset(),
    StationTier.STATION: frozenset({StationTier.CENTRE}),
    StationTier.ROOM: frozenset({StationTier.STATION}),
}


def open_station(
    session: Session,
    actor: Actor,
    *,
    name: str,
    tier: StationTier,
    region_code: str,
    parent_id: int | None,
    operator_id: int | None,
    workers: int,
    opened_on: date,
    is_model: bool = False,
) -> SocialWorkStation:
    """Enter a guidance centre, a station or a room (三级社工体系).

    A station stands below a centre and a room below a station, each in the place of the one above
    it (TIER, OUTSIDE_PARENT). It is run by a verified social-work agency, or by nobody yet.
    `workers` counts social workers. Raises `Invalid` beside the field, `Conflict` for a name that
    is taken in the place.
    """
    place = queries.region(session, region_code)
    require(policy.may_keep_register(actor, place.code))
    _check_parent(session, tier, place.code, parent_id)
    _check_operator(session, operator_id)
    if workers < 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="workers")
    not_in_the_future(opened_on, field="opened_on")
    station = SocialWorkStation(
        name=texts.line(name, field="name", limit=80),
        tier=tier,
        region_code=place.code,
        parent_id=parent_id,
        operator_id=operator_id,
        workers=workers,
        is_model=is_model,
        opened_on=opened_on,
    )
    insert_or(session, station, Conflict(ForcesReason.NAME_TAKEN, field="name"))
    return station


def _check_parent(
    session: Session, tier: StationTier, region_code: str, parent_id: int | None
) -> None:
    if (parent_id is None) != (tier is StationTier.CENTRE):
        raise Invalid(ForcesReason.TIER, field="parent_id")
    if parent_id is None:
        return
    parent = queries.station(session, parent_id)
    if parent.tier not in ABOVE[tier]:
        raise Invalid(ForcesReason.TIER, field="parent_id")
    if parent.closed_on is not None:
        raise InvalidState(ForcesReason.CLOSED, field="parent_id")
    if not regions.contains(parent.region_code, region_code):
        raise Invalid(ForcesReason.OUTSIDE_PARENT, field="region_code")


def _check_operator(session: Session, operator_id: int | None) -> None:
    if operator_id is None:
        return
    operator = queries.organisation(session, operator_id)
    if not operator.is_social_work_agency or operator.state is not OrganisationState.VERIFIED:
        raise Invalid(ForcesReason.NOT_AN_AGENCY, field="operator_id")


def check_station(
    session: Session,
    actor: Actor,
    *,
    station_id: int,
    ready: Mapping[StationModule, bool],
    notes: Mapping[StationModule, str] | None = None,
) -> None:
    """Say which of the five modules are in place today (五大模块); a module said again is replaced.

    The actor is a person: who looked is part of the record. Raises `InvalidState` for a station
    that is closed.
    """
    station = locked(session, select(SocialWorkStation).where(SocialWorkStation.id == station_id))
    require(policy.may_keep_register(actor, station.region_code))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if station.closed_on is not None:
        raise InvalidState(ForcesReason.CLOSED)
    known = queries.checks_of(session, [station_id])[station_id]
    for module, is_ready in ready.items():
        check = known.get(module)
        if check is None:
            check = StationCheck(station_id=station_id, module=module)
            session.add(check)
        check.is_ready = is_ready
        check.note = texts.prose((notes or {}).get(module, ""), field="note", limit=500)
        check.checked_by_user_id = actor.user_id
        check.checked_on = clock.today()
    session.flush()


def close_station(session: Session, actor: Actor, *, station_id: int, closed_on: date) -> None:
    """It no longer serves; what it did stays. Raises `InvalidState` while others stand below it."""
    station = locked(session, select(SocialWorkStation).where(SocialWorkStation.id == station_id))
    require(policy.may_keep_register(actor, station.region_code))
    if station.closed_on is not None:
        raise InvalidState(ForcesReason.CLOSED)
    below = select(SocialWorkStation.id).where(
        SocialWorkStation.parent_id == station_id, SocialWorkStation.closed_on.is_(None)
    )
    if session.scalar(below.limit(1)) is not None:
        raise InvalidState(ForcesReason.STILL_BELOW)
    not_before(closed_on, station.opened_on, field="closed_on")
    station.closed_on = closed_on
    session.flush()
