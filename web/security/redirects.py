"""Where a person may be sent back to: only a path of this site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: A path of our own: one slash, then what addresses are made of; no second slash, no backslash.
_PATH = re.compile(r"/(?![/\\])[\w\-./~%!$&'()*+,;=:@?\[\]{}|]*", re.ASCII)


def safe_next(target: str | None, default: str) -> str:
    """The target if it is a relative path of this site, else the default (RELIABILITY S8)."""
    if not target or len(target) > 2000 or _PATH.fullmatch(target) is None:
        return default
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or re.search(r"%(0|1|2f|5c|7f)", target[:12], re.IGNORECASE):
        return default
    return target
