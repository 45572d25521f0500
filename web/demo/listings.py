"""What else becomes of a proposal in the demo: goods promised, sent, declined, taken back, late.

The life of an order that goes well stands in `needs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from charity.actor import Actor
from projects.listings import services
from projects.listings.models import BeneficiaryGroup, ListingCategory, ResourceKind, Urgency
from web.demo.needs import COMMUNITY, HOUR
from web.demo.stage import OPERATOR_MODE, SYSTEM, Stage, Step

#: The project whose campaign receives what comes as money or goods.
PROJECT = "handrails"
_MORNING, _NOON, _EVENING = 570, 730, 1090


@dataclass(frozen=True, slots=True)
class Asked:
    """One more order of a resident."""

    key: str
    #: Days before loading.
    days: int
    title: str
    category: ListingCategory
    code: str
    kind: ResourceKind = ResourceKind.HOURS
    quantity: int | None = None
    unit_of: str = ""
    item: str = ""
    urgent: bool = False


RICE = Asked(
    "rice", 12, "给六十户困难家庭备过冬的米", ListingCategory.FOOD, "420704001206",
    ResourceKind.GOODS, 120, "袋", "10 公斤装大米",
)  # fmt: skip
GLASSES = Asked(
    "glasses", 11, "请眼科医生来给老人查一次眼睛", ListingCategory.HEALTH, "420704001009",
    ResourceKind.SKILLS,
)  # fmt: skip
SENT = Asked(
    "quarrel", 1, "楼上楼下为漏水吵架，请人调解", ListingCategory.LEGAL, "420704003012",
    ResourceKind.SKILLS, urgent=True,
)  # fmt: skip
OFFERED = Asked(
    "choir", 1, "合唱队缺一位教唱的老师", ListingCategory.CULTURE, "420704001206",
    quantity=24 * HOUR,
)  # fmt: skip
#: Nobody confirmed it in time: the place above is called (吹哨).
LATE = Asked(
    "pipe", 2, "水管裂了，屋里一直漏水", ListingCategory.REPAIR, "420704002001",
    ResourceKind.SKILLS, urgent=True,
)  # fmt: skip


def steps(shown: set[str], logins: set[str]) -> Iterator[Step]:
    """Each order as far as it comes; nothing where its units or the project are left out."""
    if not {"jiahe", "kangle", "volunteers"} <= logins:
        return
    for asked in (RICE, GLASSES, SENT, OFFERED, LATE):
        if asked is RICE and PROJECT not in shown:
            continue
        yield Step(asked.days, _MORNING, order, asked)
        if asked is not LATE:
            yield Step(asked.days, _NOON, confirm, asked)
    if PROJECT in shown:
        yield Step(RICE.days - 1, _EVENING, promise_rice, None)
    yield Step(GLASSES.days - 1, _EVENING, come_to_nothing, None)
    yield Step(SENT.days, _EVENING, send, None)
    yield Step(OFFERED.days, _EVENING, offer, None)
    yield Step(0, _MORNING, call_out, None)


def order(stage: Stage, asked: Asked) -> None:
    """A resident orders by telephone; the community worker types."""
    need = services.order_need(
        stage.session, stage.actor(COMMUNITY), client_id=f"demo-need-{asked.key}",
        title=asked.title, kind=asked.kind, category=asked.category,
        beneficiary_group=BeneficiaryGroup.RESIDENTS, region_code=asked.code,
        quantity=asked.quantity, unit=asked.unit_of, item=asked.item,
        starts_on=stage.day(asked.days), contact_name="网格员小周", contact_phone="13800003333",
        urgency=Urgency.URGENT if asked.urgent else Urgency.NORMAL,
    )  # fmt: skip
    stage.giving[f"need:{asked.key}"] = need.id


def confirm(stage: Stage, asked: Asked) -> None:
    """The community says it is so; goods go through the project's campaign."""
    services.confirm_need(
        stage.session, stage.actor(COMMUNITY), need_id=stage.giving[f"need:{asked.key}"],
        campaign_id=stage.posted[PROJECT].campaign_id if asked is RICE else None,
    )  # fmt: skip


def promise_rice(stage: Stage, _nothing: None) -> None:
    """A unit takes a part of the rice: a promise the campaign will receive."""
    claim = _claim(stage, "kangle", RICE, 40)
    services.accept_claim(
        stage.session, stage.actor(COMMUNITY), claim_id=claim, operator_mode=OPERATOR_MODE
    )


def come_to_nothing(stage: Stage, _nothing: None) -> None:
    """One proposal is declined, and one that was accepted is taken back."""
    session, community = stage.session, stage.actor(COMMUNITY)
    declined = _claim(stage, "jiahe", GLASSES, None)
    services.decline_claim(session, community, claim_id=declined, note="要有执业医师才行。")
    accepted = _claim(stage, "volunteers", GLASSES, None)
    services.accept_claim(session, community, claim_id=accepted)
    services.withdraw_claim(
        session, stage.actor("volunteers"), claim_id=accepted, note="约好的医生临时出差。"
    )


def send(stage: Stage, _nothing: None) -> None:
    """派单: the community sends one to an agency, which has not answered yet."""
    services.dispatch_need(
        stage.session, stage.actor(COMMUNITY), client_id="demo-sent-quarrel",
        need_id=stage.giving[f"need:{SENT.key}"],
        organisation_id=stage.organisations["jiahe"], message="双方都愿意坐下来谈。",
    )  # fmt: skip


def offer(stage: Stage, _nothing: None) -> None:
    """A team offers a part of the time; the community has not answered yet."""
    _claim(stage, "volunteers", OFFERED, 12 * HOUR)


def call_out(stage: Stage, _nothing: None) -> None:
    """吹哨, and what nobody answered lapses: the jobs of the last days."""
    services.lapse_claims(stage.session, SYSTEM)
    services.escalate_due_needs(stage.session, SYSTEM)


def _claim(stage: Stage, login: str, asked: Asked, quantity: int | None) -> int:
    actor: Actor = stage.actor(login)
    return services.claim_need(
        stage.session, actor, client_id=f"demo-claim-{asked.key}-{login}",
        need_id=stage.giving[f"need:{asked.key}"], quantity=quantity,
        organisation_id=stage.organisations[login],
    ).id  # fmt: skip
