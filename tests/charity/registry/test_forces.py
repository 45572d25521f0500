"""Stations, teams, federations, incubation, honours, hosts, zones: what is kept and refused."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState
from charity.registry import queries, services
from charity.registry.forces_reasons import ForcesReason as Reason
from charity.registry.models import (
    IncubationState,
    IncubationTier,
    Organisation,
    OrganisationKind,
    StationModule,
    StationTier,
)
from charity.registry.reasons import RegistryReason
from tests.factories import make_actor, make_organisation, make_region

DAY = date(2026, 1, 4)


@pytest.fixture
def keeper(session: Session) -> Actor:
    for code in ("420704001", "420704001206", "420704002"):
        make_region(session, code)
    return make_actor(session, Grant(Role.VERIFIER, organisation_id=make_organisation(session).id))


@pytest.fixture
def agency(session: Session, keeper: Actor) -> Organisation:
    made = make_organisation(session)
    return services.set_agency(session, keeper, organisation_id=made.id, is_agency=True)


def open_station(session: Session, actor: Actor, tier: StationTier, **more: Any) -> Any:
    values: dict[str, Any] = {
        "name": tier.value, "region_code": "420704", "parent_id": None, "operator_id": None,
        "workers": 2, "opened_on": DAY,
    }  # fmt: skip
    return services.open_station(session, actor, tier=tier, **(values | more))


def refused(error: type[DomainError], reason: Any, verb: Any, *args: Any, **more: Any) -> None:
    with pytest.raises(error) as told:
        verb(*args, **more)
    assert told.value.reason is reason


def test_stations_stand_in_three_tiers_each_in_the_place_above(
    session: Session, keeper: Actor, agency: Organisation
) -> None:
    centre = open_station(session, keeper, StationTier.CENTRE)
    station = open_station(
        session, keeper, StationTier.STATION, parent_id=centre.id, region_code="420704001",
        operator_id=agency.id,
    )  # fmt: skip
    below: dict[str, Any] = {"parent_id": station.id, "name": "room"}
    for more, reason in (
        ({"region_code": "420704002"}, Reason.OUTSIDE_PARENT),
        ({"parent_id": centre.id}, Reason.TIER),
        ({"parent_id": None}, Reason.TIER),
        ({"region_code": "420704001206", "opened_on": date(2999, 1, 1)}, Reason.IN_THE_FUTURE),
        ({"region_code": "420704001206", "operator_id": make_organisation(session).id},
         Reason.NOT_AN_AGENCY),
    ):  # fmt: skip
        args = session, keeper, StationTier.ROOM
        refused(Invalid, reason, open_station, *args, **(below | more))
    room = open_station(session, keeper, StationTier.ROOM, **below, region_code="420704001206")
    assert queries.station_counts(session, "420704001") == {
        StationTier.CENTRE: 0, StationTier.STATION: 1, StationTier.ROOM: 1,
    }  # fmt: skip
    assert queries.stations_below(session, station.id) == [room]
    assert queries.stations_page(session).items == [centre, station, room]
    closing: dict[str, Any] = {"station_id": station.id, "closed_on": DAY}
    refused(InvalidState, Reason.STILL_BELOW, services.close_station, session, keeper, **closing)
    refused(InvalidState, Reason.STILL_BELOW, services.set_agency, session, keeper,
            organisation_id=agency.id, is_agency=False)  # fmt: skip
    services.close_station(session, keeper, station_id=room.id, closed_on=DAY)
    services.close_station(session, keeper, **closing)
    assert queries.stations_page(session).items == [centre]


def test_the_five_modules_of_a_station_are_looked_at_one_by_one(
    session: Session, keeper: Actor
) -> None:
    station = open_station(session, keeper, StationTier.CENTRE)
    services.check_station(
        session, keeper, station_id=station.id, ready=dict.fromkeys(StationModule, False)
    )
    services.check_station(
        session, keeper, station_id=station.id, ready={StationModule.LIVELIHOOD: True},
        notes={StationModule.LIVELIHOOD: "ledger seen"},
    )  # fmt: skip
    checks = queries.checks_of(session, [station.id])[station.id]
    assert [module for module in StationModule if checks[module].is_ready] == [
        StationModule.LIVELIHOOD
    ]
    assert checks[StationModule.LIVELIHOOD].checked_by_user_id == keeper.user_id


def test_a_branch_stands_below_a_main_team(session: Session, keeper: Actor) -> None:
    owner = make_organisation(session)
    more: dict[str, Any] = {"organisation_id": owner.id, "leader_name": "leader", "formed_on": DAY}
    form = services.form_team
    main = form(session, keeper, name="main", region_code="420704", **more)
    branch = form(
        session, keeper, name="branch", region_code="420704001", parent_id=main.id, **more
    )
    refused(Invalid, Reason.BRANCH_OF_BRANCH, form, session, keeper, name="x",
            region_code="420704001", parent_id=branch.id, **more)  # fmt: skip
    refused(Conflict, Reason.NAME_TAKEN, form, session, keeper, name="main",
            region_code="420704", **more)  # fmt: skip
    assert queries.branches_of(session, [main.id]) == {main.id: [branch]}
    ending: dict[str, Any] = {"team_id": main.id, "disbanded_on": DAY}
    refused(InvalidState, Reason.STILL_BELOW, services.disband_team, session, keeper, **ending)
    services.disband_team(session, keeper, team_id=branch.id, disbanded_on=DAY)
    services.disband_team(session, keeper, **ending)
    assert queries.volunteer_teams_page(session).total == 0


def test_a_member_of_a_federation_may_leave_and_come_again(session: Session, keeper: Actor) -> None:
    federation = make_organisation(session, kind=OrganisationKind.ASSOCIATION)
    member = make_organisation(session)
    join = services.join_federation
    both: dict[str, Any] = {"federation_id": federation.id, "member_id": member.id}
    join(session, keeper, **both, joined_on=DAY)
    refused(Conflict, Reason.MEMBER_ALREADY, join, session, keeper, **both, joined_on=DAY)
    refused(Invalid, Reason.FEDERATION_KIND, join, session, keeper, federation_id=member.id,
            member_id=federation.id, joined_on=DAY)  # fmt: skip
    services.leave_federation(session, keeper, **both, left_on=date(2026, 2, 1))
    assert queries.federation_members(session, federation.id) == []
    join(session, keeper, **both, joined_on=date(2026, 2, 2))
    assert queries.federations_of(session, member.id) == [federation]


def test_incubation_goes_from_application_to_registration(session: Session, keeper: Actor) -> None:
    group = make_organisation(session, kind=OrganisationKind.COMMUNITY_GROUP)
    asked: dict[str, Any] = {
        "organisation_id": group.id, "tier": IncubationTier.ROOM, "site": "s", "applied_on": DAY
    }  # fmt: skip
    made = services.apply_for_incubation(session, keeper, **asked)
    refused(Conflict, Reason.INCUBATED_ALREADY, services.apply_for_incubation, session, keeper,
            **asked)  # fmt: skip
    services.give_support(session, keeper, incubation_id=made.id, minutes=90)
    for state in (IncubationState.INCUBATING, IncubationState.GRADUATED,
                  IncubationState.REGISTERED):  # fmt: skip
        services.move_incubation(session, keeper, incubation_id=made.id, state=state, on=DAY)
    assert (made.support_minutes, made.state_since) == (90, DAY)
    refused(InvalidState, Reason.NOT_INCUBATING, services.give_support, session, keeper,
            incubation_id=made.id, minutes=30)  # fmt: skip
    with pytest.raises(InvalidState):
        services.move_incubation(
            session, keeper, incubation_id=made.id, state=IncubationState.LEFT, on=DAY
        )


def test_only_a_filed_group_has_a_host_who_can_receive_for_it(
    session: Session, keeper: Actor
) -> None:
    group = make_organisation(session, kind=OrganisationKind.COMMUNITY_GROUP)
    host, other = (
        make_organisation(session),
        make_organisation(session, kind=OrganisationKind.COMMUNITY_GROUP),
    )
    hosted = services.set_host
    refused(Invalid, Reason.NO_GROUP, hosted, session, keeper, organisation_id=host.id,
            host_id=group.id)  # fmt: skip
    refused(Invalid, Reason.HOST_KIND, hosted, session, keeper, organisation_id=group.id,
            host_id=other.id)  # fmt: skip
    hosted(session, keeper, organisation_id=group.id, host_id=host.id)
    assert queries.hosted_by(session, host.id) == [group]


def test_an_honour_names_where_it_can_be_read_and_is_not_given_to_oneself(
    session: Session,
) -> None:
    own = make_organisation(session)
    keeper = make_actor(session, Grant(Role.VERIFIER, organisation_id=own.id))
    honour: dict[str, Any] = {
        "title": "t",
        "awarded_by": "a",
        "awarded_on": DAY,
        "source_url": "https://a.cn/1",
    }
    other = make_organisation(session).id
    record = services.record_honour
    record(session, keeper, organisation_id=other, **honour)
    refused(Conflict, Reason.HONOUR_TAKEN, record, session, keeper, organisation_id=other,
            **honour)  # fmt: skip
    refused(Invalid, Reason.SOURCE_ADDRESS, record, session, keeper, organisation_id=other,
            **(honour | {"source_url": "javascript:alert(1)"}))  # fmt: skip
    refused(Denied, RegistryReason.OWN_ORGANISATION, record, session, keeper,
            organisation_id=own.id, **honour)  # fmt: skip


def test_div_01_a_place_is_run_by_a_zone_apart_from_what_contains_it(
    session: Session, keeper: Actor
) -> None:
    zone, place = make_region(session, "420704401"), make_region(session, "420704001206")
    manage = services.set_managed_by
    manage(session, keeper, region_code=place.code, managed_by_code=zone.code)
    assert (place.parent_code, place.managed_by_code) == ("420704001", zone.code)
    assert queries.managed_regions(session, zone.code) == [place]
    make_organisation(session, region_code=place.code)
    numbers = {
        code: [queries.organisations_page(session, region_code=code, by_management=by).total
               for by in (False, True)]
        for code in ("420704001", zone.code)
    }  # fmt: skip
    assert numbers == {"420704001": [1, 0], zone.code: [0, 1]}
    refused(Invalid, Reason.MANAGED_BY_ITSELF, manage, session, keeper,
            region_code="420704001", managed_by_code=place.code)  # fmt: skip
    manage(session, keeper, region_code=place.code, managed_by_code="420704001")
    assert place.managed_by_code is None


def test_the_register_of_a_region_is_kept_there_and_nowhere_else(session: Session) -> None:
    make_region(session, "420704001")
    make_region(session, "420703")
    keeper = make_actor(session, Grant(Role.VERIFIER, region_code="420704"))
    open_station(session, keeper, StationTier.CENTRE)
    for actor in (keeper, make_actor(session)):
        with pytest.raises(Denied):
            open_station(session, actor, StationTier.CENTRE, region_code="420703")
