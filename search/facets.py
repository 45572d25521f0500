"""Which places to offer as a next step: those just below the chosen one."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

#: Lengths of division codes: province, prefecture, county, township, village.
LEVELS = (2, 4, 6, 9, 12)
#: The fields with one value per document that are counted.
FACETS = ("kind", "category", "status", "wants")


def within(place: str, codes: Sequence[str]) -> Sequence[str]:
    """Of sorted codes, those of the places that lie in `place`; all when it is ''."""
    # The colon follows the digit 9.
    return codes[bisect_left(codes, place) : bisect_left(codes, f"{place}:")]


def places_below(
    chosen: str, codes: Callable[[int], Iterable[str]], count: Callable[[str], int]
) -> dict[str, int]:
    """Count the hits of the places below `chosen`, at the first level where they part.

    `codes` tells the codes of one level below the chosen place, `count` the hits in a place. A
    level with a single place tells nothing and is passed over, unless it is the last.
    """
    counts: dict[str, int] = {}
    for level in LEVELS:
        if level <= len(chosen):
            continue
        counts = {code: hits for code in codes(level) if (hits := count(code))} or counts
        if len(counts) > 1:
            break
    return counts
