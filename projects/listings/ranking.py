"""The exact best few of a list for one need or resource, without looking at all of it.

They are looked for from the own village outwards; a ring that cannot hold anything better any more,
whatever is in it, is never opened. What comes out is what a loop over all pairs would find, equal
scores by the smaller id.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeAlias

import numpy as np

from projects.listings.columns import (
    BUCKET,
    CATEGORY,
    DIGITS,
    EXTRA,
    GROUP,
    ID,
    ITEM,
    KIND,
    LENGTHS,
    LEVEL,
    PROVINCE,
    RELIABLE,
    REST,
    Ints,
    Numbers,
    Table,
    bucket_of,
    house_numbers,
    need_columns,
    resource_columns,
)
from projects.listings.matching import MatchPart, NeedFacts, ResourceFacts
from projects.listings.scoring import scores

#: (id, score), best first.
Found: TypeAlias = list[tuple[int, int]]

#: Rings are widened until at least so many times the wanted number lie inside.
_SPAN = 6
_BITS = 45
_MASK = (1 << _BITS) - 1


def best_resources(
    need: NeedFacts, table: Table, *, today: date, top: int = 20, numbers: Numbers | None = None
) -> Found:
    """The best resources of a table for a need, as (id, score), best first."""
    numbers = numbers or house_numbers()
    row: list[int] = need_columns([need], numbers)[:, 0].tolist()
    return _Search(row, table, today, top, numbers, of_need=True).found()


def best_needs(
    resource: ResourceFacts,
    table: Table,
    *,
    today: date,
    top: int = 20,
    numbers: Numbers | None = None,
) -> Found:
    """The best needs of a table for a resource, as (id, score), best first."""
    numbers = numbers or house_numbers()
    row: list[int] = resource_columns([resource], numbers)[:, 0].tolist()
    return _Search(row, table, today, top, numbers, of_need=False).found()


def best_of_each(
    needs: Table, resources: Table, *, today: date, top: int = 20, numbers: Numbers | None = None
) -> Iterator[tuple[int, Found]]:
    """For each need of a table its best resources: (need's id, [(resource's id, score), …])."""
    numbers = numbers or house_numbers()
    rows: list[list[int]] = needs.columns.T.tolist()
    for row in rows:
        found = _Search(row, resources, today, top, numbers, of_need=True).found()
        yield row[ID], found


class _Search:
    """The best rows of a table for one row of the other list, ring by ring."""

    def __init__(
        self,
        row: list[int],
        table: Table,
        today: date,
        top: int,
        numbers: Numbers,
        *,
        of_need: bool,
    ) -> None:
        self.row = row
        self.table = table
        self.today = today
        self.top = top
        self.numbers = numbers
        self.of_need = of_need
        #: Score above the id turned round, so that the greatest is the best.
        self.best: Ints = np.zeros(0, np.int64)

    def found(self) -> Found:
        """The best, with equal scores by the smaller id."""
        self._look_at_same_item()
        buckets, bounds = self._buckets()
        inner = outer = np.zeros(0, np.int64)
        waiting: list[tuple[int, int]] = []
        for level in range(self.row[LEVEL], -1, -1):
            first, last = self._ring(buckets, level)
            if len(inner) == 0:
                waiting += zip(first.tolist(), last.tolist(), strict=True)
            else:
                waiting += zip(first.tolist(), inner.tolist(), strict=True)
                waiting += zip(outer.tolist(), last.tolist(), strict=True)
            inner, outer = first, last
            count = sum(stop - start for start, stop in waiting)
            if level and count < _SPAN * self.top and len(self.best) < self.top:
                continue
            self._look(waiting)
            waiting = []
            if level:
                beyond = int(self.numbers.distance_points[:level].max())
                open_still = bounds + beyond >= self._worst()
                buckets, bounds = buckets[open_still], bounds[open_still]
                inner, outer = inner[open_still], outer[open_still]
                if len(buckets) == 0:
                    break
        ordered = sorted(self.best.tolist(), reverse=True)
        return [(_MASK - (one & _MASK), one >> _BITS) for one in ordered]

    def _buckets(self) -> tuple[Ints, Ints]:
        """Kinds and categories that come into question, with the most a row of each can reach."""
        numbers, row = self.numbers, self.row
        if self.of_need:
            kinds, shares = numbers.kinds[row[KIND]], numbers.categories[row[CATEGORY]]
            points, groups = (
                numbers.category_points[row[CATEGORY]],
                numbers.group_points[row[GROUP]],
            )
            standing = row[EXTRA] + self.table.brings[RELIABLE]
        else:
            kinds, shares = numbers.kinds[:, row[KIND]], numbers.categories[:, row[CATEGORY]]
            points = numbers.category_points[:, row[CATEGORY]]
            groups = numbers.group_points[:, row[GROUP]]
            standing = row[RELIABLE] + self.table.brings[EXTRA]
        item, quantity = numbers.weight(MatchPart.ITEM), numbers.weight(MatchPart.QUANTITY)
        besides = (
            (item if row[ITEM] else item // 2)
            + int(groups.max())
            + (quantity if row[REST] >= 0 else quantity // 2)
            + numbers.weight(MatchPart.TIME)
            + standing
        )
        categories = np.flatnonzero(shares)
        kind = np.repeat(np.flatnonzero(kinds), len(categories))
        category = np.tile(categories, int(kinds.sum()))
        return bucket_of(kind, category), points[category] + besides

    def _ring(self, buckets: Ints, level: int) -> tuple[Ints, Ints]:
        """Where the rows of these buckets within the row's own place of a level begin and end."""
        if level == 0:
            low, width = buckets * BUCKET, BUCKET
        else:
            width = 10 ** (DIGITS - LENGTHS[level - 1])
            low = buckets * BUCKET + self.row[PROVINCE + level - 1] * width
        keys = self.table.keys
        return np.searchsorted(keys, low), np.searchsorted(keys, low + width)

    def _look_at_same_item(self) -> None:
        """The same thing under a category that has nothing to do with the row's."""
        rows = self.table.items.get(self.row[ITEM]) if self.row[ITEM] else None
        if rows is None:
            return
        columns = self.table.columns[:, rows]
        if self.of_need:
            shares = self.numbers.categories[self.row[CATEGORY], columns[CATEGORY]]
        else:
            shares = self.numbers.categories[columns[CATEGORY], self.row[CATEGORY]]
        self._take(columns[:, shares == 0])

    def _look(self, ranges: list[tuple[int, int]]) -> None:
        columns = self.table.columns
        parts = [columns[:, start:stop] for start, stop in ranges if start < stop]
        if parts:
            self._take(parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1))

    def _take(self, columns: Ints) -> None:
        """Keep the best of what was kept and of these rows."""
        sides = (self.row, columns) if self.of_need else (columns, self.row)
        points = scores(sides[0], sides[1], self.today, self.numbers)
        good = points >= max(0, self._worst())
        packed = (points[good] << _BITS) | (_MASK - columns[ID][good])
        both = np.concatenate([self.best, packed])
        if len(both) > self.top:
            both = np.partition(both, len(both) - self.top)[-self.top :]
        self.best = both

    def _worst(self) -> int:
        """The score below which nothing is wanted any more."""
        return -1 if len(self.best) < self.top else int(self.best.min()) >> _BITS
