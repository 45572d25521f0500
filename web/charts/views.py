"""What `macros/sankey.html` draws: bars, ribbons, and the same figures as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charity.money import Money


@dataclass(frozen=True, slots=True)
class NodeView:
    """A bar with its label (macros/sankey.html)."""

    x: int
    y: int
    w: int
    h: int
    label: str
    value: Money
    anchor_x: int
    anchor_side: str
    kind: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class LinkView:
    """A ribbon that says what it is and leads where its money went."""

    path_d: str
    title: str
    kind: str
    href: str | None


@dataclass(frozen=True, slots=True)
class RowView:
    """The same figure in the table beneath."""

    source: str
    target: str
    amount: Money
    href: str | None


@dataclass(frozen=True, slots=True)
class SankeyView:
    """The flow as the macro draws it."""

    width: int
    height: int
    nodes: Sequence[NodeView]
    links: Sequence[LinkView]
    rows: Sequence[RowView]
