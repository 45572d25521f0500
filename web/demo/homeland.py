"""幸福家园 in the demo: a village claims its fund, units pair up, posts are adopted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice

from charity.donations.models import GiverKind
from charity.ledger.models import FundKind
from charity.money import Money
from charity.registry import queries as registry_queries
from charity.registry import services as registry
from charity.registry.models import FundraisingMode, OrganisationKind
from projects.listings import services as listings
from projects.listings.models import BeneficiaryGroup, ListingCategory, ResourceKind
from projects.listings.services import homeland, pairing, priority
from projects.listings.services.pairing import Helped, TaskDraft
from web.demo import acts, district, stage
from web.demo.needs import COMMUNITY, HOUR
from web.demo.people import Person
from web.demo.plans import FundPlan, GiftPlan, OrganisationPlan
from web.demo.stage import OPERATOR_MODE, Posted, Stage, Step

#: The village whose page the demo shows, and who speaks for it.
VILLAGE, MAYOR = "420704001206", Person("honggang", "余秀兰", "洪港村经济合作社: 认领村里的基金")
#: The campaign of its fund stands under the second wave's filed plan.
FUND = FundPlan("honggang", "洪港村", FundKind.VILLAGE_MUTUAL_AID, 20_000, 150, -180, 12, 60)
INTRODUCTION = (
    "洪港村在凤凰街道东边，四百一十二户，一半的年轻人在外面做事。\n"
    "村民代表会议定下今年两件事：老人家里装扶手，门口塘边装护栏。"
)
GIFTS = ((140, 3000, GiverKind.UNIT), (131, 200, GiverKind.INDIVIDUAL),
         (118, 500, GiverKind.INDIVIDUAL), (90, 100, GiverKind.INDIVIDUAL),
         (61, 1200, GiverKind.ENTERPRISE), (12, 50, GiverKind.INDIVIDUAL))  # fmt: skip
#: Posts of the village, the hours a year they take, and who adopts them.
POSTS = (("护塘员：每天看一遍三口塘", 180, "volunteers"), ("路灯管护员", 60, "volunteers"),
         ("公共厕所保洁管护", 240, ""))  # fmt: skip
TASKS = (
    "修好门口塘的护栏",
    "给十户老人换灯",
    "请医生来村义诊一次",
    "开一次反诈讲座",
    "春节前走访一遍",
)
FOR_ONE = ("装好床边扶手", "办好高龄津贴", "每月陪去取一次药", "换一床厚被子", "每周打两次电话")


def steps(owners: set[str]) -> Iterator[Step]:
    """The village's story, and the pairings of whoever is here."""
    yield Step(190, 700, settle, None)
    yield Step(189, 600, claim, None)
    yield Step(188, 640, agree, None)
    yield Step(FUND.starts, 930, collect, None)
    for number, (days, yuan, kind) in enumerate(GIFTS):
        gift = GiftPlan(f"honggang:{number}", FUND.key, days, 660 + number, yuan, kind)
        yield Step(days, 660 + number, acts.give, gift)
    yield Step(120, 600, mark, None)
    yield Step(30, 600, posts, None)
    if "kangle" in owners:
        yield Step(80, 620, with_village, "kangle")
        yield Step(20, 620, visited, "kangle")
    if "jiahe" in owners:
        yield Step(60, 620, with_one, "jiahe")


def settle(stage_: Stage, _what: object) -> None:
    """The village's collective registers and is verified."""
    codes = district.codes_of(OrganisationKind.VILLAGE_COLLECTIVE)
    plan = OrganisationPlan(
        "洪港村经济合作社", OrganisationKind.VILLAGE_COLLECTIVE, next(islice(codes, 7, None)),
        VILLAGE, "洪港村的集体经济组织，替全村管公共的事。", MAYOR.login, MAYOR.name,
        "0711-0000377",
    )  # fmt: skip
    stage.enrol(stage_, MAYOR)
    stage.register(stage_, plan)
    stage.verify(stage_, plan)
    stage_.changed(MAYOR.login)


def claim(stage_: Stage, _what: object) -> None:
    """It claims the fund of its village."""
    fund = homeland.claim_village_fund(
        stage_.session, stage_.actor(MAYOR.login), region_code=VILLAGE,
        committee_id=stage_.organisations[MAYOR.login], introduction=INTRODUCTION,
    )  # fmt: skip
    stage_.funds["claim:honggang"] = fund.id


def agree(stage_: Stage, _what: object) -> None:
    """The county agrees, and the book opens the fund."""
    fund = homeland.agree_village_fund(
        stage_.session, stage_.actor("staff"), village_fund_id=stage_.funds["claim:honggang"],
        operator_id=stage_.operator_id, fund_name="鄂城区慈善总会凤凰街道洪港村村社互助基金",
    )  # fmt: skip
    stage_.funds[FUND.key] = fund.fund_id or 0


