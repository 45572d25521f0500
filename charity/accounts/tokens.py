"""Secrets of sign-in sessions: the browser keeps the token, the table its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

#: How long a sign-in lasts at most: for holders of a role, and for everybody else (S3).
WITH_ROLE, WITHOUT_ROLE = timedelta(hours=12), timedelta(days=30)

#: Longest text looked at; what is longer was not made here.
_LONGEST = 100


def new() -> str:
    """A token of 256 random bits, safe in a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What the table keeps; the token has enough randomness for a plain hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def is_plausible(token: str) -> bool:
    """Whether a text could be a token at all."""
    return 0 < len(token) <= _LONGEST


def still_valid(
    created_at: datetime, expires_at: datetime, *, has_role: bool, at: datetime
) -> bool:
    """Whether a session lasts at that instant; a role gained meanwhile shortens it."""
    return at < expires_at and (not has_role or at < created_at + WITH_ROLE)
