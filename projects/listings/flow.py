"""The picture of the money: three columns, from givers through the project's fund to its uses.

Whole-number arithmetic only, so that the same figures give the same picture for ever. Amounts are
fen; lengths are pixels. A column's heights always add up to the fund's, a part that is there is at
least one pixel high, and a part keeps its place in the order it was given in. Keys and kinds leave
here; words and links are put in by the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: The part that stands for all beyond the largest.
OTHERS = "others"
FUND = "fund"

BAR = 10
#: A label has two lines of text; parts stand at least this far apart, centre to centre.
PITCH = 40
TOP = 8
#: Room for the fund's own label, which stands beneath its bar.
UNDER = 36


@dataclass(frozen=True, slots=True)
class Part:
    """One source or one use: its key, its fen, and how many things it stands for."""

    key: str
    amount: int
    kind: str = ""
    count: int = 1

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("a part of a flow is never negative")


@dataclass(frozen=True, slots=True)
class Node:
    """A bar: column 0 sources, 1 the fund, 2 uses."""

    key: str
    kind: str
    column: int
    amount: int
    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Link:
    """A ribbon between two bars, `width` pixels at both ends; `path` is its closed outline."""

    source: str
    target: str
    kind: str
    amount: int
    width: int
    path: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table beneath the picture."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole picture; without money there are no nodes."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    rows: tuple[Row, ...]


def layout(
    sources: Sequence[Part],
    uses: Sequence[Part],
    *,
    width: int = 720,
    height: int = 190,
    margins: tuple[int, int] = (130, 190),
    top: int = 12,
) -> Layout:
    """Draw sources → fund → uses.

    `height` is that of the fund's bar, `margins` the room for labels left and right. Both sides
    must add up to the same fen, else `ValueError`. Beyond the `top` largest, parts are one:
    `others`.
    """
    total = sum(part.amount for part in sources)
    if total != sum(part.amount for part in uses):
        raise ValueError("what came in must equal what went out and what is left")
    if not total:
        return Layout(width, 0, (), (), ())
    left, right = largest(sources, top), largest(uses, top)
    bar = max(height, len(left), len(right))
    xs = (margins[0], (margins[0] + width - margins[1] - BAR) // 2, width - margins[1] - BAR)
    inner = max(bar, _extent(left, bar), _extent(right, bar))
    fund = Node(FUND, FUND, 1, total, xs[1], TOP + (inner - bar) // 2, BAR, bar)
    givers = _column(left, 0, xs[0], bar, inner)
    takers = _column(right, 2, xs[2], bar, inner)
    links = (*_ribbons(givers, fund), *_ribbons(takers, fund))
    rows = tuple(Row(link.source, link.target, link.amount) for link in links)
    nodes = (*givers, fund, *takers)
    return Layout(width, TOP + inner + UNDER, nodes, links, rows)


def largest(parts: Sequence[Part], top: int) -> list[Part]:
    """The parts that are not nothing, in their order; beyond the `top` largest summed as others.

    Of equal parts the earlier counts as larger, so that the choice is the same every time.
    """
    present = [part for part in parts if part.amount]
    if len(present) <= top:
        return present
    ranking = sorted(range(len(present)), key=lambda i: (-present[i].amount, i))
    kept = set(ranking[: max(top - 1, 0)])
    rest = [part for i, part in enumerate(present) if i not in kept]
    others = Part(OTHERS, sum(p.amount for p in rest), "", sum(p.count for p in rest))
    return [*(part for i, part in enumerate(present) if i in kept), others]


def heights(amounts: Sequence[int], pixels: int) -> list[int]:
    """Share out `pixels` by amount, at least one each, adding up exactly (largest remainder).

    Raises `ValueError` where there are fewer pixels than amounts.
    """
    spare = pixels - len(amounts)
    if spare < 0:
        raise ValueError("every part needs a pixel")
    total = sum(amounts)
    shares = [amount * spare // total for amount in amounts]
    rests = sorted(range(len(amounts)), key=lambda i: (-(amounts[i] * spare % total), i))
    for i in rests[: spare - sum(shares)]:
        shares[i] += 1
    return [1 + share for share in shares]


def _extent(parts: Sequence[Part], bar: int) -> int:
    """The pixels a column takes with room for its labels."""
    return sum(max(h, PITCH) for h in heights([part.amount for part in parts], bar)) + (
        PITCH // 4 * (len(parts) - 1)
    )


def _column(parts: Sequence[Part], column: int, x: int, bar: int, inner: int) -> list[Node]:
    """The bars of one side, each in the middle of its slot, the column in the middle."""
    nodes, y = [], TOP + (inner - _extent(parts, bar)) // 2
    for part, h in zip(parts, heights([part.amount for part in parts], bar), strict=True):
        slot = max(h, PITCH)
        at = y + (slot - h) // 2
        nodes.append(Node(part.key, part.kind, column, part.amount, x, at, BAR, h))
        y += slot + PITCH // 4
    return nodes


def _ribbons(nodes: Sequence[Node], fund: Node) -> list[Link]:
    """A ribbon between each bar and the fund, stacked along the fund without gap or overlap."""
    links, y = [], fund.y
    for node in nodes:
        if node.column < fund.column:
            ends, path = (node.key, FUND), _ribbon(node.x + BAR, node.y, fund.x, y, node.h)
        else:
            ends, path = (FUND, node.key), _ribbon(fund.x + BAR, y, node.x, node.y, node.h)
        links.append(Link(*ends, node.kind, node.amount, node.h, path))
        y += node.h
    return links


def _ribbon(x0: int, y0: int, x1: int, y1: int, h: int) -> str:
    """Two cubic curves and two straight ends."""
    middle = (x0 + x1) // 2
    return (
        f"M{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}"
        f"V{y1 + h}C{middle} {y1 + h} {middle} {y0 + h} {x0} {y0 + h}Z"
    )
