"""What people typed, before it is stored: trimmed, free of control characters, not too long.

PostgreSQL refuses the zero character and too long a text by an error, SQLite keeps both; so the
question is answered here, the same for both.
"""

from __future__ import annotations

import unicodedata

from charity.errors import CommonReason, Invalid

#: Characters of one line in a form, unless a field says otherwise.
LINE = 200
#: Characters of a longer text: an introduction, a note.
PROSE = 5000


def line(text: str, *, field: str, limit: int = LINE, required: bool = True) -> str:
    """One line: runs of white space become one blank.

    Raises `Invalid` on `field` with REQUIRED or TOO_LONG (parameter `limit`, in characters).
    """
    return _bounded(" ".join(_printable(text, "").split()), field, limit, required)


def prose(text: str, *, field: str, limit: int = PROSE, required: bool = False) -> str:
    """Several lines, their breaks kept as `\\n`; raises `Invalid` like `line`."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _bounded(_printable(unified, "\n").strip(), field, limit, required)


def _printable(text: str, keep: str) -> str:
    """Control characters become blanks; halves of surrogate pairs go, no database stores them."""
    return "".join(
        " " if unicodedata.category(c) == "Cc" and c not in keep else c
        for c in text
        if c in keep or unicodedata.category(c) != "Cs"
    )


def _bounded(text: str, field: str, limit: int, required: bool) -> str:
    if required and not text:
        raise Invalid(CommonReason.REQUIRED, field=field)
    if len(text) > limit:
        raise Invalid(CommonReason.TOO_LONG, field=field, limit=limit)
    return text
