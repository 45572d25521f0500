"""The eleven Hubei cities of early 2020: needs of hospitals, offers of factories and hotels.

They come in through the importers with their dirt told, the matcher and the plan of the whole
province run on them, deliveries are simulated, and the page says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import ReasonCode
from charity.registry import regions
from charity.registry.models import Organisation, OrganisationKind, Region
from charity.registry.reading import Places
from charity.registry.reading.reasons import ListReason
from charity.rows import insert_many
from projects.listings import matching, services
from projects.listings.models import Claim, Need, NeedState, Resource
from projects.listings.queries.importing import Bringing, JudgedListing, ListingOutcome
from projects.listings.queries.matching import matches_for_need
from projects.listings.queries.timeliness import NeedsAsked, Scope, need_facts, needs_behind
from projects.listings.reading import ListKind, read_listings
from projects.listings.reading.reasons import ImportReason
from projects.listings.reasons import NeedsReason
from projects.listings.services.dispatching import make_plan, send_plan
from projects.listings.services.importing import import_listings
from projects.listings.services.simulating import simulate_delivery
from projects.listings.timeliness import CAPACITY_DAYS, figures
from tests.charity.donations.giving import open_giving
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation
from tests.fakes import FakeGateway
from tests.realdata import hubei
from tests.support.site import SiteClient

TODAY = date(2026, 3, 16)
MODE = "qualified_charity"
SYSTEM = Actor.system("simulation")
CITIES = {"4201", "4202", "4207", "4208", "4209", "4211", "4212", "4228", "4290"}
#: What the importers say of each list, refusing or only told.
DIRT: dict[str, dict[ReasonCode, int]] = {
    "needs": {
        ImportReason.QUANTITY_UNKNOWN: 1188,
        ListReason.PLACE_UNKNOWN: 7,
        ListReason.TWICE: 1,
    },
    "factories": {
        ImportReason.QUANTITY_UNKNOWN: 21,
        ImportReason.DAILY_CAPACITY: 3,
        ListReason.PLACE_UNKNOWN: 1,
    },
    "hotels": {
        ImportReason.QUANTITY_UNKNOWN: 114,
        ListReason.PLACE_UNKNOWN: 2,
        ListReason.TWICE: 1,
    },
    "carriers": {ImportReason.QUANTITY_UNKNOWN: 22},
    "clinics": {ImportReason.QUANTITY_UNKNOWN: 59, ListReason.TWICE: 3},
}
LISTS: dict[str, Callable[[Path], list[hubei.Row]]] = {
    "needs": hubei.needs,
    "factories": hubei.factories,
    "hotels": hubei.hotels,
    "carriers": hubei.carriers,
    "clinics": hubei.clinics,
}


@pytest.mark.parametrize("name", LISTS)
def test_the_dirt_of_each_list_is_told_by_kind(name: str, realdata: Path) -> None:
    kind = ListKind.NEEDS if name == "needs" else ListKind.RESOURCES
    rows = LISTS[name](realdata)
    places = Places(hubei.places(realdata), "42")
    found = read_listings(hubei.sheet(rows), kind, places, TODAY)
    assert len(found.rows) == len(rows)
    assert found.dirt == Counter(DIRT[name])
    refused = {flaw.number for row in found.rows for flaw in row.flaws if flaw.refuses}
    assert {row.number for row in found.rows if row.said is None} == refused


@dataclass
class Province:
    """The charity that brings the lists, who dispatches, and what became of the rows."""

    session: Session
    folder: Path
    charity: Organisation
    leader: Actor
    campaign_id: int
    actor: Actor
    #: Who answers for the makers: nobody who dispatched accepts.
    units: Actor

    def bring(self, name: str) -> Counter[ListingOutcome]:
        """Bring in a list whole."""
        kind = ListKind.NEEDS if name == "needs" else ListKind.RESOURCES
        bringing = Bringing(
            kind=kind,
            organisation_id=self.charity.id,
            origin=f"wuhan2020:{name}",
            confirms=kind is ListKind.NEEDS,
            campaign_id=self.campaign_id,
        )
        places = Places(hubei.places(self.folder), "42")
        content = hubei.sheet(LISTS[name](self.folder))
        found = read_listings(content, kind, places, TODAY)
        self.judged = import_listings(self.session, self.actor, bringing=bringing, rows=found.rows)
        return Counter(each.outcome for each in self.judged)

    judged: list[JudgedListing]


@pytest.fixture
def province(session: Session, clock: SetClock, realdata: Path) -> Province:
    campaign = open_giving(session, FakeGateway()).campaign
    known = set(session.scalars(select(Region.code)))
    insert_many(
        session,
        Region,
        [
            {"code": code, "name": name, "level": regions.level(code),
             "parent_code": regions.parent(code), "managed_by_code": None}
            for code, name in hubei.places(realdata)
            if code not in known
        ],
    )  # fmt: skip
    charity = session.get_one(Organisation, campaign.charity_id)
    makers = [
        make_organisation(session, name=name, kind=OrganisationKind.ENTERPRISE, region_code="42")
        for name in dict.fromkeys(row["提供单位"] for row in hubei.factories(realdata))
    ]
    grants = [Grant(Role.EDITOR, organisation_id=each.id) for each in (charity, *makers)]
    leader = Grant(Role.DISPATCHER, region_code="42")
    actor, units = make_actor(session, leader, *grants), make_actor(session, *grants[1:])
    return Province(session, realdata, charity, actor, campaign.id, actor, units, [])


def test_hubei_is_loaded_matched_planned_and_served_by_simulation(
    province: Province, session: Session, clock: SetClock, client: SiteClient
) -> None:
    _load(province, session)
    _match(session)
    claims = _plan(province, session)
    for claim in claims:
        services.accept_claim(session, province.units, claim_id=claim.id, operator_mode=MODE)
    clock.set(clock.now.replace(hour=20))
    for claim in claims:
        simulate_delivery(session, SYSTEM, claim_id=claim.id, quantity=claim.quantity or 0)
    session.commit()
    scope = Scope("42", None, TODAY, TODAY)
    found = figures(need_facts(session, scope), clock.now)
    assert found.claimed == found.reached == found.inside
    assert found.known + found.unknown == found.needs == 1285
    assert found.matched == found.delivered
    asked = NeedsAsked.SIMULATED
    assert needs_behind(session, scope, asked, clock.now, 1).total == found.reached > 0
    page = client.get("/statistics/matching?place=42").text
    for words in (
        f"其中 {len(claims)} 条是模拟交付",
        f"{matching.lots()['goods']} 件",
        f"{CAPACITY_DAYS} 天",
        "武汉市",
        "恩施土家族苗族自治州",
    ):
        assert words in page, words


def _load(province: Province, session: Session) -> None:
    """Every list comes in once, and a second time changes nothing."""
    outcome = ListingOutcome
    assert province.bring("needs") == {outcome.NEW: 1285, outcome.REFUSED: 22}
    refusals = Counter(
        flaw.reason for each in province.judged for flaw in each.flaws if flaw.refuses
    )
    assert refusals == {
        NeedsReason.UNIT_NEEDED: 14,
        ListReason.PLACE_UNKNOWN: 7,
        ListReason.TWICE: 1,
    }
    assert province.bring("factories") == {outcome.NEW: 23, outcome.REFUSED: 1}
    assert province.bring("hotels") == {outcome.NEW: 113, outcome.REFUSED: 4}
    assert province.bring("carriers") == {outcome.NEW: 22}
    # the source does not say where the doctors are
    assert province.bring("clinics") == {outcome.REFUSED: 59}
    assert province.bring("needs") == {outcome.THERE: 1285, outcome.REFUSED: 22}
    needs = session.scalars(select(Need)).all()
    assert {need.state for need in needs} == {NeedState.OPEN}
    assert {need.region_code[:4] for need in needs} == CITIES
    assert sum(need.quantity is None for need in needs) == 1187
    masks = session.scalars(select(Resource).where(Resource.quantity == 7_000_000)).one()
    assert masks.title.startswith("日照三奇")
    assert session.scalar(select(func.count(Resource.id))) == 23 + 113 + 22


def _match(session: Session) -> None:
    """A hospital that asks for N95 finds the factory that makes them, with reasons."""
    need = session.scalars(
        select(Need).where(Need.item.contains("N95"), Need.region_code == "420106").limit(1)
    ).one()
    best = matches_for_need(session, need)[0]
    made = session.get_one(Resource, best.resource_id)
    assert "N95" in made.item
    assert best.reasons


def _plan(province: Province, session: Session) -> tuple[Claim, ...]:
    """The plan of the province is no worse than the greedy one and gives nobody too much."""
    plan = make_plan(session, province.leader, region_code="42")
    assert plan.needs_seen == 1285
    assert plan.optimal_score >= plan.greedy_score > 0
    sent = send_plan(session, province.leader, plan_id=plan.id)
    assert not sent.refused
    given: Counter[int] = Counter()
    lot = matching.lots()["goods"]
    for claim in sent.claims:
        assert claim.resource is not None
        assert claim.quantity is not None
        assert claim.quantity <= (claim.need.quantity or lot)
        given[claim.resource.id] += claim.quantity
    for resource_id, quantity in given.items():
        assert quantity <= (session.get_one(Resource, resource_id).quantity or lot)
    return sent.claims
