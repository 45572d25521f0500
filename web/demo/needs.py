"""点单, 派单, 接单 in the demo: residents order, the community confirms, units come, both judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from charity.actor import Actor
from projects.listings import services
from projects.listings.models import (
    BeneficiaryGroup,
    EvaluationSide,
    ListingCategory,
    ResourceKind,
    Urgency,
)
from web.demo.stage import Stage, Step

#: Who takes the orders of the district.
COMMUNITY = "community"
#: Minutes of an hour.
HOUR = 60
#: Hours of the day at which things happen.
_MORNING, _NOON, _EVENING = 560, 720, 1080


@dataclass(frozen=True, slots=True)
class NeedPlan:
    """One order and how far it comes; `unit` is the login of who takes it."""

    key: str
    #: Days before loading.
    days: int
    title: str
    category: ListingCategory
    group: BeneficiaryGroup
    code: str
    kind: ResourceKind = ResourceKind.HOURS
    quantity: int | None = None
    unit_of: str = ""
    item: str = ""
    people: int | None = None
    urgent: bool = False
    is_post: bool = False
    #: The login of the organisation that posts it; empty for a resident.
    poster: str = ""
    description: str = ""
    #: Who comes, for how much of it, and how many days after the order the work is done.
    unit: str = ""
    part: int | None = None
    worked_after: int | None = None
    stars: int = 0
    words: str = ""


NEEDS = (
    NeedPlan(
        "lamps", 40, "二十户老人家里的灯要换", ListingCategory.REPAIR, BeneficiaryGroup.ELDERLY,
        "420704001206", quantity=20 * HOUR, people=20, description="灯泡已经备好，请带梯子。",
        unit="volunteers", part=20 * HOUR, worked_after=3, stars=5,
        words="来了四个人，一上午全换好了，走时还扫了地。",
    ),
    NeedPlan(
        "clinic", 26, "陪三位老人去区医院复查", ListingCategory.TRANSPORT,
        BeneficiaryGroup.ELDERLY, "420704001009", quantity=9 * HOUR, people=3, urgent=True,
        unit="volunteers", part=9 * HOUR, worked_after=1, stars=5, words="准时，很耐心。",
    ),
    NeedPlan(
        "homework", 18, "放学后陪孩子写作业，每周三次", ListingCategory.STUDY,
        BeneficiaryGroup.LEFT_BEHIND_CHILDREN, "420704002001", quantity=96 * HOUR, people=16,
        unit="jiahe", part=60 * HOUR, worked_after=10, stars=4,
        words="孩子们喜欢，就是周五人手少一点。",
    ),
    NeedPlan(
        "talk", 9, "请心理老师来和独居老人聊聊", ListingCategory.COUNSELLING,
        BeneficiaryGroup.ELDERLY, "420704003012", ResourceKind.SKILLS, people=12,
        unit="jiahe", worked_after=4, stars=4, words="老人说下次还想来。",
    ),
    NeedPlan(
        "wheelchairs", 6, "社区缺四台可以借的轮椅", ListingCategory.DISABILITY,
        BeneficiaryGroup.DISABLED, "420704001206", ResourceKind.LENDING, quantity=4,
        unit_of="台", item="轮椅", unit="kangle", part=2,
    ),
    NeedPlan(
        "reading", 5, "图书角每周六要人值班", ListingCategory.CULTURE,
        BeneficiaryGroup.RESIDENTS, "420704001206", quantity=48 * HOUR, is_post=True,
        description="上午九点到十一点，借书还书，带孩子念一本。", poster="jiahe",
    ),
    NeedPlan(
        "meals", 4, "给不能下楼的老人送午饭", ListingCategory.MEALS, BeneficiaryGroup.ELDERLY,
        "420704002001", quantity=30 * HOUR, people=8, poster="kangle",
        description="食堂已经做好，只差送的人。每天十一点，一小时。",
    ),
    NeedPlan(
        "stairs", 3, "楼梯扶手松了，请人来修", ListingCategory.REPAIR, BeneficiaryGroup.RESIDENTS,
        "420704003012", ResourceKind.SKILLS, urgent=True,
    ),
    NeedPlan(
        "garden", 2, "西边空地想种点花", ListingCategory.GREENING, BeneficiaryGroup.RESIDENTS,
        "420704001009", quantity=16 * HOUR,
    ),
    NeedPlan(
        "haircut", 1, "请师傅来村里给老人理发", ListingCategory.ELDERLY_CARE,
        BeneficiaryGroup.ELDERLY, "420704001206", ResourceKind.SKILLS, people=30,
    ),
)  # fmt: skip
#: Orders the community has not looked at yet.
WAITING = frozenset({"haircut"})


def steps(logins: set[str]) -> Iterator[Step]:
    """The life of each order, as far as it comes; without its unit it stays open."""
    for plan in NEEDS:
        yield Step(plan.days, _MORNING, order, plan)
        if plan.key in WAITING:
            continue
        yield Step(plan.days, _NOON, confirm, plan)
        if plan.unit not in logins:
            continue
        yield Step(plan.days, _EVENING, take, plan)
        if plan.worked_after is not None:
            yield Step(plan.days - plan.worked_after, _EVENING, serve, plan)
            yield Step(plan.days - plan.worked_after - 1, _MORNING, judge, plan)


def order(stage: Stage, plan: NeedPlan) -> None:
    """A resident orders, or an organisation posts."""
    by = stage.actor(plan.poster) if plan.poster in stage.users else Actor.guest()
    need = services.order_need(
        stage.session, by, client_id=f"demo-need-{plan.key}", title=plan.title, kind=plan.kind,
        category=plan.category, beneficiary_group=plan.group, region_code=plan.code,
        quantity=plan.quantity, unit=plan.unit_of, item=plan.item,
        starts_on=stage.day(plan.days), ends_on=None, conditions="", people=plan.people,
        urgency=Urgency.URGENT if plan.urgent else Urgency.NORMAL, is_post=plan.is_post,
        description=plan.description, contact_name="网格员小周", contact_phone="13800003333",
        address="", organisation_id=stage.organisations.get(plan.poster),
    )  # fmt: skip
    stage.giving[f"need:{plan.key}"] = need.id


def confirm(stage: Stage, plan: NeedPlan) -> None:
    """The community says it is so."""
    need_id = stage.giving[f"need:{plan.key}"]
    services.confirm_need(stage.session, stage.actor(COMMUNITY), need_id=need_id)


def take(stage: Stage, plan: NeedPlan) -> None:
    """A unit claims it, and the community says yes."""
    claim = services.claim_need(
        stage.session, stage.actor(plan.unit), client_id=f"demo-claim-{plan.key}",
        need_id=stage.giving[f"need:{plan.key}"], quantity=plan.part,
        organisation_id=stage.organisations[plan.unit],
    )  # fmt: skip
    services.accept_claim(stage.session, stage.actor(COMMUNITY), claim_id=claim.id)
    stage.giving[f"claim:{plan.key}"] = claim.id


def serve(stage: Stage, plan: NeedPlan) -> None:
    """The unit reports its day and says that it is done."""
    unit, claim_id = stage.actor(plan.unit), stage.giving[f"claim:{plan.key}"]
    minutes = plan.part or 3 * HOUR
    services.report_service(
        stage.session, unit, client_id=f"demo-served-{plan.key}", claim_id=claim_id,
        delivered_on=stage.day(plan.days - (plan.worked_after or 0)), minutes=minutes,
        people=plan.people or 0, times=plan.people or 0, note="按约定做完",
    )  # fmt: skip
    services.finish_claim(stage.session, unit, claim_id=claim_id)


def judge(stage: Stage, plan: NeedPlan) -> None:
    """The community confirms it; both sides say how it was."""
    session, community = stage.session, stage.actor(COMMUNITY)
    claim_id = stage.giving[f"claim:{plan.key}"]
    services.confirm_claim(session, community, claim_id=claim_id)
    services.evaluate(
        session, community, claim_id=claim_id, side=EvaluationSide.NEED, stars=plan.stars,
        words=plan.words,
    )  # fmt: skip
    services.evaluate(
        session, stage.actor(plan.unit), claim_id=claim_id, side=EvaluationSide.UNIT, stars=5,
        words="说得清楚，有人接应。",
    )  # fmt: skip
