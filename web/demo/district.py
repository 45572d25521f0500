"""The organisations of the district, as tables; places come from the division codes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from charity.registry import divisions, uscc
from charity.registry.models import OrganisationKind
from web.config import DEMO_OPERATOR
from web.demo.plans import OrganisationPlan, dice

DISTRICT = "420704"

_DATA = Path(__file__).parent / "data"


#: Codes that tests and documents name.
KNOWN_CODES = {"jiahe": "52420704MJH000027A", "foundation": "53420704MJH0000352"}

#: Names of contacts and of givers who let their name be seen; made up from the commonest ones.
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"
GIVEN: tuple[str, ...] = (
    *"芳敏静丽强磊军洋勇艳杰娟涛明超霞平刚",
    "秀兰", "桂英", "文华", "建国", "小红", "志强", "海燕", "春梅", "国庆",
)  # fmt: skip


@cache
def _table(name: str) -> list[dict[str, str]]:
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def service_organisations(count: int) -> list[dict[str, str]]:
    """The first `count` rows: login name of the owner, name, street, introduction."""
    return _table("service_organisations")[:count]


@cache
def places() -> dict[str, str]:
    """Villages and communities of the district by code, named as people say them."""
    return {
        code: spoken(name)
        for code, name in divisions.rows(DISTRICT)
        if len(code) == 12 and "虚拟" not in name
    }


@cache
def streets() -> dict[str, str]:
    """The streets and towns of the district by code."""
    return {code: name for code, name in divisions.rows(DISTRICT) if len(code) == 9}


def spoken(name: str) -> str:
    """`洪港村委会` is 洪港村 to everybody."""
    bare = re.sub(r"（.*?）", "", name)
    return bare.replace("村委会", "村").replace("居委会", "居民区")


def villages() -> list[str]:
    """Codes of the villages (not communities), in an order of chance that never changes."""
    codes = [code for code, name in places().items() if name.endswith("村")]
    dice("villages").shuffle(codes)
    return codes


def person_name(*key: object) -> str:
    """A made-up name, the same for the same key."""
    chance = dice("name", *key)
    return chance.choice(FAMILY) + chance.choice(GIVEN)


def codes_of(kind: OrganisationKind) -> Iterable[str]:
    """Valid credit codes of a kind, registered in the district, one after the other."""
    first = {
        OrganisationKind.ASSOCIATION: "51",
        OrganisationKind.SOCIAL_SERVICE_ORG: "52",
        OrganisationKind.VILLAGE_COLLECTIVE: "N2",
    }[kind]
    for number in range(4, 1000):
        body = f"{first}{DISTRICT}MJH{number:05d}"
        for inner in uscc.ALPHABET:
            code = uscc.with_check_digit(body + inner)
            if not uscc.warnings(code, kind, DISTRICT):
                yield code
                break


def operator() -> OrganisationPlan:
    """The charity that raises the money and keeps the book."""
    return OrganisationPlan(
        "鄂城区慈善总会", OrganisationKind.ASSOCIATION, DEMO_OPERATOR, DISTRICT,
        "全区的慈善组织：依法公开募捐，为村社项目管钱、付款、公开每一分钱的去向。",
        "operator", "慈善总会办公室", "0711-0000001",
    )  # fmt: skip


def registered(services: int) -> list[OrganisationPlan]:
    """The first `services` service organisations, and the associations and the foundation."""
    fresh = {kind: iter(codes_of(kind)) for kind in (
        OrganisationKind.ASSOCIATION, OrganisationKind.SOCIAL_SERVICE_ORG)}  # fmt: skip
    plans: list[OrganisationPlan] = []
    for row in service_organisations(services):
        owner = row["login"]
        kind = OrganisationKind.SOCIAL_SERVICE_ORG
        plans.append(
            OrganisationPlan(
                f"鄂城区{row['name']}", kind, KNOWN_CODES.get(owner) or next(fresh[kind]),
                DISTRICT + row["street"], row["introduction"], owner, person_name(owner),
                f"0711-0000{100 + len(plans)}", is_partner=True,
            )
        )  # fmt: skip
    for row in _table("other_organisations"):
        key, kind = row["login"], OrganisationKind(row["kind"])
        code = KNOWN_CODES.get(key) or next(fresh[kind])
        plans.append(
            OrganisationPlan(f"鄂城区{row['name']}", kind, code, DISTRICT, row["introduction"], key,
                             person_name(key), f"0711-0000{100 + len(plans)}")
        )  # fmt: skip
    return plans


def groups(count: int) -> list[OrganisationPlan]:
    """Filed community groups of communities: no credit code, known to their street."""
    chance = dice("groups")
    communities = [code for code, name in places().items() if name.endswith("社区")]
    pairs = [(code, group) for code in communities for group in _table("community_groups")]
    chance.shuffle(pairs)
    return [
        OrganisationPlan(
            places()[code] + row["name"], OrganisationKind.COMMUNITY_GROUP, None, code,
            row["introduction"],
            "hub", person_name("group", number), f"0711-0001{number:03d}",
        )
        for number, (code, row) in enumerate(pairs[:count])
    ]  # fmt: skip


def newcomers() -> list[OrganisationPlan]:
    """Registrations the operator's staff have not decided, the last one sent back by them."""
    rows = (
        ("晨曦社会工作服务中心", "002", "两名社工刚从武汉回来，想从楼栋探访做起。"),
        ("南浦社区服务中心", "003", "由三个老小区的业委会发起，做公共维修的协商。"),
        ("小桥流水环境服务中心", "003", "做河塘水质的居民观测。"),
        ("百洪乡村服务中心", "105", "百洪村返乡青年办的，先做好一件事：老人饭桌。"),
    )
    kind = OrganisationKind.SOCIAL_SERVICE_ORG
    codes = [code for code, _ in zip(codes_of(kind), range(60), strict=False)][40:]
    return [
        OrganisationPlan(
            f"鄂城区{name}", kind, codes[number], f"{DISTRICT}{street}", introduction, "hub",
            person_name("newcomer", number), f"0711-0002{number:03d}",
        )
        for number, (name, street, introduction) in enumerate(rows)
    ]  # fmt: skip
