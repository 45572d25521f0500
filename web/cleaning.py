"""Typed text as it is kept: without characters nobody sees."""

from __future__ import annotations

import re

#: Controls (PostgreSQL refuses NUL, and lone halves of a pair), and the marks that turn the
#: direction of reading, by which one name can pose as another.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile("[\t\r\n\u2028\u2029]+")


def clean_text(value: str | None) -> str | None:
    """What was typed, without unseen characters and the blanks around it."""
    return _UNSEEN.sub("", value).strip() if isinstance(value, str) else value


def clean_line(value: str | None) -> str | None:
    """The same for a text of one line, where a line break is a blank."""
    return clean_text(_BREAKS.sub(" ", value) if isinstance(value, str) else value)
