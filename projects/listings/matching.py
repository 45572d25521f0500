"""How well a resource fits a need, in points that are explained one by one.

Hard questions first: a kind that serves the need, a thing that is the same, a category that has to
do with it, a place the resource serves, another's need, days both stand, and enough left for the
smallest part. A pair that passes gets 0 to 10,000 points; what each part may give stands in
`data/`. This module is the plain form, one pair at a time; `ranking.py` computes the same for many
at once.
"""

from __future__ import annotations

import csv
import enum
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources

from projects.listings.reasons import MatchReason

#: All points there are.
MOST = 10_000
#: A need without an end is taken to want this many days.
OPEN_DAYS = 90
#: What a unit is taken for while nobody has said anything of it.
NEUTRAL = 0.5
#: A resource for nobody in particular, as the relations call it.
ANYBODY = "anybody"

_LEVELS = (2, 4, 6, 9, 12)


class MatchPart(enum.StrEnum):
    """What points are given for."""

    CATEGORY = "category"
    ITEM = "item"
    GROUP = "group"
    DISTANCE = "distance"
    QUANTITY = "quantity"
    TIME = "time"
    RELIABILITY = "reliability"
    URGENCY = "urgency"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Rules:
    """The points of each part, and in thousandths how near two words are to each other."""

    points: Mapping[MatchPart, int]
    #: By (need's word, resource's word); a pair that is not there has nothing in common.
    kinds: Mapping[tuple[str, str], int]
    categories: Mapping[tuple[str, str], int]
    groups: Mapping[tuple[str, str], int]
    #: By how many levels of division both places share, 0 to 5.
    distances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What the matcher knows of a need; `rest` in its measure, None where nobody knows."""

    id: int
    kind: str
    category: str
    group: str
    place: str
    starts_on: date
    ends_on: date | None = None
    item: str = ""
    unit: str = ""
    rest: int | None = None
    least_part: int = 1
    is_urgent: bool = False
    is_priority: bool = False
    #: The organisation that posts it; 0 where a resident does.
    owner: int = 0


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What the matcher knows of a resource; `reliability` from 0 to 1, a half where unknown."""

    id: int
    kind: str
    category: str
    place: str
    #: The place within which it can be had.
    serves: str
    starts_on: date
    group: str | None = None
    ends_on: date | None = None
    item: str = ""
    unit: str = ""
    rest: int | None = None
    reliability: float = NEUTRAL
    #: The organisation that offers it.
    owner: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many points: the words stand in `web/labels/listings.py`."""

    code: MatchReason
    points: int
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """A need and a resource that fit: 0 to 10,000 points, most telling reason first.

    `quantity` is what the resource could give to the need; None where either side is unknown.
    """

    need_id: int
    resource_id: int
    score: int
    quantity: int | None
    reasons: tuple[Reason, ...]


@cache
def house_rules() -> Rules:
    """The rules as they stand in `data/match_weights.csv` and `data/match_relations.csv`."""
    points = {MatchPart(row["part"]): int(row["points"]) for row in _table("match_weights.csv")}
    shares: dict[str, dict[tuple[str, str], int]] = {}
    for row in _table("match_relations.csv"):
        of_kind = shares.setdefault(row["what"], {})
        of_kind[row["need"], row["resource"]] = int(row["share"])
    distances = tuple(shares["distance"][str(n), str(n)] for n in range(len(_LEVELS) + 1))
    return Rules(points, shares["kind"], shares["category"], shares["group"], distances)


@cache
def lots() -> Mapping[str, int]:
    """How much an unknown quantity is taken for when a plan is made, by kind, in its measure."""
    return {row["kind"]: int(row["lot"]) for row in _table("dispatch_lots.csv")}


def folded(text: str) -> str:
    """A thing's name as it is compared: half-width, small letters, without blanks and marks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def levels_shared(one: str, other: str) -> int:
    """How many levels of division, from the province down, contain both places: 0 to 5."""
    shared = 0
    for length in _LEVELS:
        if min(len(one), len(other)) < length or one[:length] != other[:length]:
            break
        shared += 1
    return shared


def could_give(need: NeedFacts, resource: ResourceFacts) -> int | None:
    """How much of the need the resource covers; None where that is unknown, or counted otherwise.

    Two units of which both are named and differ are not compared.
    """
    if need.rest is None or resource.rest is None or _differ(need.unit, resource.unit):
        return None
    return min(need.rest, resource.rest)


def fits(
    need: NeedFacts, resource: ResourceFacts, *, today: date, rules: Rules | None = None
) -> bool:
    """Whether the pair comes into question at all."""
    rules = rules or house_rules()
    same_item = _same_item(need, resource)
    if not rules.kinds.get((need.kind, resource.kind), 0):
        return False
    if not same_item and (
        _differ(need.item, resource.item)
        or not rules.categories.get((need.category, resource.category), 0)
    ):
        return False
    if not need.place.startswith(resource.serves) or 0 != need.owner == resource.owner:
        return False
    start = max(need.starts_on, today)
    end = None if need.ends_on is None else max(need.ends_on, start)
    if resource.ends_on is not None and resource.ends_on < start:
        return False
    if end is not None and resource.starts_on > end:
        return False
    if need.rest == 0 or resource.rest == 0:
        return False
    given = could_give(need, resource)
    return given is None or need.rest is None or given >= min(need.least_part, need.rest)


