"""Volunteer teams: main teams (总队), their branches (分队), and their end."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import texts
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, InvalidState
from charity.registry import policy, queries, regions
from charity.registry.forces_reasons import ForcesReason
from charity.registry.models import OrganisationState, VolunteerTeam
from charity.registry.services.checking import not_before, not_in_the_future
from charity.rows import insert_or, locked


def form_team(
    session: Session,
    actor: Actor,
    *,
    name: str,
    region_code: str,
    organisation_id: int,
    leader_name: str,
    formed_on: date,
    parent_id: int | None = None,
) -> VolunteerTeam:
    """Enter a main team, or a branch of one in the same place or below.

    A verified organisation answers for it. Raises `Invalid` beside the field, `Conflict` for a
    name that is taken in the place.
    """
    place = queries.region(session, region_code)
    require(policy.may_keep_register(actor, place.code))
    _check_parent(session, place.code, parent_id)
    if queries.organisation(session, organisation_id).state is not OrganisationState.VERIFIED:
        raise Invalid(ForcesReason.NOT_VERIFIED, field="organisation_id")
    not_in_the_future(formed_on, field="formed_on")
    team = VolunteerTeam(
        name=texts.line(name, field="name", limit=80),
        region_code=place.code,
        parent_id=parent_id,
        organisation_id=organisation_id,
        leader_name=texts.line(leader_name, field="leader_name", limit=40),
        formed_on=formed_on,
    )
    insert_or(session, team, Conflict(ForcesReason.NAME_TAKEN, field="name"))
    return team


def _check_parent(session: Session, region_code: str, parent_id: int | None) -> None:
    if parent_id is None:
        return
    parent = queries.volunteer_team(session, parent_id)
    if parent.parent_id is not None:
        raise Invalid(ForcesReason.BRANCH_OF_BRANCH, field="parent_id")
    if parent.disbanded_on is not None:
        raise InvalidState(ForcesReason.CLOSED, field="parent_id")
    if not regions.contains(parent.region_code, region_code):
        raise Invalid(ForcesReason.OUTSIDE_PARENT, field="region_code")


def disband_team(session: Session, actor: Actor, *, team_id: int, disbanded_on: date) -> None:
    """The team is no more; raises `InvalidState` while it has branches."""
    team = locked(session, select(VolunteerTeam).where(VolunteerTeam.id == team_id))
    require(policy.may_keep_register(actor, team.region_code))
    if team.disbanded_on is not None:
        raise InvalidState(ForcesReason.CLOSED)
    below = select(VolunteerTeam.id).where(
        VolunteerTeam.parent_id == team_id, VolunteerTeam.disbanded_on.is_(None)
    )
    if session.scalar(below.limit(1)) is not None:
        raise InvalidState(ForcesReason.STILL_BELOW)
    not_before(disbanded_on, team.formed_on, field="disbanded_on")
    team.disbanded_on = disbanded_on
    session.flush()
