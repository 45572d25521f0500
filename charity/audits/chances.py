"""Chances, exactly: binomial, hypergeometric and Poisson, in whole numbers where a limit decides.

Rates are fractions, so that a sample size never hangs on how a binary number was rounded.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

#: The largest sample that is worked out; beyond it one checks everything.
MOST = 20_000


def binomial_at_most(errors: int, size: int, rate: Fraction) -> Fraction:
    """The chance of at most so many errors in a sample, each item wrong at this rate."""
    wrong, right, whole = rate.numerator, rate.denominator - rate.numerator, rate.denominator
    if errors >= size:
        return Fraction(1)
    # each term follows from the one before it; the division leaves no rest
    term = right**size
    total = term
    for found in range(1, errors + 1):
        if right == 0:
            return Fraction(0)
        term = term * (size - found + 1) * wrong // (found * right)
        total += term
    return Fraction(total, whole**size)


def hypergeometric_at_most(errors: int, size: int, population: int, wrong: int) -> Fraction:
    """The chance of at most so many errors where `wrong` of the population are wrong."""
    most = min(errors, size, wrong)
    ways = sum(
        math.comb(wrong, found) * math.comb(population - wrong, size - found)
        for found in range(most + 1)
    )
    return Fraction(ways, math.comb(population, size))


def binomial_at_least(found: int, size: int, rate: float) -> float:
    """About the chance of so many or more; for asking, never for a sample's size."""
    if found <= 0:
        return 1.0
    if rate <= 0 or found > size:
        return 0.0
    if rate >= 1:
        return 1.0
    whole, log, miss = math.lgamma(size + 1), math.log(rate), math.log1p(-rate)
    terms = (
        whole - math.lgamma(k + 1) - math.lgamma(size - k + 1) + k * log + (size - k) * miss
        for k in range(found, size + 1)
    )
    return min(1.0, math.fsum(map(math.exp, terms)))


@lru_cache(maxsize=256)
def poisson_factor(errors: int, confidence: Fraction) -> int:
    """The mean, in hundredths, at which at most so many errors have a chance of 1 - confidence.

    300 for none and 474 for one at 95 %: rounded to the hundredth, as tables print it.
    """
    risk = float(1 - confidence)
    low, high = 0.0, 10.0 + 3.0 * errors
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _poisson_at_most(errors, middle) > risk else (low, middle)
    return round((low + high) * 50)


def _poisson_at_most(errors: int, mean: float) -> float:
    if mean == 0:
        return 1.0
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(errors + 1))
    return math.fsum(map(math.exp, logs))
