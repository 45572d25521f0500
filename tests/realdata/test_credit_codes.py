"""Our verdict on real credit codes against python-stdnum's, and where we differ on purpose."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from stdnum.cn import uscc as library

from charity.registry import uscc
from charity.registry.reasons import RegistryReason


@pytest.fixture(scope="module")
def rows(realdata: Path) -> list[dict[str, str]]:
    path = realdata / "uscc" / "uscc_codes.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def is_ours_on_purpose(code: str) -> bool:
    """A letter names the authority or the class: valid to us, refused by the library."""
    return any(character.isalpha() for character in code[:2])


def test_our_verdict_is_the_lists(
    rows: list[dict[str, str]], record_property: Callable[[str, object], None]
) -> None:
    verdicts = Counter[tuple[bool, bool]]()
    for row in rows:
        code = uscc.normalise(row["code"])
        ours, theirs = uscc.problem(code) is None, row["stdnum_valid"] == "1"
        verdicts[ours, theirs] += 1
        assert theirs == library.is_valid(row["code"]), row
        assert ours == theirs or (ours and is_ours_on_purpose(code)), row
    record_property("ours and the library's", str(dict(verdicts)))
    assert len(rows) == 157
    assert verdicts == {(True, True): 150, (False, False): 7}


def test_our_reason_is_the_lists_error(rows: list[dict[str, str]]) -> None:
    same = {
        "InvalidLength": RegistryReason.USCC_LENGTH,
        "InvalidChecksum": RegistryReason.USCC_CHECK,
    }
    found = Counter[str]()
    for row in rows:
        if row["stdnum_error"]:
            reason = uscc.problem(uscc.normalise(row["code"]))
            assert reason is same[row["stdnum_error"]], row
            found[row["stdnum_error"]] += 1
    assert found == {"InvalidChecksum": 4, "InvalidLength": 3}


def test_every_code_is_spoilt_by_one_wrong_character(rows: list[dict[str, str]]) -> None:
    for row in rows:
        code = uscc.normalise(row["code"])
        if uscc.problem(code) is not None:
            continue
        for place in range(uscc.LENGTH):
            for other in "0A":
                wrong = code[:place] + other + code[place + 1 :]
                assert wrong == code or uscc.problem(wrong) is not None


@pytest.mark.parametrize("start", ["N2", "A1", "Y1"])
def test_letters_in_front_are_where_we_differ(start: str) -> None:
    code = uscc.with_check_digit(f"{start}420704MEB00001X")
    assert uscc.problem(code) is None
    assert not library.is_valid(code)
