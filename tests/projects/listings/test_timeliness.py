"""匹配度 and 及时性 by hand-made vectors, and what must hold of any needs whatever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.listings.timeliness import (
    WHOLE,
    Amount,
    NeedFacts,
    ServiceLevel,
    figures,
    grouped,
    level_of,
    wait,
)

BEGAN = datetime(2026, 3, 2, 2, tzinfo=UTC)
NOW = BEGAN + timedelta(hours=100)


def after(hours: float | None) -> datetime | None:
    """So many hours after the community confirmed it."""
    return None if hours is None else BEGAN + timedelta(hours=hours)


def need(
    quantity: int | None = 10,
    promised: int = 0,
    delivered: int = 0,
    *,
    claimed: float | None = None,
    came: float | None = None,
    due: float | None = 48,
    ended: float | None = None,
    unit: str = "piece",
    place: str = "420704",
) -> NeedFacts:
    return NeedFacts(
        place, "meals", "goods", unit, quantity, promised, delivered,
        BEGAN, after(claimed), after(came), after(due), after(ended),
    )  # fmt: skip


def test_figures_of_a_handful_of_needs() -> None:
    found = figures(
        [
            need(1000, 1000, 500, claimed=1, came=20),
            need(1, 0, 0),
            need(3, 1, 1, claimed=2, came=60, unit="box"),
            need(None, 5, 5, claimed=4, came=48),
            need(None, ended=90),
            need(10, due=None),
        ],
        NOW,
    )
    assert (found.needs, found.known, found.unknown) == (6, 4, 2)
    # the mean of 1, 0, 1/3, 0: a thousand pieces weigh as much as one
    assert found.matched == (WHOLE + 0 + 3333 + 0) // 4
    assert found.delivered == (5000 + 3333) // 4
    assert found.amounts == (
        Amount("goods", "box", 3, 1, 1),
        Amount("goods", "piece", 1011, 1000, 500),
    )
    assert (found.reached, found.reached_share) == (3, 5000)
    # 1 h, 2 h, 4 h, and three that still wait or ended in vain: 90 h, 100 h, 100 h
    assert (found.to_claim.tenths, found.to_claim.at_least) == (470, True)
    assert found.to_claim.unfinished == 3
    assert (found.to_delivery.tenths, found.to_delivery.at_least) == (750, True)
    assert (found.inside, found.late, found.running) == (2, 3, 1)
    assert found.inside_share == 4000


def test_figures_of_no_need_say_nothing() -> None:
    found = figures([], NOW)
    assert (found.matched, found.delivered, found.reached_share, found.inside_share) == (None,) * 4
    assert (found.to_claim.tenths, found.to_claim.at_least) == (None, False)


@pytest.mark.parametrize(
    ("came", "due", "ended", "level"),
    [
        (48, 48, None, ServiceLevel.INSIDE),
        (48.01, 48, None, ServiceLevel.LATE),
        (None, 48, None, ServiceLevel.LATE),
        (None, 100, None, ServiceLevel.RUNNING),
        (None, 120, None, ServiceLevel.RUNNING),
        (None, 120, 5, ServiceLevel.LATE),
        (5, 120, 6, ServiceLevel.INSIDE),
        (None, None, None, ServiceLevel.RUNNING),
        (90, None, None, ServiceLevel.INSIDE),
    ],
)
def test_service_level(
    came: float | None, due: float | None, ended: float | None, level: ServiceLevel
) -> None:
    assert level_of(need(came=came, due=due, ended=ended), NOW) is level


def test_a_median_that_no_open_need_can_raise_is_final() -> None:
    assert wait([1, 2, 3], [4, 5]).at_least is False
    assert wait([1, 2, 3, 4], [4, 5]).at_least is True
    assert wait([1, 2], [3, 4]).at_least is True
    assert wait([5], []).median == 5


WAITS = st.lists(st.integers(0, 1000), max_size=12)


@given(WAITS, st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=12))
def test_waiting_longer_never_shortens_a_median(
    finished: list[int], open_: list[tuple[int, int]]
) -> None:
    """Whatever becomes of the open needs, the median grows or stays; a final one stays."""
    before = wait(finished, [age for age, _ in open_])
    later = wait([*finished, *(age + more for age, more in open_)], [])
    if before.median is None or later.median is None:
        assert before.median is later.median is None
        return
    assert later.median >= before.median
    if not before.at_least:
        assert later.median == before.median


INSTANTS = st.none() | st.floats(0, 99)
NEEDS = st.lists(
    st.builds(
        need,
        st.none() | st.integers(1, 50),
        st.integers(0, 60),
        st.integers(0, 60),
        claimed=INSTANTS,
        came=INSTANTS,
        due=INSTANTS,
        ended=INSTANTS,
        unit=st.sampled_from(["piece", "box"]),
        place=st.sampled_from(["420704001", "420704002", "4201"]),
    ),
    max_size=20,
)


@given(NEEDS)
def test_what_holds_of_any_needs(needs: list[NeedFacts]) -> None:
    found = figures(needs, NOW)
    assert found.known + found.unknown == found.needs == len(needs)
    assert found.inside + found.late + found.running == found.needs
    for share in (found.matched, found.delivered, found.reached_share, found.inside_share):
        assert share is None or 0 <= share <= WHOLE
    if found.matched is not None and found.delivered is not None:
        assert found.delivered <= found.matched
    for amount in found.amounts:
        assert 0 <= amount.delivered <= amount.matched <= amount.needed
    assert figures(needs[::-1], NOW) == found


@given(NEEDS)
def test_groups_hold_every_need_once(needs: list[NeedFacts]) -> None:
    parts = grouped(needs, lambda one: one.region_code, NOW).values()
    whole = figures(needs, NOW)
    for name in ("needs", "known", "unknown", "reached", "claimed", "inside", "late", "running"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    for measure in whole.amounts:
        same = [
            amount for part in parts for amount in part.amounts
            if (amount.kind, amount.unit) == (measure.kind, measure.unit)
        ]  # fmt: skip
        assert sum(amount.needed for amount in same) == measure.needed
