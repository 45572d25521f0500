"""Division codes: levels, parents, padding (DIV-02) and the table that is carried along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.registry import divisions, regions

CODES = st.sampled_from(regions.LENGTHS).flatmap(
    lambda n: st.text("0123456789", min_size=n, max_size=n).filter(lambda c: c[:2] != "00")
)


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("420704000000", "420704"),
        ("420704001000", "420704001"),
        ("420704001005", "420704001005"),
        ("420700000000", "4207"),
        ("420000000000", "42"),
        ("420000", "42"),
        ("420700", "4207"),
        ("420704000", "420704"),
        ("429004", "429004"),
        (" 42 ", "42"),
    ],
)
def test_padding_is_taken_off(code: str, short: str) -> None:
    assert regions.normalise(code) == short


@pytest.mark.parametrize(
    "code", ["", "4", "420", "42070", "4207040", "00", "000000", "42070a", "４２", "-4", "42 07"]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="2, 4, 6, 9 or 12"):
        regions.normalise(code)


def test_the_chain_goes_from_the_province_to_the_village() -> None:
    assert regions.chain("420704001005") == ["42", "4207", "420704", "420704001", "420704001005"]
    assert [regions.level(code) for code in regions.chain("420704001005")] == [1, 2, 3, 4, 5]


def test_the_streets_of_a_city_without_counties_belong_to_the_city() -> None:
    assert regions.chain("441900003001") == ["44", "4419", "441900003", "441900003001"]


@given(CODES)
def test_everything_above_contains_a_place_and_bounds_it(code: str) -> None:
    own = regions.normalise(code)
    assert regions.normalise(own) == own
    for above in regions.chain(code)[:-1]:
        low, high = regions.bounds(above)
        assert regions.contains(above, code)
        assert not regions.contains(code, above)
        assert low < own <= high


@given(CODES, CODES)
def test_bounds_hold_nothing_else(one: str, other: str) -> None:
    low, high = regions.bounds(one)
    inside = low <= regions.normalise(other) <= high
    assert inside == regions.contains(one, other)


def test_the_carried_table_is_whole_and_sorted() -> None:
    rows = list(divisions.rows())
    codes = [code for code, _ in rows]
    assert codes == sorted(set(codes))
    assert codes == [regions.normalise(code) for code in codes]
    assert all(name and name == name.strip() for _, name in rows)
    seen = set()
    for code in codes:
        assert (above := regions.parent(code)) is None or above in seen
        seen.add(code)


def test_a_part_of_the_table_comes_with_what_contains_it() -> None:
    rows = dict(divisions.rows("420704"))
    assert list(rows)[:3] == ["42", "4207", "420704"]
    assert rows["420704001"] == "凤凰街道"
    assert rows["420704101"] == "杜山镇"
    assert sum(len(code) == 12 for code in rows) == 171
    assert list(divisions.rows("420704000000")) == list(rows.items())
