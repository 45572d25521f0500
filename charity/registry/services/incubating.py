"""Incubation (三级孵化): applied, incubating, graduated, registered, or left; with support."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.registry import policy, queries
from charity.registry.forces_reasons import ForcesReason
from charity.registry.models import Incubation, IncubationState, IncubationTier, Organisation
from charity.registry.services.checking import not_before, not_in_the_future
from charity.rows import locked

#: States in which advice is given.
_SUPPORTED = frozenset({IncubationState.APPLIED, IncubationState.INCUBATING})
#: The most minutes one entry may add: a week of working days.
_MOST_MINUTES = 5 * 8 * 60


def apply_for_incubation(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    tier: IncubationTier,
    site: str,
    applied_on: date,
) -> Incubation:
    """An organisation asks for a place at a centre, base or room (by its name).

    Raises `Conflict` while it is in incubation already.
    """
    found = queries.organisation(session, organisation_id)
    require(policy.may_keep_register(actor, found.region_code))
    locked(session, select(Organisation).where(Organisation.id == organisation_id))
    if any(each.state in _SUPPORTED for each in queries.incubations_of(session, organisation_id)):
        raise Conflict(ForcesReason.INCUBATED_ALREADY)
    not_in_the_future(applied_on, field="applied_on")
    incubation = Incubation(
        organisation_id=organisation_id,
        tier=tier,
        site=texts.line(site, field="site", limit=80),
        applied_on=applied_on,
        state_since=applied_on,
    )
    session.add(incubation)
    session.flush()
    return incubation


def move_incubation(
    session: Session, actor: Actor, *, incubation_id: int, state: IncubationState, on: date
) -> Incubation:
    """Take the next step on a day in China; raises `InvalidState` for a step there is not."""
    incubation = _kept(session, actor, incubation_id)
    not_before(on, incubation.state_since, field="on")
    incubation.move_to(state)
    incubation.state_since = on
    session.flush()
    return incubation


def give_support(session: Session, actor: Actor, *, incubation_id: int, minutes: int) -> Incubation:
    """Add minutes of advice; raises `InvalidState` for one that is through."""
    incubation = _kept(session, actor, incubation_id)
    if not 0 < minutes <= _MOST_MINUTES:
        raise Invalid(CommonReason.NOT_POSITIVE, field="minutes")
    if incubation.state not in _SUPPORTED:
        raise InvalidState(ForcesReason.NOT_INCUBATING)
    incubation.support_minutes += minutes
    session.flush()
    return incubation


def _kept(session: Session, actor: Actor, incubation_id: int) -> Incubation:
    incubation = locked(session, select(Incubation).where(Incubation.id == incubation_id))
    require(policy.may_keep_register(actor, incubation.organisation.region_code))
    return incubation