def assess(
    need: NeedFacts, resource: ResourceFacts, *, today: date, rules: Rules | None = None
) -> Match | None:
    """The points of a pair with their reasons; None where it does not fit."""
    rules = rules or house_rules()
    if not fits(need, resource, today=today, rules=rules):
        return None
    reasons = (
        *_of_thing(need, resource, rules),
        _of_group(need, resource, rules),
        _of_distance(need, resource, rules),
        _of_quantity(need, resource, rules),
        _of_time(need, resource, today, rules),
        *_of_standing(need, resource, rules),
    )
    told = sorted((one for one in reasons if one is not None), key=lambda one: -one.points)
    score = sum(one.points for one in told)
    return Match(need.id, resource.id, score, could_give(need, resource), tuple(told))


def _of_thing(need: NeedFacts, resource: ResourceFacts, rules: Rules) -> list[Reason]:
    share = rules.categories.get((need.category, resource.category), 0)
    points = rules.points[MatchPart.CATEGORY] * share // 1000
    code = MatchReason.CATEGORY_SAME if share == 1000 else MatchReason.CATEGORY_NEAR
    told = [Reason(code, points)] if share else []
    weight = rules.points[MatchPart.ITEM]
    if _same_item(need, resource):
        told.append(Reason(MatchReason.ITEM_SAME, weight, {"item": need.item}))
    else:
        told.append(Reason(MatchReason.ITEM_OPEN, weight // 2))
    return told


def _of_group(need: NeedFacts, resource: ResourceFacts, rules: Rules) -> Reason | None:
    share = rules.groups.get((need.group, resource.group or ANYBODY), 0)
    points = rules.points[MatchPart.GROUP] * share // 1000
    if resource.group is None:
        return Reason(MatchReason.GROUP_ANYBODY, points)
    if share == 0:
        return None
    code = MatchReason.GROUP_SAME if share == 1000 else MatchReason.GROUP_NEAR
    return Reason(code, points)


def _of_distance(need: NeedFacts, resource: ResourceFacts, rules: Rules) -> Reason:
    shared = levels_shared(need.place, resource.place)
    points = rules.points[MatchPart.DISTANCE] * rules.distances[shared] // 1000
    return Reason(_NEARNESS[shared], points)


_NEARNESS = (
    MatchReason.SERVES_PLACE,
    MatchReason.SAME_PROVINCE,
    MatchReason.SAME_CITY,
    MatchReason.SAME_COUNTY,
    MatchReason.SAME_STREET,
    MatchReason.SAME_VILLAGE,
)


def _of_quantity(need: NeedFacts, resource: ResourceFacts, rules: Rules) -> Reason:
    weight = rules.points[MatchPart.QUANTITY]
    given = could_give(need, resource)
    if given is None or need.rest is None:
        return Reason(MatchReason.QUANTITY_UNKNOWN, weight // 2)
    if given == need.rest:
        return Reason(MatchReason.QUANTITY_WHOLE, weight)
    percent = 100 * given // need.rest
    points = weight * given // need.rest
    return Reason(MatchReason.QUANTITY_PART, points, {"percent": percent})


def _of_time(need: NeedFacts, resource: ResourceFacts, today: date, rules: Rules) -> Reason:
    start = max(need.starts_on, today)
    end = start + timedelta(days=OPEN_DAYS - 1)
    if need.ends_on is not None:
        end = max(need.ends_on, start)
    wanted = (end - start).days + 1
    last = end if resource.ends_on is None else min(end, resource.ends_on)
    days = max(0, (last - max(start, resource.starts_on)).days + 1)
    points = rules.points[MatchPart.TIME] * days // wanted
    if days == wanted:
        return Reason(MatchReason.TIME_WHOLE, points)
    return Reason(MatchReason.TIME_PART, points, {"days": days, "wanted": wanted})


def _of_standing(need: NeedFacts, resource: ResourceFacts, rules: Rules) -> list[Reason]:
    thousandths = thousandths_of(resource.reliability)
    points = rules.points[MatchPart.RELIABILITY] * thousandths // 1000
    told = [Reason(MatchReason.RELIABILITY, points, {"percent": thousandths // 10})]
    if need.is_urgent:
        told.append(Reason(MatchReason.URGENT, rules.points[MatchPart.URGENCY]))
    if need.is_priority:
        told.append(Reason(MatchReason.PRIORITY_AREA, rules.points[MatchPart.PRIORITY]))
    return told


def thousandths_of(reliability: float) -> int:
    """A reliability from 0 to 1 in whole thousandths, as both forms of the matcher count it."""
    return min(1000, max(0, round(reliability * 1000)))


def _same_item(need: NeedFacts, resource: ResourceFacts) -> bool:
    wanted = folded(need.item)
    return wanted != "" and wanted == folded(resource.item)


def _differ(one: str, other: str) -> bool:
    return folded(one) != "" and folded(other) != "" and folded(one) != folded(other)


def _table(name: str) -> list[dict[str, str]]:
    source = resources.files("projects.listings") / "data" / name
    return list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
