"""Stations, volunteer teams, federations, incubation and honours: lists, and one of each."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, joinedload

from charity.paging import Page, page_of
from charity.registry import regions
from charity.registry.models import (
    FederationMember,
    Honour,
    Incubation,
    IncubationState,
    Organisation,
    SocialWorkStation,
    StationCheck,
    StationModule,
    StationTier,
    VolunteerTeam,
)
from charity.rows import present


def station(session: Session, station_id: int) -> SocialWorkStation:
    """One station with its place and its operator; raises `NotFound`."""
    options = (joinedload(SocialWorkStation.region), joinedload(SocialWorkStation.operator))
    return present(session.get(SocialWorkStation, station_id, options=options))


def stations_page(
    session: Session,
    *,
    region_code: str | None = None,
    tier: StationTier | None = None,
    page: int = 1,
) -> Page[SocialWorkStation]:
    """Open stations of a place and all below it, centres first, then by place."""
    query = select(SocialWorkStation).where(*_open_in(region_code))
    if tier is not None:
        query = query.where(SocialWorkStation.tier == tier)
    query = query.options(
        joinedload(SocialWorkStation.region), joinedload(SocialWorkStation.operator)
    ).order_by(_FROM_ABOVE, SocialWorkStation.region_code, SocialWorkStation.id)
    return page_of(session, query, page)


#: Centres, stations, rooms: the tiers in the order of their enum.
_FROM_ABOVE = case(
    {tier: place for place, tier in enumerate(StationTier)}, value=SocialWorkStation.tier
)


def station_counts(session: Session, region_code: str | None = None) -> dict[StationTier, int]:
    """How many stations of each tier are open in a place and below it."""
    query = select(SocialWorkStation.tier, func.count()).where(*_open_in(region_code))
    found = dict(session.execute(query.group_by(SocialWorkStation.tier)).all())
    return {tier: found.get(tier, 0) for tier in StationTier}


def _open_in(region_code: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [SocialWorkStation.closed_on.is_(None)]
    if region_code is not None:
        low, high = regions.bounds(region_code)
        conditions.append(SocialWorkStation.region_code.between(low, high))
    return conditions


def stations_below(session: Session, station_id: int) -> list[SocialWorkStation]:
    """The open stations or rooms directly below one, by place."""
    query = (
        select(SocialWorkStation)
        .where(SocialWorkStation.parent_id == station_id, SocialWorkStation.closed_on.is_(None))
        .options(joinedload(SocialWorkStation.region))
        .order_by(SocialWorkStation.region_code, SocialWorkStation.id)
    )
    return list(session.scalars(query))


def stations_above(session: Session, tier: StationTier) -> list[SocialWorkStation]:
    """The open stations of a tier, by place: what those of the next tier may stand below."""
    query = (
        select(SocialWorkStation)
        .where(SocialWorkStation.tier == tier, SocialWorkStation.closed_on.is_(None))
        .order_by(SocialWorkStation.region_code, SocialWorkStation.id)
    )
    return list(session.scalars(query))


def stations_run_by(session: Session, organisation_id: int) -> list[SocialWorkStation]:
    """The open stations an agency runs."""
    query = (
        select(SocialWorkStation)
        .where(
            SocialWorkStation.operator_id == organisation_id,
            SocialWorkStation.closed_on.is_(None),
        )
        .order_by(SocialWorkStation.region_code, SocialWorkStation.id)
    )
    return list(session.scalars(query))


def checks_of(
    session: Session, station_ids: Collection[int]
) -> dict[int, dict[StationModule, StationCheck]]:
    """The modules looked at, by station."""
    found: dict[int, dict[StationModule, StationCheck]] = {each: {} for each in station_ids}
    query = select(StationCheck).where(StationCheck.station_id.in_(station_ids))
    for check in session.scalars(query):
        found[check.station_id][check.module] = check
    return found


def volunteer_team(session: Session, team_id: int) -> VolunteerTeam:
    """One team; raises `NotFound`."""
    return present(session.get(VolunteerTeam, team_id))


def volunteer_teams_page(
    session: Session, *, region_code: str | None = None, page: int = 1
) -> Page[VolunteerTeam]:
    """Main teams of a place and all below it, by place; `branches_of` has their branches."""
    query = select(VolunteerTeam).where(
        VolunteerTeam.disbanded_on.is_(None), VolunteerTeam.parent_id.is_(None)
    )
    if region_code is not None:
        low, high = regions.bounds(region_code)
        query = query.where(VolunteerTeam.region_code.between(low, high))
    query = query.options(
        joinedload(VolunteerTeam.region), joinedload(VolunteerTeam.organisation)
    ).order_by(VolunteerTeam.region_code, VolunteerTeam.id)
    return page_of(session, query, page)


def counts_in(session: Session, region_code: str) -> tuple[int, int]:
    """How many stations (and rooms), and how many volunteer teams, a place has with all below."""
    low, high = regions.bounds(region_code)
    stations = select(func.count()).select_from(SocialWorkStation).where(*_open_in(region_code))
    teams = select(func.count()).where(
        VolunteerTeam.disbanded_on.is_(None), VolunteerTeam.region_code.between(low, high)
    )
    counted = session.execute(select(stations.scalar_subquery(), teams.scalar_subquery())).one()
    return counted[0], counted[1]


def main_teams(session: Session) -> list[VolunteerTeam]:
    """Every main team there is, by place."""
    query = select(VolunteerTeam).where(
        VolunteerTeam.parent_id.is_(None), VolunteerTeam.disbanded_on.is_(None)
    )
    return list(session.scalars(query.order_by(VolunteerTeam.region_code, VolunteerTeam.id)))


def branches_of(session: Session, team_ids: Collection[int]) -> dict[int, list[VolunteerTeam]]:
    """The branches of main teams, by place."""
    found: dict[int, list[VolunteerTeam]] = {each: [] for each in team_ids}
    query = (
        select(VolunteerTeam)
        .where(VolunteerTeam.parent_id.in_(team_ids), VolunteerTeam.disbanded_on.is_(None))
        .options(joinedload(VolunteerTeam.region))
        .order_by(VolunteerTeam.region_code, VolunteerTeam.id)
    )
    for team in session.scalars(query):
        found[team.parent_id or 0].append(team)
    return found


def volunteer_teams_of(session: Session, organisation_id: int) -> list[VolunteerTeam]:
    """The teams an organisation answers for."""
    query = (
        select(VolunteerTeam)
        .where(
            VolunteerTeam.organisation_id == organisation_id,
            VolunteerTeam.disbanded_on.is_(None),
        )
        .order_by(VolunteerTeam.region_code, VolunteerTeam.id)
    )
    return list(session.scalars(query))


def membership_of(session: Session, federation_id: int, member_id: int) -> FederationMember | None:
    """The membership that has not ended, if there is one."""
    return session.scalar(
        select(FederationMember).where(
            FederationMember.federation_id == federation_id,
            FederationMember.member_id == member_id,
            FederationMember.left_on.is_(None),
        )
    )


def federation_members(session: Session, federation_id: int) -> list[Organisation]:
    """The members a federation has now, by name."""
    query = (
        select(Organisation)
        .join(FederationMember, FederationMember.member_id == Organisation.id)
        .where(FederationMember.federation_id == federation_id, FederationMember.left_on.is_(None))
        .order_by(Organisation.name)
    )
    return list(session.scalars(query))


def federations_of(session: Session, member_id: int) -> list[Organisation]:
    """The federations an organisation belongs to now."""
    query = (
        select(Organisation)
        .join(FederationMember, FederationMember.federation_id == Organisation.id)
        .where(FederationMember.member_id == member_id, FederationMember.left_on.is_(None))
        .order_by(Organisation.id)
    )
    return list(session.scalars(query))


def incubation(session: Session, incubation_id: int) -> Incubation:
    """One incubation; raises `NotFound`."""
    return present(session.get(Incubation, incubation_id))


def incubations_of(session: Session, organisation_id: int) -> list[Incubation]:
    """Where an organisation grew up, the newest first."""
    query = select(Incubation).where(Incubation.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(Incubation.applied_on.desc(), Incubation.id.desc())))


def incubations_page(
    session: Session, *, state: IncubationState | None = None, page: int = 1
) -> Page[Incubation]:
    """Who is or was in incubation, the latest step first."""
    query = select(Incubation).options(joinedload(Incubation.organisation))
    if state is not None:
        query = query.where(Incubation.state == state)
    query = query.order_by(Incubation.state_since.desc(), Incubation.id.desc())
    return page_of(session, query, page)


def incubation_counts(session: Session) -> dict[IncubationState, int]:
    """How many stand at each step."""
    query = select(Incubation.state, func.count()).group_by(Incubation.state)
    found = dict(session.execute(query).all())
    return {state: found.get(state, 0) for state in IncubationState}


def honours_of(session: Session, organisation_id: int) -> list[Honour]:
    """The honours an organisation was given, the newest first."""
    query = select(Honour).where(Honour.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(Honour.awarded_on.desc(), Honour.id.desc())))


def hosted_by(session: Session, host_id: int) -> list[Organisation]:
    """The filed groups an organisation carries, by name."""
    query = select(Organisation).where(Organisation.host_id == host_id)
    return list(session.scalars(query.order_by(Organisation.name)))


def agencies(session: Session) -> list[Organisation]:
    """The social-work agencies, by name."""
    query = select(Organisation).where(Organisation.is_social_work_agency)
    return list(session.scalars(query.order_by(Organisation.name)))
