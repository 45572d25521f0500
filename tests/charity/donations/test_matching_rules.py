"""The arithmetic of matching: never over a cap, in order, the same again (MAT-01, M8)."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.donations.matching import (
    POOL,
    Decision,
    Gift,
    MatchLimit,
    Rules,
    added,
    decide,
    digest,
    kept,
    mark,
    scopes,
)

DAY = date(2026, 9, 5)


def gift(amount: int, giver: str = "a", *, excluded: bool = False) -> Gift:
    return Gift(amount, giver, DAY, 1, 1, excluded)


def amounts(decisions: list[Decision]) -> list[int]:
    return [each.amount for each in decisions]


fen = st.integers(1, 50_000)
cap = st.none() | st.integers(1, 20_000)
rules_of_pools = st.builds(
    Rules,
    total=st.integers(1, 100_000),
    ratio_percent=st.integers(1, 300),
    least_gift=st.integers(1, 500),
    cap_per_gift=cap,
    cap_per_giver_day=cap,
    cap_per_giver_campaign=cap,
    cap_per_campaign=cap,
    cap_per_organisation=cap,
)
gifts_of_people = st.lists(
    st.builds(
        Gift,
        amount=fen,
        giver=st.sampled_from(["", "a", "b", "c"]),
        day=st.sampled_from([DAY, DAY + timedelta(days=1)]),
        campaign=st.integers(1, 3),
        organisation=st.integers(1, 2),
        excluded=st.sampled_from([False, False, False, True]),
    ),
    max_size=30,
)


def test_vector_of_the_handbook() -> None:
    """Pool 1000, 1:1, 200 a person a day; A 150, A 100, B 900: 150, 50, 200; left 600."""
    rules = Rules(total=100_000, ratio_percent=100, cap_per_giver_day=20_000)
    gifts = [gift(15_000, "A"), gift(10_000, "A"), gift(90_000, "B")]
    decisions = decide(rules, gifts, {})
    assert amounts(decisions) == [15_000, 5_000, 20_000]
    assert [each.limit for each in decisions] == [
        MatchLimit.NONE,
        MatchLimit.GIVER_DAY,
        MatchLimit.GIVER_DAY,
    ]
    assert rules.total - added(rules, gifts, amounts(decisions))[POOL] == 60_000


@pytest.mark.parametrize(
    ("asked", "changed", "expected"),
    [
        (gift(100), {}, (100, MatchLimit.NONE)),
        (gift(101), {"ratio_percent": 50}, (50, MatchLimit.NONE)),
        (gift(1), {"ratio_percent": 50}, (0, MatchLimit.LEAST_GIFT)),
        (gift(99), {"least_gift": 100}, (0, MatchLimit.LEAST_GIFT)),
        (gift(100, ""), {}, (100, MatchLimit.NONE)),
        (gift(100, ""), {"cap_per_giver_day": 9}, (0, MatchLimit.UNKNOWN_GIVER)),
        (gift(100, ""), {"cap_per_giver_campaign": 9}, (0, MatchLimit.UNKNOWN_GIVER)),
        (gift(100, excluded=True), {}, (0, MatchLimit.EXCLUDED)),
        (gift(100), {"cap_per_gift": 60}, (60, MatchLimit.GIFT)),
        (gift(100), {"cap_per_giver_day": 60}, (60, MatchLimit.GIVER_DAY)),
        (gift(100), {"cap_per_giver_campaign": 60}, (60, MatchLimit.GIVER_CAMPAIGN)),
        (gift(100), {"cap_per_campaign": 60}, (60, MatchLimit.CAMPAIGN)),
        (gift(100), {"cap_per_organisation": 60}, (60, MatchLimit.ORGANISATION)),
        (gift(100), {"total": 60}, (60, MatchLimit.POOL)),
        # of equal limits the first
        (gift(100), {"cap_per_giver_day": 60, "total": 60}, (60, MatchLimit.GIVER_DAY)),
        # the tightest, wherever it stands
        (gift(100), {"cap_per_gift": 90, "cap_per_campaign": 70}, (70, MatchLimit.CAMPAIGN)),
    ],
)
def test_one_gift(asked: Gift, changed: dict[str, int], expected: tuple[int, MatchLimit]) -> None:
    rules = replace(Rules(total=1_000, ratio_percent=100), **changed)
    assert decide(rules, [asked], {}) == [expected]


@given(rules_of_pools, gifts_of_people)
def test_no_cap_is_ever_passed(rules: Rules, gifts: list[Gift]) -> None:
    decisions = decide(rules, gifts, {})
    sums: Counter[str] = Counter()
    for each, decision in zip(gifts, decisions, strict=True):
        assert 0 <= decision.amount <= each.amount * rules.ratio_percent // 100
        assert rules.cap_per_gift is None or decision.amount <= rules.cap_per_gift
        if decision.amount:
            for key, limit in scopes(rules, each).values():
                sums[key] += decision.amount
                assert limit is None or sums[key] <= limit
    assert sums[POOL] == sum(amounts(decisions)) <= rules.total
    assert {k: v for k, v in sums.items() if v} == added(rules, gifts, amounts(decisions))


@given(rules_of_pools, gifts_of_people)
def test_a_gift_with_less_than_its_ratio_met_a_limit_that_is_reached(
    rules: Rules, gifts: list[Gift]
) -> None:
    """Spent = min(pool, demand): nothing is kept back that a rule would give."""
    sums: dict[str, int] = {}
    for each, decision in zip(gifts, decide(rules, gifts, {}), strict=True):
        full = each.amount * rules.ratio_percent // 100
        if decision.limit is MatchLimit.NONE:
            assert decision.amount == full
        elif decision.limit in (found := scopes(rules, each)):
            key, limit = found[decision.limit]
            assert sums.get(key, 0) + decision.amount == limit
        for key, fen in added(rules, [each], [decision.amount]).items():
            sums[key] = sums.get(key, 0) + fen


@given(rules_of_pools, gifts_of_people, st.integers(0, 30))
def test_batches_decide_as_one_row_after_the_other(
    rules: Rules, gifts: list[Gift], cut: int
) -> None:
    """Order-exact: however the rows are cut into batches, each gets the same."""
    whole = decide(rules, gifts, {})
    first = decide(rules, gifts[:cut], {})
    sums = added(rules, gifts[:cut], amounts(first))
    assert whole == first + decide(rules, gifts[cut:], sums)
    assert whole == decide(rules, gifts, {})


@given(rules_of_pools, gifts_of_people, st.integers(1, 10_000))
def test_a_larger_pool_never_gives_less(rules: Rules, gifts: list[Gift], more: int) -> None:
    larger = replace(rules, total=rules.total + more)
    assert sum(amounts(decide(rules, gifts, {}))) <= sum(amounts(decide(larger, gifts, {})))


@given(rules_of_pools, fen, fen)
def test_a_larger_gift_never_gets_less(rules: Rules, one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert decide(rules, [gift(small)], {})[0].amount <= decide(rules, [gift(large)], {})[0].amount


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 12_000))
def test_what_is_kept_of_a_match(amount: int, whole: int, left: int) -> None:
    stays = kept(amount, whole, left)
    assert 0 <= stays <= amount
    assert (kept(amount, whole, 0), kept(amount, whole, whole)) == (0, amount)
    assert stays * whole <= amount * min(left, whole)


def test_marks_tell_givers_apart_and_pools_too() -> None:
    one, other = b"x" * 32, b"y" * 32
    assert mark(None, one) == ""
    assert len({mark("k", one), mark("k", other), mark("l", one)}) == 3
    assert mark("k", one) == mark("k", one)
    assert len(mark("k", one)) == 64


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
