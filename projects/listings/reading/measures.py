"""Quantities as people write them, strictly: a number that is not certain is a reason.

Money becomes fen, time becomes minutes, anything else stays in its own unit. Whoever does not know
how much may say so in words or leave the cell empty: the quantity is unknown then, never zero.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from charity.registry.reading.cells import text
from charity.sheets import Cell
from projects.listings.models import ResourceKind
from projects.listings.reading.columns import folded, plain
from projects.listings.reading.reasons import ImportReason

#: More than this is a slip of the hand, or a number of something else.
MOST = 10**12
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,4})?", re.ASCII)
_UNIT = 20
_TIMES = (("words_ten_thousand", 10_000), ("words_thousand", 1000))


class Unmeasured(ValueError):
    """A quantity that cannot be read for certain."""

    def __init__(self, reason: ImportReason, **params: object) -> None:
        super().__init__(reason.value)
        self.reason, self.params = reason, params


@dataclass(frozen=True, slots=True)
class Measured:
    """How much of what: fen, minutes or units; None where nobody knows."""

    quantity: int | None
    unit: str
    #: What is worth saying of it, though it refuses nothing.
    told: tuple[ImportReason, ...] = ()


def measured(kind: ResourceKind, amount: Cell, unit: Cell) -> Measured:
    """The quantity of a row; raises `Unmeasured` for what cannot be read for certain."""
    said = unicodedata.normalize("NFKC", text(amount, 40)).replace(" ", "")
    beside = text(unit, _UNIT)
    if not said or plain(said) in folded("words_unknown") or not plain(said):
        return Measured(None, _kept(kind, beside), (ImportReason.QUANTITY_UNKNOWN,))
    match = _NUMBER.match(said)
    if match is None:
        raise Unmeasured(ImportReason.QUANTITY_UNCLEAR, text=said)
    number = Decimal(match[0].replace(",", ""))
    rest = said[match.end() :]
    for name, times in _TIMES:
        if rest[:1] and plain(rest[:1]) in folded(name):
            number, rest = number * times, rest[1:]
    if rest and plain(rest) in folded("words_about"):
        raise Unmeasured(ImportReason.QUANTITY_UNCLEAR, text=said)
    if rest and beside and plain(rest) != plain(beside):
        raise Unmeasured(ImportReason.UNIT_DIFFERS, text=said, unit=beside)
    return _in_measure(kind, number, rest or beside, said)


def _kept(kind: ResourceKind, unit: str) -> str:
    return "" if kind in (ResourceKind.MONEY, ResourceKind.HOURS) else unit


def _in_measure(kind: ResourceKind, number: Decimal, unit: str, said: str) -> Measured:
    told: tuple[ImportReason, ...] = ()
    if kind is ResourceKind.MONEY:
        number *= 100 * _yuan(unit)
    elif kind is ResourceKind.HOURS:
        number *= _minutes(unit)
    elif unit and plain(unit) not in folded("words_unit"):
        told = (ImportReason.UNIT_ODD,)
    if number != number.to_integral_value():
        raise Unmeasured(ImportReason.QUANTITY_UNCLEAR, text=said)
    if not number:
        raise Unmeasured(ImportReason.QUANTITY_ZERO)
    if number > MOST:
        raise Unmeasured(ImportReason.QUANTITY_UNCLEAR, text=said)
    return Measured(int(number), _kept(kind, unit), told)


def _yuan(unit: str) -> int:
    """Yuan of one unit of money; raises `Unmeasured`."""
    said, times = plain(unit), 1
    if said and said[0] in folded("words_ten_thousand"):
        said, times = said[1:], 10_000
    if said and said not in folded("words_yuan"):
        raise Unmeasured(ImportReason.UNIT_OF_KIND, unit=unit)
    return times


def _minutes(unit: str) -> int:
    """Minutes of one unit of time, an hour where none is said; raises `Unmeasured`."""
    said = plain(unit)
    if not said or said in folded("words_hours"):
        return 60
    if said in folded("words_minutes"):
        return 1
    raise Unmeasured(ImportReason.UNIT_OF_KIND, unit=unit)


def whole(cell: Cell) -> int | None:
    """A count of people; None for an empty cell. Raises `Unmeasured`."""
    said = unicodedata.normalize("NFKC", text(cell, 20)).replace(" ", "").replace(",", "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit()) or not 0 < int(said) <= 10**7:
        raise Unmeasured(ImportReason.NO_COUNT, text=said)
    return int(said)
