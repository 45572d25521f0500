"""Reading registrars' lists of organisations: bytes in, rows and flaws out; no database."""

from charity.registry.reading.places import Places
from charity.registry.reading.rows import Flaw, Listed, ReadRow, RegisterList, read_list
from charity.registry.reading.totals import PARTS, TOTAL, differing

__all__ = [
    "PARTS",
    "TOTAL",
    "Flaw",
    "Listed",
    "Places",
    "ReadRow",
    "RegisterList",
    "differing",
    "read_list",
]
