"""Arithmetic of the division codes: 2 province, 4 city, 6 county, 9 street, 12 village digits.

A code is a prefix of every place it contains, so levels, parents and "everything below" need no
table. Codes padded with zeros (`420704000000`) mean the place they are padded from (DIV-02).
"""

from __future__ import annotations

#: Digits of a code at each level, from province to village.
LENGTHS = (2, 4, 6, 9, 12)


def normalise(code: str) -> str:
    """The shortest form of a code: padding zeros taken off, `420704000000` becomes `420704`.

    Raises `ValueError` for anything that is no division code.
    """
    code = code.strip()
    if not (code.isascii() and code.isdigit()) or len(code) not in LENGTHS or code[:2] == "00":
        raise ValueError("a division code has 2, 4, 6, 9 or 12 digits")
    for shorter, longer in zip(reversed(LENGTHS[:-1]), reversed(LENGTHS), strict=False):
        if len(code) == longer and code.endswith("0" * (longer - shorter)):
            code = code[:shorter]
    return code


def level(code: str) -> int:
    """1 for a province to 5 for a village; raises `ValueError` for no division code."""
    return LENGTHS.index(len(normalise(code))) + 1


def parent(code: str) -> str | None:
    """The place that contains it, None for a province.

    A prefix that is itself padding is stepped over: the streets of a city without counties
    (`441900003`) belong to the city (`4419`).
    """
    code = normalise(code)
    at = LENGTHS.index(len(code))
    return normalise(code[: LENGTHS[at - 1]]) if at else None


def chain(code: str) -> list[str]:
    """The codes from the province down to the place itself."""
    codes = [normalise(code)]
    while (above := parent(codes[-1])) is not None:
        codes.append(above)
    return codes[::-1]


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies below it."""
    return normalise(inner).startswith(normalise(outer))


def bounds(code: str) -> tuple[str, str]:
    """The two codes between which everything below lies: `low < below <= high`.

    A range, so that the primary key's index serves it on every database and collation.
    """
    code = normalise(code)
    return code, code.ljust(LENGTHS[-1], "9")
