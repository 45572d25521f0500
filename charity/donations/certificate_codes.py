"""The short code of a certificate and the digest of what it says, for anybody to check.

A code is read aloud and typed from paper: twelve characters of figures and capitals, none of which
looks like another.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from charity.money import Money

#: No 0 and O, no 1, I and L, no U that is heard as a word.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_GROUP = 4
_HALF_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}


def new_code() -> str:
    """A code nobody can guess: 58 bits by the machine's own source of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spaced(code: str) -> str:
    """The code in groups of four, as it is printed: `AB23-CD45-EF67`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def normalise(text: str) -> str | None:
    """The code somebody typed, in any case, width and grouping; None where it can be none."""
    half = text.translate(_HALF_WIDTH).upper()
    code = "".join(half.replace("-", "").split())
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        return None
    return code


def digest(
    code: str, *, amount: Money, arrived_on: date, campaign_id: int, entry_digest: bytes
) -> bytes:
    """SHA-256 of what a certificate says about money; no name goes in, so a name can go away.

    `arrived_on` is the day in China the book has, `entry_digest` the digest of its entry, which the
    chain of the book holds fast.
    """
    said = [
        "wushe certificate 1",
        code,
        str(amount.fen),
        arrived_on.isoformat(),
        str(campaign_id),
        entry_digest.hex(),
    ]
    return hashlib.sha256("\n".join(said).encode("ascii")).digest()
