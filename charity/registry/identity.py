"""The number of an identity document and the keyed hash under which a person is known.

The number itself is never stored: whoever holds the table cannot get it back by trying all
numbers without the installation's secret.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import unicodedata
from datetime import date

from charity.errors import Invalid
from charity.registry.reasons import RegistryReason

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def normalise(text: str) -> str:
    """The number as it is compared: half-width, upper case, letters and digits only.

    Raises `Invalid` on `identity`: IDENTITY_FORM outside 5 to 32 characters, IDENTITY_CHECK where
    a resident's number (18 characters, GB 11643) does not satisfy its check digit. Other
    documents (passports, permits) have none.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    number = "".join(c for c in folded if c.isascii() and c.isalnum())
    if not 5 <= len(number) <= 32 or any(c.isalnum() and not c.isascii() for c in folded):
        raise Invalid(RegistryReason.IDENTITY_FORM, field="identity")
    if len(number) == 18 and number[:17].isdigit() and _check_digit(number) != number[17]:
        raise Invalid(RegistryReason.IDENTITY_CHECK, field="identity")
    return number


class ContactKind(enum.StrEnum):
    """Marks by which two people or firms are found to be one, besides an identity."""

    PHONE = "phone"
    ADDRESS = "address"
    ACCOUNT = "account"


def keyed_contact(kind: ContactKind, text: str, secret: bytes) -> bytes | None:
    """The keyed hash of a telephone, an address or a bank account; None for nothing.

    Telephones and accounts are compared by their figures (a leading 86 aside), addresses by their
    letters and figures. Raises `ValueError` for a secret under 16 bytes.
    """
    if len(secret) < 16:
        raise ValueError("the secret of identity hashes has at least 16 bytes")
    folded = unicodedata.normalize("NFKC", text).upper()
    if kind is ContactKind.ADDRESS:
        mark = "".join(sign for sign in folded if sign.isalnum())
    else:
        mark = "".join(sign for sign in folded if sign.isascii() and sign.isdigit())
    if kind is ContactKind.PHONE and len(mark) == 13 and mark.startswith("86"):
        mark = mark[2:]
    if not mark:
        return None
    return hmac.digest(secret, f"wushe person {kind.value}\0{mark}".encode(), hashlib.sha256)


def birthday(number: str) -> date | None:
    """The day of birth a resident's number tells; None for other documents and for no day."""
    if len(number) != 18 or not number[:17].isdigit():
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def keyed_hash(number: str, secret: bytes) -> bytes:
    """The 32 bytes that stand for the number; raises `ValueError` for a secret under 16 bytes."""
    if len(secret) < 16:
        raise ValueError("the secret of identity hashes has at least 16 bytes")
    return hmac.digest(secret, b"wushe person identity\0" + number.encode(), hashlib.sha256)


def _check_digit(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK[total % 11]
