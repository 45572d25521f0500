"""Who should serve whom in a district: the plan worth most, and the greedy one beside it.

Each need wants so much, each resource has so much, and every piece that goes from one to the other
is worth the points of their pair. The best plan is a transport problem: it is solved over the most
promising pairs, and its prices then show which other pairs could still better it, until no pair of
all can. The prices prove it: what everything is worth at them is what the plan is worth. Beside it
stands what one gets by taking the best pair first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from projects.listings.columns import Ints

#: So many of the best pairs of each need and of each resource are looked at first.
_FIRST = 4
#: So many pairs of each need and of each resource join in a round: those that better the plan, and
#: those that nearly would, because the next prices would ask for them.
_MORE = 8
_NEARLY = 1.5
#: Prices are whole; the solver gives them with so much doubt.
_DOUBT = 1e-6
#: Points taken at a time while the greedy plan is made.
_STRIDE = 200_000


class Shipment(NamedTuple):
    """So many pieces from a resource to a need, both by their place in what was given."""

    need: int
    resource: int
    quantity: int
    score: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs that come into question, as three arrays of one length; scores are above 0."""

    needs: Ints
    resources: Ints
    scores: Ints

    def __len__(self) -> int:
        return len(self.scores)

    def some(self, chosen: NDArray[np.bool_] | Ints) -> Pairs:
        """A part of them."""
        return Pairs(self.needs[chosen], self.resources[chosen], self.scores[chosen])


@dataclass(frozen=True, slots=True)
class Plan:
    """Shipments, what they are worth, and the most that any plan could be worth."""

    shipments: tuple[Shipment, ...]
    bound: int

    @property
    def score(self) -> int:
        """The sum of points times pieces."""
        return worth(self.shipments)

    @property
    def is_proven(self) -> bool:
        """Whether no plan can be worth more."""
        return self.score == self.bound


def worth(shipments: Sequence[Shipment]) -> int:
    """The sum of points times pieces."""
    return sum(one.quantity * one.score for one in shipments)


def best_plan(wanted: Sequence[int], offered: Sequence[int], pairs: Pairs) -> Plan:
    """The plan worth most: no need gets more than it wants, no resource gives more than it has.

    Quantities are whole and may be split over any number of pairs. Raises `ValueError` where a
    quantity is below zero.
    """
    if min((*wanted, *offered), default=0) < 0:
        raise ValueError("a quantity is not below zero")
    pairs = pairs.some(pairs.scores > 0)
    if len(pairs) == 0:
        return Plan((), 0)
    amounts = np.array([*wanted, *offered], np.int64)
    ends = np.stack([pairs.needs, pairs.resources + len(wanted)])
    chosen = _promising(pairs)
    known = 0
    # where no pair joins any more the solver's own tolerance is reached; the bound says what is so
    while len(chosen) > known:
        known = len(chosen)
        flows, prices = _solved(amounts, ends[:, chosen], pairs.scores[chosen])
        gain = pairs.scores - prices[ends[0]] - prices[ends[1]]
        if gain.max() <= _DOUBT:
            break
        near = np.flatnonzero(gain > -_NEARLY)
        for group in (pairs.needs[near], pairs.resources[near]):
            chosen = np.union1d(chosen, near[_first_of_each(group, -gain[near], _MORE)])
    whole = np.maximum(0, np.rint(prices).astype(np.int64))
    return Plan(_shipments(pairs.some(chosen), flows), _bound(amounts, ends, pairs, whole))


def greedy_plan(wanted: Sequence[int], offered: Sequence[int], pairs: Pairs) -> Plan:
    """The plan of who takes the best pair first, equal ones in the order of need and resource.

    Its bound is not known: it is its own worth.
    """
    needs, resources = list(wanted), list(offered)
    order = np.lexsort((pairs.resources, pairs.needs, -pairs.scores))
    made: list[Shipment] = []
    for start in range(0, len(order), _STRIDE):
        part = pairs.some(order[start : start + _STRIDE])
        open_still = (np.array(needs)[part.needs] > 0) & (np.array(resources)[part.resources] > 0)
        part = part.some(open_still)
        rows = zip(part.needs.tolist(), part.resources.tolist(), part.scores.tolist(), strict=True)
        for need, resource, score in rows:
            quantity = min(needs[need], resources[resource])
            if quantity and score > 0:
                needs[need] -= quantity
                resources[resource] -= quantity
                made.append(Shipment(need, resource, quantity, score))
    return Plan(tuple(made), worth(made))


def first_come_plan(
    wanted: Sequence[int], offered: Sequence[int], pairs: Pairs, *, order: Sequence[int]
) -> Plan:
    """The plan of who serves needs as they came, each from its best pairs."""
    places = np.empty(len(wanted), np.int64)
    places[np.array(order, np.int64)] = np.arange(len(wanted))
    sequence = np.lexsort((pairs.resources, -pairs.scores, places[pairs.needs]))
    needs, resources = list(wanted), list(offered)
    made: list[Shipment] = []
    for one in sequence.tolist():
        need, resource = int(pairs.needs[one]), int(pairs.resources[one])
        quantity = min(needs[need], resources[resource])
        if quantity:
            needs[need] -= quantity
            resources[resource] -= quantity
            made.append(Shipment(need, resource, quantity, int(pairs.scores[one])))
    return Plan(tuple(made), worth(made))


def _promising(pairs: Pairs) -> Ints:
    """The best pairs of each need and of each resource."""
    of_needs = _first_of_each(pairs.needs, -pairs.scores, _FIRST)
    of_resources = _first_of_each(pairs.resources, -pairs.scores, _FIRST)
    return np.union1d(of_needs, of_resources)


def _first_of_each(group: Ints, key: NDArray[np.generic], most: int) -> Ints:
    """Places of the `most` smallest keys of each group."""
    order = np.lexsort((key, group))
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    rank = np.arange(len(ordered)) - np.repeat(starts, sizes)
    first: Ints = order[rank < most]
    return first


def _solved(
    amounts: Ints, ends: Ints, scores: Ints
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The flows of the best plan over these pairs, and the price of a piece at each end."""
    count = len(scores)
    rows = ends.ravel()
    columns = np.tile(np.arange(count), 2)
    matrix = sparse.csc_array((np.ones(2 * count), (rows, columns)), shape=(len(amounts), count))
    answer = linprog(
        -scores.astype(np.float64), A_ub=matrix, b_ub=amounts.astype(np.float64), method="highs-ds"
    )
    if answer.status != 0:
        raise ArithmeticError(f"the plan could not be solved: {answer.message}")
    return answer.x, -answer.ineqlin.marginals


def _shipments(pairs: Pairs, flows: NDArray[np.float64]) -> tuple[Shipment, ...]:
    """The whole flows above zero: those of a corner of a transport problem are whole."""
    whole = np.rint(flows).astype(np.int64)
    some = np.flatnonzero(whole)
    rows = (pairs.needs[some], pairs.resources[some], whole[some], pairs.scores[some])
    return tuple(Shipment(*row) for row in zip(*(column.tolist() for column in rows), strict=True))


def _bound(amounts: Ints, ends: Ints, pairs: Pairs, prices: Ints) -> int:
    """What everything is worth at these prices, raised where a pair is worth more than its ends."""
    short = pairs.scores - prices[ends[0]] - prices[ends[1]]
    raised = prices.copy()
    np.maximum.at(raised, ends[0], prices[ends[0]] + np.maximum(short, 0))
    return sum(
        amount * price for amount, price in zip(amounts.tolist(), raised.tolist(), strict=True)
    )
