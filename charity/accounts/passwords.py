"""Passwords: how they are kept, and which are too easy.

argon2id at OWASP's minimum cost. One hash takes about a tenth of a second and 19 MiB, so at most
two run at once in a process: a flood of sign-ins waits instead of eating the machine.

What a guesser tries early is recognised by form: runs along the keyboard or the alphabet, repeats,
figures alone (telephone numbers, birthdays, 520 and 1314), and a list of our own of words that stay
easy whatever figures and signs are put around them.
"""

from __future__ import annotations

import csv
import re
import threading
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from charity.accounts.reasons import AccountsReason
from charity.errors import Invalid

#: Characters of a password.
SHORTEST, LONGEST = 10, 128

#: Hash of a random text nobody kept, made at today's cost.
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$bPfiJUH64T1GL1prD09uzA$"
    "ECANhFsdpjUKp+V40Z8CKTCo0Amd6gg+8OAc/0kYjKU"
)

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_at_once = threading.BoundedSemaphore(2)

_DATA = Path(__file__).parent / "data"
#: Words that stay easy whatever figures and signs are put around them, one a row.
_STEMS = _DATA / "common_words.csv"

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
)


def check(password: str, *, login_name: str = "", field: str = "password") -> str:
    """The password as it is hashed (NFC), if it may be used.

    Raises `Invalid` on `field`: PASSWORD_SHORT and PASSWORD_LONG (parameter `limit`),
    PASSWORD_COMMON for one that is listed, patterned, all digits, or the login name.
    """
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise Invalid(AccountsReason.PASSWORD_SHORT, field=field, limit=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid(AccountsReason.PASSWORD_LONG, field=field, limit=LONGEST)
    if is_common(password) or password.casefold() == login_name.casefold():
        raise Invalid(AccountsReason.PASSWORD_COMMON, field=field)
    return password


def is_common(password: str) -> bool:
    """Whether a guesser tries it early, whatever its length."""
    folded = password.casefold()
    if re.fullmatch(r"(.{1,4}?)\1+.{0,3}", folded, re.DOTALL):
        return True
    letters = re.sub(r"[\W\d_]+", "", folded)
    if not letters:
        return True
    if re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded) in _stems() or letters in _stems():
        return True
    return any(folded in row or folded in row[::-1] for row in _ROWS)


def hash(password: str) -> str:
    """The argon2id hash to keep; waits while two others are at work in this process."""
    with _at_once:
        return _hasher.hash(_as_bytes(password))


def verify(hashed: str, password: str) -> bool:
    """Whether the password belongs to the hash; an overlong one never does and costs no more."""
    if len(password) > LONGEST:
        password = ""
    with _at_once:
        try:
            return _hasher.verify(hashed, _as_bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def verify_nobody(password: str) -> None:
    """Spend the time of a verification where there is no account, so that both answer alike."""
    verify(NOBODY, password)


def needs_rehash(hashed: str) -> bool:
    """Whether a hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(hashed)


def _as_bytes(password: str) -> bytes:
    """One spelling for each text; whatever a browser sends has bytes."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _stems() -> frozenset[str]:
    with _STEMS.open(encoding="utf-8", newline="") as lines:
        return frozenset(row[0] for row in csv.reader(lines))
