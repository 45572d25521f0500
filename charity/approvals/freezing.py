"""The one form in which what people agreed to is frozen.

JSON with sorted keys and no spaces, only integers and texts, UTF-8, under SHA-256. The subject is
part of it, so agreement to one thing is never agreement to another with the same content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

VERSION = 1


def frozen_hash(subject: str, content: Mapping[str, str | int]) -> bytes:
    """Digest (32 bytes) of a thing and everything people are asked to agree to about it."""
    form = {"v": VERSION, "subject": subject, "content": dict(content)}
    encoded = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(encoded.encode()).digest()
