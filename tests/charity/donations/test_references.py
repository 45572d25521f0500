"""The reference in a remark: short, typed by people, found again, and never another gift's."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.donations import references
from charity.donations.references import ALPHABET, NUMBERS, found_in, number_of, reference

numbers = st.integers(0, NUMBERS - 1)
#: What may stand around a reference and holds none itself.
around = st.text(st.sampled_from("捐款谢谢，。转账附言 -_/:（）0123456789"), max_size=20)


@given(numbers)
def test_a_reference_leads_back_to_its_number(number: int) -> None:
    text = reference(number)
    assert len(text) == references.LENGTH == 10
    assert set(text[2:]) <= set(ALPHABET)
    assert not set(text[2:]) & set("ILOU")
    assert number_of(text) == number


@given(numbers, numbers)
def test_two_numbers_never_share_a_reference(one: int, other: int) -> None:
    assert (reference(one) == reference(other)) == (one == other)


@given(numbers, around, around, st.randoms(use_true_random=False))
def test_it_is_found_however_people_write_it(number, before, after, chance) -> None:  # type: ignore[no-untyped-def]
    text = reference(number)
    written = "".join(chance.choice(_ways(sign)) + chance.choice(_BETWEEN) for sign in text)
    assert text in found_in(before + written + after)


@given(numbers, st.integers(2, references.LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(number: int, place: int, sign: str) -> None:
    text = reference(number)
    wrong = text[:place] + sign + text[place + 1 :]
    assert (number_of(wrong) is None) == (wrong != text)


@given(numbers, st.integers(2, references.LENGTH - 1), st.integers(2, references.LENGTH - 1))
def test_two_signs_that_changed_places_are_noticed(number: int, one: int, other: int) -> None:
    signs = list(reference(number))
    signs[one], signs[other] = signs[other], signs[one]
    swapped = "".join(signs)
    assert (number_of(swapped) is None) == (swapped != reference(number))


@given(st.lists(numbers, min_size=2, max_size=4, unique=True))
def test_several_are_found_in_order(several: list[int]) -> None:
    wanted = [reference(number) for number in several]
    assert found_in("，".join(wanted)) == wanted


@given(st.text(max_size=200))
def test_any_text_at_all_can_be_searched(text: str) -> None:
    for found in found_in(text):
        assert number_of(found) is not None


@pytest.mark.parametrize(
    "text", ["", "WS", "WS0000000", "捐款 200 元", "WS-1234", "XX00000000", "WSU0000000U"]
)
def test_what_is_none(text: str) -> None:
    assert found_in(text) == []
    assert number_of(text) is None


@pytest.mark.parametrize("number", [-1, NUMBERS])
def test_numbers_beyond_what_there_is_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="payment's number"):
        reference(number)


def test_neighbours_look_nothing_alike() -> None:
    several = [reference(number)[2:9] for number in range(1, 200)]
    alike = [
        sum(a == b for a, b in zip(one, other, strict=True)) for one, other in pairwise(several)
    ]
    assert max(alike) <= 4
    assert sum(alike) / len(alike) < 1


_BETWEEN = ["", "", "", " ", "-", "\u3000", ".", "－", "\u200b"]


def _ways(sign: str) -> list[str]:
    """The ways a sign is written: small, full-width, and what looks like it."""
    full = chr(ord(sign) + 0xFEE0)
    assert unicodedata.normalize("NFKC", full) == sign
    like = {"0": ["O", "o", "Ｏ"], "1": ["I", "l", "L", "ｉ"], "S": ["5"]}.get(sign, [])
    return [sign, sign.lower(), full, *(like if sign != "S" else [])]
