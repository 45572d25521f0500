"""The layout of flows: whole numbers, nothing lost, nothing overlapping, the same every time."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.charts.sankey import BAR, OTHERS, Picture, Ribbon, layout, levels, outline

COLUMNS = {"a": 0, "b": 0, "f": 1, "g": 1, "x": 2, "y": 2}


def drawn(ribbons: list[Ribbon], **options: int) -> Picture:
    return layout(ribbons, lambda key: COLUMNS.get(key[:1], 0), **options)  # type: ignore[arg-type]


def test_a_golden_picture() -> None:
    picture = drawn(
        [
            Ribbon("a", "f", 600),
            Ribbon("b", "f", 400),
            Ribbon("f", "x", 250),
            Ribbon("f", "y", 750),
        ],
        width=500,
        height=100,
    )
    assert (picture.width, picture.height, picture.columns) == (500, 141, 3)
    assert [(n.key, n.column, n.amount, n.x, n.y, n.h) for n in picture.nodes] == [
        ("a", 0, 600, 150, 15, 60),
        ("b", 0, 400, 150, 85, 40),
        ("f", 1, 1000, 225, 20, 100),
        ("y", 2, 750, 300, 8, 75),
        ("x", 2, 250, 300, 100, 25),
    ]
    assert [(link.source, link.target, link.width, link.path) for link in picture.links] == [
        ("a", "f", 60, "M160 15C192 15 192 20 225 20V80C192 80 192 75 160 75Z"),
        ("b", "f", 40, "M160 85C192 85 192 80 225 80V120C192 120 192 125 160 125Z"),
        ("f", "y", 75, "M235 20C267 20 267 8 300 8V83C267 83 267 95 235 95Z"),
        ("f", "x", 25, "M235 95C267 95 267 100 300 100V125C267 125 267 120 235 120Z"),
    ]


def test_nothing_is_drawn_of_nothing() -> None:
    picture = drawn([])
    assert (picture.height, picture.nodes, picture.links) == (0, (), ())


def test_a_small_amount_can_still_be_seen() -> None:
    picture = drawn([Ribbon("a", "f", 1), Ribbon("b", "f", 10**9)])
    assert min(link.width for link in picture.links) == 1


def test_the_smallest_of_many_are_one() -> None:
    ribbons = [Ribbon(f"a{n}", "f", 100 + n) for n in range(40)]
    picture = drawn(ribbons, top=12)
    givers = [node for node in picture.nodes if node.column == 0]
    assert len(givers) == 12
    assert givers[-1].key == f"{OTHERS}0"
    assert sum(link.amount for link in picture.links) == sum(r.amount for r in ribbons)


def test_what_is_last_stands_at_the_foot() -> None:
    ribbons = [Ribbon("f", "x", 900), Ribbon("f", "y", 100)]
    picture = layout(ribbons, COLUMNS.__getitem__, last=lambda key: key == "x")
    assert [node.key for node in picture.nodes] == ["f", "y", "x"]


@pytest.mark.parametrize(
    "ribbon", [Ribbon("f", "a", 5), Ribbon("f", "g", 5), Ribbon("a", "f", 0), Ribbon("a", "f", -1)]
)
def test_a_ribbon_runs_forward_and_is_never_empty(ribbon: Ribbon) -> None:
    with pytest.raises(ValueError, match="a ribbon"):
        drawn([ribbon])


def test_levels_of_who_gives_to_whom() -> None:
    assert levels([("a", "b"), ("b", "c"), ("a", "c")], 3) == {"a": 0, "b": 1, "c": 2}
    assert levels([("a", "b"), ("b", "c"), ("c", "d")], 2) == {"a": 0, "b": 1, "c": 2, "d": 2}
    circle = levels([("a", "b"), ("b", "a")], 2)
    assert all(level <= 2 for level in circle.values())


def test_an_outline_is_closed_and_whole() -> None:
    path = outline(10, 0, 110, 50, 7)
    assert path.startswith("M10 0C60 0 60 50 110 50V57")
    assert path.endswith("Z")
    assert "." not in path


amounts = st.integers(1, 10**12)
ends = st.sampled_from([("a", "f"), ("b", "f"), ("a", "g"), ("f", "x"), ("g", "x"), ("g", "y")])
many = st.lists(st.tuples(ends, st.integers(0, 30), amounts), min_size=1, max_size=60)


@given(many)
def test_nothing_is_lost_and_nothing_overlaps(
    found: list[tuple[tuple[str, str], int, int]],
) -> None:
    ribbons = [Ribbon(f"{a}{n}" if a in "ab" else a, b, fen) for (a, b), n, fen in found]
    picture = drawn(ribbons)
    assert picture == drawn(ribbons)
    assert sum(link.amount for link in picture.links) == sum(r.amount for r in ribbons)
    nodes = {node.key: node for node in picture.nodes}
    columns = defaultdict(list)
    for node in picture.nodes:
        columns[node.column].append(node)
        assert node.w == BAR
        assert node.y >= 0
        assert node.y + node.h <= picture.height
    for stacked in columns.values():
        assert len(stacked) <= 12
        for above, below in itertools.pairwise(stacked):
            assert above.y + above.h < below.y
    out, into = defaultdict(list), defaultdict(list)
    for link in picture.links:
        x0, y0, x1, y1, h = edges_of(link.path)
        assert h == link.width
        assert x0 == nodes[link.source].x + BAR
        assert x1 == nodes[link.target].x
        out[link.source].append((y0, y0 + h))
        into[link.target].append((y1, y1 + h))
    for side in (out, into):
        for key, spans in side.items():
            ordered = sorted(spans)
            assert ordered[0][0] == nodes[key].y
            assert ordered[-1][1] <= nodes[key].y + nodes[key].h
            assert all(a[1] == b[0] for a, b in itertools.pairwise(ordered))


def edges_of(path: str) -> tuple[int, int, int, int, int]:
    """Both ends of an outline, and its width."""
    found = re.fullmatch(r"M(\d+) (\d+)C\d+ \d+ \d+ \d+ (\d+) (\d+)V(\d+)C.*Z", path)
    assert found is not None
    x0, y0, x1, y1, y2 = map(int, found.groups())
    return x0, y0, x1, y1, y2 - y1