def collect(stage_: Stage, _what: object) -> None:
    """A campaign raises money for the fund."""
    filed = registry_queries.plan_by_number(
        stage_.session, stage_.plan_number(FUND.plan_number, FUND.starts + 14)
    )
    assert filed is not None, "the script files a plan before it opens a campaign"  # noqa: S101
    campaign = registry.open_campaign(
        stage_.session, stage_.actor("reviewer"), plan_id=filed.id, partner_id=None,
        charity_id=stage_.operator_id, fund_id=stage_.funds[FUND.key],
        title="洪港村村社互助基金", target=Money.yuan(FUND.target),
        starts_on=stage_.day(FUND.starts), ends_on=stage_.day(FUND.ends),
        mode=FundraisingMode.PUBLIC_ONLINE,
    )  # fmt: skip
    stage_.posted[FUND.key] = Posted(campaign.id)


def mark(stage_: Stage, _what: object) -> None:
    """The street of the village is one help flows to first."""
    priority.mark_priority_area(
        stage_.session, stage_.actor("staff"), region_code="420704001",
        since=stage_.day(120), source_url="https://example.org/demo/priority-areas.html",
    )  # fmt: skip


def posts(stage_: Stage, _what: object) -> None:
    """Posts of the village, and who adopts them."""
    session, mayor, community = stage_.session, stage_.actor(MAYOR.login), stage_.actor(COMMUNITY)
    for number, (title, hours, unit) in enumerate(POSTS):
        need = listings.order_need(
            session, mayor, client_id=f"demo-post-{number}", title=title, kind=ResourceKind.HOURS,
            category=ListingCategory.GREENING if number else ListingCategory.SAFETY,
            beneficiary_group=BeneficiaryGroup.RESIDENTS, region_code=VILLAGE,
            quantity=hours * HOUR, starts_on=stage_.day(30), contact_name=MAYOR.name,
            contact_phone="13800004444", is_post=True,
            organisation_id=stage_.organisations[MAYOR.login],
        )  # fmt: skip
        listings.confirm_need(session, community, need_id=need.id)
        if unit in stage_.organisations and unit in stage_.users:
            claimed = listings.claim_need(
                session, stage_.actor(unit), client_id=f"demo-adopt-{number}", need_id=need.id,
                organisation_id=stage_.organisations[unit],
            )  # fmt: skip
            listings.accept_claim(session, community, claim_id=claimed.id)


def with_village(stage_: Stage, unit: str) -> None:
    """A unit is paired with the village, and promises money to its fund."""
    made = pairing.begin_pairing(
        stage_.session, stage_.actor(unit), client_id=_client(unit),
        organisation_id=stage_.organisations[unit], region_code=VILLAGE, starts_on=stage_.day(80),
        ends_on=stage_.day(-120), tasks=_tasks(stage_, TASKS, 70), secret=stage_.secret,
        operator_mode=OPERATOR_MODE, committed=Money.yuan(6_000),
        campaign_id=stage_.posted[FUND.key].campaign_id,
    )  # fmt: skip
    stage_.giving[f"pairing:{unit}"] = made.id


def visited(stage_: Stage, unit: str) -> None:
    """Two of the five things are done, and somebody went there."""
    session, actor = stage_.session, stage_.actor(unit)
    made = stage_.giving[f"pairing:{unit}"]
    found = pairing.record_visit(
        session, actor, pairing_id=made, visited_on=stage_.day(24), visitors=4,
        words="看了三口塘，量了护栏；给十户老人换了灯泡，试了开关。",
    )  # fmt: skip
    for task in found.pairing.tasks[:2]:
        pairing.finish_task(
            session, actor, task_id=task.id, done_on=stage_.day(24), note="村里验过，能用。"
        )


def with_one(stage_: Stage, unit: str) -> None:
    """A unit is paired with one person, of whom only a sign is kept."""
    pairing.begin_pairing(
        stage_.session, stage_.actor(unit), client_id=_client(f"{unit}:one"),
        organisation_id=stage_.organisations[unit], region_code=VILLAGE, starts_on=stage_.day(60),
        ends_on=stage_.day(-300), tasks=_tasks(stage_, FOR_ONE, -5), secret=stage_.secret,
        operator_mode=OPERATOR_MODE, helped=Helped("余桂英", "420704194003127120"),
    )  # fmt: skip


def _tasks(stage_: Stage, titles: tuple[str, ...], first: int) -> list[TaskDraft]:
    """Five things, one every forty days."""
    return [TaskDraft(title, stage_.day(first - 40 * n)) for n, title in enumerate(titles)]


def _client(key: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo-pairing:{key}"))
