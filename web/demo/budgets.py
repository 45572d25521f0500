"""Budgets in the demo: a programme over the district, households with their lists, one change."""

from __future__ import annotations

from collections.abc import Iterator

from charity.money import Money
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.models import SiteKind
from charity.spending.services import Item, Site
from web.demo import district
from web.demo.stage import Stage, Step

#: The project whose households are listed.
PROJECT = "handrails"
#: Sites of the programme, and its sum in yuan.
SITES, TOTAL = 21, 830_000
HOUSEHOLDS = (
    ("王**", "卫生间和床边各装一处，门槛垫平", (("床边抓杆", 1, 180), ("坐便椅", 1, 260))),
    ("李*", "走路要扶墙，从床到门口装一排", (("墙面扶手（米）", 4, 95), ("换鞋椅", 1, 150))),
    ("张**", "腿脚还好，夜里看不清", (("感应夜灯", 3, 38), ("带凳拐杖", 1, 120))),
)


def steps(shown: set[str]) -> Iterator[Step]:
    """A programme, and on the project that is told: households and a change."""
    yield Step(190, 600, open_programme, None)
    if PROJECT in shown:
        yield Step(60, 600, list_households, None)
        yield Step(45, 600, move_a_little, None)
        yield Step(4, 600, move_much, None)


def open_programme(stage: Stage, plan: None) -> None:
    """The treasurer allots a sum to every street of the district."""
    codes = sorted(district.streets())[:SITES]
    spending.open_programme(
        stage.session,
        stage.actor("treasurer"),
        funder_id=stage.operator_id,
        fund_id=None,
        name="五社联动助力社区服务资助计划",
        total=Money.yuan(TOTAL),
        starts_on=stage.day(190),
        ends_on=stage.day(-170),
        sites=[Site(code, SiteKind.STREET) for code in codes],
    )


def list_households(stage: Stage, plan: None) -> None:
    """After the visits each household has a list of its own."""
    deliverable = queries.deliverable(stage.session, stage.posted[PROJECT].deliverable_ids[0])
    for name, wish, items in HOUSEHOLDS:
        spending.list_household(
            stage.session,
            stage.actor("jiahe"),
            deliverable_id=deliverable.id,
            masked_name=name,
            region_code=deliverable.budget.region_code,
            plan=wish,
            items=[Item(thing, number, Money.yuan(cost)) for thing, number, cost in items],
        )


def move_a_little(stage: Stage, plan: None) -> None:
    """Less than a tenth of each line: made at once."""
    _move(stage, Money.yuan(150), "公示牌要多做几块，器材里省出来")


def move_much(stage: Stage, plan: None) -> None:
    """More than a tenth of a line: two persons must agree."""
    _move(stage, Money.yuan(900), "二十户都要回访两次，回访的钱不够")


def _move(stage: Stage, amount: Money, reason: str) -> None:
    deliverable = queries.deliverable(stage.session, stage.posted[PROJECT].deliverable_ids[0])
    first, *_, last = queries.budget(stage.session, deliverable.budget_id).lines
    spending.change_budget(
        stage.session,
        stage.actor("jiahe"),
        budget_id=deliverable.budget_id,
        becomes={first.id: first.amount - amount, last.id: last.amount + amount},
        reason=reason,
    )
