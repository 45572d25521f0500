"""Arithmetic on intervals: earliest first, nothing twice, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.ledger.lines import Interval, consume, unspent

END = 60


@st.composite
def taken(draw: st.DrawFn) -> list[Interval]:
    """Disjoint intervals within [0, END), in order."""
    cuts = sorted(draw(st.sets(st.integers(0, END), max_size=12)))
    return [Interval(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


def fen(intervals: list[Interval]) -> list[int]:
    return [n for interval in intervals for n in range(interval.start, interval.stop)]


@given(taken())
def test_gaps_and_pieces_tile_the_line(pieces: list[Interval]) -> None:
    gaps = list(unspent(0, pieces, END))
    assert sorted(fen(gaps) + fen(pieces)) == list(range(END))


@given(taken(), st.data())
def test_the_earliest_unspent_fen_are_consumed(pieces: list[Interval], data: st.DataObject) -> None:
    free = fen(list(unspent(0, pieces, END)))
    if not free:
        with pytest.raises(ValueError, match="missing"):
            consume(0, pieces, END, 1)
        return
    amount = data.draw(st.integers(1, len(free)))
    intervals, cursor = consume(0, pieces, END, amount)
    assert fen(intervals) == free[:amount]
    assert all(n in fen(intervals) + fen(pieces) for n in range(cursor))


@given(taken(), st.integers(1, 200))
def test_more_than_is_free_is_refused(pieces: list[Interval], extra: int) -> None:
    free = len(fen(list(unspent(0, pieces, END))))
    with pytest.raises(ValueError, match="missing"):
        consume(0, pieces, END, free + extra)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_overlap_is_what_both_have(a: int, la: int, b: int, lb: int) -> None:
    one, two = Interval(a, a + la), Interval(b, b + lb)
    both = set(fen([one])) & set(fen([two]))
    found = one.overlap(two)
    assert set(fen([found])) == both if found else not both
    assert found == two.overlap(one)
