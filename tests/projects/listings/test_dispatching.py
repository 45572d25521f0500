"""Dispatch plans without a database: the optimum equals brute force, and greedy is never better."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from projects.listings.dispatching import (
    Pairs,
    Plan,
    best_plan,
    first_come_plan,
    greedy_plan,
)

Scores = dict[tuple[int, int], int]


def test_500_small_districts_get_the_optimum() -> None:
    chance = random.Random(6)
    better = 0
    for _ in range(500):
        wanted = [chance.randint(0, 4) for _ in range(chance.randint(1, 4))]
        offered = [chance.randint(0, 4) for _ in range(chance.randint(1, 3))]
        scores = {
            (need, resource): chance.randint(1, 12)
            for need in range(len(wanted))
            for resource in range(len(offered))
            if chance.random() < 0.7
        }
        best = best_plan(wanted, offered, _pairs(scores))
        greedy = greedy_plan(wanted, offered, _pairs(scores))
        first = first_come_plan(wanted, offered, _pairs(scores), order=range(len(wanted))[::-1])
        assert best.score == _brute_force(tuple(wanted), tuple(offered), scores)
        assert max(greedy.score, first.score) <= best.score
        better += greedy.score < best.score
        for plan in (best, greedy, first):
            _check(plan, wanted, offered, scores)
    assert better > 10


@pytest.mark.parametrize("most", [3, 10**9])
def test_a_larger_district_equals_a_linear_programme_and_beats_greedy(most: int) -> None:
    """In pieces and in fen."""
    figures = np.random.default_rng(3)
    shape = (120, 90)
    needs, resources = np.nonzero(figures.random(shape) < 0.6)
    points = figures.integers(1, 10_000, len(needs))
    pairs = Pairs(needs, resources, points)
    wanted = figures.integers(0, most, shape[0]).tolist()
    offered = figures.integers(0, most, shape[1]).tolist()
    best, greedy = best_plan(wanted, offered, pairs), greedy_plan(wanted, offered, pairs)
    assert best.score == pytest.approx(_by_linear_programme(wanted, offered, pairs), rel=1e-9)
    assert greedy.score < best.score
    keys = zip(needs.tolist(), resources.tolist(), strict=True)
    _check(best, wanted, offered, dict(zip(keys, points.tolist(), strict=True)))


def test_nothing_to_plan_is_no_plan() -> None:
    assert best_plan([], [], _pairs({})) == Plan(()) == greedy_plan([3], [4], _pairs({}))
    with pytest.raises(ValueError, match="not below zero"):
        best_plan([-1], [1], _pairs({(0, 0): 5}))


def _by_linear_programme(wanted: list[int], offered: list[int], pairs: Pairs) -> float:
    """The most that can be reached, by another solver over the same district."""
    count = len(pairs)
    rows = np.r_[pairs.needs, pairs.resources + len(wanted)]
    columns = np.tile(np.arange(count), 2)
    shape = (len(wanted) + len(offered), count)
    matrix = sparse.csc_array((np.ones(2 * count), (rows, columns)), shape=shape)
    limits = np.array([*wanted, *offered], float)
    answer = linprog(-pairs.scores.astype(float), A_ub=matrix, b_ub=limits, method="highs-ds")
    assert answer.status == 0
    return float(-answer.fun)


def _pairs(scores: Scores) -> Pairs:
    ends = np.array(list(scores), np.int64).reshape(-1, 2)
    return Pairs(ends[:, 0], ends[:, 1], np.array(list(scores.values()), np.int64))


def _check(plan: Plan, wanted: list[int], offered: list[int], scores: Scores) -> None:
    """No need gets more than it wants, no resource gives more than it has, no pair comes twice."""
    got, given = [0] * len(wanted), [0] * len(offered)
    for one in plan.shipments:
        assert one.quantity > 0
        assert one.score == scores[one.need, one.resource]
        got[one.need] += one.quantity
        given[one.resource] += one.quantity
    assert all(a <= b for a, b in zip((*got, *given), (*wanted, *offered), strict=True))
    assert len({one[:2] for one in plan.shipments}) == len(plan.shipments)


def _brute_force(wanted: tuple[int, ...], offered: tuple[int, ...], scores: Scores) -> int:
    """The most that can be reached, by trying every number of pieces of every pair."""

    @cache
    def rest(need: int, resource: int, wants: int, left: tuple[int, ...]) -> int:
        if need == len(wanted):
            return 0
        if resource == len(left):
            following = wanted[need + 1] if need + 1 < len(wanted) else 0
            return rest(need + 1, 0, following, left)
        score = scores.get((need, resource), 0)
        most = min(wants, left[resource]) if score else 0
        return max(
            pieces * score
            + rest(
                need,
                resource + 1,
                wants - pieces,
                (*left[:resource], left[resource] - pieces, *left[resource + 1 :]),
            )
            for pieces in range(most + 1)
        )

    return rest(0, 0, wanted[0], offered)
