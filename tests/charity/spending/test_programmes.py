"""One sum over many sites, to the fen, and the households of a deliverable."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, Denied, Invalid
from charity.money import Money
from charity.registry.models import Region, RegionLevel
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.models import DeliveryState, Household, Programme, SiteKind
from charity.spending.reasons import SpendingReason
from charity.spending.services import Item, Site
from tests.charity.spending.world import OTHER_VILLAGE, VILLAGE, World, make_actor, make_world

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def keeper(world: World) -> Actor:
    return make_actor(world.session, "keeper", Grant(Role.TREASURER, world.charity_id))


def programme(world: World, actor: Actor, total: Money, sites: list[Site]) -> Programme:
    return spending.open_programme(
        world.session,
        actor,
        funder_id=world.charity_id,
        fund_id=None,
        name="五社联动资助计划",
        total=total,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        sites=sites,
    )


def test_83_million_over_87_communities_and_123_streets(world: World, keeper: Actor) -> None:
    streets = [Region(code=f"4207042{n:02}", name=f"第{n}街", level=RegionLevel.STREET,
                      parent_code="420704") for n in range(100)]  # fmt: skip
    more = [Region(code=f"4207043{n:02}", name=f"又{n}街", level=RegionLevel.STREET,
                   parent_code="420704") for n in range(23)]  # fmt: skip
    parent = streets[0]
    villages = [Region(code=f"{parent.code}{n:03}", name=f"第{n}社区", level=RegionLevel.VILLAGE,
                       parent_code=parent.code) for n in range(87)]  # fmt: skip
    world.session.add_all([*streets, *more])
    world.session.flush()
    world.session.add_all(villages)
    world.session.flush()
    sites = [Site(place.code, SiteKind.STREET) for place in (*streets, *more)]
    sites += [Site(place.code, SiteKind.COMMUNITY) for place in villages]
    made = programme(world, keeper, Money.yuan(83_000_000), sites)
    told = queries.sites_with_spending(world.session, made.id)
    figures = queries.programme_sum(made.total, told)
    assert (figures.communities, figures.streets) == (87, 123)
    # 39.52 ten thousand yuan a site
    assert figures.average == Money(39_523_809)
    shares = [each.site.amount for each in told]
    assert Money.total(shares) == made.total
    assert max(shares).fen - min(shares).fen == 1


def test_shares_that_do_not_add_up_are_refused(world: World, keeper: Actor) -> None:
    for sites, reason in (
        ([Site(VILLAGE, SiteKind.COMMUNITY, Money.yuan(99))], SpendingReason.SUM_CHANGES),
        ([Site(VILLAGE, SiteKind.COMMUNITY), Site(VILLAGE, SiteKind.COMMUNITY)],
         SpendingReason.SITE_TWICE),
        ([Site("110101", SiteKind.STREET)], SpendingReason.SITE_UNKNOWN),
        ([], SpendingReason.SITE_COUNT),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            programme(world, keeper, Money.yuan(100), sites)
        assert (refused.value.reason, refused.value.field) == (reason, "sites")
    with pytest.raises(Denied):
        programme(world, world.submitter, Money.yuan(1), [Site(VILLAGE, SiteKind.COMMUNITY)])


def test_a_budget_within_the_share_spends_a_site(world: World, keeper: Actor) -> None:
    planned = Money.total(line.amount for line in world.budget.lines)
    made = programme(
        world,
        keeper,
        planned + planned,
        [Site(VILLAGE, SiteKind.COMMUNITY, planned), Site(OTHER_VILLAGE, SiteKind.COMMUNITY)],
    )
    site, other = made.sites

    def bind(site_id: int) -> None:
        spending.bind_site(world.session, keeper, site_id=site_id, budget_id=world.budget_id)

    with pytest.raises(Invalid) as refused:
        bind(other.id)
    assert refused.value.reason is SpendingReason.OTHER_PLACE
    bind(site.id)
    with pytest.raises(Conflict):
        bind(site.id)
    assert queries.sites_with_spending(world.session, made.id)[0].planned == planned


def household(world: World, name: str = "王**") -> Household:
    return spending.list_household(
        world.session,
        world.submitter,
        deliverable_id=world.deliverable_id,
        masked_name=name,
        region_code=VILLAGE,
        plan="卫生间装两根抓杆",
        items=[Item("床边抓杆", 2, Money.yuan(85))],
    )


def test_households_are_numbered_masked_and_done_once(world: World) -> None:
    first, second = household(world), household(world, "李*")
    assert (first.number, second.number) == (1, 2)
    for name in ("王小明", "王先生", "王小*"):
        with pytest.raises(Invalid) as refused:
            household(world, name)
        assert refused.value.reason is SpendingReason.NAME_NOT_MASKED

    def report(units: int, *ids: int) -> int:
        return spending.report_delivery(
            world.session, world.submitter, deliverable_id=world.deliverable_id, units=units,
            note="", household_ids=ids,
        ).id  # fmt: skip

    with pytest.raises(Invalid) as refused:
        report(2, first.id)
    assert refused.value.reason is SpendingReason.HOUSEHOLDS_AND_UNITS
    delivery_id = report(1, first.id)
    with pytest.raises(Conflict):
        report(1, first.id)
    spending.return_delivery(world.session, world.acceptor, delivery_id=delivery_id, note="松了")
    again = report(1, first.id)
    spending.accept_delivery(world.session, world.acceptor, delivery_id=again, note="稳了")
    done = queries.done_at(world.session, world.deliverable_id)
    assert done == {first.id: DeliveryState.ACCEPTED}
