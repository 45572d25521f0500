"""The points of `matching.py` for many pairs at once: whole numbers, equal to the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from projects.listings.columns import (
    CATEGORY,
    CODE,
    END,
    EXTRA,
    GROUP,
    HIGH,
    ITEM,
    KIND,
    LEAST,
    LENGTHS,
    LEVEL,
    LOW,
    NEVER,
    OWNER,
    PROVINCE,
    RELIABLE,
    REST,
    SERVED_LEVEL,
    START,
    UNIT,
    Ints,
    Numbers,
    house_numbers,
)
from projects.listings.matching import OPEN_DAYS, MatchPart

#: One column or many: what is asked of it is a number or an array of them.
Side: TypeAlias = Sequence[Any] | Ints

#: Pairs that are looked at in one go.
_BLOCK = 500_000


def scores(need: Side, resource: Side, today: date, numbers: Numbers) -> Ints:
    """The points of pairs, -1 where they do not fit; either side may be one row or many."""
    day = today.toordinal()
    related = numbers.categories[need[CATEGORY], resource[CATEGORY]] > 0
    named = (need[ITEM] != 0) & (resource[ITEM] != 0)
    same_item = named & (need[ITEM] == resource[ITEM])
    start = np.maximum(need[START], day)
    need_end = np.maximum(need[END], start)
    fit = (
        numbers.kinds[need[KIND], resource[KIND]]
        & (same_item | (related & ~named))
        & (resource[LOW] <= need[CODE])
        & (need[CODE] < resource[HIGH])
        & (need[LEVEL] >= resource[SERVED_LEVEL])
        & ((need[OWNER] == 0) | (need[OWNER] != resource[OWNER]))
        & (resource[END] >= start)
        & (resource[START] <= need_end)
        & (need[REST] != 0)
        & (resource[REST] != 0)
    )
    quantity, enough = _quantity(need, resource, numbers)
    total = (
        numbers.category_points[need[CATEGORY], resource[CATEGORY]]
        + np.where(same_item, numbers.weight(MatchPart.ITEM), numbers.weight(MatchPart.ITEM) // 2)
        + numbers.group_points[need[GROUP], resource[GROUP]]
        + numbers.distance_points[_shared(need, resource)]
        + quantity
        + _time(need, resource, start, numbers)
        + resource[RELIABLE]
        + need[EXTRA]
    )
    kept: Ints = np.where(fit & enough, total, -1)
    return kept


def all_pairs(
    needs: Ints, resources: Ints, *, today: date, numbers: Numbers | None = None
) -> tuple[Ints, Ints, Ints]:
    """Every pair that fits: places in the two arrays of columns, and the score."""
    numbers = numbers or house_numbers()
    step = max(1, _BLOCK // max(1, resources.shape[1]))
    parts = []
    for start in range(0, needs.shape[1], step):
        block = needs[:, start : start + step, None]
        score = scores(block, resources[:, None, :], today, numbers)
        rows, columns = np.nonzero(score >= 0)
        parts.append((rows + start, columns, score[rows, columns]))
    if not parts:
        none = np.zeros(0, np.int64)
        return none, none, none
    one, other, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    return one.astype(np.int64), other.astype(np.int64), score


def _quantity(need: Side, resource: Side, numbers: Numbers) -> tuple[Ints, NDArray[np.bool_]]:
    """Points for the quantity, and whether the smallest part can be given."""
    weight = numbers.weight(MatchPart.QUANTITY)
    units = (need[UNIT] == resource[UNIT]) | (need[UNIT] == 0) | (resource[UNIT] == 0)
    known = (need[REST] >= 0) & (resource[REST] >= 0) & units
    given = np.minimum(need[REST], resource[REST])
    points = np.where(known, weight * given // np.maximum(need[REST], 1), weight // 2)
    return points, ~known | (given >= np.minimum(need[LEAST], need[REST]))


def _time(need: Side, resource: Side, start: Any, numbers: Numbers) -> Ints:
    """Points for the share of the need's days on which the resource stands."""
    end = np.where(need[END] >= NEVER, start + OPEN_DAYS - 1, np.maximum(need[END], start))
    last = np.minimum(end, resource[END])
    days = np.maximum(0, last - np.maximum(start, resource[START]) + 1)
    points: Ints = numbers.weight(MatchPart.TIME) * days // (end - start + 1)
    return points


def _shared(need: Side, resource: Side) -> Any:
    """How many levels of division both places share."""
    return sum(
        np.asarray(need[column] == resource[column], np.int64)
        for column in range(PROVINCE, PROVINCE + len(LENGTHS))
    )
