"""Samples of a book: how large, which items, and what they say of the whole (HANDBOOK 3.3).

Every draw follows from its frame, its seed and its method, so that anybody repeats it: chance comes
from SHA-256 of `seed\\nlabel\\nid`, as in the draw of targets. Statistical words are for samples
drawn by chance only; what was picked by risk is reported apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from charity.audits import chances
from charity.audits.draw import in_order, sha256

#: Labels under which chance is taken from a seed.
_SAMPLE, _START = "sample", "start"
#: A frame beyond this is judged by the binomial distribution.
LARGE = 5_000


# ── how many ─────────────────────────────────────────────────────────────────────────────────────


def attribute_size(confidence: Fraction, tolerable: Fraction, *, errors: int = 0) -> int:
    """The smallest sample that speaks for a rate below `tolerable` with so many errors in it.

    Binomial, for large frames: P(X <= errors | n, tolerable) <= 1 - confidence. Raises `ValueError`
    for rates that are none, and where nearly everything would have to be looked at.
    """
    _require_rates(confidence, tolerable)
    risk = 1 - confidence
    low, high = errors, 1
    while chances.binomial_at_most(errors, high, tolerable) > risk:
        low, high = high, high * 2
        if high > chances.MOST:
            raise ValueError("a rate so small asks for everything")
    while high - low > 1:
        middle = (low + high) // 2
        if chances.binomial_at_most(errors, middle, tolerable) > risk:
            low = middle
        else:
            high = middle
    return high


def attribute_size_at_rate(confidence: Fraction, tolerable: Fraction, expected: Fraction) -> int:
    """The smallest sample where the errors expected in it, rounded up, are still tolerable.

    Raises `ValueError` where the expected rate is not below the tolerable one.
    """
    _require_rates(confidence, tolerable)
    if not 0 <= expected < tolerable:
        raise ValueError("what is expected is below what is tolerable")
    if not expected:
        return attribute_size(confidence, tolerable)
    errors = 1
    while True:
        # so many errors are expected in samples from the first of these sizes to the last
        first, last = math.floor((errors - 1) / expected) + 1, math.floor(errors / expected)
        size = max(first, attribute_size(confidence, tolerable, errors=errors))
        if size <= last:
            return size
        errors += 1


def frame_size(confidence: Fraction, tolerable: Fraction, population: int, errors: int = 0) -> int:
    """The same for a small frame, drawn without putting back (hypergeometric).

    At most the whole frame; a large one is judged as if it had no end, which asks for no less.
    Raises `ValueError` for rates that are none or a negative frame.
    """
    _require_rates(confidence, tolerable)
    if population < 0:
        raise ValueError("a frame is not negative")
    if population > LARGE:
        return min(population, attribute_size(confidence, tolerable, errors=errors))
    wrong = math.ceil(population * tolerable)
    if errors >= wrong:
        return population
    low, high = 0, population
    while high - low > 1:
        middle = (low + high) // 2
        few = chances.hypergeometric_at_most(errors, middle, population, wrong)
        if few > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def mus_size(book_value: int, tolerable: int, confidence: Fraction, *, errors: int = 0) -> int:
    """How many items a sample of monetary units has: book value by factor through tolerable error.

    Amounts in fen. Raises `ValueError` unless both are above zero.
    """
    if book_value <= 0 or tolerable <= 0:
        raise ValueError("book value and tolerable error are above zero")
    factor = chances.poisson_factor(errors, confidence)
    return -(-book_value * factor // (100 * tolerable))


def allocation(
    strata: Mapping[str, int], size: int, spreads: Mapping[str, int] | None = None
) -> dict[str, int]:
    """How many of each stratum, by its number or (Neyman) by number and spread of its amounts.

    Every stratum that has anything gives at least one and at most all it has; the rest by largest
    remainder, ties by name. Raises `ValueError` where there are more strata than the sample has.
    """
    names = sorted(name for name, count in strata.items() if count > 0)
    size = min(size, sum(strata[name] for name in names))
    if size < len(names):
        raise ValueError("a sample has at least one of each stratum")
    weights = {name: strata[name] * (spreads.get(name, 0) if spreads else 1) for name in names}
    given = dict.fromkeys(names, 1)
    while (left := size - sum(given.values())) > 0:
        open_ = [name for name in names if given[name] < strata[name]]
        _share_out(given, strata, {name: weights[name] for name in open_}, left, size)
    return given


def _share_out(
    given: dict[str, int],
    strata: Mapping[str, int],
    weights: Mapping[str, int],
    left: int,
    size: int,
) -> None:
    """Give what is left towards each one's due; what one cannot take goes round again."""
    whole = sum(weights.values()) or len(weights)
    due = {
        name: Fraction(size * (weight if sum(weights.values()) else 1), whole)
        for name, weight in weights.items()
    }
    missing = {name: max(Fraction(0), due[name] - given[name]) for name in due}
    wanted = sum(missing.values())
    shares = {
        name: missing[name] * left / wanted if wanted else Fraction(left, len(due)) for name in due
    }
    before = left
    for name, share in shares.items():
        more = min(int(share), strata[name] - given[name])
        given[name] += more
        left -= more
    for name in sorted(shares, key=lambda name: (int(shares[name]) - shares[name], name)):
        if left and given[name] < strata[name] and (shares[name] % 1 or left == before):
            given[name] += 1
            left -= 1


