"""How organisations belong together: hosts of filed groups, agencies, federations; zones of places.

And the honours they were given, each with where a stranger can read of it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry import policy, queries
from charity.registry.forces_reasons import ForcesReason
from charity.registry.models import (
    FederationMember,
    Honour,
    Organisation,
    OrganisationKind,
    OrganisationState,
    Region,
)
from charity.registry.policy import HOSTS
from charity.registry.services.checking import not_before, not_in_the_future, source_address
from charity.rows import insert_or, locked


def set_host(
    session: Session, actor: Actor, *, organisation_id: int, host_id: int | None
) -> Organisation:
    """Say which organisation carries a filed group, or that none does any more.

    Raises `Invalid` for a group that is none (NO_GROUP) and for a host that could receive nothing
    itself, is not verified, or is the group (HOST_KIND).
    """
    group = _kept(session, actor, organisation_id)
    if group.kind is not OrganisationKind.COMMUNITY_GROUP:
        raise Invalid(ForcesReason.NO_GROUP, field="host_id")
    if host_id is not None:
        host = queries.organisation(session, host_id)
        if host.kind not in HOSTS or host.state is not OrganisationState.VERIFIED:
            raise Invalid(ForcesReason.HOST_KIND, field="host_id")
    group.host_id = host_id
    session.flush()
    return group


def set_agency(
    session: Session, actor: Actor, *, organisation_id: int, is_agency: bool
) -> Organisation:
    """Say that an organisation is a social-work agency (社工机构), or is none any more.

    Raises `InvalidState` (STILL_BELOW) while it runs a station.
    """
    found = _kept(session, actor, organisation_id)
    if not is_agency and queries.stations_run_by(session, organisation_id):
        raise InvalidState(ForcesReason.STILL_BELOW)
    found.is_social_work_agency = is_agency
    session.flush()
    return found


def join_federation(
    session: Session, actor: Actor, *, federation_id: int, member_id: int, joined_on: date
) -> FederationMember:
    """Enter a member of a federation, which is an association; both are verified.

    Raises `Invalid` beside the field, `Conflict` where it is a member already.
    """
    federation = _kept(session, actor, federation_id)
    member = queries.organisation(session, member_id)
    if federation.kind is not OrganisationKind.ASSOCIATION:
        raise Invalid(ForcesReason.FEDERATION_KIND, field="federation_id")
    if federation_id == member_id:
        raise Invalid(ForcesReason.OWN_MEMBER, field="member_id")
    if {federation.state, member.state} != {OrganisationState.VERIFIED}:
        raise Invalid(ForcesReason.NOT_VERIFIED, field="member_id")
    not_in_the_future(joined_on, field="joined_on")
    taken = Conflict(ForcesReason.MEMBER_ALREADY, field="member_id")
    if queries.membership_of(session, federation_id, member_id) is not None:
        raise taken
    joined = FederationMember(federation_id=federation_id, member_id=member_id, joined_on=joined_on)
    insert_or(session, joined, taken)
    return joined


def leave_federation(
    session: Session, actor: Actor, *, federation_id: int, member_id: int, left_on: date
) -> None:
    """End a membership; raises `NotFound` where there is none."""
    _kept(session, actor, federation_id)
    joined = locked(
        session,
        select(FederationMember).where(
            FederationMember.federation_id == federation_id,
            FederationMember.member_id == member_id,
            FederationMember.left_on.is_(None),
        ),
    )
    not_before(left_on, joined.joined_on, field="left_on")
    joined.left_on = left_on
    session.flush()


def record_honour(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    title: str,
    awarded_by: str,
    awarded_on: date,
    source_url: str,
) -> Honour:
    """Enter an honour with where it can be read; a person does it, and never for their own.

    Raises `Invalid` beside the field, `Conflict` for the same honour of the same day.
    """
    found = queries.organisation(session, organisation_id)
    require(policy.may_record_honour(actor, found))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    not_in_the_future(awarded_on, field="awarded_on")
    honour = Honour(
        organisation_id=organisation_id,
        title=texts.line(title, field="title", limit=100),
        awarded_by=texts.line(awarded_by, field="awarded_by", limit=100),
        awarded_on=awarded_on,
        source_url=source_address(source_url),
        recorded_by_user_id=actor.user_id,
        recorded_at=clock.now(),
    )
    insert_or(session, honour, Conflict(ForcesReason.HONOUR_TAKEN, field="title"))
    return honour


def set_managed_by(
    session: Session, actor: Actor, *, region_code: str, managed_by_code: str | None
) -> Region:
    """Say which zone runs a place whose code lies elsewhere; None: the place above it (DIV-01).

    Raises `Invalid` where it would be run by itself or by a place within it.
    """
    place = queries.region(session, region_code)
    require(policy.may_keep_register(actor, place.code))
    zone = None if managed_by_code is None else queries.region(session, managed_by_code)
    if zone is not None and zone.code.startswith(place.code):
        raise Invalid(ForcesReason.MANAGED_BY_ITSELF, field="managed_by_code")
    plain = zone is None or zone.code == place.parent_code
    place.managed_by_code = None if plain or zone is None else zone.code
    session.flush()
    return place


def _kept(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """The organisation, where the actor keeps its part of the register."""
    found = queries.organisation(session, organisation_id)
    require(policy.may_keep_register(actor, found.region_code))
    return found
