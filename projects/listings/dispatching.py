"""Who should serve whom in a district: the plan worth most, and the greedy one beside it.

Each need wants so much, each resource has so much, and every piece that goes from one to the other
is worth the points of their pair. The best plan is a flow of least cost through a network: from a
common well to each resource, along the pairs to the needs, and back; a solver of such networks
finds it in whole pieces. Beside it stands what one gets by taking the best pair first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from projects.listings.columns import Ints

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
    """Shipments and what they are worth."""

    shipments: tuple[Shipment, ...]

    @property
    def score(self) -> int:
        """The sum of points times pieces."""
        return worth(self.shipments)


def worth(shipments: Sequence[Shipment]) -> int:
    """The sum of points times pieces."""
    return sum(one.quantity * one.score for one in shipments)


def best_plan(wanted: Sequence[int], offered: Sequence[int], pairs: Pairs) -> Plan:
    """The plan worth most: no need gets more than it wants, no resource gives more than it has.

    Quantities are whole and may be split over any number of pairs. Raises `ValueError` where a
    quantity is below zero, `ArithmeticError` where figures are too large for 64 bits.
    """
    if min((*wanted, *offered), default=0) < 0:
        raise ValueError("a quantity is not below zero")
    pairs = pairs.some(pairs.scores > 0)
    if len(pairs) == 0:
        return Plan(())
    needs, resources = np.array(wanted, np.int64), np.array(offered, np.int64)
    network = min_cost_flow.SimpleMinCostFlow()
    # nodes: the needs, then the resources, then the well that gives to these and takes from those
    well = len(needs) + len(resources)
    arcs = network.add_arcs_with_capacity_and_unit_cost(
        pairs.resources + len(needs),
        pairs.needs,
        np.minimum(needs[pairs.needs], resources[pairs.resources]),
        -pairs.scores,
    )
    _join(network, np.full(len(resources), well), np.arange(len(needs), well), resources)
    _join(network, np.arange(len(needs)), np.full(len(needs), well), needs)
    answer = network.solve()
    if answer != network.OPTIMAL:
        raise ArithmeticError(f"the plan could not be solved: {answer}")
    return Plan(_shipments(pairs, network.flows(arcs)))


def _join(
    network: min_cost_flow.SimpleMinCostFlow, tails: Ints, heads: Ints, amounts: Ints
) -> None:
    """Lay arcs that cost nothing and carry so much."""
    network.add_arcs_with_capacity_and_unit_cost(tails, heads, amounts, np.zeros_like(amounts))


def greedy_plan(wanted: Sequence[int], offered: Sequence[int], pairs: Pairs) -> Plan:
    """The plan of who takes the best pair first, equal ones in the order of need and resource."""
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
    return Plan(tuple(made))


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
    return Plan(tuple(made))


def _shipments(pairs: Pairs, flows: Ints) -> tuple[Shipment, ...]:
    """The flows above zero."""
    some = np.flatnonzero(flows)
    rows = (pairs.needs[some], pairs.resources[some], flows[some], pairs.scores[some])
    return tuple(Shipment(*row) for row in zip(*(column.tolist() for column in rows), strict=True))
