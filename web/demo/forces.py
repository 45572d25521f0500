"""The five parties at work: stations in three tiers, teams, the federation, incubation, a trust."""

from __future__ import annotations

from collections.abc import Iterator

from charity.money import Money
from charity.registry import services as registry
from charity.registry.models import (
    IncubationState,
    IncubationTier,
    StationModule,
    StationTier,
)
from web.demo import district
from web.demo.stage import Stage, Step

#: Who keeps the register.
KEEPER = "staff"
#: Agencies that run stations; those that are not here yet are left out.
AGENCIES = ("jiahe", "kangle", "yuhua", "tongxing")
#: Streets with a station, and the villages with a room below it.
STATIONS = {
    "420704001": ("420704001206", "420704001009"),
    "420704002": ("420704002001",),
    "420704003": ("420704003012",),
}
HONOURS = (
    ("jiahe", "全区社会工作服务“双十佳”项目", "鄂城区民政局", 40),
    ("volunteers", "全市优秀志愿服务组织", "鄂州市文明办", 90),
)


def steps(beginning: int) -> Iterator[Step]:
    """What is entered in the register, after the organisations are there."""
    yield Step(beginning - 20, 700, stations, None)
    yield Step(beginning - 21, 700, teams, None)
    yield Step(beginning - 22, 700, federation, None)
    yield Step(20, 700, incubation, None)
    yield Step(19, 700, honours, None)
    yield Step(18, 700, trust, None)


def stations(stage: Stage, _what: object) -> None:
    """A centre, stations of streets with their rooms, and what was seen there."""
    session, keeper = stage.session, stage.actor(KEEPER)
    agencies = [stage.organisations[key] for key in AGENCIES if key in stage.organisations]
    for agency in agencies:
        registry.set_agency(session, keeper, organisation_id=agency, is_agency=True)
    day, names = stage.day(300), district.places()
    centre = registry.open_station(
        session, keeper, name="鄂城区社会工作指导中心", tier=StationTier.CENTRE,
        region_code=district.DISTRICT, parent_id=None, operator_id=agencies[0], workers=5,
        opened_on=day,
    )  # fmt: skip
    for number, (code, villages) in enumerate(STATIONS.items()):
        station = registry.open_station(
            session, keeper, name=f"{district.streets()[code]}社工站", tier=StationTier.STATION,
            region_code=code, parent_id=centre.id, operator_id=agencies[number % len(agencies)],
            workers=2 + number % 2, opened_on=day, is_model=number == 0,
        )  # fmt: skip
        ready = {module: place < 5 - number for place, module in enumerate(StationModule)}
        registry.check_station(session, keeper, station_id=station.id, ready=ready)
        for village in villages:
            registry.open_station(
                session, keeper, name=f"{names[village]}社工室", tier=StationTier.ROOM,
                region_code=village, parent_id=station.id,
                operator_id=agencies[number % len(agencies)], workers=1, opened_on=day,
            )  # fmt: skip


def teams(stage: Stage, _what: object) -> None:
    """The district's main team with a branch in three streets."""
    session, keeper = stage.session, stage.actor(KEEPER)
    owner, day = stage.organisations.get("volunteers", stage.operator_id), stage.day(280)
    main = registry.form_team(
        session, keeper, name="鄂城区五社联动志愿服务总队", region_code=district.DISTRICT,
        organisation_id=owner, leader_name=district.person_name("main"), formed_on=day,
    )  # fmt: skip
    for code in STATIONS:
        registry.form_team(
            session, keeper, name=f"{district.streets()[code]}分队", region_code=code,
            organisation_id=owner, leader_name=district.person_name("team", code), formed_on=day,
            parent_id=main.id,
        )  # fmt: skip


def federation(stage: Stage, _what: object) -> None:
    """The agencies are members of the federation."""
    session, keeper = stage.session, stage.actor(KEEPER)
    own = stage.organisations.get("federation")
    for key in AGENCIES:
        if own is not None and key in stage.organisations:
            registry.join_federation(
                session, keeper, federation_id=own, member_id=stage.organisations[key],
                joined_on=stage.day(400),
            )  # fmt: skip


def incubation(stage: Stage, _what: object) -> None:
    """Filed groups with a host, at each step of incubation."""
    session, keeper = stage.session, stage.actor(KEEPER)
    groups = [plan.name for plan in district.groups(60) if plan.name in stage.organisations]
    path = (IncubationState.INCUBATING, IncubationState.GRADUATED, IncubationState.REGISTERED)
    for number, name in enumerate(groups[:8]):
        group = stage.organisations[name]
        registry.set_host(
            session, keeper, organisation_id=group, host_id=stage.organisations["jiahe"]
        )
        tier = list(IncubationTier)[number % 3]
        made = registry.apply_for_incubation(
            session, keeper, organisation_id=group, tier=tier, site="鄂城共益园",
            applied_on=stage.day(150),
        )  # fmt: skip
        registry.give_support(session, keeper, incubation_id=made.id, minutes=90 + 30 * number)
        for step, state in enumerate(path[: number % 4]):
            registry.move_incubation(
                session, keeper, incubation_id=made.id, state=state, on=stage.day(120 - 30 * step)
            )


def honours(stage: Stage, _what: object) -> None:
    """What organisations were given, and where it can be read."""
    for number, (key, title, by, days) in enumerate(HONOURS, 1):
        if key in stage.organisations:
            registry.record_honour(
                stage.session, stage.actor(KEEPER), organisation_id=stage.organisations[key],
                title=title, awarded_by=by, awarded_on=stage.day(days),
                source_url=f"https://example.org/honours/{number}",
            )  # fmt: skip


def trust(stage: Stage, _what: object) -> None:
    """A charitable trust, filed in time, with the first report it published."""
    session, keeper = stage.session, stage.actor(KEEPER)
    trustee = stage.organisations.get("foundation")
    if trustee is None:
        return
    made = registry.record_trust(
        session, keeper, name="吴楚滨湖助老慈善信托", trustee_id=trustee,
        settlor_name="滨湖一位企业家", supervisor_name="鄂州正信律师事务所",
        purpose="资助鄂城区独居老人的居家安全改造。", amount=Money.yuan(500_000),
        region_code=district.DISTRICT, signed_on=stage.day(200), secret=stage.secret,
    )  # fmt: skip
    registry.file_trust(
        session, keeper, trust_id=made.id, filed_on=stage.day(195), number="鄂慈信备2026001"
    )
    registry.report_trust(
        session, keeper, trust_id=made.id, year=stage.day(60).year, published_on=stage.day(60),
        source_url="https://example.org/trusts/1",
    )  # fmt: skip
