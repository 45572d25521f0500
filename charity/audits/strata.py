"""What a sample drawn by strata says of the whole: each stratum speaks for itself, then the sum.

The projected error is the mean error of each stratum's items times how many there are: whatever
errors look like, it is right on average. Its upper limit takes one of two ways. Where many errors
were seen, the standard errors of the strata are put together, with what a small stratum leaves
unseen, Student's t by the degrees of freedom they have together, and a correction for errors that
lean to one side (as those of bills do). Where few were seen, spread says nothing, and the limit
counts: no more was missed than chance would have hidden, in the largest vouchers, as for units of
money. All sums are fen; no item is taken to be too high by more than it is.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

from charity.audits import chances
from charity.audits.evaluating import Audited, Projection

#: Errors from which on their spread says something; below, they are counted.
MANY = 10


@dataclass(frozen=True, slots=True)
class Stratum:
    """All amounts of one stratum of the frame, and the items of it that were looked at."""

    amounts: Sequence[int]
    items: Sequence[Audited]

    @property
    def times(self) -> Fraction:
        """How many of the frame each item speaks for."""
        return Fraction(len(self.amounts), len(self.items))

    @property
    def is_whole(self) -> bool:
        """Whether everything in it was looked at: then nothing is projected."""
        return len(self.items) >= len(self.amounts)

    @property
    def over(self) -> list[int]:
        """By how much each item is too high; 0 where it is not."""
        return [max(0, item.error) for item in self.items]


def stratified_projection(strata: Sequence[Stratum], confidence: Fraction) -> Projection:
    """Projected errors and the upper limit of what is too high, at that confidence.

    Raises `ValueError` for a stratum of which nothing was looked at.
    """
    strata = [each for each in strata if each.amounts]
    if any(not each.items for each in strata):
        raise ValueError("of every stratum something is looked at")
    over = sum((sum(each.over) * each.times for each in strata), Fraction(0))
    under = sum(
        (-sum(min(0, item.error) for item in each.items) * each.times for each in strata),
        Fraction(0),
    )
    open_ = [each for each in strata if not each.is_whole]
    seen = sum(error > 0 for each in open_ for error in each.over)
    by_spread = seen >= MANY and all(len(each.items) > 1 for each in open_)
    if not open_:
        limit = float(over)
    elif by_spread:
        limit = float(over) + _spread(open_, confidence)
    else:
        known = sum(sum(each.over) for each in strata if each.is_whole)
        limit = known + _counted(open_, confidence)
    return Projection(
        found_over=sum(sum(each.over) for each in strata),
        found_under=-sum(min(0, item.error) for each in strata for item in each.items),
        projected_over=math.ceil(over),
        projected_under=math.ceil(under),
        upper_limit=max(math.ceil(limit), math.ceil(over)),
        limit_by="spread" if by_spread else "count",
    )


def _spread(strata: Sequence[Stratum], confidence: Fraction) -> float:
    """What is added to the projected error: t times the standard error, and for leaning more."""
    variance = freedom = third = 0.0
    for each in strata:
        whole, size = float(len(each.amounts)), float(len(each.items))
        share, mean = size / whole, sum(each.over) / size
        apart = [error - mean for error in each.over]
        part = whole**2 * (1 - share) * sum(one**2 for one in apart) / (size - 1) / size
        variance += part
        freedom += part**2 / (size - 1)
        if size > 2:
            leaning = sum(one**3 for one in apart) * size / ((size - 1) * (size - 2))
            third += whole**3 * (1 - share) * (1 - 2 * share) * leaning / size**2
    if not variance:
        return 0.0
    t = student(float(confidence), variance**2 / freedom)
    lean = max(0.0, third / variance**1.5)
    more: float = math.sqrt(variance) * (t + lean * (2 * t * t + 1) / 6)
    return more


def _counted(strata: Sequence[Stratum], confidence: Fraction) -> float:
    """Poisson's factor spent on the largest vouchers, and a step more for each error seen.

    That k wrong items of a stratum all stay unseen has a chance of at most exp(-k n / N): so many
    may be wrong, each as large as it is, as the factor for no error pays for.
    """
    dearest = heapq.merge(*map(_by_worth, strata), key=lambda one: -one[1] / one[0])
    left, limit = Fraction(chances.poisson_factor(0, confidence), 100), Fraction(0)
    for cost, fen in dearest:
        if cost >= left:
            limit += fen * left / cost
            break
        left -= cost
        limit += fen
    found: list[Fraction] = [
        error * each.times for each in strata for error in each.over if error > 0
    ]
    found.sort(reverse=True)
    for number, error in enumerate(found, start=1):
        more = chances.poisson_factor(number, confidence)
        limit += Fraction(more - chances.poisson_factor(number - 1, confidence), 100) * error
    most = sum(fen for each in strata for fen in each.amounts if fen > 0)
    return min(float(limit), float(most))


def _by_worth(stratum: Stratum) -> list[tuple[Fraction, int]]:
    """The amounts of a stratum, the largest first, each with what hiding it costs."""
    cost = 1 / stratum.times
    return [(cost, fen) for fen in sorted(stratum.amounts, reverse=True) if fen > 0]


def student(confidence: float, freedom: float) -> float:
    """The one-sided quantile of Student's t; degrees of freedom are rounded down, at least 1."""
    whole = max(1, math.floor(freedom + 1e-9))
    if whole == 1:
        return math.tan(math.pi * (confidence - 0.5))
    if whole == 2:
        chance = 2 * confidence - 1
        return chance * math.sqrt(2 / (1 - chance * chance))
    z = NormalDist().inv_cdf(confidence)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return math.fsum(term / float(whole) ** power for power, term in enumerate(terms))
