"""One-time codes of a second factor: time steps (TOTP, RFC 6238) and the codes on paper.

A step lasts 30 seconds. A code of the step before or after counts as well, because clocks of
telephones go wrong; a step counts once (RFC 6238 5.2).
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime
from typing import Protocol

import pyotp

#: Seconds of a time step, and by how many steps a telephone's clock may be wrong.
STEP_SECONDS, DRIFT = 30, 1
#: How many recovery codes a person gets, and the signs they are made of: none looks like another.
RECOVERY_CODES = 10
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_RECOVERY_LENGTH = 10


class Sealer(Protocol):
    """How secrets lie in the table: only this installation can read or make them."""

    def seal(self, secret: bytes) -> bytes:
        """The secret as it is stored."""

    def open(self, sealed: bytes) -> bytes:
        """The secret again; raises `ValueError` where another installation sealed it."""

    def fingerprint(self, text: str) -> bytes:
        """A keyed hash of a code that nobody needs to read again."""


def new_secret() -> str:
    """A secret of 160 random bits in base32, as every authenticator reads it."""
    return pyotp.random_base32()


def new_recovery_codes() -> list[str]:
    """Ten codes of 49 random bits, written in two groups."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def _recovery_code() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_RECOVERY_LENGTH))
    return f"{signs[:5]}-{signs[5:]}"


def tidy(code: str) -> str:
    """A code as it is compared: half-width, upper case, without blanks and hyphens."""
    folded = unicodedata.normalize("NFKC", code[:40]).upper()
    return "".join(sign for sign in folded if sign.isascii() and sign.isalnum())


def is_recovery(code: str) -> bool:
    """Whether a tidied code has the form of one on paper."""
    return len(code) == _RECOVERY_LENGTH


def step_at(at: datetime) -> int:
    """The time step of an instant."""
    return int(at.timestamp()) // STEP_SECONDS


def code_of(secret: str, step: int) -> str:
    """The six figures of a step."""
    return pyotp.TOTP(secret).generate_otp(step)


def step_of(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step a tidied code belongs to, later than the one taken last; None for a wrong code."""
    now = step_at(at)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and hmac.compare_digest(code_of(secret, step), code):
            return step
    return None


def address(secret: str, *, login_name: str, issuer: str) -> str:
    """The otpauth address that a QR code carries to the telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=login_name, issuer_name=issuer)
