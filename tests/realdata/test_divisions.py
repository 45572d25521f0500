"""The carried division table against its source, and the arithmetic on all streets of China."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from charity.registry import divisions, regions


def read(path: Path) -> Iterator[tuple[str, str]]:
    """`(code, name)` of one of the list's files."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["code"], row["name"].strip()


@pytest.fixture(scope="module")
def source(realdata: Path) -> Path:
    return realdata / "china_divisions"


@pytest.fixture(scope="module")
def hubei(source: Path) -> dict[str, str]:
    names = ("provinces.csv", "cities.csv", "areas.csv", "streets_hubei.csv", "villages_hubei.csv")
    return {
        code: name
        for file in names
        for code, name in read(source / file)
        if regions.contains("42", code)
    }


def test_our_table_is_the_lists_hubei(hubei: dict[str, str]) -> None:
    ours = dict(divisions.rows())
    assert ours == hubei
    assert Counter(regions.level(code) for code in ours) == {
        1: 1,
        2: 14,
        3: 105,
        4: 1475,
        5: 27057,
    }


@pytest.mark.parametrize(("county", "villages"), [("420704", 171), ("4207", 358), ("42", 27057)])
def test_villages_of_a_place(hubei: dict[str, str], county: str, villages: int) -> None:
    ours = [code for code, _ in divisions.rows(county) if len(code) == 12]
    theirs = [code for code in hubei if len(code) == 12 and regions.contains(county, code)]
    assert sorted(ours) == sorted(theirs)
    assert len(ours) == villages


def test_every_street_of_china_finds_the_way_up(source: Path) -> None:
    known: dict[str, str] = {}
    for file in ("provinces.csv", "cities.csv", "areas.csv"):
        known |= read(source / file)
    without = Counter[str]()
    streets = 0
    for code, _ in read(source / "streets_all.csv.gz"):
        streets += 1
        above = regions.chain(code)[:-1]
        assert [regions.level(each) for each in above] == sorted(
            {regions.level(each) for each in above}
        )
        without.update(each for each in above if each not in known)
    assert streets == 41352
    assert not without


def test_the_lists_own_columns_agree_with_the_arithmetic(source: Path) -> None:
    with (source / "villages_hubei.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            assert regions.chain(row["code"]) == [
                row["provinceCode"],
                row["cityCode"],
                row["areaCode"],
                row["streetCode"],
                row["code"],
            ]
