"""Whole fen: what is an amount, what is not, and that no fen is lost in dividing."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.money import MAXIMUM_FEN, ZERO, AmountError, Money

AMOUNTS = st.integers(0, MAXIMUM_FEN).map(Money)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12.50", 1250),
        ("1,234.50", 123450),
        ("1,000,000", 100_000_000),
        ("0.01", 1),
        ("0", 0),
        ("-3.20", -320),
        ("-0", 0),
        (" 7 ", 700),
        ("10000000000", MAXIMUM_FEN),
    ],
)
def test_yuan_as_people_write_them(text: str, fen: int) -> None:
    assert Money.yuan(text) == Money(fen)


@pytest.mark.parametrize(
    "text",
    [
        "", "1e3", "0.001", "１００", "NaN", "inf", "1,00", "12,34.5", ".5", "5.", "+5", "--5",
        "0x10", "1_000", "¥5", "5元", "1 000", "٣", "1\n", "1.2.3", "१०", "½",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AmountError) as refusal:
        Money.yuan(text)
    assert refusal.value.code == "form"


@pytest.mark.parametrize("text", ["10000000000.01", "1000000000000000", "9" * 400])
def test_more_than_the_largest_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError) as refusal:
        Money.yuan(text)
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("value", [1.5, Decimal("1.5"), None, True, b"1"])
def test_only_text_and_whole_numbers_become_money(value: object) -> None:
    with pytest.raises(TypeError):
        Money.yuan(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1.0, "1", True, None])
def test_fen_are_ints(value: object) -> None:
    with pytest.raises(TypeError):
        Money(value)  # type: ignore[arg-type]


@given(st.text(alphabet="0123456789.,-+eE 　１", max_size=14))
def test_the_parser_agrees_with_decimal_or_refuses(text: str) -> None:
    plain = re.fullmatch(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", text.strip(" "), re.ASCII)
    try:
        money = Money.yuan(text)
    except AmountError:
        assert plain is None or abs(Decimal(text.strip(" ").replace(",", ""))) * 100 > MAXIMUM_FEN
        return
    assert plain is not None
    assert money.fen == Decimal(text.strip(" ").replace(",", "")) * 100


@given(AMOUNTS)
def test_what_is_written_can_be_read_back(money: Money) -> None:
    assert Money.yuan(str(money)) == money
    assert Money.yuan(str(-money)) == -money


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_splitting_loses_no_fen_and_is_fair(money: Money, weights: list[int]) -> None:
    parts = money.split(weights)
    whole = sum(weights)
    assert Money.total(parts) == money
    assert parts == money.split(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.fen * whole - money.fen * weight) < whole
        assert weight or not part


def test_ties_go_to_the_earlier_part() -> None:
    assert Money(100).split([1, 1, 1]) == [Money(34), Money(33), Money(33)]
    assert Money(2).split([1, 1, 1]) == [Money(1), Money(1), Money(0)]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3]])
def test_splitting_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="split needs"):
        Money(100).split(weights)


@given(AMOUNTS, st.lists(st.integers(0, 100), min_size=0, max_size=5))
def test_the_last_tranche_takes_the_remainder(money: Money, first: list[int]) -> None:
    rest = 100 - sum(first)
    if rest < 0:
        with pytest.raises(ValueError, match="100"):
            money.tranches([*first, rest])
        return
    parts = money.tranches([*first, rest])
    assert Money.total(parts) == money
    for part, percentage in zip(parts[:-1], first, strict=True):
        assert part.fen == money.fen * percentage // 100


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(-9, 9))
def test_arithmetic_is_that_of_integers(a: int, b: int, n: int) -> None:
    assert Money(a) + Money(b) - Money(b) == Money(a)
    assert (Money(a) * n).fen == a * n
    assert (Money(a) < Money(b)) == (a < b)
    assert bool(Money(a)) == (a != 0)


def test_money_is_not_multiplied_by_fractions() -> None:
    with pytest.raises(TypeError):
        Money(1) * 0.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.56", "伍角陆分"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("100.50", "壹佰元伍角整"),
        ("1001", "壹仟零壹元整"),
        ("1010.10", "壹仟零壹拾元壹角整"),
        ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"),
        ("100100", "壹拾万零壹佰元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("-5", "负伍元整"),
    ],
)
def test_capital_numerals(yuan: str, words: str) -> None:
    assert Money.yuan(yuan).in_words() == words


def test_nothing_adds_up_to_zero() -> None:
    assert Money.total([]) == ZERO
