"""The lists as arrays: one column of whole numbers per need or resource, in a useful order.

Words become numbers, places the prefixes of their code, names of things and units marks that are
equal where the names are. A table lies in order of kind, category and place, so that what is near
in the tree of divisions lies side by side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from projects.listings.matching import (
    ANYBODY,
    NEUTRAL,
    MatchPart,
    NeedFacts,
    ResourceFacts,
    Rules,
    folded,
    house_rules,
    thousandths_of,
)

Ints: TypeAlias = NDArray[np.int64]

#: The fields of a column; from the 16th on they are of needs or of resources, but for the last.
ID, KIND, CATEGORY, GROUP, CODE, LEVEL = range(6)
PROVINCE = 6
ITEM, UNIT, REST, START, END = range(11, 16)
LEAST, EXTRA = 16, 17
LOW, HIGH, SERVED_LEVEL, RELIABLE = 16, 17, 18, 19
OWNER = 20
FIELDS = 21

#: Digits of a code by level, and of a full one.
LENGTHS = (2, 4, 6, 9, 12)
DIGITS = 12
#: So many codes lie in one kind and category.
BUCKET = 10**DIGITS
#: A day after all days.
NEVER = 10**7
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Numbers:
    """The rules as arrays: words are numbered, and points are ready made."""

    rules: Rules
    kind: dict[str, int]
    category: dict[str, int]
    group: dict[str, int]
    kinds: NDArray[np.bool_]
    categories: Ints
    category_points: Ints
    group_points: Ints
    distance_points: Ints

    def weight(self, part: MatchPart) -> int:
        """The most points a part may give."""
        return self.rules.points[part]


@cache
def house_numbers() -> Numbers:
    """The rules of the house as arrays, made once."""
    return numbers_of(house_rules())


def numbers_of(rules: Rules) -> Numbers:
    """Rules as arrays."""
    kind, category, group = (
        {word: n for n, word in enumerate(sorted({w for pair in shares for w in pair}))}
        for shares in (rules.kinds, rules.categories, rules.groups)
    )
    kinds = _square(rules.kinds, kind)
    categories = _square(rules.categories, category)
    groups = _square(rules.groups, group)
    distances = np.array(rules.distances, np.int64)
    return Numbers(
        rules=rules,
        kind=kind,
        category=category,
        group=group,
        kinds=kinds > 0,
        categories=categories,
        category_points=rules.points[MatchPart.CATEGORY] * categories // 1000,
        group_points=rules.points[MatchPart.GROUP] * groups // 1000,
        distance_points=rules.points[MatchPart.DISTANCE] * distances // 1000,
    )


class Table:
    """One list in memory; it is never changed, `changed` gives another.

    `columns` has a row per field and a column per listing, in order of kind, category and place.
    """

    def __init__(self, columns: Ints) -> None:
        keys = _key(columns[KIND], columns[CATEGORY], columns[CODE])
        order = np.argsort(keys, kind="stable")
        self.columns: Ints = np.ascontiguousarray(columns[:, order])
        self.keys: Ints = keys[order]
        self.items = _rows_by_item(self.columns[ITEM])
        #: The most that any row brings by itself: reliability, or urgency with priority.
        self.brings = {field: _most(self.columns[field]) for field in (EXTRA, RELIABLE)}

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    def relied(self, standing: Mapping[int, float], numbers: Numbers | None = None) -> Table:
        """The same resources with the reliability of their organisations as it is now."""
        weight = (numbers or house_numbers()).weight(MatchPart.RELIABILITY)
        owners, places = np.unique(self.columns[OWNER], return_inverse=True)
        points = [
            weight * thousandths_of(standing.get(owner, NEUTRAL)) // 1000
            for owner in owners.tolist()
        ]
        columns = self.columns.copy()
        columns[RELIABLE] = np.array(points, np.int64)[places]
        return Table(columns)

    def changed(self, gone: Iterable[int], fresh: Ints) -> Table:
        """The same list without the rows of these ids and with the fresh ones."""
        ids = np.fromiter(gone, np.int64)
        kept = self.columns[:, ~np.isin(self.columns[ID], ids)]
        return Table(np.concatenate([kept, fresh], axis=1))


def need_columns(needs: Sequence[NeedFacts], numbers: Numbers | None = None) -> Ints:
    """Needs as columns."""
    numbers = numbers or house_numbers()
    urgency, priority = numbers.weight(MatchPart.URGENCY), numbers.weight(MatchPart.PRIORITY)
    columns = _common(needs, numbers)
    columns[GROUP] = [numbers.group[one.group] for one in needs]
    columns[LEAST] = [one.least_part for one in needs]
    columns[EXTRA] = [urgency * one.is_urgent + priority * one.is_priority for one in needs]
    return columns


def resource_columns(resources: Sequence[ResourceFacts], numbers: Numbers | None = None) -> Ints:
    """Resources as columns."""
    numbers = numbers or house_numbers()
    weight = numbers.weight(MatchPart.RELIABILITY)
    columns = _common(resources, numbers)
    columns[GROUP] = [numbers.group[one.group or ANYBODY] for one in resources]
    columns[LOW] = [_padded(one.serves) for one in resources]
    columns[HIGH] = [
        low + 10 ** (DIGITS - len(one.serves))
        for low, one in zip(columns[LOW].tolist(), resources, strict=True)
    ]
    columns[SERVED_LEVEL] = [LENGTHS.index(len(one.serves)) + 1 for one in resources]
    columns[RELIABLE] = [weight * thousandths_of(one.reliability) // 1000 for one in resources]
    return columns


def _common(rows: Sequence[NeedFacts] | Sequence[ResourceFacts], numbers: Numbers) -> Ints:
    """The columns that needs and resources share."""
    columns = np.zeros((FIELDS, len(rows)), np.int64)
    columns[ID] = [one.id for one in rows]
    columns[KIND] = [numbers.kind[one.kind] for one in rows]
    columns[CATEGORY] = [numbers.category[one.category] for one in rows]
    columns[CODE] = [_padded(one.place) for one in rows]
    columns[LEVEL] = [LENGTHS.index(len(one.place)) + 1 for one in rows]
    for level, length in enumerate(LENGTHS):
        prefix = columns[CODE] // 10 ** (DIGITS - length)
        # a level that a place does not have is like nobody's
        missing = -1 if rows and isinstance(rows[0], NeedFacts) else -2
        columns[PROVINCE + level] = np.where(columns[LEVEL] > level, prefix, missing)
    columns[ITEM] = [_mark(one.item) for one in rows]
    columns[UNIT] = [_mark(one.unit) for one in rows]
    columns[REST] = [_UNKNOWN if one.rest is None else one.rest for one in rows]
    columns[OWNER] = [one.owner for one in rows]
    columns[START] = [one.starts_on.toordinal() for one in rows]
    columns[END] = [NEVER if one.ends_on is None else one.ends_on.toordinal() for one in rows]
    return columns


def _padded(place: str) -> int:
    return int(place.ljust(DIGITS, "0"))


@lru_cache(maxsize=100_000)
def _mark(text: str) -> int:
    """A number for a name, the same wherever it stands; 0 for none."""
    plain = folded(text)
    if not plain:
        return 0
    return int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=7).digest()) or 1


def bucket_of(kind: Ints, category: Ints) -> Ints:
    """A number for a kind and a category: rows of one lie side by side."""
    return kind * 64 + category


def _key(kind: Ints, category: Ints, code: Ints) -> Ints:
    key: Ints = bucket_of(kind, category) * BUCKET + code
    return key


def _square(shares: Mapping[tuple[str, str], int], words: dict[str, int]) -> Ints:
    """Shares by the numbers of both words."""
    square = np.zeros((len(words), len(words)), np.int64)
    for (need, resource), share in shares.items():
        square[words[need], words[resource]] = share
    return square


def _most(column: Ints) -> int:
    return int(column.max()) if len(column) else 0


def _rows_by_item(items: Ints) -> dict[int, Ints]:
    """The rows of each named thing."""
    order = np.argsort(items, kind="stable")
    marks, starts = np.unique(items[order], return_index=True)
    rows = np.split(order, starts[1:]) if len(marks) else []
    return {mark: part for mark, part in zip(marks.tolist(), rows, strict=True) if mark}
