"""What a sample says of the whole: errors, the projected error and its upper limit.

Sums are fen, rates millionths (ppm); limits are rounded up, so that none is flattered by rounding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from charity.audits import chances

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something is wrong: in the sample, and at most in the whole."""

    size: int
    errors: int
    #: Share of errors in the sample, and the highest rate that fits it at that confidence.
    projected_ppm: int
    upper_ppm: int


def rate_of(errors: int, size: int, confidence: Fraction, population: int | None = None) -> Rate:
    """The rate of errors; with `population`, of a small frame, drawn without putting back.

    Raises `ValueError` for an empty sample, and for more errors than items.
    """
    if not 0 <= errors <= size or not size:
        raise ValueError("errors are found among the items of a sample")
    projected = round(Fraction(errors * _MILLION, size))
    if population is not None:
        upper = _most_wrong(errors, size, population, confidence)
        return Rate(size, errors, projected, math.ceil(Fraction(upper * _MILLION, population)))
    low, high = projected, _MILLION
    while high - low > 1:
        middle = (low + high) // 2
        if chances.binomial_at_most(errors, size, Fraction(middle, _MILLION)) > 1 - confidence:
            low = middle
        else:
            high = middle
    return Rate(size, errors, projected, high)


def _most_wrong(errors: int, size: int, population: int, confidence: Fraction) -> int:
    """The largest number of wrong items in a frame that would still show so few."""
    low, high = errors, population - (size - errors)
    while low < high:
        middle = (low + high + 1) // 2
        few = chances.hypergeometric_at_most(errors, size, population, middle)
        if few > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Audited:
    """One item of a sample: what the book says and what it should say, in fen."""

    book: int
    audited: int
    is_certainty: bool = False

    @property
    def error(self) -> int:
        """How much too high the book is; below zero where it is too low."""
        return self.book - self.audited


@dataclass(frozen=True, slots=True)
class Projection:
    """Sums projected from a sample, in fen; overstated and understated never cancel out."""

    found_over: int
    found_under: int
    projected_over: int
    projected_under: int
    #: The most by which the book is too high, at that confidence; None where none can be said.
    upper_limit: int | None
    #: By what a limit of strata was taken: `spread` of many errors, or `count` of few.
    limit_by: str = ""


def mus_projection(
    items: Sequence[Audited], interval: Fraction, confidence: Fraction
) -> Projection:
    """What a sample of monetary units says: taints by the interval, certainties as they are.

    The upper limit is the interval by the factor for no error, and for each taint, the largest
    first, by how much the next factor is more. Raises `ValueError` for a drawn item without amount.
    """
    if any(item.book <= 0 for item in items):
        raise ValueError("no unit lies in an amount of nothing")
    known = [item.error for item in items if item.is_certainty]
    taints = [Fraction(item.error, item.book) for item in items if not item.is_certainty]
    over = sorted((taint for taint in taints if taint > 0), reverse=True)
    under = [-taint for taint in taints if taint < 0]
    known_over, known_under = (
        sum(error for error in known if error > 0),
        -sum(error for error in known if error < 0),
    )
    base = chances.poisson_factor(0, confidence)
    limit = Fraction(base, 100) * interval
    for number, taint in enumerate(over, start=1):
        step = chances.poisson_factor(number, confidence) - chances.poisson_factor(
            number - 1, confidence
        )
        limit += Fraction(step, 100) * taint * interval
    return Projection(
        found_over=sum(item.error for item in items if item.error > 0),
        found_under=-sum(item.error for item in items if item.error < 0),
        projected_over=math.ceil(sum(over) * interval + known_over),
        projected_under=math.ceil(sum(under) * interval + known_under),
        upper_limit=math.ceil(limit + known_over),
    )


def ratio_projection(items: Sequence[Audited], book_value: int) -> Projection:
    """What a sample of items says: errors in proportion to the sums that were looked at.

    No upper limit: here the rate of errors has one, the sums of strata and of units of money too.
    """
    over = sum(item.error for item in items if item.error > 0)
    under = -sum(item.error for item in items if item.error < 0)
    seen = sum(item.book for item in items)
    times = Fraction(book_value, seen) if seen > 0 else Fraction(0)
    return Projection(over, under, math.ceil(over * times), math.ceil(under * times), None)