def _require_rates(confidence: Fraction, tolerable: Fraction) -> None:
    if not 0 < confidence < 1 or not 0 < tolerable < 1:
        raise ValueError("confidence and rates lie between nothing and everything")


# ── which ────────────────────────────────────────────────────────────────────────────────────────


def simple_random(ids: Sequence[str], size: int, seed: str, label: str = _SAMPLE) -> list[int]:
    """The places of the first `size` in the draw's order, as they stand in the frame.

    All of a frame that is smaller. Raises `ValueError` for an id that stands twice.
    """
    place = {id_: at for at, id_ in enumerate(ids)}
    if len(place) < len(ids):
        raise ValueError("an item stands in a frame once")
    return sorted(place[id_] for id_ in in_order(seed, label, ids)[:size])


def stratified(
    ids: Sequence[str], strata: Sequence[str], sizes: Mapping[str, int], seed: str
) -> list[int]:
    """The first so many of each stratum by rank under its own label, in the frame's order."""
    members: dict[str, list[int]] = {}
    for place, stratum in enumerate(strata):
        members.setdefault(stratum, []).append(place)
    chosen: list[int] = []
    for stratum, places in members.items():
        of_it = [ids[place] for place in places]
        label = f"{_SAMPLE}:{stratum}"
        chosen += [places[at] for at in simple_random(of_it, sizes.get(stratum, 0), seed, label)]
    return sorted(chosen)


def systematic(population: int, size: int, seed: str) -> list[int]:
    """Every k-th item from a start taken by chance; exactly `size` of them, spread evenly.

    The interval may be no whole number: item i is the one that `start + i * population` units
    reach, of which every item has `size`.
    """
    if size >= population:
        return list(range(population))
    start = _start(seed, population)
    return [(start + number * population) // size for number in range(size)]


def _start(seed: str, below: int) -> int:
    """A number from 0 on, below a bound; 256 bits of chance leave no item ahead of another."""
    return int(sha256(f"{seed}\n{_START}\n"), 16) % below


@dataclass(frozen=True, slots=True)
class MusDraw:
    """A sample of monetary units, by places in the frame, and the interval in fen (a fraction)."""

    #: Looked at whatever the chance: as large as the interval, or larger.
    certainties: list[int]
    #: Hit by a unit taken by chance.
    drawn: list[int]
    #: Zero and negative amounts, which no unit reaches: they are looked at apart.
    unreachable: list[int]
    interval: Fraction
    book_value: int

    @property
    def interval_fen(self) -> int:
        """The interval in whole fen, rounded down."""
        return math.floor(self.interval)


def mus_draw(amounts: Sequence[int] | NDArray[np.int64], size: int, seed: str) -> MusDraw:
    """Take every interval-th fen of the positive amounts, from a start by chance.

    The interval is book value by size; an item as large is a certainty and takes no part in the
    counting. A million amounts take well below a second. Raises `ValueError` for no size or no
    positive amount.
    """
    fen = np.asarray(amounts, np.int64)
    value = int(fen[fen > 0].sum())
    if size < 1 or value <= 0:
        raise ValueError("there is nothing to draw from")
    interval = Fraction(value, size)
    large = fen >= math.ceil(interval)
    rest = np.where((fen > 0) & ~large, fen, 0)
    ends = np.cumsum(rest)
    start = _start(seed, value)
    # the i-th unit lies at (start + i * value) / size fen; floor divides it exactly
    count = -(-(int(ends[-1]) * size - start) // value)
    units = [(start + number * value) // size for number in range(max(0, count))]
    hit = np.searchsorted(ends, np.array(units, np.int64), side="right")
    return MusDraw(
        certainties=np.flatnonzero(large).tolist(),
        drawn=sorted(set(hit[hit < len(fen)].tolist())),
        unreachable=np.flatnonzero(fen <= 0).tolist(),
        interval=interval,
        book_value=value,
    )
