"""What tells one giver from another without saying who: a keyed hash of a contact or an account.

The rules of matching pools count per giver and day. The key is of use only inside this
installation, and deleting it forgets the giver.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

_LEAST = 5


def giver_key(contact: str, secret: bytes, *, person_id: int | None = None) -> str | None:
    """64 hex digits for the giver with this contact or, signed in, this person; None for neither.

    A contact is compared folded: half-width, lower case, and of a telephone number only its digits
    without the country's 86, so that the same giver is the same under every way of writing. Raises
    `ValueError` for a secret under 16 bytes.
    """
    if len(secret) < 16:
        raise ValueError("the secret of giver keys has at least 16 bytes")
    who = f"person:{person_id}" if person_id is not None else _folded(contact)
    if who is None:
        return None
    return hmac.new(secret, b"wushe giver\0" + who.encode(), hashlib.sha256).hexdigest()


def _folded(contact: str) -> str | None:
    text = "".join(unicodedata.normalize("NFKC", contact).split()).lower()
    if "@" in text:
        return f"mail:{text}"
    digits = "".join(each for each in text if each.isdecimal() and each.isascii())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return f"phone:{digits}" if len(digits) >= _LEAST else None
