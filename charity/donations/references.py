"""The payment reference a giver writes into a bank transfer, and finding it again in any remark.

`WS`, seven characters for the number of the payment and a check character, over Crockford's 32
signs, which have no I, L, O and U. The check is a sum over GF(32): every single wrong sign and
every two signs that changed places are noticed, so that a slip of the pen names no other gift.
"""

from __future__ import annotations

import re
import unicodedata

PREFIX = "WS"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Signs that carry the number, and the numbers there are.
SIGNS = 7
NUMBERS = 1 << (5 * SIGNS)
#: The length of a whole reference.
LENGTH = len(PREFIX) + SIGNS + 1

_MASK = NUMBERS - 1
#: Two odd factors that scatter neighbouring numbers, and how they are taken back.
_FACTORS = (0x4F1BBCDCB, 0x2545F4915)
_SHIFTS = (17, 18, 17)

_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
#: What people write for signs that look the same.
_FOLD = str.maketrans("OIL", "011")
#: 5 is often read for S in print.
_CANDIDATE = re.compile(rf"(?=W[S5]([0-9A-Z]{{{SIGNS + 1}}}))")


def reference(number: int) -> str:
    """The reference of the payment with this number; neighbours look nothing alike.

    Raises `ValueError` for a number outside 0 to `NUMBERS` - 1.
    """
    if not 0 <= number < NUMBERS:
        raise ValueError("a payment's number is not negative and below 2^35")
    scattered = _scatter(number)
    values = [(scattered >> (5 * place)) & 31 for place in reversed(range(SIGNS))]
    return PREFIX + "".join(ALPHABET[value] for value in (*values, _check(values)))


def number_of(text: str) -> int | None:
    """The number behind a reference as `reference` writes it; None where it is none."""
    if len(text) != LENGTH or not text.startswith(PREFIX):
        return None
    values = [_VALUES.get(sign, -1) for sign in text[len(PREFIX) :]]
    if min(values) < 0 or _check(values[:-1]) != values[-1]:
        return None
    scattered = 0
    for value in values[:-1]:
        scattered = scattered << 5 | value
    return _gather(scattered)


def found_in(remark: str) -> list[str]:
    """Every reference in a text, each once, in order.

    Full-width signs, small letters, blanks, dashes and other marks in between, and O, I, L for 0
    and 1 are understood. A text in which nothing checks has none.
    """
    text = unicodedata.normalize("NFKC", remark).upper()
    dense = "".join(sign for sign in text if sign.isalnum())
    found: dict[str, None] = {}
    for match in _CANDIDATE.finditer(dense):
        candidate = PREFIX + match[1].translate(_FOLD)
        if number_of(candidate) is not None:
            found[candidate] = None
    return list(found)


def in_groups(text: str) -> str:
    """A reference as it is shown: `WS 7K3M 9QDH`."""
    rest = text[len(PREFIX) :]
    return " ".join((text[: len(PREFIX)], rest[:4], rest[4:]))


def _scatter(number: int) -> int:
    """A one-to-one shuffle of the numbers."""
    number ^= number >> _SHIFTS[0]
    number = number * _FACTORS[0] & _MASK
    number ^= number >> _SHIFTS[1]
    number = number * _FACTORS[1] & _MASK
    return number ^ number >> _SHIFTS[2]


def _gather(number: int) -> int:
    number = _unshift(number, _SHIFTS[2])
    number = number * pow(_FACTORS[1], -1, NUMBERS) & _MASK
    number = _unshift(number, _SHIFTS[1])
    number = number * pow(_FACTORS[0], -1, NUMBERS) & _MASK
    return _unshift(number, _SHIFTS[0])


def _unshift(number: int, shift: int) -> int:
    """Take back `x ^ x >> shift`; shifts of half the width or more need two rounds at most."""
    found = number
    for _ in range(2):
        found = number ^ found >> shift
    return found


def _check(values: list[int]) -> int:
    """The sum of the signs, each times its own power of the field's generator."""
    total, weight = 0, 1
    for value in values:
        weight = _times(weight, 2)
        total ^= _times(value, weight)
    return total


def _times(left: int, right: int) -> int:
    """Multiply in GF(32), polynomial x^5 + x^2 + 1."""
    product = 0
    for bit in range(5):
        if right >> bit & 1:
            product ^= left << bit
    for bit in range(8, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product
