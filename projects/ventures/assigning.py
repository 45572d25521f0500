"""Who judges what: every entry by so many judges, nobody in conflict, loads alike, experts first.

A flow of least cost: each entry sends as many sheets as it needs to judges who may have them; a
sheet costs little where the judge knows the topic, least the first time an entry meets one; and
every sheet beyond a judge's even share costs more than any topic is worth. Among equals chance
decides, and chance comes from a seed, so the same lists give the same assignment.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charity.errors import Invalid
from projects.ventures.judging_reasons import JudgingReason, told
from projects.ventures.scoring import Sheet
from projects.ventures.severity import parts

#: What an entry's first judge of its topic is worth, and each of the others beside chance, which
#: goes from 0 to 1: were all of one topic sent to its experts, their severity could not be compared
#: with anybody's.
_FIRST_EXPERT, _EXPERT = 20.0, 0.25
#: What the last sheet of an even share costs, and each beyond it, rising.
_EVEN, _UNEVEN = 100.0, 1000.0
#: Other dice thrown where the panel would fall into parts.
_THROWS = 8

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that wants judges; an empty topic asks for nobody in particular."""

    name: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A judge, the topics known, and how many sheets at most (None: as many as there are)."""

    name: str
    topics: frozenset[str] = frozenset()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """The pairs that may be chosen, by place in the lists, and what is wanted and carried."""

    entries: NDArray[np.int64]
    judges: NDArray[np.int64]
    knows: NDArray[np.bool_]
    wanted: list[int]
    carried: list[int]
    limits: list[int]


def assign(
    entries: Sequence[Candidate],
    readers: Sequence[Reader],
    *,
    each: int,
    barred: Collection[Pair] = (),
    kept: Collection[Pair] = (),
    seed: str,
) -> list[Pair]:
    """New pairs of a judge and an entry, so that every entry has `each` judges.

    `barred` pairs (judge, entry) never come; `kept` are there already and count for entry and
    judge. Raises `Invalid` (TOO_FEW_JUDGES) with the entries that cannot have so many.
    """
    task = _task(entries, readers, each, set(barred) | set(kept), kept)
    if not any(task.wanted):
        return []
    found: list[Pair] = []
    for throw in range(_THROWS):
        chosen = _flow(task, f"{seed}\n{throw}")
        if chosen is None:
            raise Invalid(JudgingReason.TOO_FEW_JUDGES, each=each, entries="")
        found = sorted(
            (readers[judge].name, entries[entry].name)
            for judge, entry in zip(
                task.judges[chosen].tolist(), task.entries[chosen].tolist(), strict=True
            )
        )
        if len(parts([Sheet(*pair, 0) for pair in (*found, *kept)])) == 1:
            break
    return found


def _task(
    entries: Sequence[Candidate],
    readers: Sequence[Reader],
    each: int,
    barred: set[Pair],
    kept: Iterable[Pair],
) -> _Task:
    has, carries = Counter[str](), Counter[str]()
    for judge, entry in kept:
        has[entry] += 1
        carries[judge] += 1
    wanted = [max(0, each - has[entry.name]) for entry in entries]
    pairs = [
        (place, number, bool(entry.topic) and entry.topic in reader.topics)
        for place, entry in enumerate(entries)
        if wanted[place]
        for number, reader in enumerate(readers)
        if (reader.name, entry.name) not in barred
    ]
    may = Counter(place for place, _, _ in pairs)
    short = [entry.name for place, entry in enumerate(entries) if may[place] < wanted[place]]
    if short:
        raise Invalid(JudgingReason.TOO_FEW_JUDGES, each=each, entries=told(short))
    columns = np.array(pairs, np.int64).reshape(-1, 3)
    carried = [carries[reader.name] for reader in readers]
    most = len(entries) + sum(carried)
    limits = [most if reader.limit is None else reader.limit for reader in readers]
    return _Task(columns[:, 0], columns[:, 1], columns[:, 2].astype(bool), wanted, carried, limits)


def _flow(task: _Task, seed: str) -> NDArray[np.int64] | None:
    """The chosen pairs by their place in the task; None where limits leave no way."""
    # read only where it is needed: it is large, and every command of the site would wait for it
    from scipy import sparse
    from scipy.optimize import linprog

    pairs, judges, entries = len(task.judges), len(task.limits), len(task.wanted)
    costs, owners, sizes = _loads(task)
    first = np.arange(entries)
    columns = pairs + len(costs)
    dice = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big"))
    noise = dice.random(pairs)
    # what goes out of an entry, what comes into a judge: equal; experts first: not more than come
    equal = sparse.coo_array(
        (
            np.concatenate([np.ones(2 * pairs), -np.ones(len(costs))]),
            (
                np.concatenate([task.entries, entries + task.judges, entries + owners]),
                np.concatenate([np.tile(np.arange(pairs), 2), pairs + np.arange(len(costs))]),
            ),
        ),
        shape=(entries + judges, columns + entries),
    )
    known = np.flatnonzero(task.knows)
    most = sparse.coo_array(
        (
            np.concatenate([np.ones(entries), -np.ones(len(known))]),
            (
                np.concatenate([first, task.entries[known]]),
                np.concatenate([columns + first, known]),
            ),
        ),
        shape=(entries, columns + entries),
    )
    answer = linprog(
        np.concatenate([noise - _EXPERT * task.knows, costs, np.full(entries, -_FIRST_EXPERT)]),
        A_ub=most.tocsr(),
        b_ub=np.zeros(entries),
        A_eq=equal.tocsr(),
        b_eq=np.array([*task.wanted, *(-each for each in task.carried)], np.float64),
        bounds=np.column_stack(
            [np.zeros(columns + entries), [*[1] * pairs, *sizes, *[1] * entries]]
        ),
        method="highs-ds",
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise ArithmeticError(f"the assignment could not be found: {answer.message}")
    return np.flatnonzero(answer.x[:pairs] > 0.5)


def _loads(task: _Task) -> tuple[NDArray[np.float64], NDArray[np.int64], list[int]]:
    """Cost, judge and size of each piece of a judge's load: the even share, one more, then more."""
    total = sum(task.wanted) + sum(task.carried)
    even = total // len(task.limits) if task.limits else 0
    costs: list[float] = []
    owners: list[int] = []
    sizes: list[int] = []
    for judge, limit in enumerate(task.limits):
        # what is carried already stays, whatever the limit says now
        left = max(limit, task.carried[judge])
        size, cost = even, 0.0
        while left > 0:
            taken = min(size, left)
            costs.append(cost)
            owners.append(judge)
            sizes.append(taken)
            left -= taken
            size, cost = (1, _EVEN) if cost == 0.0 else (max(1, size), cost + _UNEVEN)
            if cost > _EVEN + _UNEVEN:
                size *= 2
    return np.array(costs), np.array(owners, np.int64), sizes
