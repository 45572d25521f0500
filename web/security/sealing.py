"""Sealing: what lies encrypted in the database can be read by this installation alone.

The keys are derived from the site's secret (HKDF-SHA256). Whoever changes that secret makes every
second factor useless; `wushe users reset-factor` lets people set up another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from charity.accounts.factor import Sealer
from web.ports import settings

#: Bytes of a derived key.
_KEY = 32


class SiteSealer:
    """Seals with Fernet (AES-128-CBC and HMAC-SHA256), under keys of this purpose alone."""

    def __init__(self, secret: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"wushe second factor")))
        self._mark = _derive(secret, b"wushe recovery codes")

    def seal(self, secret: bytes) -> bytes:
        """The secret as it is stored."""
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """The secret again; raises `ValueError` where another installation sealed it."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise ValueError("sealed with another secret") from None

    def fingerprint(self, text: str) -> bytes:
        """A keyed hash of a code that nobody needs to read again."""
        return hmac.new(self._mark, text.encode(), hashlib.sha256).digest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=purpose).derive(secret)


@cache
def sealer_of(secret: bytes) -> Sealer:
    """The sealer of an installation with this secret."""
    return SiteSealer(secret)


def sealer() -> Sealer:
    """The sealer of this installation."""
    return sealer_of(settings().secret)
