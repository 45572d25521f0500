"""How long an account stays shut: the arithmetic alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.accounts.lockout import FIRST_DELAY, LIMIT, LONGEST_DELAY, WINDOW, locked_until

START = datetime(2026, 3, 16, 2, tzinfo=UTC)


def after(*minutes: float) -> list[datetime]:
    return [START + timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("failures", "until"),
    [
        ([], None),
        ([0], None),
        ([0, 1, 2, 3], None),
        ([0, 1, 2, 3, 4], 4 + 15),
        ([0, 0, 0, 0, 0], 15),
        ([0, 4, 8, 12, 14.9], 14.9 + 15),
        ([0, 4, 8, 12, 15], None),
        ([0, 15, 30, 45, 60, 75, 90], None),
        ([0, 1, 2, 3, 4, 20], 20 + 30),
        ([0, 1, 2, 3, 4, 20, 51], 51 + 60),
        ([0, 1, 2, 3, 4, 20, 51, 112], 112 + 120),
        ([0, 1, 2, 3, 4, 20, 51, 112, 233], 233 + 240),
        ([0, 1, 2, 3, 4, 20, 51, 112, 233, 474], 474 + 240),
    ],
)
def test_when_it_opens_again(failures: list[float], until: float | None) -> None:
    expected = None if until is None else START + timedelta(minutes=until)
    assert locked_until(after(*failures)) == expected


@given(st.lists(st.floats(0, 24 * 60), max_size=40).map(sorted))
def test_whoever_keeps_to_the_rules_gets_few_tries(minutes: list[float]) -> None:
    """Tries while it is shut are not made: how many remain in any quarter of an hour."""
    tried: list[datetime] = []
    for instant in after(*minutes):
        until = locked_until(tried)
        if until is None or instant >= until:
            tried.append(instant)
    for instant in tried:
        assert sum(instant - WINDOW < other <= instant for other in tried) <= LIMIT
    until = locked_until(tried)
    if until is not None:
        assert FIRST_DELAY <= until - tried[-1] <= LONGEST_DELAY
