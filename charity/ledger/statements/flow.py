"""The flow of money as edges of a picture: givers → funds → further funds → what it was used for.

Everything stands on fund statements, so that into every fund flows exactly what flows out of it and
stays. A node is a key: `giver:individual`, `income:dues`, `fund:7`, `cost:5101`, `opening`,
`closing`, `fees`, `refunds`, `reversals`, `returned`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from charity.ledger.flowing import FUND_PARTY
from charity.ledger.models import IncomeSource
from charity.ledger.statements.funds import FundStatement
from charity.money import ZERO, Money

OPENING, CLOSING = "opening", "closing"
FEES, REFUNDS, REVERSALS, RETURNED = "fees", "refunds", "reversals", "returned"
GIVER, INCOME, COST = "giver:", "income:", "cost:"
#: Sources of income told by who gave; of the others it is told what they are.
_BY_GIVER = frozenset({IncomeSource.DONATION.value, IncomeSource.AGENCY.value})


@dataclass(frozen=True, slots=True)
class Edge:
    """An amount on its way from one node to the next; always more than nothing."""

    source: str
    target: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Flow:
    """The edges of a picture, and the funds it goes through."""

    edges: tuple[Edge, ...]
    own_funds: frozenset[int]

    @property
    def fund_ids(self) -> set[int]:
        """Every fund in the picture, those of other books too."""
        keys = {key for edge in self.edges for key in (edge.source, edge.target)}
        return {int(k.removeprefix(FUND_PARTY)) for k in keys if k.startswith(FUND_PARTY)}

    def into(self, fund_id: int) -> Money:
        """What flows into a fund."""
        node = f"{FUND_PARTY}{fund_id}"
        return Money.total(edge.amount for edge in self.edges if edge.target == node)

    def out_of(self, fund_id: int) -> Money:
        """What flows out of a fund, what stays included."""
        node = f"{FUND_PARTY}{fund_id}"
        return Money.total(edge.amount for edge in self.edges if edge.source == node)


def flow_through(statements: Iterable[FundStatement]) -> Flow:
    """The flow through these funds: one, to and from its neighbours, or all of a book."""
    statements = list(statements)
    own = frozenset(statement.fund_id for statement in statements)
    return Flow(_edges(statements, own), own)


def _edges(statements: Iterable[FundStatement], own: frozenset[int]) -> tuple[Edge, ...]:
    sums: dict[tuple[str, str], Money] = defaultdict(lambda: ZERO)
    for statement in statements:
        here = f"{FUND_PARTY}{statement.fund_id}"
        for source, amount in _sources(statement, own):
            sums[source, here] += amount
        for target, amount in _targets(statement):
            if target == here:
                continue  # between funds that are told together
            if amount.fen >= 0:
                sums[here, target] += amount
            else:
                sums[RETURNED, here] -= amount
    return tuple(Edge(*key, amount) for key, amount in sums.items() if amount)


def _sources(statement: FundStatement, own: frozenset[int]) -> Iterable[tuple[str, Money]]:
    yield OPENING, statement.opening
    for (source, giver), amount in statement.income.items():
        if source == IncomeSource.OPENING.value:
            yield OPENING, amount
        elif source in _BY_GIVER:
            yield f"{GIVER}{giver}", amount
        else:
            yield f"{INCOME}{source}", amount
    for fund_id, amount in statement.granted_in.items():
        # what one fund of the book gave another is told where it left
        if fund_id not in own:
            yield f"{FUND_PARTY}{fund_id}", amount


def _targets(statement: FundStatement) -> Iterable[tuple[str, Money]]:
    for fund_id, amount in statement.granted_out.items():
        yield f"{FUND_PARTY}{fund_id}", amount
    for code, amount in statement.spending.items():
        yield f"{COST}{code}", amount
    yield FEES, statement.fees
    yield REFUNDS, statement.refunds
    yield REVERSALS, statement.reversals
    yield CLOSING, statement.closing
