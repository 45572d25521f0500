"""Real donors and recipients of spring 2020: ours delivers no less, no farther."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.realdata.ppe import PRINTED, compare
from tests.support.schedules import Tell


@pytest.mark.parametrize(
    ("same", "donors"), [({}, 1), (PRINTED, 52)], ids=["as-named", "printed-shields"]
)
def test_as_much_arrives_and_no_farther(
    realdata: Path, tell: Tell, same: Mapping[str, str], donors: int
) -> None:
    """The two sides of the slice name one thing alike, so that one donor alone comes into question;
    with printed face shields taken for face shields it is nearly all of them."""
    found = compare(realdata, same)
    assert found.donors == donors
    assert found.ours.units >= found.first_come.units > 0
    assert found.ours.mean_miles <= found.first_come.mean_miles
    tell(
        f"ppe_match, {found.donors} donors, {found.pairs} pairs: {found.ours.units} pieces over"
        f" {found.ours.mean_miles:.1f} miles, first come {found.first_come.units} over"
        f" {found.first_come.mean_miles:.1f}"
    )
