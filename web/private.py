"""Headers of a page that only its secret opens: kept by nobody, found by no search engine."""

from __future__ import annotations

#: Stored nowhere, named to no other site, indexed by none.
PRIVATE = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
