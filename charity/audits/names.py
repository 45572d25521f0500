"""Names as they are compared: half-width, without blanks."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """A name in the form in which two ways of writing it are one."""
    return "".join(unicodedata.normalize("NFKC", name).split())
