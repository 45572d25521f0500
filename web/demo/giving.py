"""Who gives what and when: many small gifts, some of shops and units, spread over the months."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from charity.donations.models import GiverKind
from charity.ledger.models import FundKind
from web.demo import district
from web.demo.plans import FundPlan, GiftPlan, ProjectPlan, dice

SMALL = (10, 20, 20, 30, 50, 50, 66, 88, 100, 100, 100, 100, 200, 200, 200, 300, 500, 600, 1000)
OF_ENTERPRISES = (1000, 1000, 1500, 2000, 2000, 3000, 5000)
OF_UNITS = (500, 800, 1000, 1500, 2000, 2600, 3000, 3600)

ENTERPRISES = (
    "莲花面馆", "樊口老街早点铺", "西山脚下书店", "湖畔茶行", "泽林五金店", "杜山米业合作社",
    "燕矶渔具行", "花湖建材商行", "长港水产合作社", "碧石机修厂", "汀祖铸件厂", "新庙苗木合作社",
    "沙窝茶叶合作社", "杨叶航运服务部", "凤凰药房", "古楼照相馆",
)  # fmt: skip
UNITS = (
    "凤凰街道工会", "西山小学五（2）班", "区直机关第三支部", "泽林镇商会", "在汉务工同乡会",
    "区医院青年志愿队", "燕矶中学教师工会", "返乡青年联谊会", "某部退役军人之家", "古楼街道妇联",
    "花湖镇乡贤会", "区图书馆读者会",
)  # fmt: skip
MESSAGES = (
    "在外面做事，家里的事也记着。", "小时候就在这塘边长大。", "给老家添一盏灯。",
    "愿爸妈走夜路都亮堂。",
    "一点心意，辛苦大家跑腿。", "同学群里凑的，钱不多。", "看了公示才捐的，写得清楚。",
    "盼早点完工。",
    "谢谢社工们。", "孩子的压岁钱，他说要给村里的书屋。", "做得好，明年再来。",
    "账目公开，放心。",
    "祝顺利。", "邻居推荐来的。", "为家乡出一份力。",
)  # fmt: skip

_DAYTIME = (7 * 60, 22 * 60 + 30)


def of_project(plan: ProjectPlan, most: int) -> list[GiftPlan]:
    """The gifts of a project until it is as full as planned, `most` at the most."""
    chance = dice("gifts", plan.key)
    amounts = list(_amounts(chance, plan.target * plan.fill // 100, plan.small_gifts))[:most]
    days = sorted((_day(chance, plan.starts) for _ in amounts), reverse=True)
    return [
        _gift(chance, plan.key, number, day, yuan, kind)
        for number, (day, (yuan, kind)) in enumerate(zip(days, amounts, strict=True))
    ]


def of_fund(plan: FundPlan, most: int) -> list[GiftPlan]:
    """The gifts of a village's fund: one who begins, then neighbours."""
    chance = dice("gifts", plan.key)
    begun = (5000, GiverKind.ENTERPRISE) if plan.kind is FundKind.STREET else (3000, GiverKind.UNIT)
    rest = max(0, plan.target * plan.fill // 100 - begun[0])
    amounts = [begun, *_amounts(chance, rest, 22)][:most]
    days = sorted((_day(chance, plan.starts) for _ in amounts), reverse=True)
    return [
        _gift(chance, plan.key, number, day, yuan, kind)
        for number, (day, (yuan, kind)) in enumerate(zip(days, amounts, strict=True))
    ]


def of_today(keys: Sequence[str]) -> list[GiftPlan]:
    """Gifts begun today whose payment has no result yet, and one that failed and may be retried."""
    ends = ("pending", "pending", "failed", "pending")
    return [
        GiftPlan(f"{key}:today{number}", key, 0, 420 + 150 * number, 50 + 50 * number,
                 GiverKind.INDIVIDUAL, ends_in=ends[number % 4])
        for number, key in enumerate(keys)
    ]  # fmt: skip


def _amounts(
    chance: random.Random, total: int, small_gifts: int
) -> Iterator[tuple[int, GiverKind]]:
    """Amounts in yuan with who gives, adding up to `total` exactly."""
    while total > 0:
        throw = chance.randrange(100)
        if throw < small_gifts:
            yuan, kind = chance.choice(SMALL), GiverKind.INDIVIDUAL
        elif throw < small_gifts + (100 - small_gifts) // 2:
            yuan, kind = chance.choice(OF_ENTERPRISES), GiverKind.ENTERPRISE
        else:
            yuan, kind = chance.choice(OF_UNITS), GiverKind.UNIT
        yuan = min(yuan, total)
        total -= yuan
        yield yuan, kind


def _day(chance: random.Random, starts: int) -> int:
    """A day of the campaign so far: many soon after the start, fewer later."""
    return starts - int((starts + 1) * chance.random() ** 1.35)


def _gift(
    chance: random.Random, campaign: str, number: int, days: int, yuan: int, kind: GiverKind
) -> GiftPlan:
    name, is_public = "", False
    if kind is GiverKind.ENTERPRISE:
        name, is_public = chance.choice(ENTERPRISES), chance.random() < 0.85
    elif kind is GiverKind.UNIT:
        name, is_public = chance.choice(UNITS), chance.random() < 0.9
    elif chance.random() < 0.55:
        name, is_public = district.person_name(campaign, number), chance.random() < 0.5
    message = chance.choice(MESSAGES) if chance.random() < 0.22 else ""
    key = f"{campaign}:{number}"
    return GiftPlan(key, campaign, days, chance.randrange(*_DAYTIME), yuan, kind, name, is_public,
                    message)  # fmt: skip
