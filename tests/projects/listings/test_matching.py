"""The matcher: its points explained, its arrays equal to the plain form, its best few exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from projects.listings.columns import Table, need_columns, resource_columns
from projects.listings.matching import (
    ANYBODY,
    MOST,
    NeedFacts,
    ResourceFacts,
    assess,
    house_rules,
    levels_shared,
    lots,
)
from projects.listings.models import BeneficiaryGroup, ListingCategory, ResourceKind
from projects.listings.ranking import best_needs, best_of_each, best_resources
from projects.listings.reasons import MatchReason
from projects.listings.scoring import all_pairs
from tests.projects.listings.lists import TODAY, alike, make_lists

NEED = NeedFacts(
    id=1,
    kind="goods",
    category="medical_supplies",
    group="frontline",
    place="420106001",
    item="N95 口罩",
    unit="只",
    rest=100,
    starts_on=TODAY,
    ends_on=TODAY + timedelta(days=9),
    is_urgent=True,
    is_priority=True,
)
BEST = ResourceFacts(
    id=1,
    kind="goods",
    category="medical_supplies",
    group="frontline",
    place="420106001",
    serves="42",
    item="n95口罩",
    unit="只",
    rest=500,
    starts_on=TODAY,
    reliability=1.0,
)


def test_the_tables_know_every_word_of_the_lists() -> None:
    rules = house_rules()
    assert {one for one, _ in rules.kinds} == {kind.value for kind in ResourceKind} == set(lots())
    assert {one for one, _ in rules.categories} == {one.value for one in ListingCategory}
    assert {one for one, _ in rules.groups} == {one.value for one in BeneficiaryGroup}
    for group in BeneficiaryGroup:
        assert rules.groups[group, group] == 1000
        assert (group, ANYBODY) in rules.groups
    assert sum(rules.points.values()) == MOST


def test_all_that_can_be_wished_gives_all_points_and_says_why() -> None:
    match = assess(NEED, BEST, today=TODAY)
    assert match is not None
    # 1,800 points of distance less the tenth that a street is short of a village
    assert (match.score, match.quantity) == (MOST - 180, 100)
    assert [reason.code for reason in match.reasons] == [
        MatchReason.CATEGORY_SAME,
        MatchReason.SAME_STREET,
        MatchReason.ITEM_SAME,
        MatchReason.GROUP_SAME,
        MatchReason.QUANTITY_WHOLE,
        MatchReason.TIME_WHOLE,
        MatchReason.RELIABILITY,
        MatchReason.URGENT,
        MatchReason.PRIORITY_AREA,
    ]
    assert sum(reason.points for reason in match.reasons) == match.score


@pytest.mark.parametrize(
    ("change", "code", "loss", "params"),
    [
        ({"category": "health"}, MatchReason.CATEGORY_NEAR, 960, {}),
        ({"item": ""}, MatchReason.ITEM_OPEN, 700, {}),
        ({"group": None}, MatchReason.GROUP_ANYBODY, 360, {}),
        ({"place": "4202"}, MatchReason.SAME_PROVINCE, 1350, {}),
        ({"rest": 25}, MatchReason.QUANTITY_PART, 900, {"percent": 25}),
        ({"rest": None}, MatchReason.QUANTITY_UNKNOWN, 600, {}),
        ({"unit": "箱"}, MatchReason.QUANTITY_UNKNOWN, 600, {}),
        (
            {"ends_on": TODAY + timedelta(days=3)},
            MatchReason.TIME_PART,
            480,
            {"days": 4, "wanted": 10},
        ),
        ({"reliability": 0.5}, MatchReason.RELIABILITY, 350, {"percent": 50}),
    ],
)
def test_each_part_takes_its_points(
    change: dict[str, object], code: MatchReason, loss: int, params: dict[str, object]
) -> None:
    match = assess(NEED, replace(BEST, **change), today=TODAY)  # type: ignore[arg-type]  # fields
    assert match is not None
    assert match.score == MOST - 180 - loss
    assert [one.params for one in match.reasons if one.code is code] == [params]


def test_what_does_not_fit_is_no_match() -> None:
    soon = TODAY + timedelta(days=10)
    for change in (
        {"kind": "money"},
        {"item": "轮椅"},
        {"item": "", "category": "legal"},
        {"serves": "4202"},
        {"starts_on": soon},
        {"rest": 0},
    ):
        assert assess(NEED, replace(BEST, **change), today=TODAY) is None
    over = replace(BEST, starts_on=date(2026, 1, 1), ends_on=TODAY - timedelta(days=1))
    assert assess(NEED, over, today=TODAY) is None
    assert assess(replace(NEED, least_part=50), replace(BEST, rest=49), today=TODAY) is None
    assert assess(replace(NEED, rest=0), BEST, today=TODAY) is None
    # the same thing is the same thing, whatever it was filed under
    assert assess(NEED, replace(BEST, category="legal"), today=TODAY) is not None
    assert assess(replace(NEED, owner=3), replace(BEST, owner=3), today=TODAY) is None
    for kind in ("equipment", "space"):
        assert assess(replace(NEED, kind=kind), replace(BEST, kind="lending"), today=TODAY)
    assert levels_shared("4201", "420106") == 2


@pytest.mark.parametrize("seed", range(6))
def test_the_best_few_are_those_of_a_plain_loop(seed: int) -> None:
    needs, resources = make_lists(40, 700, seed=seed, provinces=1 + seed % 2)
    if seed % 3 == 0:
        needs, resources = alike(needs, resources, kind="goods", category="food")
    top = (20, 5, 1)[seed % 3]
    plain = {
        (need.id, resource.id): match.score
        for need in needs
        for resource in resources
        if (match := assess(need, resource, today=TODAY)) is not None
    }
    assert plain
    offered, wanted = resource_columns(resources), need_columns(needs)
    rows, columns, found = all_pairs(wanted, offered, today=TODAY)
    pairs = zip(rows.tolist(), columns.tolist(), found.tolist(), strict=True)
    assert {(needs[n].id, resources[r].id): score for n, r, score in pairs} == plain

    table, asked = Table(offered), Table(wanted)
    each = dict(best_of_each(asked, table, today=TODAY, top=top))
    for need in needs:
        best = _best((r, score) for (n, r), score in plain.items() if n == need.id)[:top]
        assert best_resources(need, table, today=TODAY, top=top) == best == each[need.id]
    for resource in resources[::10]:
        best = _best((n, score) for (n, r), score in plain.items() if r == resource.id)[:top]
        assert best_needs(resource, asked, today=TODAY, top=top) == best
    owned = [replace(one, reliability=one.owner / 5) for one in resources]
    relied = table.relied({owner: owner / 5 for owner in range(6)})
    assert (relied.columns == Table(resource_columns(owned)).columns).all()


def test_a_changed_table_is_one_made_new() -> None:
    needs, resources = make_lists(5, 60, seed=3)
    changed = [replace(one, rest=7, place="42") for one in resources[:20]]
    table = Table(resource_columns(resources)).changed(range(1, 31), resource_columns(changed))
    fresh = Table(resource_columns([*changed, *resources[30:]]))
    assert len(table) == len(fresh) == 50
    for need in needs:
        assert best_resources(need, table, today=TODAY) == best_resources(need, fresh, today=TODAY)


def _best(found: object) -> list[tuple[int, int]]:
    return sorted(found, key=lambda one: (-one[1], one[0]))  # type: ignore[call-overload,no-any-return]  # pairs
