"""Sample sizes, draws and what they say: the tables of the handbook, and what holds of any draw."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.audits import chances, sampling
from charity.audits.evaluating import Audited, mus_projection, rate_of, ratio_projection
from charity.audits.strata import Stratum, stratified_projection, student

CONFIDENT = Fraction("0.95")
RATES = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20)
#: HANDBOOK 3.3: confidence, errors, and the sizes at those rates.
SIZES = (
    ("0.95", 0, (149, 99, 74, 59, 49, 42, 36, 29, 19, 14)),
    ("0.95", 1, (236, 157, 117, 93, 78, 66, 58, 46, 30, 22)),
    ("0.95", 2, (313, 208, 156, 124, 103, 88, 77, 61, 40, 30)),
    ("0.90", 0, (114, 76, 57, 45, 38, 32, 28, 22, 15, 11)),
    ("0.90", 1, (194, 129, 96, 77, 64, 55, 48, 38, 25, 18)),
)


@pytest.mark.parametrize(("confidence", "errors", "sizes"), SIZES)
def test_attribute_sizes_are_those_of_the_tables(
    confidence: str, errors: int, sizes: tuple[int, ...]
) -> None:
    found = tuple(
        sampling.attribute_size(Fraction(confidence), Fraction(rate, 100), errors=errors)
        for rate in RATES
    )
    assert found == sizes


def test_small_frames_ask_for_less() -> None:
    frames = {50: 31, 100: 45, 200: 51, 284: 51, 500: 56, 1000: 57, 0: 0, 1: 1}
    rate = Fraction(5, 100)
    assert {n: sampling.frame_size(CONFIDENT, rate, n) for n in frames} == frames
    assert sampling.frame_size(CONFIDENT, rate, 1_000_000) == 59
    # where so many errors are expected that nothing would be left to find, all of it is looked at
    assert sampling.frame_size(CONFIDENT, rate, 40, errors=2) == 40


@given(st.integers(0, 4), st.integers(1, 40), st.integers(1, 300))
def test_a_size_is_the_smallest_that_holds(errors: int, percent: int, population: int) -> None:
    rate, risk = Fraction(percent, 100), 1 - CONFIDENT
    size = sampling.attribute_size(CONFIDENT, rate, errors=errors)
    assert chances.binomial_at_most(errors, size, rate) <= risk
    assert chances.binomial_at_most(errors, size - 1, rate) > risk
    assert sampling.frame_size(CONFIDENT, rate, population, errors) <= population


def test_rates_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="rates"):
        sampling.attribute_size(CONFIDENT, Fraction(0))
    with pytest.raises(ValueError, match="everything"):
        sampling.attribute_size(CONFIDENT, Fraction(1, 10**5))
    with pytest.raises(ValueError, match="tolerable"):
        sampling.attribute_size_at_rate(CONFIDENT, Fraction(1, 50), Fraction(1, 50))
    with pytest.raises(ValueError, match="negative"):
        sampling.frame_size(CONFIDENT, Fraction(1, 20), -1)
    with pytest.raises(ValueError, match="above zero"):
        sampling.mus_size(0, 1, CONFIDENT)
    with pytest.raises(ValueError, match="sample"):
        rate_of(1, 0, CONFIDENT)


# ── which ────────────────────────────────────────────────────────────────────────────────────────

FRAME = [f"expense:{number}" for number in range(1, 301)]


def test_a_simple_draw_is_that_of_sha256_and_sort() -> None:
    by_hand = sorted(
        (hashlib.sha256(f"s1\nsample\n{one}".encode()).hexdigest(), one) for one in FRAME
    )
    drawn = sampling.simple_random(FRAME, 20, "s1")
    assert {FRAME[place] for place in drawn} == {one for _, one in by_hand[:20]}
    assert drawn == sorted(drawn)
    assert sampling.simple_random(FRAME, 20, "s2") != drawn
    assert sampling.simple_random(FRAME[:5], 20, "s1") == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="once"):
        sampling.simple_random(["a", "a"], 1, "s1")


@given(st.integers(1, 400), st.integers(1, 400), st.text(max_size=8))
def test_a_systematic_draw_is_spread_evenly(population: int, size: int, seed: str) -> None:
    drawn = sampling.systematic(population, size, seed)
    assert len(drawn) == min(size, population)
    assert len(set(drawn)) == len(drawn)
    assert all(0 <= place < population for place in drawn)
    gaps = np.diff(drawn)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1


@given(
    st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 60), min_size=1, max_size=8),
    st.integers(8, 120),
    st.booleans(),
)
def test_every_stratum_gives_and_the_sum_is_kept(
    strata: dict[str, int], size: int, weighs: bool
) -> None:
    spreads = {name: len(name) * count for name, count in strata.items()} if weighs else None
    given_ = sampling.allocation(strata, size, spreads)
    assert sum(given_.values()) == min(size, sum(strata.values()))
    assert all(1 <= given_[name] <= strata[name] for name in strata if strata[name])
    ids = [f"{name}/{n}" for name, count in strata.items() for n in range(count)]
    parts = [name for name, count in strata.items() for _ in range(count)]
    drawn = sampling.stratified(ids, parts, given_, "seed")
    assert {name: sum(parts[at] == name for at in drawn) for name in given_} == given_


def test_strata_are_served_by_size_or_by_where_sums_differ() -> None:
    strata = {"large": 100, "middle": 80, "small": 20}
    assert sampling.allocation(strata, 20) == {"large": 10, "middle": 8, "small": 2}
    assert sampling.allocation({"a": 100, "b": 10, "c": 1}, 20) == {"a": 17, "b": 2, "c": 1}
    spread = sampling.allocation(strata, 20, {"large": 1, "middle": 1, "small": 100})
    assert spread == {"large": 1, "middle": 1, "small": 18}
    with pytest.raises(ValueError, match="at least one"):
        sampling.allocation(strata, 2)


# ── monetary units ───────────────────────────────────────────────────────────────────────────────


def test_factors_are_those_of_the_tables() -> None:
    assert [chances.poisson_factor(n, CONFIDENT) for n in range(4)] == [300, 474, 630, 775]
    assert [chances.poisson_factor(n, Fraction("0.9")) for n in range(4)] == [230, 389, 532, 668]


def test_the_limit_of_the_handbook() -> None:
    """A book of 1,000,000 yuan, 50,000 borne: 60 units; one half wrong gives 64,500."""
    size = sampling.mus_size(100_000_000, 5_000_000, CONFIDENT)
    interval = Fraction(100_000_000, size)
    clean = [Audited(10_000, 10_000)] * 60
    assert size == 60
    assert mus_projection(clean, interval, CONFIDENT).upper_limit == 5_000_000
    tainted = [Audited(10_000, 5_000), *clean[1:]]
    found = mus_projection(tainted, interval, CONFIDENT)
    assert found.upper_limit == 6_450_000
    assert found.projected_over == 833_334
    certain = [*clean, Audited(20_000_000, 19_000_000, is_certainty=True)]
    assert mus_projection(certain, interval, CONFIDENT).upper_limit == 6_000_000
    with pytest.raises(ValueError, match="unit"):
        mus_projection([Audited(0, 0)], interval, CONFIDENT)


def test_what_is_too_low_never_cancels_what_is_too_high() -> None:
    items = [Audited(1_000, 500), Audited(1_000, 1_500)]
    found = mus_projection(items, Fraction(10_000), CONFIDENT)
    assert (found.projected_over, found.projected_under) == (5_000, 5_000)
    by_ratio = ratio_projection(items, 20_000)
    assert (by_ratio.projected_over, by_ratio.projected_under) == (5_000, 5_000)
    assert by_ratio.upper_limit is None
    assert ratio_projection([], 20_000).projected_over == 0


@given(
    st.lists(st.integers(-500, 5_000), min_size=1, max_size=80),
    st.integers(1, 40),
    st.text(max_size=8),
)
def test_every_unit_of_money_has_its_chance(amounts: list[int], size: int, seed: str) -> None:
    if not any(fen > 0 for fen in amounts):
        with pytest.raises(ValueError, match="nothing"):
            sampling.mus_draw(amounts, size, seed)
        return
    drawn = sampling.mus_draw(amounts, size, seed)
    assert drawn == sampling.mus_draw(np.array(amounts, np.int64), size, seed)
    assert [place for place, fen in enumerate(amounts) if fen <= 0] == drawn.unreachable
    assert all(amounts[place] >= drawn.interval for place in drawn.certainties)
    assert all(0 < amounts[place] < drawn.interval for place in drawn.drawn)
    # between two units no money is passed over: runs without a hit are shorter than the interval
    rest = [(place, fen) for place, fen in enumerate(amounts) if 0 < fen < drawn.interval]
    missed = 0
    for place, fen in rest:
        missed = 0 if place in drawn.drawn else missed + fen
        assert missed < 2 * drawn.interval
    expected = sum(fen for _, fen in rest) / drawn.interval
    assert abs(len(drawn.drawn) - expected) <= 1


def test_rates_of_a_sample() -> None:
    assert rate_of(0, 59, CONFIDENT).upper_ppm <= 50_000 < rate_of(0, 58, CONFIDENT).upper_ppm
    assert rate_of(0, 51, CONFIDENT, 284).upper_ppm < rate_of(0, 51, CONFIDENT).upper_ppm
    whole = rate_of(3, 10, CONFIDENT, 10)
    assert (whole.projected_ppm, whole.upper_ppm) == (300_000, 300_000)
    assert rate_of(10, 10, CONFIDENT).upper_ppm == 1_000_000


# ── strata: the projected error and its upper limit ──────────────────────────────────────────────


def test_students_t_is_that_of_the_tables() -> None:
    for freedom, table in ((1, 6.314), (2, 2.920), (3, 2.353), (10, 1.812), (30, 1.697)):
        assert student(0.95, freedom) == pytest.approx(table, abs=0.01)
    assert student(0.9, 1000) == pytest.approx(1.282, abs=0.001)


def _looked(amounts: list[int], wrong: dict[int, int], places: list[int]) -> Stratum:
    items = [Audited(amounts[at], amounts[at] - wrong.get(at, 0)) for at in places]
    return Stratum(amounts, items)


def test_a_limit_of_strata_worked_by_hand() -> None:
    """Two strata, 4 of 10 and 2 of 2: no error seen, then one, then everything looked at."""
    low, high = [100] * 10, [5_000, 7_000]
    clean = [_looked(low, {}, [0, 1, 2, 3]), _looked(high, {}, [0, 1])]
    told = stratified_projection(clean, Fraction(95, 100))
    # 3.00 of Poisson buys 7.5 vouchers of 100 fen at 0.4 each; the large ones are known
    assert (told.projected_over, told.upper_limit, told.limit_by) == (0, 750, "count")
    one = [_looked(low, {2: 40}, [0, 1, 2, 3]), _looked(high, {1: 900}, [0, 1])]
    told = stratified_projection(one, Fraction(95, 100))
    # 40 fen speak for 100; the step from none to one error is 1.74
    assert (told.found_over, told.projected_over, told.upper_limit) == (940, 1_000, 1_824)
    all_ = [_looked(low, {2: 40}, list(range(10)))]
    told = stratified_projection(all_, Fraction(95, 100))
    assert (told.projected_over, told.upper_limit) == (40, 40)
    with pytest.raises(ValueError, match="every stratum"):
        stratified_projection([Stratum([1], [])], Fraction(95, 100))


def test_what_is_too_low_is_projected_apart() -> None:
    stratum = [_looked([1_000] * 8, {0: 100, 1: -60}, [0, 1, 2, 3])]
    told = stratified_projection(stratum, Fraction(9, 10))
    assert (told.projected_over, told.projected_under) == (200, 120)
    assert (told.found_over, told.found_under) == (100, 60)


@pytest.mark.parametrize("percent", [80, 90, 95])
@pytest.mark.parametrize(("rate", "taint"), [(0.02, 1.0), (0.15, 0.4), (0.4, 0.7)])
def test_a_limit_of_strata_holds_about_as_often_as_it_says(
    percent: int, rate: float, taint: float
) -> None:
    """Made-up books of bills, drawn from again and again: the true error is seldom above."""
    chance = np.random.default_rng(20_251_123)
    amounts = np.exp(chance.normal(11.9, 1.25, 1_200)).astype(np.int64)
    bands = np.digitize(amounts, [100_000, 1_000_000])
    wrong = np.where(chance.random(1_200) < rate, amounts * chance.beta(8 * taint, 2, 1_200), 0)
    wrong = wrong.astype(np.int64)
    sizes, tries, held = (15, 70, 25), 200, 0
    whole = [np.flatnonzero(bands == band) for band in range(3)]
    for _ in range(tries):
        strata = []
        for places, size in zip(whole, sizes, strict=True):
            taken = chance.choice(places, min(size, len(places)), replace=False)
            items = [Audited(int(amounts[at]), int(amounts[at] - wrong[at])) for at in taken]
            strata.append(Stratum([int(fen) for fen in amounts[places]], items))
        told = stratified_projection(strata, Fraction(percent, 100))
        assert told.upper_limit is not None
        assert told.projected_over <= told.upper_limit
        held += int(wrong.sum()) <= told.upper_limit
    assert held >= (percent - 6) * tries // 100
