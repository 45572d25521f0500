"""The picture of the money keeps every fen and every pixel, and draws the same figures the same."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.listings.flow import (
    FUND,
    OTHERS,
    PITCH,
    UNDER,
    Layout,
    Part,
    heights,
    largest,
    layout,
)

AMOUNTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=40)


def parts(prefix: str, amounts: list[int]) -> list[Part]:
    return [Part(f"{prefix}{i}", amount) for i, amount in enumerate(amounts)]


def drawn(left: list[int], right: list[int]) -> Layout:
    """A layout of two sides, the smaller of which is filled up with what is left over."""
    gap = sum(left) - sum(right)
    sources = [*parts("s", left), Part("more", max(-gap, 0))]
    uses = [*parts("u", right), Part("unspent", max(gap, 0), "held")]
    return layout(sources, uses)


@given(AMOUNTS, AMOUNTS)
def test_every_column_has_the_same_fen_and_the_same_pixels(
    left: list[int], right: list[int]
) -> None:
    picture = drawn(left, right)
    columns = [[n for n in picture.nodes if n.column == c] for c in range(3)]
    total = max(sum(left), sum(right))
    if not total:
        assert picture.nodes == picture.links == picture.rows == ()
        return
    assert [sum(n.amount for n in column) for column in columns] == [total] * 3
    assert len({sum(n.h for n in column) for column in columns}) == 1
    assert min(n.h for n in picture.nodes) >= 1
    assert min(min(n.x, n.y) for n in picture.nodes) >= 0
    assert max(n.y + n.h for n in picture.nodes) <= picture.height - UNDER


@given(AMOUNTS, AMOUNTS)
def test_ribbons_fill_their_bars_and_carry_all_the_money(left: list[int], right: list[int]) -> None:
    picture = drawn(left, right)
    for side in ("source", "target"):
        links = [link for link in picture.links if getattr(link, side) == FUND]
        fund = [n for n in picture.nodes if n.key == FUND]
        assert sum(link.width for link in links) == sum(n.h for n in fund)
        assert sum(link.amount for link in links) == sum(n.amount for n in fund)
    assert [(r.source, r.target, r.amount) for r in picture.rows] == [
        (link.source, link.target, link.amount) for link in picture.links
    ]
    assert all("-" not in link.path for link in picture.links)


@given(AMOUNTS, st.integers(1, 15))
def test_the_largest_are_kept_in_their_order_and_the_rest_is_one(
    amounts: list[int], top: int
) -> None:
    given_parts = parts("p", amounts)
    kept = largest(given_parts, top)
    assert len(kept) <= top
    assert sum(p.amount for p in kept) == sum(amounts)
    assert sum(p.count for p in kept) == sum(1 for a in amounts if a)
    named = [p for p in kept if p.key != OTHERS]
    assert named == [p for p in given_parts if p in named]
    left_out = [p.amount for p in given_parts if p.amount and p not in named]
    assert not left_out or max(left_out) <= min((p.amount for p in named), default=10**12)


@given(AMOUNTS, AMOUNTS)
def test_the_same_figures_give_the_same_picture(left: list[int], right: list[int]) -> None:
    assert drawn(left, right) == drawn(left, right)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=60), st.integers(0, 400))
def test_pixels_follow_the_money(amounts: list[int], spare: int) -> None:
    shares = heights(amounts, len(amounts) + spare)
    assert sum(shares) == len(amounts) + spare
    assert min(shares) >= 1
    for a, b in zip(amounts, shares, strict=True):
        assert abs((b - 1) - a * spare / sum(amounts)) < 1


def test_labels_never_stand_closer_than_two_lines_of_text() -> None:
    picture = layout(parts("s", [1] * 12), parts("u", [12]))
    centres = [2 * n.y + n.h for n in picture.nodes if n.column == 0]
    assert all(b - a >= 2 * PITCH for a, b in itertools.pairwise(centres))


def test_a_known_picture() -> None:
    picture = layout([Part("individual", 300)], [Part("line:1", 100), Part("unspent", 200, "held")])
    assert (picture.width, picture.height) == (720, 244)
    assert [(n.key, n.column, n.y, n.h) for n in picture.nodes] == [
        ("individual", 0, 13, 190),
        ("fund", 1, 13, 190),
        ("line:1", 2, 8, 64),
        ("unspent", 2, 82, 126),
    ]
    assert picture.links[0].path == "M140 13C232 13 232 13 325 13V203C232 203 232 203 140 203Z"
    assert [link.kind for link in picture.links] == ["", "", "held"]


def test_paths_are_closed_ribbons_of_whole_numbers() -> None:
    shape = re.compile(r"M(\d+ \d+)C\d+ \d+ \d+ \d+ \d+ \d+V\d+C\d+ \d+ \d+ \d+ \d+ \d+Z")
    for link in drawn([5, 9, 1], [3, 3]).links:
        assert shape.fullmatch(link.path)


def test_sides_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="equal"):
        layout([Part("a", 2)], [Part("b", 1)])
    with pytest.raises(ValueError, match="negative"):
        Part("a", -1)
    with pytest.raises(ValueError, match="pixel"):
        heights([1, 1], 1)
