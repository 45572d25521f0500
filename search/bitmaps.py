"""Sets of documents as whole numbers: bit n stands for document n.

Python meets, joins and counts such numbers in microseconds for ten thousand documents, which
makes filters and exact facet counts nearly free.
"""

from collections.abc import Iterable, Iterator
from itertools import compress

_BITS_TO_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


def pack(documents: Iterable[int], size: int) -> int:
    """The set of these documents, of `size` in all."""
    digits = bytearray(b"0") * (size + 1)
    for document in documents:
        digits[size - document] = 49  # the digit 1
    return int(digits, 2)


def everything(size: int) -> int:
    """The set of all documents."""
    return (1 << size) - 1


def flags(members: int, size: int) -> bytes:
    """One byte for each document: 1 when it is in the set, else 0."""
    if not size:
        return b""
    return f"{members:0{size}b}".encode().translate(_BITS_TO_FLAGS)[::-1]


def numbers(flagged: bytes) -> Iterator[int]:
    """The documents whose byte is 1, in order."""
    return compress(range(len(flagged)), flagged)
