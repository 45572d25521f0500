"""资源 in the demo: what units and teams can give, wheelchairs that are lent, a plan to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from charity import clock
from charity.actor import Actor
from projects.listings import services
from projects.listings.models import BeneficiaryGroup, ListingCategory, ResourceKind
from web.demo.stage import Stage, Step

#: Minutes of an hour.
HOUR = 60
_MORNING, _NOON = 600, 730


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of a unit; `unit` is the login of who speaks for it."""

    key: str
    #: Days before loading.
    days: int
    unit: str
    title: str
    category: ListingCategory
    code: str
    kind: ResourceKind = ResourceKind.HOURS
    group: BeneficiaryGroup | None = None
    quantity: int | None = None
    measure: str = ""
    item: str = ""
    conditions: str = ""
    #: Digits of the place within which it can be had.
    reach: int = 6


OFFERS = (
    Offer(
        "repairs", 45, "volunteers", "周末上门修灯修水管", ListingCategory.REPAIR, "420704001206",
        group=BeneficiaryGroup.ELDERLY, quantity=60 * HOUR, conditions="材料自备，家里要有人。",
    ),
    Offer(
        "escort", 30, "volunteers", "陪老人看病、取药", ListingCategory.TRANSPORT, "420704001009",
        group=BeneficiaryGroup.ELDERLY, quantity=80 * HOUR,
    ),
    Offer(
        "lunch", 20, "volunteers", "中午送餐的人手", ListingCategory.MEALS, "420704002001",
        group=BeneficiaryGroup.ELDERLY, quantity=40 * HOUR, reach=9,
    ),
    Offer(
        "talking", 25, "jiahe", "心理咨询师一对一倾谈", ListingCategory.COUNSELLING,
        "420704003012", ResourceKind.SKILLS, quantity=30, measure="次",
        conditions="每次五十分钟，先约时间。",
    ),
    Offer(
        "reading", 15, "jiahe", "大学生周末陪读", ListingCategory.STUDY, "420704002001",
        group=BeneficiaryGroup.CHILDREN, quantity=120 * HOUR,
    ),
    Offer(
        "wheelchairs", 22, "kangle", "轮椅可以借，最长三个月", ListingCategory.DISABILITY,
        "420704001206", ResourceKind.LENDING, quantity=6, measure="台", item="轮椅",
        conditions="要签借用单，还的时候擦干净。",
    ),
    Offer(
        "room", 12, "kangle", "活动室，能坐四十人", ListingCategory.VENUE, "420704001206",
        ResourceKind.SPACE, conditions="晚上九点以前离开。", reach=9,
    ),
    Offer(
        "carpenter", 8, "kangle", "木工师傅，修扶手修门窗", ListingCategory.REPAIR, "420704003012",
        ResourceKind.SKILLS, quantity=10, measure="次",
    ),
)  # fmt: skip


def steps(logins: set[str]) -> Iterator[Step]:
    """The offers of the units that are there, then who borrows, and a plan of the district."""
    there = [offer for offer in OFFERS if offer.unit in logins]
    for offer in there:
        yield Step(offer.days, _MORNING, post, offer)
    if {"wheelchairs", "room"} <= {offer.key for offer in there}:
        yield Step(1, _MORNING, borrow, None)
    if there:
        yield Step(0, _NOON, plan, None)


def post(stage: Stage, offer: Offer) -> None:
    """A unit offers it."""
    made = services.post_resource(
        stage.session, stage.actor(offer.unit), client_id=f"demo-offer-{offer.key}",
        title=offer.title, kind=offer.kind, category=offer.category,
        organisation_id=stage.organisations[offer.unit], region_code=offer.code,
        serves_code=offer.code[: offer.reach], quantity=offer.quantity, unit=offer.measure,
        item=offer.item, starts_on=stage.day(offer.days), conditions=offer.conditions,
        beneficiary_group=offer.group,
    )  # fmt: skip
    stage.giving[f"resource:{offer.key}"] = made.id


def borrow(stage: Stage, _nothing: None) -> None:
    """Two want something; one is answered."""
    asked = [
        services.ask_booking(
            stage.session, Actor.guest(), client_id=f"demo-booking-{key}",
            resource_id=stage.giving[f"resource:{key}"],
            starts_at=clock.start_of(clock.today()) + timedelta(days=days, hours=9),
            ends_at=clock.start_of(clock.today()) + timedelta(days=days, hours=until),
            purpose=purpose, contact_name="周桂兰", contact_phone="13900003333",
        )
        for key, days, until, purpose in (
            ("wheelchairs", 4, 17, "接老人出院"),
            ("room", 3, 12, "社区健康讲座"),
        )
    ]  # fmt: skip
    services.answer_booking(
        stage.session, stage.actor("kangle"), booking_id=asked[1].id, agrees=True
    )


def plan(stage: Stage, _nothing: None) -> None:
    """A dispatcher plans for the district and has not sent it yet."""
    services.make_plan(stage.session, stage.actor("community"), region_code="420704")
