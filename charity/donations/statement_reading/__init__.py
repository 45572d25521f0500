"""Reading statements of banks and platforms: bytes in, rows and problems out; no database."""

from charity.donations.statement_reading.reading import Reading, ReadRow, Verdict
from charity.donations.statement_reading.words import (
    FIELDS,
    WORDS,
    Delivered,
    delivered,
    kind_of,
)
from charity.sheets import place, rows

__all__ = [
    "FIELDS",
    "WORDS",
    "Delivered",
    "ReadRow",
    "Reading",
    "Verdict",
    "delivered",
    "kind_of",
    "place",
    "rows",
]
