"""Which places to offer as a next step: those just below the chosen one."""

from collections.abc import Callable, Iterable, Mapping

#: Lengths of division codes: province, prefecture, county, township, village.
LEVELS = (2, 4, 6, 9, 12)
#: The fields with one value per document that are counted.
FACETS = ("kind", "category", "status")


def places_below(
    chosen: str, codes: Iterable[str], count: Callable[[str], int]
) -> Mapping[str, int]:
    """Count the hits of the places below `chosen`, at the first level where they part.

    A level with a single place tells nothing and is passed over, unless it is the last.
    """
    below = [code for code in codes if code.startswith(chosen) and len(code) > len(chosen)]
    counts: dict[str, int] = {}
    for level in LEVELS:
        here = {code: n for code in below if len(code) == level and (n := count(code))}
        counts = here or counts
        if len(counts) > 1:
            break
    return counts
