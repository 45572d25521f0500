"""Reading lists of needs and resources: bytes in, rows and flaws out; no database."""

from __future__ import annotations

from projects.listings.reading.columns import ListKind, template_heads
from projects.listings.reading.rows import (
    ListedNeed,
    ListedResource,
    ListingList,
    ListingRow,
    read_listings,
)

__all__ = [
    "ListKind",
    "ListedNeed",
    "ListedResource",
    "ListingList",
    "ListingRow",
    "read_listings",
    "template_heads",
]
