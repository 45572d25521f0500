"""The picture of money on its way: nodes in three to five columns, ribbons between them.

Whole-number arithmetic only, so that the same figures give the same picture for ever. Amounts are
fen, lengths are pixels; a ribbon that is there is at least one pixel wide. The ribbons' amounts add
up to what was handed in: beyond the largest of a column its nodes become one, nothing is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

BAR = 10
#: A label has two lines of text; nodes stand at least this far apart, centre to centre.
PITCH = 40
GAP = 10
EDGE = 8
#: What stands for all beyond the largest of a column.
OTHERS = "others:"


@dataclass(frozen=True, slots=True)
class Ribbon:
    """An amount (fen, more than nothing) from one node to another in a later column."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True, slots=True)
class Node:
    """A bar: what flows through it, and where it stands."""

    key: str
    column: int
    amount: int
    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Link:
    """A ribbon `width` pixels wide at both ends; `path` is its closed outline."""

    source: str
    target: str
    amount: int
    width: int
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole picture; without money there are no nodes."""

    width: int
    height: int
    columns: int
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(slots=True)
class _Bar:
    key: str
    column: int
    amount: int = 0
    into: list[int] = field(default_factory=list)
    out: list[int] = field(default_factory=list)
    y: int = 0

    @property
    def h(self) -> int:
        return max(sum(self.into), sum(self.out))


def layout(
    ribbons: Sequence[Ribbon],
    column_of: Callable[[str], int],
    *,
    width: int = 1080,
    height: int = 320,
    margins: tuple[int, int] = (150, 190),
    top: int = 12,
    last: Callable[[str], bool] = lambda key: False,
) -> Picture:
    """Draw ribbons between nodes.

    `column_of` says where a node stands; ribbons run from a lower to a higher column, else
    `ValueError`. `height` is that of the fullest column, `margins` the room for the labels of the
    first and the last. Of more than `top` nodes in a column the smallest are one (`others:2`), and
    nodes that are `last` stand at a column's foot.
    """
    kept, column = _folded(ribbons, column_of, top)
    if not kept:
        return Picture(width, 0, 0)
    if any(column[ribbon.source] >= column[ribbon.target] for ribbon in kept):
        raise ValueError("a ribbon runs from a lower to a higher column")
    levels = sorted(set(column.values()))
    bars = {key: _Bar(key, levels.index(level)) for key, level in column.items()}
    widths = _widths(kept, bars, height)
    columns = [[bar for bar in bars.values() if bar.column == n] for n in range(len(levels))]
    tallest = max(_extent(bars_of) for bars_of in columns)
    _stack(columns, kept, bars, tallest, last)
    step = (width - margins[0] - margins[1] - BAR) // max(len(levels) - 1, 1)
    xs = [margins[0] + step * number for number in range(len(levels))]
    nodes = tuple(
        Node(bar.key, bar.column, bar.amount, xs[bar.column], bar.y, BAR, bar.h)
        for bars_of in columns
        for bar in bars_of
    )
    return Picture(width, tallest + 2 * EDGE, len(levels), nodes, _links(kept, widths, bars, xs))


def _folded(
    ribbons: Sequence[Ribbon], column_of: Callable[[str], int], top: int
) -> tuple[list[Ribbon], dict[str, int]]:
    """Ribbons between the nodes that are kept, equal ones made one, and the column of each node.

    Of equal nodes the earlier counts as larger, so that the choice is the same every time.
    """
    size: dict[str, int] = {}
    for ribbon in ribbons:
        if ribbon.amount <= 0:
            raise ValueError("a ribbon is never empty")
    into, out = _sums(ribbons)
    for ribbon in ribbons:
        for key in (ribbon.source, ribbon.target):
            size[key] = max(into[key], out[key])
    columns: dict[int, list[str]] = defaultdict(list)
    for key in size:
        columns[column_of(key)].append(key)
    names = {key: key for key in size}
    for number, keys in columns.items():
        ranking = sorted(keys, key=lambda key: -size[key])
        if len(keys) > top:
            names |= dict.fromkeys(ranking[top - 1 :], f"{OTHERS}{number}")
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for ribbon in ribbons:
        sums[names[ribbon.source], names[ribbon.target]] += ribbon.amount
    column = {names[key]: number for number, keys in columns.items() for key in keys}
    return [Ribbon(*ends, amount) for ends, amount in sums.items()], column


def _sums(ribbons: Sequence[Ribbon]) -> tuple[dict[str, int], dict[str, int]]:
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for ribbon in ribbons:
        into[ribbon.target] += ribbon.amount
        out[ribbon.source] += ribbon.amount
    return into, out


def _widths(ribbons: Sequence[Ribbon], bars: dict[str, _Bar], height: int) -> dict[Ribbon, int]:
    """Pixels of each ribbon, the fullest column being `height`; put down at both of its ends."""
    into, out = _sums(ribbons)
    full: dict[int, int] = defaultdict(int)
    for bar in bars.values():
        bar.amount = max(into[bar.key], out[bar.key])
        full[bar.column] += bar.amount
    total = max(full.values())
    widths = {ribbon: max(1, ribbon.amount * height // total) for ribbon in ribbons}
    for ribbon, pixels in widths.items():
        bars[ribbon.source].out.append(pixels)
        bars[ribbon.target].into.append(pixels)
    return widths


def _extent(bars: Sequence[_Bar]) -> int:
    """The pixels a column takes with room for its labels."""
    return sum(max(bar.h, PITCH) for bar in bars) + GAP * (len(bars) - 1)


def _stack(
    columns: Sequence[list[_Bar]],
    ribbons: Sequence[Ribbon],
    bars: dict[str, _Bar],
    tallest: int,
    last: Callable[[str], bool],
) -> None:
    """Order each column by what flows in from above, and put its bars in the middle."""
    sources: dict[str, list[tuple[int, _Bar]]] = defaultdict(list)
    for ribbon in ribbons:
        sources[ribbon.target].append((ribbon.amount, bars[ribbon.source]))
    for bars_of in columns:
        bars_of.sort(key=lambda bar: (*_order(bar, sources[bar.key], last), -bar.amount))
        y = EDGE + (tallest - _extent(bars_of)) // 2
        for bar in bars_of:
            slot = max(bar.h, PITCH)
            bar.y = y + (slot - bar.h) // 2
            y += slot + GAP


def _order(
    bar: _Bar, sources: Sequence[tuple[int, _Bar]], last: Callable[[str], bool]
) -> tuple[bool, bool, int]:
    whole = sum(amount for amount, _ in sources)
    middle = sum(amount * (from_.y + from_.h // 2) for amount, from_ in sources)
    return last(bar.key), bar.key.startswith(OTHERS), middle // whole if whole else 0


def _links(
    ribbons: Sequence[Ribbon], widths: dict[Ribbon, int], bars: dict[str, _Bar], xs: Sequence[int]
) -> tuple[Link, ...]:
    """Ribbons in order of the picture, side by side along both bars without gap or overlap."""
    by_target = sorted(ribbons, key=lambda r: (bars[r.source].y, bars[r.target].y))
    by_source = sorted(ribbons, key=lambda r: (bars[r.target].y, bars[r.source].y))
    starts = _side_by_side([(ribbon.source, ribbon) for ribbon in by_target], widths, bars)
    stops = _side_by_side([(ribbon.target, ribbon) for ribbon in by_source], widths, bars)
    ordered = sorted(ribbons, key=lambda r: (bars[r.source].column, starts[r]))
    return tuple(
        Link(
            ribbon.source,
            ribbon.target,
            ribbon.amount,
            widths[ribbon],
            outline(
                xs[bars[ribbon.source].column] + BAR,
                starts[ribbon],
                xs[bars[ribbon.target].column],
                stops[ribbon],
                widths[ribbon],
            ),
        )
        for ribbon in ordered
    )


def _side_by_side(
    ends: Sequence[tuple[str, Ribbon]], widths: dict[Ribbon, int], bars: dict[str, _Bar]
) -> dict[Ribbon, int]:
    """Where on its bar each ribbon begins."""
    begins: dict[Ribbon, int] = {}
    used: dict[str, int] = defaultdict(int)
    for key, ribbon in ends:
        begins[ribbon] = bars[key].y + used[key]
        used[key] += widths[ribbon]
    return begins


def outline(x0: int, y0: int, x1: int, y1: int, h: int) -> str:
    """Two cubic curves and two straight ends."""
    middle = (x0 + x1) // 2
    return (
        f"M{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}"
        f"V{y1 + h}C{middle} {y1 + h} {middle} {y0 + h} {x0} {y0 + h}Z"
    )


def levels(edges: Sequence[tuple[str, str]], deepest: int) -> dict[str, int]:
    """The level of nodes that pass something on to each other: 0 for who gets nothing.

    Nobody stands deeper than `deepest`. Where nodes give to each other in a circle their levels say
    no order; the caller finds edges that do not lead to a deeper level and tells them otherwise.
    """
    found = dict.fromkeys((key for edge in edges for key in edge), 0)
    for _ in range(deepest):
        for source, target in edges:
            if source != target:
                found[target] = max(found[target], min(found[source] + 1, deepest))
    return found
